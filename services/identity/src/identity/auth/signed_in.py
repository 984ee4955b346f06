"""Who is behind a Bearer token, where a user is needed: the session must live, not only the token verify."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_service.context import context_of
from identity import sessions
from identity.auth.wire import AnyRequest
from identity.errors import BadJwt, BannedSession, NoAuthorization, SessionNotFound, UserNotFound
from identity.keys import BadToken
from identity.sessions import Session
from identity.state import State
from identity.users import Account


@dataclass(frozen=True)
class SignedIn:
    account: Account
    session: Session
    claims: Mapping[str, Any]


async def signed_in(request: AnyRequest, state: State) -> SignedIn:
    """401 without a token, 403 with one that is no good (auth-protocol section 4)."""
    claims = await _claims(request, state)
    async with state.db.transaction(None) as tx:
        session, account = await sessions.with_account(tx, UUID(claims["session_id"]), UUID(claims["sub"]))
    if account is None or account.deleted_at is not None:
        raise UserNotFound
    if session is None:
        raise SessionNotFound
    if account.is_banned():
        raise BannedSession
    return SignedIn(account, session, claims)


async def _claims(request: AnyRequest, state: State) -> Mapping[str, Any]:
    scheme, _, token = (context_of(request).header(b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoAuthorization
    try:
        return await state.reader.read(token.strip())
    except BadToken as error:
        raise BadJwt(f"invalid JWT: unable to parse or verify signature, {error}") from error
