"""The Supabase Auth protocol (auth-protocol.md): a file per endpoint or two."""

from identity.auth import discovery, signup, tokens, user

ROUTES = [
    signup.signup,
    tokens.token,
    user.user,
    discovery.key_set,
    discovery.settings,
    discovery.health,
]
