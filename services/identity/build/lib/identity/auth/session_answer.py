"""The Session of auth-protocol section 3, made after the commit of the sign-in."""

from typing import Any

from identity.passwords import Weakness
from identity.sessions import Opened
from identity.state import State
from identity.users import as_user


async def session(state: State, opened: Opened, *, weakness: Weakness | None = None) -> dict[str, Any]:
    """`weakness`: the accepted password breaks today's policy; clients show it."""
    access = await state.writer.write(opened.account, opened.session_id, aal=opened.aal, amr=opened.amr)
    answer: dict[str, Any] = {
        "access_token": access.jwt,
        "token_type": "bearer",
        "expires_in": access.expires_in,
        "expires_at": access.expires_at,
        "refresh_token": opened.refresh_token,
        "user": as_user(opened.account),
    }
    if weakness is not None:
        answer["weak_password"] = {"message": weakness.message, "reasons": weakness.reasons}
    return answer
