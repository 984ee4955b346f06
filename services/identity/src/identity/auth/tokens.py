"""POST /token: the grants password, refresh_token and pkce."""

from dataclasses import dataclass
from datetime import UTC, datetime

from crm_service.answer import Answer
from identity import sessions
from identity.auth.bodies import IdTokenGrant, PasswordGrant, PkceGrant, RefreshGrant
from identity.auth.session_answer import session
from identity.auth.wire import AnyRequest, auth_post, client_of, read, reply
from identity.codes import flows
from identity.db import Tx
from identity.errors import (
    EmailNotConfirmed,
    EmailSignInDisabled,
    FlowStateNotFound,
    InvalidCredentials,
    PhoneNotConfirmed,
    PhoneSignInDisabled,
    ProviderDisabled,
    UserBanned,
    ValidationFailed,
    Web3Disabled,
)
from identity.passwords import normal_form
from identity.passwords.policy import too_long
from identity.state import State
from identity.users import Account, BadAddress, email_address, phone_number
from identity.users import store as accounts


@auth_post("/auth/v1/token")
async def token(request: AnyRequest, state: State) -> Answer:
    grant = request.query_params.get("grant_type")
    if grant == "password":
        return await _by_password(request, state)
    if grant == "refresh_token":
        return await _by_refresh_token(request, state)
    if grant == "pkce":
        return await _by_auth_code(request, state)
    if grant == "id_token":
        raise ProviderDisabled((await read(request, IdTokenGrant)).provider or "")
    if grant == "web3":
        raise Web3Disabled
    raise InvalidCredentials("unsupported_grant_type")


async def _by_password(request: AnyRequest, state: State) -> Answer:
    body = await read(request, PasswordGrant)
    if body.email and body.phone:
        raise ValidationFailed("Only an email address or phone number should be provided on login.")
    kind, address = _address(state, body)
    password = normal_form(body.password or "")
    verified = await _verified(state, kind, address, password)
    _refuse_unready(verified.account, kind)
    async with state.db.transaction(None) as tx:
        account = await _still(tx, verified)
        opened = await sessions.open_session(
            tx, state.vault, account, method="password", client=client_of(request), provider=kind
        )
    return reply(await session(state, opened, weakness=state.policy.weakness(password)))


def _address(state: State, body: PasswordGrant) -> tuple[str, str]:
    """What cannot be anybody's address is wrong credentials too: one answer."""
    try:
        if body.email:
            if not state.settings.crm_auth_email:
                raise EmailSignInDisabled
            return "email", email_address(body.email)
        if body.phone:
            if not state.settings.crm_auth_phone:
                raise PhoneSignInDisabled
            return "phone", phone_number(body.phone)
    except BadAddress as error:
        raise InvalidCredentials from error
    raise InvalidCredentials


@dataclass(frozen=True)
class _Verified:
    """`better_hash`: made anew, because the kept one is of an older kind or setting."""

    account: Account
    better_hash: str | None


async def _verified(state: State, kind: str, address: str, password: str) -> _Verified:
    """The account whose password this is; takes as long, and is slowed down as much, when there is none."""
    async with state.hasher.slot() as slot:
        await state.slowdown.admit(address)
        async with state.db.transaction(None) as tx:
            account = await (accounts.by_email if kind == "email" else accounts.by_phone)(tx, address)
        known = None if account is None or too_long(password) else account.password_hash
        if not await slot.verify(password, known) or account is None or known is None:
            await state.slowdown.failed(address)
            raise InvalidCredentials
        await state.slowdown.succeeded(address)
        return _Verified(account, await slot.hash(password) if state.hasher.outdated(known) else None)


async def _still(tx: Tx, verified: _Verified) -> Account:
    """The account, locked, if its password is still the one that was verified outside of this transaction."""
    account = await accounts.lock(tx, verified.account.id)
    if account is None or account.password_hash != verified.account.password_hash:
        raise InvalidCredentials
    if verified.better_hash is not None:
        await accounts.update(tx, account.id, password_hash=verified.better_hash)
    return account


def _refuse_unready(account: Account, kind: str) -> None:
    """Only after a right password: whoever does not know it learns nothing of the account."""
    if account.is_banned(datetime.now(UTC)):
        raise UserBanned
    if kind == "email" and account.email_confirmed_at is None:
        raise EmailNotConfirmed
    if kind == "phone" and account.phone_confirmed_at is None:
        raise PhoneNotConfirmed


async def _by_refresh_token(request: AnyRequest, state: State) -> Answer:
    body = await read(request, RefreshGrant)
    if not body.refresh_token:
        raise ValidationFailed("Refresh token is not valid")
    opened = await sessions.refresh(state.refreshing, body.refresh_token, client_of(request))
    return reply(await session(state, opened))


async def _by_auth_code(request: AnyRequest, state: State) -> Answer:
    body = await read(request, PkceGrant)
    if not body.auth_code or not body.code_verifier:
        raise ValidationFailed("invalid request: both auth code and code verifier should be non-empty")
    async with state.db.transaction(None) as tx:
        owner = await flows.owner_of(tx, body.auth_code)
        account = None if owner is None else await accounts.lock(tx, owner)
        if account is None:
            raise FlowStateNotFound
        flow = await flows.exchange(tx, body.auth_code, body.code_verifier)
        if account.is_banned():
            raise UserBanned
        opened = await sessions.open_session(
            tx, state.vault, account, method=flow.amr_method, client=client_of(request)
        )
    return reply(await session(state, opened))
