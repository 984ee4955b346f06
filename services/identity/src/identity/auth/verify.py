"""POST /verify: a typed code, or the hash of a link that a page of the app shows."""

import re
from dataclasses import dataclass

from crm_service.answer import Answer
from identity import sessions
from identity.auth import checks
from identity.auth.bodies import Verify
from identity.auth.confirming import HALF_DONE, KINDS, confirm
from identity.auth.pace import even_pace
from identity.auth.session_answer import session
from identity.auth.wire import AnyRequest, auth_post, client_of, read, reply
from identity.client import Client
from identity.codes import Code, lock_by_hash, lock_typed
from identity.db import Tx
from identity.errors import AuthRefused, CodeExpired, LinkExpired, ValidationFailed
from identity.sessions import Opened
from identity.state import State

PHONE_TYPES = ("sms", "phone_change")
HASH = re.compile(r"(pkce_)?[0-9a-f]{56}")
FLOOR_S = 0.05


@dataclass(frozen=True)
class Shown:
    """What the caller shows, checked: either a typed code for an address, or a hash."""

    kinds: tuple[str, ...]
    address: str | None
    secret: str

    @property
    def refusal(self) -> AuthRefused:
        return LinkExpired() if self.address is None else CodeExpired()


@auth_post("/auth/v1/verify")
async def verify(request: AnyRequest, state: State) -> Answer:
    body = await read(request, Verify)
    shown = _checked(body)
    async with even_pace(FLOOR_S):
        outcome = await _spend(state, shown, client_of(request))
    if isinstance(outcome, AuthRefused):
        raise outcome
    if outcome is None:
        return reply({"msg": HALF_DONE, "code": "200"})
    return reply(await session(state, outcome))


def _checked(body: Verify) -> Shown:
    if not body.type:
        raise ValidationFailed("Verify requires a verification type")
    if body.token_hash:
        if body.email or body.phone or body.token:
            raise ValidationFailed("Only the token_hash and type should be provided")
        return Shown(_kinds(body.type), None, body.token_hash)
    if not body.token:
        raise ValidationFailed("Verify requires a token or a token hash")
    if body.email and body.phone:
        raise ValidationFailed("Only an email address or phone number should be provided on verify")
    if body.phone:
        # no SMS leaves from here, so no number has a code
        return Shown((), checks.phone(body.phone), body.token)
    return Shown(_kinds(body.type), checks.email(body.email), body.token)


def _kinds(given: str) -> tuple[str, ...]:
    if given in KINDS:
        return KINDS[given]
    if given in PHONE_TYPES:
        return ()
    raise ValidationFailed("Invalid verification type")


async def _spend(state: State, shown: Shown, client: Client) -> Opened | AuthRefused | None:
    """None after the first half of an email change. A refusal is handed back, not raised: the wrong try has to be
    counted in a transaction that commits."""

    async def act(tx: Tx) -> Opened | AuthRefused | None:
        code = await _lock(tx, state, shown)
        if code is None:
            return shown.refusal
        account = (await confirm(tx, state, code)).account
        if account is None:
            return None
        return await sessions.open_session(tx, state.vault, account, method="otp", client=client)

    outcome: Opened | AuthRefused | None = await state.db.retrying(None, act)
    return outcome


async def _lock(tx: Tx, state: State, shown: Shown) -> Code | None:
    if shown.address is not None:
        return await lock_typed(tx, state.vault, shown.address, shown.kinds, shown.secret)
    return await lock_by_hash(tx, shown.secret, shown.kinds) if HASH.fullmatch(shown.secret) else None
