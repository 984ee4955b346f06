"""/admin/users: list, create, read, change, delete."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from crm_db import savepoint
from crm_service.answer import Answer
from identity import audit, facts, gotrue, sessions
from identity.admin import store
from identity.admin.bodies import AdminUser, Deletion
from identity.admin.guard import locked_account, require_admin
from identity.admin.paging import paging
from identity.auth import checks
from identity.auth.own_claims import own_claims
from identity.auth.wire import AnyRequest, auth_delete, auth_get, auth_post, auth_put, read, reply
from identity.codes import void_all
from identity.db import Tx
from identity.errors import EmailExists, PhoneExists, ValidationFailed
from identity.passwords.hasher import is_known_hash
from identity.state import State
from identity.users import Account, as_user
from identity.users import store as accounts
from identity.users.model import AUDIENCE, ROLE

PATH = "/auth/v1/admin/users"
Result = TypeVar("Result")


@auth_get(PATH)
async def list_users(request: AnyRequest, state: State) -> Answer:
    await require_admin(request, state)
    pages, wanted = paging(request), (request.query_params.get("filter") or "").lower()
    sort = request.query_params.get("sort") or store.DEFAULT_SORT
    if sort not in store.SORTS or "\0" in wanted:
        raise ValidationFailed("Bad Sort Parameters: sort is created_at or email, asc or desc")
    async with state.db.transaction(None) as tx:
        total = await store.count(tx, wanted)
        found = await store.page(tx, wanted, sort, limit=pages.per_page, offset=pages.offset)
    headers = pages.headers(f"{state.settings.issuer}/admin/users", total)
    return reply({"users": [as_user(account) for account in found], "aud": AUDIENCE}, 200, **headers)


@auth_post(PATH)
async def create_user(request: AnyRequest, state: State) -> Answer:
    await require_admin(request, state)
    body = await read(request, AdminUser)
    if not body.email and not body.phone:
        raise ValidationFailed("Cannot create a user without either an email or phone")
    columns = await _columns(state, body)
    async with state.db.transaction(None) as tx:
        account_id = await _insert(tx, columns, body)
        await _relink(tx, account_id, body)
        await audit.note(tx, "account.created_by_admin", account_id=account_id)
        return reply(as_user(await _stated(tx, account_id)))


@auth_get(f"{PATH}/{{user_id:str}}")
async def get_user(request: AnyRequest, state: State, user_id: str) -> Answer:
    await require_admin(request, state)
    async with state.db.transaction(None) as tx:
        return reply(as_user(await locked_account(tx, user_id)))


@auth_put(f"{PATH}/{{user_id:str}}")
async def change_user(request: AnyRequest, state: State, user_id: str) -> Answer:
    await require_admin(request, state)
    body = await read(request, AdminUser)
    columns = await _columns(state, body)
    async with state.db.transaction(None) as tx:
        account = await locked_account(tx, user_id)
        if body.user_metadata is not None:
            columns["user_metadata"] = checks.metadata(account.user_metadata, body.user_metadata)
        if body.app_metadata is not None:
            columns["app_metadata"] = checks.metadata(account.app_metadata, body.app_metadata)
        if columns:
            await _update(tx, account.id, columns)
        await _relink(tx, account.id, body)
        if "password_hash" in columns or columns.get("banned_until") is not None:
            await sessions.end_all(tx, account.id, token_ttl_s=state.token_ttl_s)
            await void_all(tx, account.id)
        await audit.note(tx, "account.changed_by_admin", account_id=account.id, members=sorted(columns))
        return reply(as_user(await _stated(tx, account.id)))


@auth_delete(f"{PATH}/{{user_id:str}}")
async def delete_user(request: AnyRequest, state: State, user_id: str) -> Answer:
    await require_admin(request, state)
    body = await read(request, Deletion) if await request.body() else Deletion()
    async with state.db.transaction(None) as tx:
        account = await locked_account(tx, user_id)
        await sessions.end_all(tx, account.id, token_ttl_s=state.token_ttl_s)
        if body.should_soft_delete:
            await _empty(tx, state, account)
        else:
            await tx.execute("delete from account where id = $1", account.id)
        await tx.execute("update profile set email = '', name = 'Somebody' where user_id = $1", account.id)
        await audit.note(tx, "account.deleted_by_admin", account_id=account.id, soft=bool(body.should_soft_delete))
    return reply({})


async def _empty(tx: Tx, state: State, account: Account) -> None:
    """The row stays, so that its id is never another's; the address can be found again only by who knows it."""
    hidden = state.vault.mac("deleted-address", account.email or "").hex() if account.email else None
    await accounts.update(
        tx,
        account.id,
        email=hidden,
        phone=None,
        password_hash=None,
        user_metadata={},
        app_metadata={},
        new_email=None,
        deleted_at=datetime.now(UTC),
    )
    for table in ("account_identity", "factor", "recovery_code", "one_time_code", "pkce_flow"):
        await tx.execute(f"delete from {table} where account_id = $1", account.id)


async def _columns(state: State, body: AdminUser) -> dict[str, Any]:
    """What the body says of the account's own columns; metadata merges with what is there, so the callers see to it."""
    if body.role not in (None, "", ROLE):
        raise ValidationFailed(f"The only role of users is {ROLE}")
    columns: dict[str, Any] = {}
    if body.email:
        columns["email"] = checks.email(body.email)
    if body.phone:
        columns["phone"] = checks.phone(body.phone)
    for name, confirms in {"email": body.email_confirm, "phone": body.phone_confirm}.items():
        if confirms:
            columns[f"{name}_confirmed_at"] = datetime.now(UTC)
    if body.ban_duration:
        columns["banned_until"] = _banned_until(body.ban_duration)
    return columns | await _password(state, body)


async def _password(state: State, body: AdminUser) -> dict[str, str]:
    if body.password and body.password_hash:
        raise ValidationFailed("Only a password or a password hash should be provided")
    if body.password:
        return {"password_hash": await state.hasher.hash(checks.new_password(body.password, state.policy))}
    if body.password_hash:
        if not is_known_hash(body.password_hash):
            raise ValidationFailed("The password hash is neither bcrypt nor argon2i or argon2id")
        return {"password_hash": body.password_hash}
    return {}


def _banned_until(duration: str) -> datetime | None:
    if duration == "none":
        return None
    try:
        seconds = int(gotrue.seconds(duration))
        return datetime.now(UTC) + timedelta(seconds=seconds)
    except (ValueError, OverflowError) as error:
        raise ValidationFailed("ban_duration has to be like 24h, or none") from error


async def _insert(tx: Tx, columns: Mapping[str, Any], body: AdminUser) -> UUID:
    provider = "email" if body.email else "phone"
    app_metadata = {"provider": provider, "providers": [provider]}
    given: dict[str, Any] = {
        **columns,
        "user_metadata": checks.metadata({}, body.user_metadata),
        "app_metadata": checks.metadata(app_metadata, body.app_metadata),
    }
    if body.id:
        try:
            given["id"] = UUID(body.id)
        except ValueError as error:
            raise ValidationFailed("ID must conform to the uuid v4 format") from error
    return await _unique(tx, lambda: accounts.insert(tx, **given))


async def _update(tx: Tx, account_id: UUID, columns: Mapping[str, Any]) -> None:
    await _unique(tx, lambda: accounts.update(tx, account_id, **columns))


async def _unique(tx: Tx, act: Callable[[], Awaitable[Result]]) -> Result:
    try:
        async with savepoint(tx):
            return await act()
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "account_phone":
            raise PhoneExists from error
        if error.constraint_name == "account_pkey":
            raise ValidationFailed("A user with this id exists") from error
        raise EmailExists from error


async def _relink(tx: Tx, account_id: UUID, body: AdminUser) -> None:
    """The identities say what the account's addresses are now."""
    account = await accounts.by_id(tx, account_id)
    if account is None:
        return
    verified = {"email": account.email_confirmed_at is not None, "phone": account.phone_confirmed_at is not None}
    claims = own_claims(account_id, email=account.email, phone=account.phone, verified=verified)
    if body.email or body.email_confirm:
        await accounts.link(tx, account_id, "email", str(account_id), claims, account.email)
    if body.phone or body.phone_confirm:
        await accounts.link(tx, account_id, "phone", str(account_id), claims, None)


async def _stated(tx: Tx, account_id: UUID) -> Account:
    account = await accounts.by_id(tx, account_id)
    if account is None:
        raise LookupError("the account that was locked is gone")
    await facts.user_changed(tx, account)
    return account
