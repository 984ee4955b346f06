"""Who may sign up: everybody, whoever holds an invitation or the set-up link, or nobody (CRM_SIGNUP).

The token of an invitation travels in the sign-up's `data` as `invitation_token`, which the unmodified clients can send
(it is taken out before `data` becomes user_metadata), or in the `redirect_to` of a sign-up that began at the link.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from identity.db import Tx
from identity.errors import SignupDisabled
from identity.invitations.secrets import ACCEPT_PATH
from identity.setup import SETUP_MEMBER, consume_setup_link
from identity.vault import fingerprint

MEMBER = "invitation_token"


def without_token(data: Mapping[str, Any] | None, redirect_to: str | None) -> tuple[dict[str, Any], str | None]:
    """`redirect_to` as the caller gave it: only its token is looked at, so whether it is allowed does not matter."""
    rest = dict(data or {})
    token = rest.pop(MEMBER, None)
    return rest, token if isinstance(token, str) and token else _token_in(redirect_to or "")


def _token_in(redirect_to: str) -> str | None:
    try:
        parts = urlsplit(redirect_to)
    except ValueError:
        return None
    query = parse_qs(parts.query)
    name = "token" if parts.path == ACCEPT_PATH else SETUP_MEMBER
    return query[name][0] if name in query else None


async def admit(tx: Tx, signup: str, token: str | None) -> bytes | None:
    """The hash of the open invitation that was shown, if any. Raises SignupDisabled."""
    if signup == "closed":
        raise SignupDisabled
    invitation = await open_invitation(tx, token)
    if signup == "invite" and invitation is None and not (token and await consume_setup_link(tx, token)):
        raise SignupDisabled
    return invitation


async def open_invitation(tx: Tx, token: str | None) -> bytes | None:
    if token is None:
        return None
    hashed = fingerprint(token)
    return hashed if await tx.fetchval("select is_open from invitation_by_token($1)", hashed) else None
