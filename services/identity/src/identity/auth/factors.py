"""POST /factors, .../challenge, .../verify, DELETE /factors/{id}: enrolling and showing a second factor."""

import time
from typing import Any
from uuid import UUID

import asyncpg

from crm_db import savepoint
from crm_service.answer import Answer
from identity import audit
from identity.auth.bodies import Enrolment, FactorAnswer
from identity.auth.session_answer import session
from identity.auth.signed_in import SignedIn, signed_in
from identity.auth.wire import AnyRequest, auth_delete, auth_post, client_of, read, reply
from identity.db import Tx
from identity.errors import (
    AnonymousAtFactors,
    AuthRefused,
    ChallengeExpired,
    ChallengeOfAnother,
    EnrolNeedsAal2,
    FactorNameConflict,
    FactorNotFound,
    MfaPhoneDisabled,
    MfaWebauthnDisabled,
    SessionNotFound,
    TooManyFactors,
    TotpDisabled,
    UnenrolNeedsAal2,
    ValidationFailed,
    WrongTotpCode,
)
from identity.factors import store, totp
from identity.factors.store import Factor
from identity.sessions import Opened
from identity.sessions import store as sessions
from identity.sessions.raising import end_below_aal2, raise_to_aal2
from identity.state import State
from identity.users import store as accounts

PURPOSE = "totp-secret"
METHOD = "totp"
ISSUER = "Mini-CRM"  # what the app shows over the code
NAME_MAX_CHARS = 100


@auth_post("/auth/v1/factors")
async def enrol(request: AnyRequest, state: State) -> Answer:
    who, body = await signed_in(request, state), await read(request, Enrolment)
    if who.account.is_anonymous:
        raise AnonymousAtFactors
    _check_kind(state, body)
    name = (body.friendly_name or "").strip()
    if len(name) > NAME_MAX_CHARS or "\0" in name:
        raise ValidationFailed(f"friendly_name must not be longer than {NAME_MAX_CHARS} characters")
    secret = totp.new_secret()
    async with state.db.transaction(None) as tx:
        await _room_for_another(tx, state, who)
        factor_id = await _insert(tx, state, who, name, secret)
    uri = totp.uri(
        secret, issuer=body.issuer or ISSUER, account=who.account.email or who.account.phone or str(who.account.id)
    )
    shown = {"qr_code": totp.qr_svg(uri), "secret": totp.base32(secret), "uri": uri}
    return reply({"id": factor_id, "type": "totp", "friendly_name": name, "totp": shown})


def _check_kind(state: State, body: Enrolment) -> None:
    if body.factor_type == "phone":
        raise MfaPhoneDisabled
    if body.factor_type == "webauthn":
        raise MfaWebauthnDisabled
    if body.factor_type != "totp":
        raise ValidationFailed("factor_type needs to be totp")
    if not state.settings.crm_auth_totp:
        raise TotpDisabled


async def _room_for_another(tx: Tx, state: State, who: SignedIn) -> None:
    await accounts.lock(tx, who.account.id)
    await store.drop_stale(tx, who.account.id)
    account = await accounts.by_id(tx, who.account.id) or who.account
    if account.has_second_factor and who.session.aal != "aal2":
        raise EnrolNeedsAal2  # else whoever has the password alone could add a factor of theirs
    if len(account.factors) >= state.settings.crm_auth_factors_max:
        raise TooManyFactors


async def _insert(tx: Tx, state: State, who: SignedIn, name: str, secret: bytes) -> UUID:
    try:
        async with savepoint(tx):
            return await store.insert(tx, who.account.id, name, state.vault.seal(PURPOSE, secret))
    except asyncpg.UniqueViolationError as error:
        raise FactorNameConflict from error


@auth_post("/auth/v1/factors/{factor_id:str}/challenge")
async def challenge(request: AnyRequest, state: State, factor_id: str) -> Answer:
    who = await signed_in(request, state)
    async with state.db.transaction(None) as tx:
        factor = await _own(tx, who, factor_id)
        challenge_id, expires_at = await store.challenge(tx, factor.id, client_of(request).ip)
    return reply({"id": challenge_id, "type": "totp", "expires_at": int(expires_at.timestamp())})


@auth_post("/auth/v1/factors/{factor_id:str}/verify")
async def verify_factor(request: AnyRequest, state: State, factor_id: str) -> Answer:
    who, body = await signed_in(request, state), await read(request, FactorAnswer)
    challenge_id = _uuid(body.challenge_id or "")
    if challenge_id is None or not body.code:
        raise ValidationFailed("challenge_id and code are required")
    guesses = f"factor:{who.account.id}"
    await state.slowdown.admit(guesses)
    async with state.db.transaction(None) as tx:
        await accounts.lock(tx, who.account.id)
        factor = await _own(tx, who, factor_id)
        await _check_challenge(tx, factor, challenge_id, client_of(request).ip)
        opened = await _show(tx, state, who, factor, body.code)
        if isinstance(opened, Opened):
            await store.spend_challenge(tx, challenge_id)
    if isinstance(opened, AuthRefused):
        await state.slowdown.failed(guesses)
        raise opened
    await state.slowdown.succeeded(guesses)
    return reply(await session(state, opened))


async def _check_challenge(tx: Tx, factor: Factor, challenge_id: UUID, ip: str) -> None:
    found = await store.find_challenge(tx, factor.id, challenge_id)
    if found is None or found[0] != ip:
        raise ChallengeOfAnother
    if not found[1]:
        raise ChallengeExpired


async def _show(tx: Tx, state: State, who: SignedIn, factor: Factor, code: str) -> Opened | AuthRefused:
    secret = state.vault.open(PURPOSE, factor.sealed_secret)
    step = totp.accepted_step(secret, code.strip(), now=time.time(), after_step=factor.last_step)
    if step is None:
        return WrongTotpCode()
    await store.accepted(tx, factor, step)
    opened = await raise_to_aal2(tx, state.vault, who.session, method=METHOD, factor_id=factor.id)
    if opened is None:
        return SessionNotFound()
    if factor.status == "unverified":
        await store.drop_unverified(tx, who.account.id)
        await end_below_aal2(tx, who.account.id, token_ttl_s=state.token_ttl_s)
        await audit.note(tx, "factor.verified", account_id=who.account.id, session_id=who.session.id)
    return opened


@auth_delete("/auth/v1/factors/{factor_id:str}")
async def unenrol(request: AnyRequest, state: State, factor_id: str) -> Answer:
    who = await signed_in(request, state)
    async with state.db.transaction(None) as tx:
        await accounts.lock(tx, who.account.id)
        factor = await _own(tx, who, factor_id)
        if factor.status == "verified" and who.session.aal != "aal2":
            raise UnenrolNeedsAal2
        await remove(tx, factor)
    return reply({"id": factor.id})


async def remove(tx: Tx, factor: Factor) -> None:
    """The sessions that it raised fall to aal1; without another verified factor recovery codes stand for nothing."""
    await store.delete(tx, factor.id)
    await sessions.drop_to_aal1(tx, factor.account_id, factor.id, METHOD)
    account = await accounts.by_id(tx, factor.account_id)
    if account is not None and not account.has_second_factor:
        await store.drop_recovery_codes(tx, factor.account_id)
    await audit.note(tx, "factor.removed", account_id=factor.account_id)


async def _own(tx: Tx, who: SignedIn, factor_id: str) -> Factor:
    known = _uuid(factor_id)
    if known is None:
        raise NotAnId
    factor = await store.lock(tx, who.account.id, known)
    if factor is None:
        raise FactorNotFound
    return factor


class NotAnId(AuthRefused):
    status, message = 404, "factor_id must be an UUID"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ENDPOINTS: list[Any] = [enrol, challenge, verify_factor, unenrol]
