"""A few hundred rows at a time: planned against what is there, and, by a run, written in the same transaction."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from contacts.companies import COMPANIES
from contacts.custom_fields.fields import table_in
from contacts.imports import matching, store
from contacts.imports.csv_file import Row
from contacts.imports.plan import Draft, Fault, Outcome, Planned, Reading, Seen, decide, draft_of, keys_of
from contacts.imports.store import Import
from contacts.people import PEOPLE
from contacts.records.record import Edit, Record
from contacts.records.saving import Actor, Batch, change, creation, save
from crm_db import Transaction
from crm_db.database import savepoint
from crm_resource import Context, FieldTable, Invalid, Json, parse_new

# Long enough that a statement's overhead is shared, short enough that nobody waits for its locks (lock_timeout 2 s).
ROWS = 500


async def reading_of(tx: Transaction, each: Import) -> Reading:
    """How the cells are read now: by the workspace's custom fields as they are in this transaction."""
    table = await table_in(tx, each.workspace_id, PEOPLE)
    return Reading.of(table, each.columns, each.mapping, each.tags, each.country)


async def plan(
    tx: Transaction, each: Import, reading: Reading, rows: Sequence[Row], seen: Seen
) -> tuple[list[Planned], dict[UUID, Record]]:
    """What each row would do, and the matched records, locked."""
    drafts = {row.number: draft_of(reading, row.cells) for row in rows}
    keyed = {number: (draft, [] if draft.faults else keys_of(draft, each.match_by)) for number, draft in drafts.items()}
    by_key = await matching.contacts_by_key(tx, each.workspace_id, each.match_by, keyed)
    locked = await matching.locked(tx, each.workspace_id, {found for ids in by_key.values() for found in ids})

    def planned(number: int, draft: Draft, keys: Sequence[str]) -> Planned:
        ids = sorted({found for key in keys for found in by_key.get(key, ())})
        matches = [locked[found][0] for found in ids if found in locked]
        return decide(reading.table, number, draft, matches, keys=keys, on_match=each.on_match, seen=seen)

    result = [planned(number, draft, keys) for number, (draft, keys) in keyed.items()]
    return result, {record_id: record for record_id, (_, record) in locked.items()}


async def write(
    tx: Transaction,
    actor: Actor,
    each: Import,
    table: FieldTable,
    planned: Sequence[Planned],
    records: dict[UUID, Record],
) -> None:
    """Makes the planned creations and updates true, as part of the import's operation."""
    wanted = [one for one in planned if one.outcome in (Outcome.CREATE, Outcome.UPDATE)]
    companies = await _companies(tx, actor, each, {one.draft.company for one in wanted if one.draft.company})
    edits = [(one, _edit(one, records, companies)) for one in wanted]
    batch = Batch(tx, actor, PEOPLE, table, each.begun, lane="bulk")
    try:
        async with savepoint(tx):
            await save(batch, [edit for _, edit in edits])
    except Invalid:
        await _one_by_one(batch, edits)


async def _one_by_one(batch: Batch, edits: Iterable[tuple[Planned, Edit]]) -> None:
    """A value of a unique custom field is taken: only the row that brings it stays out."""
    for planned, edit in edits:
        try:
            async with savepoint(batch.tx):
                await save(batch, [edit])
        except Invalid as refused:
            planned.outcome, planned.contact_id = Outcome.INVALID, None
            planned.faults = [Fault("", problem.code, problem.detail) for problem in refused.problems]


def _edit(planned: Planned, records: dict[UUID, Record], companies: dict[str, UUID]) -> Edit:
    values: dict[str, Json] = dict(planned.values)
    if planned.draft.company:
        values["company_id"] = str(companies[planned.draft.company.casefold()])
    if planned.found is not None:
        return change(records[planned.found.id], values)
    edit = creation(values)
    planned.contact_id = edit.after.id
    return edit


async def _companies(tx: Transaction, actor: Actor, each: Import, names: set[str]) -> dict[str, UUID]:
    """An id for each name, by the name in lower case; those that nobody made yet are made."""
    found = await matching.companies_by_name(tx, each.workspace_id, names)
    missing = {name.casefold(): name for name in sorted(names) if name.casefold() not in found}
    if missing:
        fields = await table_in(tx, each.workspace_id, COMPANIES)
        made = {
            key: creation(parse_new(fields, {"name": name}, Context(each.country))) for key, name in missing.items()
        }
        await save(Batch(tx, actor, COMPANIES, fields, each.begun, lane="bulk"), made.values())
        found |= {key: edit.after.id for key, edit in made.items()}
    return found


async def seen_before(tx: Transaction, each: Import, reading: Reading) -> Seen:
    """What the rows up to `last_row` have met, told anew after a crash."""
    seen = Seen(contacts=await store.contacts_met(tx, each))
    after = 0
    while after < each.last_row:
        rows = [row for row in await store.rows_after(tx, each, after, ROWS) if row.number <= each.last_row]
        if not rows:
            break
        for row in rows:
            draft = draft_of(reading, row.cells)
            if not draft.faults:
                seen.add(row.number, keys_of(draft, each.match_by), None)
        after = rows[-1].number
    return seen
