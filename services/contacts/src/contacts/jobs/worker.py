"""The worker's side of jobs: claim, run, keep the lease, try again, give up."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from contacts.jobs import store
from contacts.jobs.job import Job, JobLost, KeptCaller
from contacts.state import State
from crm_db import Transaction
from crm_db.errors import DatabaseError

POLL_S = 0.3
HEARTBEAT_S = 5.0
AT_ONCE = 2  # a large import must not keep a small one waiting
ATTEMPTS = 3
PAUSE_S = 2.0  # before another try, times the attempt

_log = structlog.get_logger("contacts.jobs")


@dataclass(frozen=True, slots=True)
class Handler:
    """run: does the job, in short transactions that each call `job.advance`; it may be called again after a crash, with
    the progress that was committed. given_up: in the transaction that marks the job as failed.
    """

    run: Callable[[State, Job], Awaitable[None]]
    given_up: Callable[[Transaction, Job, str], Awaitable[None]] | None = None


async def run(state: State, handlers: Mapping[str, Handler]) -> None:
    """For ever, as a task of the worker."""
    async with asyncio.TaskGroup() as group:
        for slot in range(AT_ONCE):
            owner = f"{socket.gethostname()}/{os.getpid()}/{slot}/{secrets.token_hex(4)}"
            group.create_task(_one_after_the_other(state, handlers, owner))


async def _one_after_the_other(state: State, handlers: Mapping[str, Handler], owner: str) -> None:
    while True:
        try:
            job = await _claim(state, owner)
        except DatabaseError:
            job = None
        if job is None:
            await asyncio.sleep(POLL_S)
        else:
            await _work_on(state, job, handlers[job.kind])


async def _claim(state: State, owner: str) -> Job | None:
    async with state.postgres.transaction(None) as tx:
        row = await store.claim(tx, owner)
    return None if row is None else _job(row)


def _job(row: Any) -> Job:
    return Job(
        workspace_id=row["workspace_id"],
        id=row["id"],
        kind=row["kind"],
        input=msgspec.json.decode(row["input"]),
        progress=msgspec.json.decode(row["progress"]),
        attempt=row["attempts"],
        owner=row["owner"],
        **msgspec.structs.asdict(msgspec.json.decode(row["caller"], type=KeptCaller)),
    )


async def _work_on(state: State, job: Job, handler: Handler) -> None:
    beating = asyncio.create_task(_keep_lease(state, job))
    try:
        await handler.run(state, job)
        await _finish(state, job, "done")
    except JobLost:
        _log.warning("job lost", job=str(job.id), kind=job.kind)
    except DatabaseError as error:
        # Postgres away or busy is nobody's fault: the job waits for it, however long that takes
        await _try_again(state, job, str(error), counts=False)
    except Exception as error:
        _log.exception("job failed", job=str(job.id), kind=job.kind, attempt=job.attempt)
        if job.attempt < ATTEMPTS:
            await _try_again(state, job, str(error), counts=True)
        else:
            await _give_up(state, job, handler, str(error))
    finally:
        beating.cancel()


async def _keep_lease(state: State, job: Job) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        with suppress(DatabaseError, JobLost):  # the handler's own next chunk meets the same, and stops
            async with state.postgres.transaction(job.workspace_id) as tx:
                await job.advance(tx)


async def _finish(state: State, job: Job, outcome: str) -> None:
    async with state.postgres.transaction(job.workspace_id) as tx:
        await store.finish(tx, job.workspace_id, job.id, job.owner, outcome, None)


async def _try_again(state: State, job: Job, error: str, *, counts: bool) -> None:
    """If even this can't be written, the lease runs out and the job is claimed again."""
    with suppress(DatabaseError):
        async with state.postgres.transaction(job.workspace_id) as tx:
            await store.put_back(
                tx, job.workspace_id, job.id, job.owner, counts=counts, error=error, after_s=PAUSE_S * job.attempt
            )


async def _give_up(state: State, job: Job, handler: Handler, error: str) -> None:
    with suppress(DatabaseError):
        async with state.change(job.workspace_id) as tx:
            await store.finish(tx, job.workspace_id, job.id, job.owner, "failed", error)
            if handler.given_up is not None:
                await handler.given_up(tx, job, error)
