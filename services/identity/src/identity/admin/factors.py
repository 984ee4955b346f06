"""/admin/users/{id}/factors: seen, renamed and removed by an administrator."""

from uuid import UUID

import asyncpg

from crm_service.answer import Answer
from identity.admin.bodies import FactorChange
from identity.admin.guard import locked_account, require_admin
from identity.auth.factors import remove
from identity.auth.wire import AnyRequest, auth_delete, auth_get, auth_put, read, reply
from identity.db import Tx
from identity.errors import FactorNameConflict, FactorNotFound
from identity.factors import store
from identity.factors.store import Factor
from identity.state import State
from identity.users import Account, as_user
from identity.users import store as accounts

PATH = "/auth/v1/admin/users/{user_id:str}/factors"


@auth_get(PATH)
async def list_factors(request: AnyRequest, state: State, user_id: str) -> Answer:
    await require_admin(request, state)
    async with state.db.transaction(None) as tx:
        account = await locked_account(tx, user_id)
    return reply(as_user(account).get("factors", []))


@auth_put(f"{PATH}/{{factor_id:str}}")
async def change_factor(request: AnyRequest, state: State, user_id: str, factor_id: str) -> Answer:
    await require_admin(request, state)
    body = await read(request, FactorChange)
    try:
        async with state.db.transaction(None) as tx:
            factor = await _factor(tx, await locked_account(tx, user_id), factor_id)
            if body.friendly_name is not None:
                await store.rename(tx, factor.id, body.friendly_name.strip())
            return reply(await _shown(tx, factor))
    except asyncpg.UniqueViolationError as error:
        raise FactorNameConflict from error


@auth_delete(f"{PATH}/{{factor_id:str}}")
async def delete_factor(request: AnyRequest, state: State, user_id: str, factor_id: str) -> Answer:
    await require_admin(request, state)
    async with state.db.transaction(None) as tx:
        factor = await _factor(tx, await locked_account(tx, user_id), factor_id)
        shown = await _shown(tx, factor)
        await remove(tx, factor)
    return reply(shown)


async def _factor(tx: Tx, account: Account, factor_id: str) -> Factor:
    try:
        factor = await store.lock(tx, account.id, UUID(factor_id))
    except ValueError as error:
        raise FactorNotFound from error
    if factor is None:
        raise FactorNotFound
    return factor


async def _shown(tx: Tx, factor: Factor) -> object:
    account = await accounts.by_id(tx, factor.account_id)
    factors = as_user(account).get("factors", []) if account else []
    return next(shown for shown in factors if shown["id"] == factor.id)
