"""All SQL of plain rows. Rows are few and small: they are read as whole documents."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from contacts.plain.kind import Plain
from crm_db import Database, Transaction
from crm_resource import Json

Document = dict[str, Json]


async def documents(
    db: Database,
    workspace_id: UUID,
    plain: Plain,
    *,
    where: str = "true",
    order: str = "t.id",
    args: tuple[Any, ...] = (),
) -> list[str]:
    """Documents as JSON texts; `where` and `order` are over `t`, `args` are $2 and on."""
    sql = f"""
        select r.body from enter($1) e(w), lateral (
            select (select row_to_json(d)::text from (select {plain.document}) d) as body
            from {plain.table} t where t.workspace_id = e.w and {where} order by {order} offset 0
        ) r"""
    return [row["body"] for row in await db.read(workspace_id, sql, *args)]


async def lock(tx: Transaction, workspace_id: UUID, plain: Plain, row_id: UUID) -> Document | None:
    text = await tx.fetchval(
        f"""
        select row_to_json(r)::text from (
            select {plain.document} from {plain.table} t where t.workspace_id = $1 and t.id = $2 for update
        ) r""",
        workspace_id,
        row_id,
    )
    return None if text is None else dict(msgspec.json.decode(text))


async def insert(
    tx: Transaction, workspace_id: UUID, plain: Plain, values: Mapping[str, Json], created_by: UUID
) -> Document:
    names, taken = _columns(plain)
    text = await tx.fetchval(
        f"""
        insert into {plain.table} as t (workspace_id, id, created_by, {names})
        select $1, uuidv7(), $2, {taken} from {_recordset(plain)}
        returning (select row_to_json(d)::text from (select {plain.document}) d)""",
        workspace_id,
        created_by,
        msgspec.json.encode(values).decode(),
    )
    return dict(msgspec.json.decode(text))


async def update(
    tx: Transaction, workspace_id: UUID, plain: Plain, row_id: UUID, values: Mapping[str, Json]
) -> Document:
    names, taken = _columns(plain)
    text = await tx.fetchval(
        f"""
        update {plain.table} t set ({names}) = row({taken}), version = t.version + 1, updated_at = now()
        from {_recordset(plain)}
        where t.workspace_id = $1 and t.id = $2
        returning (select row_to_json(d)::text from (select {plain.document}) d)""",
        workspace_id,
        row_id,
        msgspec.json.encode(values).decode(),
    )
    return dict(msgspec.json.decode(text))


async def delete(tx: Transaction, workspace_id: UUID, plain: Plain, row_id: UUID) -> None:
    await tx.execute(f"delete from {plain.table} where workspace_id = $1 and id = $2", workspace_id, row_id)


def _columns(plain: Plain) -> tuple[str, str]:
    columns = {f'"{name}"': f'i."{name}"' for name in plain.columns} | dict(plain.derived)
    return ", ".join(columns), ", ".join(columns.values())


def _recordset(plain: Plain) -> str:
    return (
        "json_to_record($3::json) as i(" + ", ".join(f'"{name}" {kind}' for name, kind in plain.columns.items()) + ")"
    )
