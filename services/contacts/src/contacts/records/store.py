"""All SQL that writes records of any noun. Everything is set-based: one record is a set of one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from contacts.records.record import Record
from contacts.records.resource import Resource
from contacts.records.statements import statements
from crm_db import Transaction
from crm_resource import Json

Row = Mapping[str, Json]


async def lock(tx: Transaction, workspace_id: UUID, resource: Resource, ids: Sequence[UUID]) -> dict[UUID, Record]:
    """Those of the records that exist, their rows locked until the transaction's end."""
    own = frozenset(each.name for each in resource.fields.own())
    rows = await tx.fetch(statements(resource).lock, workspace_id, list(ids))
    records = (Record.from_document(msgspec.json.decode(row["document"]), own) for row in rows)
    return {record.id: record for record in records}


async def insert(
    tx: Transaction, workspace_id: UUID, resource: Resource, rows: Sequence[Row], created_by: UUID
) -> None:
    if rows:
        await tx.execute(statements(resource).insert, workspace_id, _json(rows), created_by)


async def update(tx: Transaction, workspace_id: UUID, resource: Resource, rows: Sequence[Row]) -> None:
    if rows:
        await tx.execute(statements(resource).update, workspace_id, _json(rows))


async def answer(tx: Transaction, workspace_id: UUID, resource: Resource, record_id: UUID) -> tuple[bytes, str]:
    """The record's bytes and its ETag, as this transaction left it."""
    row = (await tx.fetch(statements(resource).answer, workspace_id, record_id))[0]
    return row["body"].encode(), f'"{row["etag"]}"'


async def company_names(tx: Transaction, workspace_id: UUID, ids: set[str]) -> dict[str, str]:
    """Names by id. Those rows are locked against removal, so that a person can't get a company that goes meanwhile."""
    if not ids:
        return {}
    rows = await tx.fetch(
        "select id::text, name from company where workspace_id = $1 and id = any ($2::uuid[]) order by id for share",
        workspace_id,
        list(ids),
    )
    return {row["id"]: row["name"] for row in rows}


async def people_of(tx: Transaction, workspace_id: UUID, company_id: UUID) -> list[UUID]:
    rows = await tx.fetch(
        "select id from contact where workspace_id = $1 and company_id = $2 order by id", workspace_id, company_id
    )
    return [row["id"] for row in rows]


async def link_tags(
    tx: Transaction, workspace_id: UUID, noun: str, links: Mapping[UUID, Sequence[UUID]], *, fresh: bool
) -> None:
    """Exactly these tags for each record; `fresh` records have none yet."""
    records = list(links)
    pairs = [(record, tag) for record, tags in links.items() for tag in tags]
    if not fresh:
        await tx.execute(
            f"delete from {noun}_tag where workspace_id = $1 and {noun}_id = any ($2::uuid[])", workspace_id, records
        )
    if pairs:
        await tx.execute(
            f"""
            insert into {noun}_tag (workspace_id, {noun}_id, tag_id)
            select $1, * from unnest($2::uuid[], $3::uuid[])""",
            workspace_id,
            [record for record, _ in pairs],
            [tag for _, tag in pairs],
        )


async def put_keys(
    tx: Transaction, workspace_id: UUID, keys: Mapping[UUID, Sequence[tuple[str, str]]], *, fresh: bool
) -> None:
    """Exactly these (kind, key) by which each person is recognised."""
    if not fresh:
        await tx.execute(
            "delete from contact_key where workspace_id = $1 and contact_id = any ($2::uuid[])",
            workspace_id,
            list(keys),
        )
    flat = [(record, kind, key) for record, pairs in keys.items() for kind, key in pairs]
    if flat:
        await tx.execute(
            """
            insert into contact_key (workspace_id, kind, key, contact_id)
            select $1, k.kind, case k.kind when 'email' then lower(k.key) else k.key end, k.contact_id
            from unnest($2::text[], $3::text[], $4::uuid[]) k(kind, key, contact_id)
            on conflict do nothing
            """,
            workspace_id,
            [kind for _, kind, _ in flat],
            [key for _, _, key in flat],
            [record for record, _, _ in flat],
        )


async def put_search(tx: Transaction, noun: str, texts: Mapping[UUID, tuple[str, str]], *, fresh: bool) -> None:
    """The words by which records are found: those of the name, and the others."""
    if texts:
        await tx.execute(
            "select search_put($1, $2::uuid[], $3::text[], $4::text[], $5)",
            noun,
            list(texts),
            [words_of(name) for name, _ in texts.values()],
            [words_of(rest) for _, rest in texts.values()],
            fresh,
        )


def words_of(text: str) -> str:
    """What stands between spaces, and the letters and digits within it: `o'brien o brien`."""
    return " ".join(dict.fromkeys([*text.split(), *re.findall(r"[^\W_]+", text)]))


async def show_company(tx: Transaction, workspace_id: UUID, company_id: UUID, name: str) -> None:
    """The name of a company as its people show it."""
    await tx.execute(
        """
        update contact set company_name = $3, company_name_key = fold($3), derived = derived + 1
        where workspace_id = $1 and company_id = $2
        """,
        workspace_id,
        company_id,
        name,
    )


async def taken(
    tx: Transaction, workspace_id: UUID, noun: str, key: str, values: Sequence[str], but: Sequence[UUID]
) -> set[str]:
    """Which of these values of a unique custom field another live record has; whoever asks next waits for us."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{workspace_id}/{noun}/{key}")
    rows = await tx.fetch(
        f"""
        select custom ->> $2 as value from {noun}
        where workspace_id = $1 and deleted_at is null and custom ->> $2 = any ($3::text[]) and id <> all ($4::uuid[])
        """,
        workspace_id,
        key,
        list(values),
        list(but),
    )
    return {row["value"] for row in rows}


def _json(rows: Sequence[Row]) -> str:
    return msgspec.json.encode(rows).decode()


def text_of(value: Any) -> str:
    """A JSON value as Postgres' `->>` gives it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
