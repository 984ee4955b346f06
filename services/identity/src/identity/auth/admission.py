"""Who may sign up: everybody, whoever holds an invitation or the set-up link, or nobody (CRM_SIGNUP).

The token of an invitation travels in the sign-up's `data` as `invitation_token`, which the unmodified clients can send;
it is taken out before `data` becomes user_metadata.
"""

from collections.abc import Mapping
from typing import Any

from identity.db import Tx
from identity.errors import SignupDisabled
from identity.setup import consume_setup_link
from identity.vault import fingerprint

MEMBER = "invitation_token"


def without_token(data: Mapping[str, Any] | None) -> tuple[dict[str, Any], str | None]:
    rest = dict(data or {})
    token = rest.pop(MEMBER, None)
    return rest, token if isinstance(token, str) and token else None


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
