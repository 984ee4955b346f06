"""Erasure: a record leaves for good. What stays is the operation that says that it happened, without a name."""

from uuid import UUID

import crm_facts
from contacts.custom_fields.fields import table_in
from contacts.imports import forget_rows_of
from contacts.jobs import Job, enqueue
from contacts.jobs.worker import Handler
from contacts.people import PEOPLE
from contacts.records import store
from contacts.records.record import Record
from contacts.records.resource import Resource
from contacts.records.saving import Batch, change, save
from contacts.state import State
from crm_auth import Admin
from crm_db import Transaction

CHUNK = 500  # records a statement
ERASE = "erase"


async def erase(tx: Transaction, caller: Admin, resource: Resource, record: Record) -> UUID:
    """Row, links, keys, search words and the values in history go. Facts in the stream are erased by the worker."""
    workspace_id = caller.workspace_id
    operation_id = await crm_facts.begin(
        tx, caller, kind="purge", summary=f"Purged a {resource.noun}", counts={"purged": 1}
    )
    if resource.noun == "company":
        fields = await table_in(tx, workspace_id, PEOPLE)
        await _leave_people(Batch(tx, caller, PEOPLE, fields, operation_id, "bulk"), record.id)
    await tx.execute("select search_forget($1, $2::uuid[])", resource.noun, [record.id])
    await tx.execute(f"delete from {resource.noun} where workspace_id = $1 and id = $2", workspace_id, record.id)
    await tx.execute("delete from favourite where workspace_id = $1 and record_id = $2", workspace_id, record.id)
    await tx.execute("select erase_traces($1, $2)", resource.noun, record.id)
    await forget_rows_of(tx, workspace_id, record.id)
    sent = await crm_facts.erase(tx, resource.noun, record.id)
    if sent:
        await enqueue(tx, caller, ERASE, {"messages": sent})
    await crm_facts.append(
        tx, workspace_id, operation_id, [crm_facts.Change(resource.noun, record.id, record.version + 1, "purged")]
    )
    return operation_id


async def _leave_people(batch: Batch, company_id: UUID) -> None:
    """The company's people go on without it: changes of theirs, in the same operation."""
    ids = await store.people_of(batch.tx, batch.workspace_id, company_id)
    for start in range(0, len(ids), CHUNK):
        people = await store.lock(batch.tx, batch.workspace_id, batch.resource, ids[start : start + CHUNK])
        await save(batch, [change(person, {**person.values, "company_id": None}) for person in people.values()])


async def run(state: State, job: Job) -> None:
    """The messages of the record's facts leave the stream; consumers forget by the fact `purged`."""
    await crm_facts.erase_messages(state.nats.jetstream(), job.input["messages"])


HANDLERS = {ERASE: Handler(run)}
