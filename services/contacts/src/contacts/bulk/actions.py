"""Bulk: small ones in one transaction, large ones as a job of short ones that is undone if it can't be finished."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

import crm_facts
from contacts.bulk.edits import Change, editor
from contacts.custom_fields.fields import table_in
from contacts.history.actions import take_back
from contacts.jobs import Job, enqueue
from contacts.jobs.worker import Handler
from contacts.members import check_owner
from contacts.records.listing import SEARCH_BOUND, now_in
from contacts.records.resource import Resource
from contacts.records.saving import Actor, Batch, Lane, save
from contacts.records.store import lock
from contacts.resources import BY_NOUN
from contacts.state import State
from crm_auth import Writer
from crm_db import Transaction
from crm_resource import Arguments, Context, FieldTable, Invalid, Json, Problem, compile_filter

BULK = "bulk"
AT_ONCE = 1000  # records that a request changes itself
CHUNK = 500  # records a transaction of the job

_SUMMARIES = {
    "set": "Edited",
    "add_tag": "Tagged",
    "remove_tag": "Untagged",
    "assign": "Assigned",
    "trash": "Moved to the trash:",
    "restore": "Restored",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Records by id, or by what a list would show: filter and search."""

    ids: Sequence[UUID] | None
    filter: Json
    q: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`changed` is None while the worker is at it."""

    operation_id: UUID
    matched: int
    changed: int | None


async def apply(
    state: State, tx: Transaction, caller: Writer, resource: Resource, wanted: Change, selection: Selection
) -> Outcome:
    """All or nothing. Raises Invalid (an id that isn't there, values that don't fit), Trashed."""
    fields = await table_in(tx, caller.workspace_id, resource)
    editor(
        resource, fields, wanted, Context(caller.country)
    )  # values that fit no record are refused before anything is looked for
    await _check_owner(state, caller, wanted)
    ids = await _selected(tx, caller, resource, fields, wanted, selection)
    small = len(ids) <= AT_ONCE
    noun = resource.noun if len(ids) == 1 else resource.plural
    operation_id = await crm_facts.begin(
        tx,
        caller,
        kind="bulk",
        summary=f"{_SUMMARIES[wanted.action]} {len(ids)} {noun}",
        status="done" if small else "running",
    )
    if not small:
        await _refuse_absent(tx, caller.workspace_id, resource, ids)
        await enqueue(tx, caller, BULK, _input(operation_id, resource, wanted, ids))
        return Outcome(operation_id, len(ids), None)
    changed = await _change(tx, caller, resource, wanted, ids, operation_id, "interactive")
    await crm_facts.finish(tx, operation_id, counts={_counted(wanted): changed})
    return Outcome(operation_id, len(ids), changed)


async def _check_owner(state: State, caller: Writer, wanted: Change) -> None:
    owner = (wanted.patch or {}).get("owner_id")
    if owner is not None:
        await check_owner(state, caller, None, {"owner_id": owner}, "" if wanted.action == "assign" else "/values")


async def _selected(
    tx: Transaction, caller: Writer, resource: Resource, fields: FieldTable, wanted: Change, selection: Selection
) -> list[UUID]:
    """In the order of ids. What is named is not asked whether it exists; what is searched for does."""
    if selection.ids is not None:
        return sorted(set(selection.ids))
    arguments = Arguments()
    alive = "t.deleted_at is not null" if wanted.action == "restore" else "t.deleted_at is null"
    condition, found = "true", ""
    if selection.filter is not None:
        condition = compile_filter(fields, selection.filter, arguments, now=now_in(caller), prefix="/filter").sql
    if selection.q is not None:
        bound = arguments.bind(selection.q, "text")
        found = f"join search_find(e.w, '{resource.noun}', {bound}, {SEARCH_BOUND}) s on s.id = t.id"
    rows = await tx.fetch(
        f"""
        select r.id from enter($1) e(w), lateral (
            select t.id from {resource.noun} t {found}
            where t.workspace_id = e.w and {alive} and {condition} order by t.id offset 0
        ) r""",
        caller.workspace_id,
        *arguments.values,
    )
    return [row["id"] for row in rows]


async def _refuse_absent(tx: Transaction, workspace_id: UUID, resource: Resource, ids: Sequence[UUID]) -> None:
    """One id that isn't there, and nothing is done."""
    known = await tx.fetch(
        f"select id from {resource.noun} where workspace_id = $1 and id = any ($2::uuid[])",
        workspace_id,
        list(ids),
    )
    absent = set(ids) - {row["id"] for row in known}
    if absent:
        raise Invalid([Problem("/ids", "unknown_id", f"{len(absent)} of these are not there.")])


async def _change(
    tx: Transaction,
    actor: Actor,
    resource: Resource,
    wanted: Change,
    ids: Sequence[UUID],
    operation_id: UUID,
    lane: Lane,
) -> int:
    fields = await table_in(tx, actor.workspace_id, resource)
    records = await lock(tx, actor.workspace_id, resource, ids)
    if len(records) < len(ids):
        raise Invalid([Problem("/ids", "unknown_id", f"{len(ids) - len(records)} of these are not there.")])
    edit = editor(resource, fields, wanted, Context(actor.country))
    batch = Batch(tx, actor, resource, fields, operation_id, lane)
    return len(await save(batch, [edit(record) for record in records.values()]))


def _counted(wanted: Change) -> str:
    return {"trash": "trashed", "restore": "restored"}.get(wanted.action, "updated")


def _input(operation_id: UUID, resource: Resource, wanted: Change, ids: Sequence[UUID]) -> dict[str, Json]:
    return {
        "operation_id": str(operation_id),
        "noun": resource.noun,
        "change": msgspec.to_builtins(wanted),
        "ids": [str(each) for each in ids],
    }


async def run(state: State, job: Job) -> None:
    """A chunk of records a transaction, from where the last one ended."""
    resource = BY_NOUN[job.input["noun"]]
    wanted = msgspec.convert(job.input["change"], Change)
    ids = [UUID(each) for each in job.input["ids"]]
    operation_id = UUID(job.input["operation_id"])
    done, changed = job.progress.get("done", 0), job.progress.get("changed", 0)
    while done < len(ids):
        chunk = ids[done : done + CHUNK]
        async with state.change(job.workspace_id) as tx:
            await job.advance(tx)
            changed += await _change(tx, job, resource, wanted, chunk, operation_id, "bulk")
            done += len(chunk)
            await job.advance(tx, {"done": done, "total": len(ids), "changed": changed})
            if done == len(ids):
                await crm_facts.finish(tx, operation_id, counts={_counted(wanted): changed})


async def given_up(tx: Transaction, job: Job, _: str) -> None:
    """All or none: what the chunks before did is taken back by an undo of its own."""
    operation_id = UUID(job.input["operation_id"])
    await crm_facts.finish(tx, operation_id, status="failed")
    await take_back(tx, job, operation_id, "a bulk change that could not be finished")


HANDLERS = {BULK: Handler(run, given_up)}
