"""The person behind a verified token, as far as their issuer lets us know."""

from dataclasses import dataclass

import msgspec
from joserfc import jws

from crm_auth import InvalidToken, User
from identity.api_tokens.store import lives
from identity.db import Tx
from identity.sessions import with_account
from identity.state import State
from identity.users import display_name


@dataclass(frozen=True)
class Person:
    email: str
    name: str


async def believed(tx: Tx, user: User, state: State) -> Person:
    """Our own people are looked up: the session must live. Others are what their issuer's token says."""
    if _issuer(user.token) != state.settings.issuer or user.session_id is None:
        return Person(user.email, user.name or display_name({}, user.email))
    session, account = await with_account(tx, user.session_id, user.user_id)
    if account is None or account.deleted_at is not None or account.is_banned():
        raise InvalidToken("account gone or banned")
    if session is None and not await lives(tx, user.session_id, user.user_id):
        raise InvalidToken("session ended")
    return Person(account.email or "", display_name(account.user_metadata, account.email))


def _issuer(token: str) -> object:
    """Of a token that was verified before: read, not believed."""
    claims = msgspec.json.decode(jws.extract_compact(token.encode()).payload)
    return claims.get("iss")
