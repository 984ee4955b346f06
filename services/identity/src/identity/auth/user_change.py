"""PUT /user: address, password and own metadata of the person who is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from crm_db import savepoint
from crm_service.answer import Answer
from identity import audit, facts, sessions
from identity.auth import checks
from identity.auth.bodies import UserChange
from identity.auth.email_change import ask_for_change
from identity.auth.own_claims import own_claims
from identity.auth.signed_in import SignedIn, signed_in
from identity.auth.signup import redirect_of
from identity.auth.wire import AnyRequest, auth_put, read, reply
from identity.codes import void_all
from identity.codes.spending import lock_own
from identity.db import Tx
from identity.errors import (
    AuthRefused,
    CurrentPasswordInvalid,
    CurrentPasswordRequired,
    EmailExists,
    EmailProviderDisabled,
    InsufficientAal,
    NotAdmin,
    PasswordNeedsAddress,
    PhoneExists,
    PhoneProviderDisabled,
    ReauthenticationNeeded,
    ReauthenticationNotValid,
    SamePassword,
    UserNotFound,
)
from identity.passwords import normal_form
from identity.state import State
from identity.users import Account, as_user
from identity.users import store as accounts

SESSION_IS_OLD_AFTER = timedelta(hours=24)
OPENED_BY_CODE = {"otp", "magiclink", "recovery"}  # whoever forgot the password cannot be asked for it


@dataclass(frozen=True)
class Wanted:
    """The change, its every part checked as far as that goes without the database. None leaves the part as it is."""

    email: str | None
    phone: str | None
    password_hash: str | None
    nonce: str | None
    data: Mapping[str, Any] | None
    challenge: tuple[str, str] | None
    redirect_to: str


@auth_put("/auth/v1/user")
async def change_user(request: AnyRequest, state: State) -> Answer:
    who, body = await signed_in(request, state), await read(request, UserChange)
    if body.app_metadata is not None:
        raise NotAdmin
    wanted = await _checked(request, state, who, body)

    async def act(tx: Tx) -> Account | AuthRefused:
        return await _change(tx, state, who, wanted)

    outcome: Account | AuthRefused = await state.db.retrying(None, act)
    if isinstance(outcome, AuthRefused):  # after the commit: the wrong nonce has to be counted
        raise outcome
    return reply(as_user(outcome))


async def _checked(request: AnyRequest, state: State, who: SignedIn, body: UserChange) -> Wanted:
    account = who.account
    if account.has_second_factor and who.session.aal != "aal2" and (body.email or body.phone or body.password):
        raise InsufficientAal
    email = checks.email(body.email) if body.email else None
    phone = checks.phone(body.phone) if body.phone else None
    if email is not None and email != account.email and not state.settings.crm_auth_email:
        raise EmailProviderDisabled
    if phone is not None and phone != account.phone and not state.settings.crm_auth_phone:
        raise PhoneProviderDisabled
    checks.metadata(account.user_metadata, body.data)
    return Wanted(
        email=email if email != account.email else None,
        phone=phone if phone != account.phone else None,
        password_hash=await _new_hash(state, who, body) if body.password else None,
        nonce=body.nonce,
        data=body.data,
        challenge=checks.challenge(body),
        redirect_to=redirect_of(request, state),
    )


async def _new_hash(state: State, who: SignedIn, body: UserChange) -> str:
    account, password = who.account, checks.new_password(body.password or "", state.policy)
    gets_address = body.email is not None and state.settings.autoconfirm
    if account.email is None and account.phone is None and not gets_address:
        raise PasswordNeedsAddress
    async with state.hasher.slot() as slot:
        if _needs_current(state, who):
            if not body.current_password:
                raise CurrentPasswordRequired
            await state.slowdown.admit(str(account.id))
            if not await slot.verify(normal_form(body.current_password), account.password_hash):
                await state.slowdown.failed(str(account.id))
                raise CurrentPasswordInvalid
        if account.password_hash is not None and await slot.verify(password, account.password_hash):
            raise SamePassword
        return await slot.hash(password)


def _needs_current(state: State, who: SignedIn) -> bool:
    methods = {entry.get("method") for entry in who.session.amr}
    asks = state.settings.crm_auth_password_needs_current
    return asks and who.account.password_hash is not None and not methods & OPENED_BY_CODE


async def _change(tx: Tx, state: State, who: SignedIn, wanted: Wanted) -> Account | AuthRefused:
    account = await accounts.lock(tx, who.account.id)
    if account is None:
        raise UserNotFound
    if wanted.password_hash is not None:
        if refusal := await _nonce_refusal(tx, state, who, wanted):
            return refusal
        await _change_password(tx, state, who, wanted.password_hash)
    if wanted.data is not None:
        metadata = checks.metadata(account.user_metadata, wanted.data)
        await accounts.update(tx, account.id, user_metadata=metadata)
    if wanted.phone is not None:
        await _change_phone(tx, account.id, wanted.phone)
    if wanted.email is not None:
        account = await accounts.by_id(tx, account.id) or account
        await _ask(tx, state, account, wanted)
    changed = await accounts.by_id(tx, account.id) or account
    if (changed.email, changed.user_metadata) != (who.account.email, who.account.user_metadata):
        await facts.user_changed(tx, changed)
    return changed


async def _ask(tx: Tx, state: State, account: Account, wanted: Wanted) -> None:
    try:
        await ask_for_change(
            tx, state, account, wanted.email or "", challenge=wanted.challenge, redirect_to=wanted.redirect_to
        )
    except asyncpg.UniqueViolationError as error:
        raise EmailExists from error


async def _nonce_refusal(tx: Tx, state: State, who: SignedIn, wanted: Wanted) -> AuthRefused | None:
    is_old = datetime.now(UTC) - who.session.created_at > SESSION_IS_OLD_AFTER
    if not state.settings.crm_auth_password_needs_nonce or not is_old:
        return None
    if not wanted.nonce:
        return ReauthenticationNeeded()
    address = who.account.email or ""
    fits = await lock_own(tx, state.vault, who.account.id, "reauthentication", address, wanted.nonce)
    return None if fits else ReauthenticationNotValid()


async def _change_password(tx: Tx, state: State, who: SignedIn, password_hash: str) -> None:
    """Signs out the other sessions and voids every pending code and link."""
    await accounts.update(tx, who.account.id, password_hash=password_hash)
    await sessions.end_all(tx, who.account.id, keep=who.session.id, token_ttl_s=state.token_ttl_s)
    await void_all(tx, who.account.id)
    await audit.note(tx, "account.password_changed", account_id=who.account.id, session_id=who.session.id)


async def _change_phone(tx: Tx, account_id: Any, phone: str) -> None:
    """At once: a phone needs autoconfirm here, since no SMS leaves from us."""
    account = await accounts.by_id(tx, account_id)
    if account is None:
        raise UserNotFound
    verified = {"email": account.email_confirmed_at is not None, "phone": True}
    claims = own_claims(account.id, email=account.email, phone=phone, verified=verified)
    providers = account.app_metadata.get("providers", [])
    try:
        async with savepoint(tx):
            await accounts.update(
                tx,
                account.id,
                phone=phone,
                phone_confirmed_at=datetime.now(UTC),
                is_anonymous=False,
                user_metadata={**account.user_metadata, **claims},
                app_metadata={
                    "provider": "phone",
                    **account.app_metadata,
                    "providers": [*providers, *([] if "phone" in providers else ["phone"])],
                },
            )
    except asyncpg.UniqueViolationError as error:
        raise PhoneExists from error
    await accounts.link(tx, account.id, "phone", str(account.id), claims, None)
