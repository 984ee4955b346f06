"""What is read of an import: itself, its rows as a diff, the rows that failed as a file."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from contacts.custom_fields.fields import table
from contacts.imports import store
from contacts.imports.guesses import FAULT_COLUMNS
from contacts.imports.plan import Draft, Outcome, Planned, Reading, changes, draft_of
from contacts.imports.store import Import
from contacts.people import PEOPLE
from contacts.records.errors import RecordNotFound
from contacts.state import State
from crm_auth import Caller
from crm_db import cursor
from crm_resource import Json
from crm_resource.cells import safe
from crm_resource.parse import complete

PAGE_OF_ERRORS = 1_000
FAILED = (Outcome.INVALID, Outcome.CONFLICT)


async def one(state: State, caller: Caller, import_id: UUID) -> tuple[Import, bytes]:
    found = await store.read(state.postgres, caller.workspace_id, import_id)
    if found is None:
        raise RecordNotFound
    return found


async def page(state: State, caller: Caller, *, limit: int, after: str | None) -> bytes:
    """Newest first."""
    scope = f"{caller.workspace_id}/imports"
    before = UUID(cursor.decode(state.settings.crm_secret, after, scope=scope)[0]) if after else None
    found = await store.page(state.postgres, caller.workspace_id, before, limit + 1)
    following = (
        cursor.encode(state.settings.crm_secret, [str(found[limit - 1][0])], scope=scope)
        if len(found) > limit
        else None
    )
    items = b",".join(document for _, document in found[:limit])
    return b'{"items":[' + items + b'],"next_cursor":' + msgspec.json.encode(following) + b"}"


async def rows(
    state: State, caller: Caller, import_id: UUID, outcomes: Sequence[Outcome] | None, *, limit: int, after: str | None
) -> bytes:
    """The diff, row by row, in the file's order."""
    each, _ = await one(state, caller, import_id)
    scope = f"{caller.workspace_id}/imports/{import_id}"
    behind = cursor.decode(state.settings.crm_secret, after, scope=scope)[0] if after else 0
    found = await store.rows_page(state.postgres, caller.workspace_id, import_id, outcomes, behind, limit + 1)
    fields = await table(state.postgres, caller.workspace_id, PEOPLE)
    reading = Reading.of(fields, each.columns, each.mapping, each.tags, each.country)
    more = len(found) > limit
    return msgspec.json.encode(
        {
            "items": [_row(reading, row) for row in found[:limit]],
            "next_cursor": cursor.encode(state.settings.crm_secret, [found[limit - 1]["row"]], scope=scope)
            if more
            else None,
        }
    )


def _row(reading: Reading, row: Any) -> dict[str, Any]:
    cells = msgspec.json.decode(row["cells"])
    return {
        "row": row["row"],
        "cells": cells,
        "outcome": row["outcome"],
        "contact_id": row["contact_id"],
        "changes": _changes(reading, row, cells),
        "errors": msgspec.json.decode(row["errors"]) if row["errors"] else [],
    }


def _changes(reading: Reading, row: Any, cells: list[str]) -> Any:
    """Of an update as they were stored; a creation's follow from its cells."""
    if row["outcome"] == Outcome.CREATE:
        return _created(reading, draft_of(reading, cells))
    return msgspec.json.decode(row["changes"]) if row["changes"] else []


def _created(reading: Reading, draft: Draft) -> list[dict[str, Json]]:
    """What a creation sets, which is not kept beside the row: it follows from its cells."""
    return changes(reading.table, {}, complete(reading.table, draft.values), (None, draft.company))


def planned_json(reading: Reading, planned: Planned, cells: Sequence[str]) -> bytes:
    """One row as `rows` gives it, from a plan that was made just now."""
    is_new = planned.outcome is Outcome.CREATE
    return msgspec.json.encode(
        {
            "row": planned.row,
            "cells": cells,
            "outcome": planned.outcome,
            "contact_id": planned.contact_id,
            "changes": _created(reading, planned.draft) if is_new else planned.changes,
            "errors": [store.fault_json(fault) for fault in planned.faults],
        }
    )


async def errors_csv(state: State, caller: Caller, each: Import) -> AsyncIterator[str]:
    """The failed rows as they came, what is wrong with them in front: mended, the file can be imported again.

    Cells that a spreadsheet would run as formulas are protected; an import takes the protection off.
    """
    yield _line([*FAULT_COLUMNS, *each.columns])
    behind = 0
    while True:
        found = await store.rows_page(state.postgres, caller.workspace_id, each.id, FAILED, behind, PAGE_OF_ERRORS)
        for row in found:
            yield _line([*_faults(row), *msgspec.json.decode(row["cells"])])
        if len(found) < PAGE_OF_ERRORS:
            return
        behind = found[-1]["row"]


def _faults(row: Any) -> list[str]:
    """A row stands once, whatever is wrong with it, or it would come in twice."""
    faults = msgspec.json.decode(row["errors"]) if row["errors"] else []
    return [str(row["row"]), *("; ".join(fault[member] for fault in faults) for member in ("column", "code", "reason"))]


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe(cell) for cell in cells])
    return line.getvalue()
