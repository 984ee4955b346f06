"""What the worker does for an import: check and run, a chunk a transaction, resumed where a crash left them."""

from collections import Counter
from uuid import UUID

import crm_facts
from contacts.imports import chunk, store
from contacts.imports.actions import CHECK, RUN
from contacts.imports.plan import Outcome, Seen
from contacts.imports.store import Import
from contacts.jobs import Job
from contacts.jobs.worker import Handler
from contacts.state import State
from crm_db import Transaction

RAN = {Outcome.CREATE: "created", Outcome.UPDATE: "updated", Outcome.SKIP: "skipped"}  # the others failed


async def check(state: State, job: Job) -> None:
    """Plans every row against what is there now. After a crash from the start: nothing was written that counts."""
    seen, after, done, finished = Seen(), 0, 0, False
    totals = Counter({outcome.value: 0 for outcome in Outcome})
    while not finished:
        async with state.postgres.transaction(job.workspace_id) as tx:
            await job.advance(tx)
            each = await _import(tx, job)
            rows = await store.rows_after(tx, each, after, chunk.ROWS)
            planned, _ = await chunk.plan(tx, each, await chunk.reading_of(tx, each), rows, seen)
            await store.keep_outcomes(tx, each, planned)
            totals.update(one.outcome.value for one in planned)
            done, finished = done + len(rows), len(rows) < chunk.ROWS
            after = rows[-1].number if rows else after
            status = "checked" if finished else "checking"
            await store.advance(tx, each, status=status, done=done, last_row=0, totals=totals)


async def run(state: State, job: Job) -> None:
    """Makes it true. Each chunk is planned anew, so that what was changed since the check is respected."""
    seen: Seen | None = None
    finished = False
    while not finished:
        async with state.change(job.workspace_id) as tx:
            await job.advance(tx)
            each = await _import(tx, job)
            if seen is None:
                seen = await chunk.seen_before(tx, each, await chunk.reading_of(tx, each))
            finished = await _run_chunk(tx, job, each, seen)


async def _run_chunk(tx: Transaction, job: Job, each: Import, seen: Seen) -> bool:
    """The rows behind `last_row`; True when they were the last."""
    reading = await chunk.reading_of(tx, each)
    rows = await store.rows_after(tx, each, each.last_row, chunk.ROWS)
    planned, records = await chunk.plan(tx, each, reading, rows, seen)
    await chunk.write(tx, job, each, reading.table, planned, records)
    await store.keep_outcomes(tx, each, planned)
    totals = Counter(each.totals)
    totals.update(RAN.get(one.outcome, "failed") for one in planned)
    counts = {name: totals[name] for name in (*RAN.values(), "failed")}
    finished = len(rows) < chunk.ROWS
    await store.advance(
        tx,
        each,
        status="done" if finished else "running",
        done=each.progress_done + len(rows),
        last_row=rows[-1].number if rows else each.last_row,
        totals=counts,
    )
    if finished:
        await _finish(tx, each, counts)
    return finished


async def _finish(tx: Transaction, each: Import, totals: dict[str, int]) -> None:
    await crm_facts.finish(
        tx, each.begun, status="done", counts={name: totals[name] for name in ("created", "updated")}
    )


async def given_up(tx: Transaction, job: Job, error: str) -> None:
    """What went in stays in, is told, and can be undone."""
    each = await _import(tx, job)
    failure = "The import stopped because of a fault of ours. The rows that are in can be undone."
    await store.advance(
        tx, each, status="failed", done=each.progress_done, last_row=each.last_row, totals=each.totals, failure=failure
    )
    if each.operation_id is not None:
        await _finish(tx, each, Counter(each.totals))


async def _import(tx: Transaction, job: Job) -> Import:
    each = await store.lock(tx, job.workspace_id, UUID(job.input["import_id"]))
    if each is None:
        raise RuntimeError("the import is gone while a job works on it")
    return each


HANDLERS = {CHECK: Handler(check, given_up), RUN: Handler(run, given_up)}
