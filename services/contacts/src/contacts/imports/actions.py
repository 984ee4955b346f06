"""One function a step of an import: upload, configure, mend a cell, ask for a check, ask for a run."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from msgspec import UNSET

import crm_facts
from contacts.custom_fields.fields import table_in
from contacts.imports import chunk, reading, store
from contacts.imports.csv_file import CsvFile, Row, UnreadableFile, open_csv
from contacts.imports.errors import ImportBusy, ImportTooLarge, unreadable
from contacts.imports.guesses import columns_of
from contacts.imports.plan import Seen, mappable
from contacts.imports.schemas import ImportPatch
from contacts.imports.store import Import
from contacts.jobs import enqueue
from contacts.people import PEOPLE
from contacts.records.errors import RecordNotFound
from crm_auth import Writer
from crm_db import Transaction
from crm_resource import FieldTable, Invalid, Problem, pointer
from crm_resource.fields import LISTS

CHECK, RUN = "import.check", "import.run"
ROWS_MAX = 100_000
ROWS_A_STATEMENT = 1_000
CHARACTERS_A_STATEMENT = 256 * 1024  # a statement stands in memory several times: as cells, as JSON, as what is sent
GUESSED_FROM_ROWS = 50  # samples are taken from as many
TAGS_MAX = 20


async def upload(tx: Transaction, caller: Writer, filename: str, file: BinaryIO) -> bytes:
    """Takes the file into the database, row by row as it is read, and guesses its columns.

    All or nothing: what can't be read raises Refused with the row, and the caller's transaction rolls back.
    """
    try:
        opened = await asyncio.to_thread(open_csv, file)
        head = await asyncio.to_thread(lambda: list(islice(opened.rows, GUESSED_FROM_ROWS)))
        columns, mapping = columns_of(await table_in(tx, caller.workspace_id, PEOPLE), opened.columns, head)
        import_id = await store.add(
            tx,
            caller.workspace_id,
            filename=filename[:200] or "contacts.csv",
            columns=columns,
            mapping=mapping,
            country=caller.country,
            user_id=caller.user_id,
        )
        count = await _take_rows(tx, caller.workspace_id, import_id, head, opened)
    except UnreadableFile as error:
        raise unreadable(error) from error
    await store.set_columns(tx, caller.workspace_id, import_id, columns, count)
    return await store.document(tx, caller.workspace_id, import_id)


async def _take_rows(tx: Transaction, workspace_id: UUID, import_id: UUID, head: list[Row], file: CsvFile) -> int:
    """Reading is done in a thread, so that other requests are answered meanwhile."""
    count, rows = 0, head
    while rows:
        count += len(rows)
        if count > ROWS_MAX:
            raise ImportTooLarge(
                f"A file may have {ROWS_MAX:,} rows. Split it and import the parts one after the other."
            )
        await store.add_rows(tx, workspace_id, import_id, rows)
        rows = await asyncio.to_thread(_next_rows, file)
    if not count:
        raise UnreadableFile("empty_file", "The file has a header and no rows.")
    return count


def _next_rows(file: CsvFile) -> list[Row]:
    """As many as one statement takes, by number and by size."""
    rows: list[Row] = []
    characters = 0
    for row in islice(file.rows, ROWS_A_STATEMENT):
        rows.append(row)
        characters += sum(map(len, row.cells))
        if characters >= CHARACTERS_A_STATEMENT:
            break
    return rows


async def configure(tx: Transaction, caller: Writer, import_id: UUID, patch: ImportPatch) -> bytes:
    """How the file is to be read; what an earlier check said is void then. Raises Invalid, ImportBusy."""
    each = await _idle(tx, caller, import_id)
    changes = {name: value for name in patch.__struct_fields__ if (value := getattr(patch, name)) is not UNSET}
    changed = replace(each, **changes, status="uploaded")
    changed = replace(
        changed, mapping={name: changed.mapping.get(name) for name in each.columns}, tags=_tags(changed.tags)
    )
    if "mapping" in changes:
        _refuse_mapping(await table_in(tx, caller.workspace_id, PEOPLE), each.columns, changes["mapping"])
    await store.forget_outcomes(tx, each)
    await store.configure(tx, changed)
    return await store.document(tx, caller.workspace_id, import_id)


def _refuse_mapping(table: FieldTable, columns: Sequence[str], mapping: Mapping[str, str | None]) -> None:
    fields = mappable(table)
    problems = [
        Problem(pointer("mapping", name), "unknown_column", "The file has no such column.")
        for name in mapping.keys() - columns
    ]
    used: set[str] = set()
    for name, target in mapping.items():
        if target is None:
            continue
        if target not in fields:
            problems.append(Problem(pointer("mapping", name), "unknown_field", "There is no such field."))
        elif target in used and fields[target].kind not in LISTS:
            problems.append(Problem(pointer("mapping", name), "field_taken", "Another column goes into this field."))
        used.add(target)
    if problems:
        raise Invalid(problems)


def _tags(names: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(tags) > TAGS_MAX or any(len(name) > 200 for name in tags):
        raise Invalid([Problem("/tags", "too_many", f"At most {TAGS_MAX} tags of 200 characters.")])
    return tags


async def mend(tx: Transaction, caller: Writer, import_id: UUID, number: int, cells: Mapping[str, str]) -> bytes:
    """Other cells for one row, and what it would do now. A row that meets another row of the file is told by a run."""
    each = await _idle(tx, caller, import_id)
    found = await store.row(tx, each, number)
    if found is None:
        raise RecordNotFound
    unknown = [
        Problem(pointer("cells", name), "unknown_column", "The file has no such column.")
        for name in cells
        if name not in each.columns
    ]
    if unknown:
        raise Invalid(unknown)
    (row, before) = found
    mended = Row(number, [cells.get(name, cell) for name, cell in zip(each.columns, row.cells, strict=True)])
    how = await chunk.reading_of(tx, each)
    planned, _ = await chunk.plan(tx, each, how, [mended], Seen())
    await store.set_cells(tx, each, number, mended.cells)
    if before is not None:
        await store.keep_outcomes(tx, each, planned)
        totals = {**each.totals}
        totals[before] -= 1
        totals[planned[0].outcome] += 1
        await store.advance(
            tx, each, status=each.status, done=each.progress_done, last_row=each.last_row, totals=totals
        )
    return reading.planned_json(how, planned[0], mended.cells)


async def request_check(tx: Transaction, caller: Writer, import_id: UUID) -> bytes:
    """The worker says of each row what it would do; nothing is written. Raises ImportBusy."""
    each = await _idle(tx, caller, import_id)
    await store.advance(tx, each, status="checking", done=0, last_row=0, totals={})
    await enqueue(tx, caller, CHECK, {"import_id": str(import_id)})
    return await store.document(tx, caller.workspace_id, import_id)


async def request_run(tx: Transaction, caller: Writer, import_id: UUID) -> tuple[bytes, UUID]:
    """The worker makes it true, under the operation whose id is answered. Raises ImportBusy when it has run before."""
    each = await _idle(tx, caller, import_id)
    operation_id = await crm_facts.begin(
        tx, caller, kind="import", summary=f"Imported {each.filename}", status="running"
    )
    await store.advance(tx, each, status="running", done=0, last_row=0, totals={}, operation_id=operation_id)
    await enqueue(tx, caller, RUN, {"import_id": str(import_id)})
    return await store.document(tx, caller.workspace_id, import_id), operation_id


async def _idle(tx: Transaction, caller: Writer, import_id: UUID) -> Import:
    each = await store.lock(tx, caller.workspace_id, import_id)
    if each is None:
        raise RecordNotFound
    if each.status in ("checking", "running"):
        raise ImportBusy("This import is being worked on. Wait until it is done.")
    if each.operation_id is not None:
        raise ImportBusy("This import has run. Upload the file again to import it once more.")
    return each
