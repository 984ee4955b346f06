"""POST /signup: with an email address, a phone number, or neither (an anonymous user)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from crm_service.answer import Answer
from identity import audit, facts, sessions
from identity.auth import checks
from identity.auth.admission import admit, without_token
from identity.auth.bodies import Signup
from identity.auth.own_claims import own_claims
from identity.auth.pace import even_pace
from identity.auth.session_answer import session
from identity.auth.wire import AnyRequest, auth_post, client_of, read, reply
from identity.client import Client
from identity.codes import issue, issue_flow
from identity.db import Tx
from identity.errors import (
    AnonymousDisabled,
    EmailProviderDisabled,
    PhoneProviderDisabled,
    UserAlreadyExists,
    ValidationFailed,
)
from identity.sessions import Opened
from identity.state import State
from identity.users import Account, as_user
from identity.users import store as accounts


@dataclass(frozen=True)
class NewUser:
    """A sign-up whose every part was checked. `metadata` is the caller's `data`."""

    password_hash: str
    metadata: Mapping[str, Any]
    token: str | None
    client: Client
    challenge: tuple[str, str] | None = None
    redirect_to: str | None = None


@auth_post("/auth/v1/signup")
async def signup(request: AnyRequest, state: State) -> Answer:
    body = await read(request, Signup)
    if body.email and body.phone:
        raise ValidationFailed("Only an email address or phone number should be provided on signup.")
    if body.email:
        return await _with_email(request, state, body)
    if body.phone:
        return await _with_phone(request, state, body)
    if body.password:
        raise ValidationFailed("Signup requires an email address or a phone number")
    return await _anonymous(request, state, body)


async def _with_email(request: AnyRequest, state: State, body: Signup) -> Answer:
    if not state.settings.crm_auth_email:
        raise EmailProviderDisabled
    email = checks.email(body.email)
    new = await _checked(request, state, body)
    if state.settings.autoconfirm:
        return reply(await session(state, await _sign_up_confirmed(state, new, email=email)))
    async with even_pace():
        return reply(await _sign_up_unconfirmed(state, new, email))


async def _with_phone(request: AnyRequest, state: State, body: Signup) -> Answer:
    if not state.settings.crm_auth_phone:
        raise PhoneProviderDisabled
    phone = checks.phone(body.phone)
    new = await _checked(request, state, body)
    return reply(await session(state, await _sign_up_confirmed(state, new, phone=phone)))


async def _checked(request: AnyRequest, state: State, body: Signup) -> NewUser:
    """The password is hashed whether or not the address is taken, so that the time tells nothing."""
    if not body.password:
        raise ValidationFailed("Signup requires a valid password")
    password = checks.new_password(body.password, state.policy)
    challenge = checks.challenge(body)
    data, token = without_token(body.data, request.query_params.get("redirect_to"))
    return NewUser(
        password_hash=await state.hasher.hash(password),
        metadata=checks.metadata({}, data),
        token=token,
        client=client_of(request),
        challenge=challenge,
        redirect_to=redirect_of(request, state),
    )


async def _sign_up_confirmed(
    state: State, new: NewUser, *, email: str | None = None, phone: str | None = None
) -> Opened:
    try:
        async with state.db.transaction(None) as tx:
            account = await _insert(tx, state, new, email=email, phone=phone, confirmed=True)
            return await sessions.open_session(
                tx, state.vault, account, method="password", client=new.client, provider="email" if email else "phone"
            )
    except asyncpg.UniqueViolationError as error:
        raise UserAlreadyExists from error


async def _sign_up_unconfirmed(state: State, new: NewUser, email: str) -> dict[str, Any]:
    """One answer for an unknown, an unconfirmed and a confirmed address; what differs is the mail to its owner."""
    async with state.db.transaction(None) as tx:
        await state.frequency.claim(tx, email, "confirmation")
        known = await accounts.lock_by_email(tx, email)
        if known is not None and known.is_confirmed:
            await state.mails.add(tx, state.letters.already_registered(email))
            return _made_up_user(email, new.metadata)
        account = known or await _insert(tx, state, new, email=email, phone=None, confirmed=False)
        await send_confirmation(tx, state, account, challenge=new.challenge, redirect_to=new.redirect_to)
        if known is not None:  # nothing of it may be shown, and nothing was changed, above all not the password
            return _made_up_user(email, new.metadata)
        shown = await accounts.by_id(tx, account.id)
    return {**as_user(shown or account), "identities": []}


async def send_confirmation(
    tx: Tx,
    state: State,
    account: Account,
    *,
    challenge: tuple[str, str] | None,
    redirect_to: str | None,
    proves_owner: bool = False,
    fresh_metadata: Mapping[str, Any] | None = None,
) -> None:
    """A mail of type `signup`. `proves_owner`: it was asked for at sign-in, without the account's password."""
    address = account.email or ""
    flow_id = await issue_flow(tx, account.id, challenge, amr_method="email/signup", ttl=state.issuer.ttl)
    issued = await issue(
        tx,
        state.issuer,
        account.id,
        "confirmation",
        address,
        flow_id=flow_id,
        proves_owner=proves_owner,
        fresh_metadata=fresh_metadata,
    )
    await accounts.update(tx, account.id, confirmation_sent_at=datetime.now(UTC))
    await state.mails.add(tx, state.letters.confirmation(address, issued, redirect_to))


async def insert_unconfirmed(
    tx: Tx, state: State, email: str, metadata: Mapping[str, Any], token: str | None
) -> Account:
    """An account without a password: somebody asked for a code at sign-in."""
    invitation = await admit(tx, state.settings.signup, token)
    return await new_account(tx, email=email, metadata=metadata, invitation_hash=invitation)


async def _insert(
    tx: Tx, state: State, new: NewUser, *, email: str | None, phone: str | None, confirmed: bool
) -> Account:
    invitation = await admit(tx, state.settings.signup, new.token)
    at = datetime.now(UTC) if confirmed else None
    confirmations = {"email_confirmed_at" if email else "phone_confirmed_at": at}
    return await new_account(
        tx,
        email=email,
        phone=phone,
        metadata=new.metadata,
        password_hash=new.password_hash,
        invitation_hash=invitation,
        **confirmations,
    )


async def new_account(
    tx: Tx, *, metadata: Mapping[str, Any], email: str | None = None, phone: str | None = None, **columns: Any
) -> Account:
    provider = "email" if email else "phone"
    account_id = await accounts.insert(
        tx,
        email=email,
        phone=phone,
        app_metadata={"provider": provider, "providers": [provider]},
        user_metadata={},
        **columns,
    )
    verified = {name: columns.get(f"{name}_confirmed_at") is not None for name in ("email", "phone")}
    claims = own_claims(account_id, email=email, phone=phone, verified=verified)
    # after the caller's data: sub and email_verified are not the caller's to say
    await accounts.update(tx, account_id, user_metadata={**metadata, **claims})
    await accounts.link(tx, account_id, provider, str(account_id), claims, email)
    await audit.note(tx, "account.signed_up", account_id=account_id)
    account = await accounts.by_id(tx, account_id)
    if account is None:
        raise LookupError("the account that was inserted just now is gone")
    await facts.user_changed(tx, account)
    return account


def _made_up_user(email: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Of the same shape as a new user's, with a random id and fresh times."""
    account_id, now = uuid4(), datetime.now(UTC)
    claims = own_claims(account_id, email=email, phone=None, verified={"email": False, "phone": False})
    return {
        "id": account_id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": email,
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {**metadata, **claims},
        "identities": [],
        "is_anonymous": False,
        "created_at": now,
        "updated_at": now,
        "confirmation_sent_at": now,
    }


async def _anonymous(request: AnyRequest, state: State, body: Signup) -> Answer:
    if not state.settings.crm_auth_anonymous:
        raise AnonymousDisabled
    data, token = without_token(body.data, request.query_params.get("redirect_to"))
    metadata = checks.metadata({}, data)
    async with state.db.transaction(None) as tx:
        invitation = await admit(tx, state.settings.signup, token)
        account_id = await accounts.insert(tx, is_anonymous=True, user_metadata=metadata, invitation_hash=invitation)
        account = await accounts.by_id(tx, account_id)
        if account is None:
            raise LookupError("the account that was inserted just now is gone")
        opened = await sessions.open_session(tx, state.vault, account, method="anonymous", client=client_of(request))
    return reply(await session(state, opened))


def redirect_of(request: AnyRequest, state: State) -> str:
    """redirect_to, as query parameter or header, else the page that the call came from; a refused one is the site."""
    headers = request.headers
    return state.redirects.resolve(
        request.query_params.get("redirect_to"), headers.get("redirect_to"), headers.get("referer")
    )
