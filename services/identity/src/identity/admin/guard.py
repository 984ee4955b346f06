"""Who may call the admin API: the bearer of a machine token that verifies and was not revoked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm_service.context import context_of
from identity.admin import machine_tokens
from identity.auth.wire import AnyRequest
from identity.db import Tx
from identity.errors import BadJwt, NoAuthorization, NotAdmin, SessionNotFound, UserNotFoundByAdmin, ValidationFailed
from identity.keys import BadToken
from identity.sessions import store as sessions
from identity.state import State
from identity.users import Account
from identity.users import store as accounts

ROLES = ("service_role", "supabase_admin")


async def require_admin(request: AnyRequest, state: State) -> None:
    """401 without a token, 403 `bad_jwt` or `not_admin` with one that is no good."""
    scheme, _, token = (context_of(request).header(b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoAuthorization
    try:
        claims = await state.reader.read_machine(token.strip())
    except BadToken as error:
        raise BadJwt(f"invalid JWT: unable to parse or verify signature, {error}") from error
    if claims.get("role") not in ROLES:
        raise NotAdmin("User not allowed")
    async with state.db.transaction(None) as tx:
        await _must_live(tx, claims)


async def _must_live(tx: Tx, claims: Mapping[str, Any]) -> None:
    """Tokens of upstream's making have no `jti`, and end with the legacy secret; ours end one by one."""
    if "jti" in claims and (jti := _uuid(claims["jti"])) is not None and await machine_tokens.is_revoked(tx, jti):
        raise BadJwt("invalid JWT: the token was revoked")
    if "session_id" in claims:
        session_id = _uuid(claims["session_id"])
        if session_id is None or await sessions.find(tx, session_id) is None:
            raise SessionNotFound


async def locked_account(tx: Tx, user_id: str) -> Account:
    """404 for an id that is no UUID, before anything is looked up, and for one that is nobody's."""
    known = _uuid(user_id)
    if known is None:
        raise NotAnId
    account = await accounts.lock(tx, known)
    if account is None:
        raise UserNotFoundByAdmin
    return account


class NotAnId(ValidationFailed):
    status, message = 404, "user_id must be an UUID"


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
