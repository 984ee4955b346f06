"""All SQL of imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from contacts.imports.csv_file import Row
from contacts.imports.plan import Fault, MatchBy, OnMatch, Outcome, Planned
from crm_db import Database, Transaction
from crm_resource import Json

DOCUMENT = """
    select t.id, t.status, t.filename, t.rows, t.columns, t.mapping, t.match_by, t.on_match, t.tags, t.totals,
           json_build_object('done', t.progress_done, 'total', t.rows) as progress, t.operation_id, t.failure,
           t.created_by, t.created_at, t.updated_at
"""


@dataclass(frozen=True, slots=True)
class Import:
    """An import as its actions and jobs hold it."""

    workspace_id: UUID
    id: UUID
    status: str
    filename: str
    columns: list[str]
    mapping: dict[str, str | None]
    match_by: MatchBy
    on_match: OnMatch
    tags: list[str]
    country: str | None
    rows: int
    last_row: int
    progress_done: int
    totals: dict[str, int]
    operation_id: UUID | None

    @property
    def begun(self) -> UUID:
        """The operation of an import whose run was asked for."""
        if self.operation_id is None:
            raise RuntimeError("this import has no operation yet")
        return self.operation_id

    @classmethod
    def from_row(cls, row: Any) -> "Import":
        columns = [each["name"] for each in msgspec.json.decode(row["columns"])]
        return cls(
            workspace_id=row["workspace_id"],
            id=row["id"],
            status=row["status"],
            filename=row["filename"],
            columns=columns,
            mapping=msgspec.json.decode(row["mapping"]),
            match_by=MatchBy(row["match_by"]),
            on_match=OnMatch(row["on_match"]),
            tags=msgspec.json.decode(row["tags"]),
            country=row["country"],
            rows=row["rows"],
            last_row=row["last_row"],
            progress_done=row["progress_done"],
            totals=msgspec.json.decode(row["totals"]),
            operation_id=row["operation_id"],
        )


async def add(
    tx: Transaction,
    workspace_id: UUID,
    *,
    filename: str,
    columns: Json,
    mapping: Json,
    country: str | None,
    user_id: UUID,
) -> UUID:
    import_id: UUID = await tx.fetchval(
        """
        insert into import (workspace_id, filename, columns, mapping, country, rows, created_by)
        values ($1, $2, $3, $4, $5, 0, $6) returning id
        """,
        workspace_id,
        filename,
        _json(columns),
        _json(mapping),
        country,
        user_id,
    )
    return import_id


async def add_rows(tx: Transaction, workspace_id: UUID, import_id: UUID, rows: Sequence[Row]) -> None:
    """INSERT, because COPY can't write a table with row-level security."""
    await tx.execute(
        """
        insert into import_row (workspace_id, import_id, row, cells)
        select $1, $2, * from unnest($3::int[], $4::json[])
        """,
        workspace_id,
        import_id,
        [row.number for row in rows],
        [_json(row.cells) for row in rows],
    )


async def set_columns(tx: Transaction, workspace_id: UUID, import_id: UUID, columns: Json, rows: int) -> None:
    await tx.execute(
        "update import set columns = $3, rows = $4 where workspace_id = $1 and id = $2",
        workspace_id,
        import_id,
        _json(columns),
        rows,
    )


async def lock(tx: Transaction, workspace_id: UUID, import_id: UUID) -> Import | None:
    row = await tx.fetchrow(
        "select * from import where workspace_id = $1 and id = $2 for update", workspace_id, import_id
    )
    return Import.from_row(row) if row is not None else None


async def document(tx: Transaction, workspace_id: UUID, import_id: UUID) -> bytes:
    row = await tx.fetchval(
        f"select row_to_json(d)::text from ({DOCUMENT} from import t where workspace_id = $1 and id = $2) d",
        workspace_id,
        import_id,
    )
    return bytes(row, "utf-8")


async def read(db: Database, workspace_id: UUID, import_id: UUID) -> tuple[Import, bytes] | None:
    rows = await db.read(
        workspace_id,
        f"""
        select r.* from enter($1) e(w), lateral (
            select t.*, (select row_to_json(d)::text from ({DOCUMENT}) d) as document
            from import t where t.workspace_id = e.w and t.id = $2 limit 1
        ) r
        """,
        import_id,
    )
    return (Import.from_row(rows[0]), rows[0]["document"].encode()) if rows else None


async def page(db: Database, workspace_id: UUID, before: UUID | None, limit: int) -> list[tuple[UUID, bytes]]:
    """Newest first."""
    rows = await db.read(
        workspace_id,
        f"""
        select r.* from enter($1) e(w), lateral (
            select t.id, (select row_to_json(d)::text from ({DOCUMENT}) d) as document
            from import t where t.workspace_id = e.w and ($2::uuid is null or t.id < $2)
            order by t.id desc limit $3
        ) r
        """,
        before,
        limit,
    )
    return [(row["id"], row["document"].encode()) for row in rows]


async def rows_page(
    db: Database, workspace_id: UUID, import_id: UUID, outcomes: Sequence[Outcome] | None, after_row: int, limit: int
) -> list[Any]:
    """Rows of (row, cells, outcome, contact_id, changes, errors), in the file's order."""
    return await db.read(
        workspace_id,
        """
        select r.* from enter($1) e(w), lateral (
            select t.row, t.cells, t.outcome, t.contact_id, t.changes, t.errors
            from import_row t
            where t.workspace_id = e.w and t.import_id = $2 and t.row > $3
              and ($4::text[] is null or t.outcome = any ($4))
            order by t.row limit $5
        ) r
        """,
        import_id,
        after_row,
        outcomes,
        limit,
    )


async def rows_after(tx: Transaction, each: Import, row: int, limit: int) -> list[Row]:
    rows = await tx.fetch(
        """
        select row, cells from import_row
        where workspace_id = $1 and import_id = $2 and row > $3
        order by row limit $4
        """,
        each.workspace_id,
        each.id,
        row,
        limit,
    )
    return [Row(row["row"], msgspec.json.decode(row["cells"])) for row in rows]


async def set_cells(tx: Transaction, each: Import, row: int, cells: Sequence[str]) -> None:
    await tx.execute(
        "update import_row set cells = $4 where workspace_id = $1 and import_id = $2 and row = $3",
        each.workspace_id,
        each.id,
        row,
        _json(cells),
    )


async def row(tx: Transaction, each: Import, number: int) -> tuple[Row, str | None] | None:
    """A row and its outcome so far, locked."""
    found = await tx.fetchrow(
        "select row, cells, outcome from import_row where workspace_id = $1 and import_id = $2 and row = $3 for update",
        each.workspace_id,
        each.id,
        number,
    )
    return (Row(found["row"], msgspec.json.decode(found["cells"])), found["outcome"]) if found else None


async def contacts_met(tx: Transaction, each: Import) -> set[UUID]:
    """The contacts that rows up to `last_row` made or changed: what a run that goes on after a crash must know."""
    rows = await tx.fetch(
        """
        select contact_id from import_row
        where workspace_id = $1 and import_id = $2 and row <= $3 and contact_id is not null
        """,
        each.workspace_id,
        each.id,
        each.last_row,
    )
    return {row["contact_id"] for row in rows}


async def keep_outcomes(tx: Transaction, each: Import, planned: Sequence[Planned]) -> None:
    await tx.execute(
        """
        update import_row t
        set outcome = i.outcome, contact_id = i.contact_id, changes = i.changes, errors = i.errors
        from unnest($3::int[], $4::text[], $5::uuid[], $6::json[], $7::json[])
             i(row, outcome, contact_id, changes, errors)
        where t.workspace_id = $1 and t.import_id = $2 and t.row = i.row
        """,
        each.workspace_id,
        each.id,
        [one.row for one in planned],
        [one.outcome.value for one in planned],
        [one.contact_id for one in planned],
        # a creation's values are its cells: told anew when somebody looks, not stored a second time
        [_json(one.changes) if one.outcome is Outcome.UPDATE else None for one in planned],
        [_json([fault_json(fault) for fault in one.faults]) if one.faults else None for one in planned],
    )


def fault_json(fault: Fault) -> dict[str, str]:
    return {"column": fault.column, "code": fault.code, "reason": fault.reason}


async def forget_outcomes(tx: Transaction, each: Import) -> None:
    """Before a check that reads the file otherwise."""
    await tx.execute(
        """
        update import_row set outcome = null, contact_id = null, changes = null, errors = null
        where workspace_id = $1 and import_id = $2 and outcome is not null
        """,
        each.workspace_id,
        each.id,
    )


async def forget_contact(tx: Transaction, workspace_id: UUID, contact_id: UUID) -> None:
    """Empties the cells that a person came from or was changed by; the rows stay, so that the totals still add up."""
    await tx.execute(
        """
        update import_row set cells = (select json_agg(''::text) from json_array_elements(cells)), changes = null
        where workspace_id = $1 and contact_id = $2
        """,
        workspace_id,
        contact_id,
    )


async def configure(tx: Transaction, each: Import) -> None:
    await tx.execute(
        """
        update import set status = $3, mapping = $4, match_by = $5, on_match = $6, tags = $7, totals = '{}',
               progress_done = 0, last_row = 0, updated_at = now()
        where workspace_id = $1 and id = $2
        """,
        each.workspace_id,
        each.id,
        each.status,
        _json(each.mapping),
        each.match_by.value,
        each.on_match.value,
        _json(each.tags),
    )


async def advance(
    tx: Transaction,
    each: Import,
    *,
    status: str,
    done: int,
    last_row: int,
    totals: Mapping[str, int],
    operation_id: UUID | None = None,
    failure: str | None = None,
) -> None:
    await tx.execute(
        """
        update import set status = $3, progress_done = $4, last_row = $5, totals = $6,
               operation_id = coalesce($7, operation_id), failure = $8, updated_at = now()
        where workspace_id = $1 and id = $2
        """,
        each.workspace_id,
        each.id,
        status,
        done,
        last_row,
        _json(totals),
        operation_id,
        failure,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
