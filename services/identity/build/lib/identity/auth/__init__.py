"""The Supabase Auth protocol (auth-protocol.md): a file per endpoint or two."""

from identity.auth import (
    discovery,
    factors,
    logout,
    mailed,
    off,
    reauthenticate,
    recovery_codes,
    signup,
    tokens,
    user,
    user_change,
    verify,
    verify_link,
)

_ENDPOINTS = [
    signup.signup,
    tokens.token,
    mailed.otp,
    mailed.magiclink,
    mailed.recover,
    mailed.resend,
    verify.verify,
    verify_link.verify_link,
    user.user,
    user_change.change_user,
    reauthenticate.reauthenticate,
    logout.logout,
    *factors.ENDPOINTS,
    *recovery_codes.ENDPOINTS,
    discovery.key_set,
    discovery.settings,
    discovery.health,
]
ROUTES = [*_ENDPOINTS, *off.other_methods(_ENDPOINTS), off.anything_else]
