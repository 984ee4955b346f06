"""/factors/recovery-codes: made at aal2, shown once; one of them in place of the lost phone."""

from typing import Any
from uuid import UUID

from crm_service.answer import Answer
from identity import audit
from identity.auth.bodies import FactorAnswer
from identity.auth.session_answer import session
from identity.auth.signed_in import SignedIn, signed_in
from identity.auth.wire import AnyRequest, auth_delete, auth_get, auth_post, read, reply
from identity.db import Tx
from identity.errors import (
    RecoveryCodesExist,
    RecoveryCodesMissing,
    RecoveryCodesNeedAal2,
    RecoveryCodesNeedFactor,
    SessionNotFound,
    ValidationFailed,
    WrongRecoveryCode,
)
from identity.factors import recovery, store
from identity.sessions.raising import raise_to_aal2
from identity.state import State
from identity.users import store as accounts

PATH = "/auth/v1/factors/recovery-codes"
METHOD = "recovery_code"


@auth_get(PATH)
async def show(request: AnyRequest, state: State) -> Answer:
    who = await _entitled(request, state)
    async with state.db.transaction(None) as tx:
        found = await store.recovery_set(tx, who.account.id)
    if found is None:
        raise RecoveryCodesMissing
    set_id, total, remaining = found
    return reply({"id": set_id, "type": METHOD, "total": total, "remaining": remaining})


@auth_post(PATH)
async def generate(request: AnyRequest, state: State) -> Answer:
    who = await _entitled(request, state)
    async with state.db.transaction(None) as tx:
        await accounts.lock(tx, who.account.id)
        if await store.recovery_set(tx, who.account.id) is not None:
            raise RecoveryCodesExist
        set_id, codes = await _make(tx, state, who)
    return _shown_once(set_id, codes)


@auth_post(f"{PATH}/regenerate")
async def regenerate(request: AnyRequest, state: State) -> Answer:
    who = await _entitled(request, state)
    async with state.db.transaction(None) as tx:
        await accounts.lock(tx, who.account.id)
        set_id, codes = await _make(tx, state, who)
    return _shown_once(set_id, codes)


@auth_delete(PATH)
async def drop(request: AnyRequest, state: State) -> Answer:
    who = await _entitled(request, state)
    async with state.db.transaction(None) as tx:
        found = await store.recovery_set(tx, who.account.id)
        if found is None:
            raise RecoveryCodesMissing
        await store.drop_recovery_codes(tx, who.account.id)
    return reply({"id": found[0]})


@auth_post(f"{PATH}/verify")
async def verify_code(request: AnyRequest, state: State) -> Answer:
    who, body = await signed_in(request, state), await read(request, FactorAnswer)
    if not body.code:
        raise ValidationFailed("code is required")
    guesses = f"factor:{who.account.id}"
    await state.slowdown.admit(guesses)
    async with state.db.transaction(None) as tx:
        used = await store.use_recovery_code(
            tx, who.account.id, recovery.code_hash(state.vault, who.account.id, body.code)
        )
        opened = await raise_to_aal2(tx, state.vault, who.session, method=METHOD, factor_id=None) if used else None
        if used:
            await audit.note(tx, "recovery_code.used", account_id=who.account.id, session_id=who.session.id)
    if not used:
        await state.slowdown.failed(guesses)
        raise WrongRecoveryCode
    if opened is None:
        raise SessionNotFound
    await state.slowdown.succeeded(guesses)
    return reply(await session(state, opened))


async def _entitled(request: AnyRequest, state: State) -> SignedIn:
    who = await signed_in(request, state)
    if not who.account.has_second_factor:
        raise RecoveryCodesNeedFactor
    if who.session.aal != "aal2":
        raise RecoveryCodesNeedAal2
    return who


async def _make(tx: Tx, state: State, who: SignedIn) -> tuple[UUID, list[str]]:
    codes = [recovery.new_code() for _ in range(recovery.COUNT)]
    hashes = [recovery.code_hash(state.vault, who.account.id, code) for code in codes]
    await audit.note(tx, "recovery_codes.made", account_id=who.account.id)
    return await store.replace_recovery_codes(tx, who.account.id, hashes), codes


def _shown_once(set_id: UUID, codes: list[str]) -> Answer:
    return reply({"id": set_id, "type": METHOD, "total": len(codes), "codes": codes})


ENDPOINTS: list[Any] = [show, generate, regenerate, drop, verify_code]
