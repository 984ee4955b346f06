"""Undo of any operation of this service: a small one in the request, a large one as a job."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import crm_facts
from contacts.custom_fields.fields import table_in
from contacts.history import store
from contacts.history.errors import AlreadyUndone, NotUndoable, OperationNotFound, StillRunning
from contacts.history.revert import Left, revert
from contacts.jobs import Job, enqueue
from contacts.jobs.worker import Handler
from contacts.records.saving import Actor, Batch, Lane, save
from contacts.records.store import company_names, lock
from contacts.resources import BY_NOUN
from contacts.state import State
from crm_auth import Writer
from crm_db import Transaction
from crm_facts import Written

UNDO = "undo"
AT_ONCE = 1000  # changes that a request undoes itself
CHUNK = 500  # changes a transaction of the job
LEFT_MAX = 1000  # entries of the list that are kept


@dataclass(slots=True)
class Undone:
    """What an undo has done so far: records put back, and what was left (the first LEFT_MAX of it)."""

    restored: int = 0
    left: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    after: str | None = None  # the fact before which the next chunk begins

    def note(self, verbs: Sequence[str], left: Sequence[Left]) -> None:
        self.restored += len(verbs)
        self.counts.update({"changed": "updated", "trashed": "trashed", "restored": "restored"}[verb] for verb in verbs)
        self.left += [each.document() for each in left[: LEFT_MAX - len(self.left)]]

    def document(self) -> dict[str, Any]:
        return {"restored": self.restored, "left": self.left, "counts": dict(self.counts), "after": self.after}


async def undo(tx: Transaction, caller: Writer, operation_id: UUID) -> tuple[UUID, Undone | None]:
    """The undo's own operation, and what it did; None when the worker does it.

    Raises OperationNotFound, AlreadyUndone, StillRunning, NotUndoable.
    """
    operation = await store.lock_operation(tx, caller.workspace_id, operation_id)
    if operation is None:
        raise OperationNotFound
    if operation.kind == "purge":
        raise NotUndoable
    if operation.status == "running":
        raise StillRunning
    changes = await crm_facts.changes_of(tx, operation_id, limit=AT_ONCE + 1)
    if not any(change.noun in BY_NOUN for change in changes):
        raise NotUndoable
    small = len(changes) <= AT_ONCE
    undo_id = await crm_facts.begin(
        tx,
        caller,
        kind="undo",
        summary=f"Undid: {operation.summary}",
        undo_of=operation_id,
        status="done" if small else "running",
    )
    if not await crm_facts.claim_undo(tx, operation_id, undo_id):
        raise AlreadyUndone
    if not small:
        await enqueue(tx, caller, UNDO, {"operation_id": str(undo_id), "undo_of": str(operation_id)})
        return undo_id, None
    undone = Undone()
    await _undo_changes(tx, caller, undo_id, changes, undone, "interactive")
    await crm_facts.finish(tx, undo_id, counts=undone.counts)
    return undo_id, undone


async def take_back(tx: Transaction, job: Job, operation_id: UUID, what: str) -> None:
    """The undo of an operation whose own job could not finish it; done by the worker, for the same person."""
    undo_id = await crm_facts.begin(
        tx, job, kind="undo", summary=f"Undid {what}", undo_of=operation_id, status="running"
    )
    await crm_facts.claim_undo(tx, operation_id, undo_id)
    await enqueue(tx, job, UNDO, {"operation_id": str(undo_id), "undo_of": str(operation_id)})


async def _undo_changes(
    tx: Transaction, actor: Actor, undo_id: UUID, changes: Sequence[Written], undone: Undone, lane: Lane
) -> None:
    for noun, resource in BY_NOUN.items():
        own = [change for change in changes if change.noun == noun]
        if not own:
            continue
        fields = await table_in(tx, actor.workspace_id, resource)
        records = await lock(tx, actor.workspace_id, resource, list({change.record_id for change in own}))
        wanted = {company for change in own if (company := change.before.get("company_id"))}
        companies = await company_names(tx, actor.workspace_id, wanted)
        reverted = revert(fields, records, own, set(companies))
        saved = await save(Batch(tx, actor, resource, fields, undo_id, lane), reverted.edits)
        undone.note([edit.verb for edit in saved], reverted.left)


async def run(state: State, job: Job) -> None:
    """The large ones: a chunk of changes a transaction, backwards, from where the last one ended."""
    undo_id, undo_of = UUID(job.input["operation_id"]), UUID(job.input["undo_of"])
    progress = job.progress or Undone().document()
    undone = Undone(progress["restored"], progress["left"], Counter(progress["counts"]), progress["after"])
    finished = False
    while not finished:
        async with state.change(job.workspace_id) as tx:
            await job.advance(tx)
            before = UUID(undone.after) if undone.after else None
            changes = await crm_facts.changes_of(tx, undo_of, limit=CHUNK, before=before)
            await _undo_changes(tx, job, undo_id, changes, undone, "bulk")
            finished = len(changes) < CHUNK
            if changes:
                undone.after = str(changes[-1].fact_id)
            if finished:
                await crm_facts.finish(tx, undo_id, counts=undone.counts)
            await job.advance(tx, undone.document())


async def given_up(tx: Transaction, job: Job, _: str) -> None:
    """What was put back stays; the operation says that it is not whole."""
    await crm_facts.finish(tx, UUID(job.input["operation_id"]), status="failed")


HANDLERS = {UNDO: Handler(run, given_up)}
