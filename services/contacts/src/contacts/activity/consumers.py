"""The facts that contacts hears: a note, call, meeting or e-mail with somebody moves their `last_activity_at`."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from contacts.activity import store
from contacts.state import State
from crm_db import Transaction
from crm_facts import Consumer, Fact

SUBJECTS = ["events.event.created", "events.event.changed"]
PLAN = "task"


class Activity:
    """Handlers with what they must do after their commit: bump the cache of the workspaces they touched."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._touched: list[tuple[Transaction, UUID]] = []
        self._bumps: set[asyncio.Task[None]] = set()
        state.postgres.after_commit(self._committed)
        self.consumer = Consumer(
            state.postgres,
            state.nats,
            service="contacts",
            name="activity",
            subjects=SUBJECTS,
            handlers={"event.created": self.heard, "event.changed": self.heard},
        )

    async def run(self) -> None:
        await self.consumer.run()

    async def heard(self, tx: Transaction, fact: Fact) -> None:
        people = [UUID(each) for each in fact.after.get("contact_ids") or []]
        workspace = fact.workspace_id
        if workspace is None or not people or not happened(fact):
            return
        if await store.touch(tx, workspace, people, moment_of(fact)):
            self._touched.append((tx, workspace))

    def _committed(self) -> None:
        """After each commit of this process, be it ours or another task's: only what is through is taken."""
        through = [workspace for tx, workspace in self._touched if not _is_open(tx)]
        self._touched = [each for each in self._touched if _is_open(each[0])]
        for workspace in set(through):
            bump = asyncio.create_task(self._state.cache.bump(workspace))
            self._bumps.add(bump)
            bump.add_done_callback(self._bumps.discard)


def happened(fact: Fact) -> bool:
    """A note, call, meeting or e-mail that was written down, and whatever is done; a task is a plan until then."""
    if fact.verb == "created":
        return fact.after.get("kind") != PLAN
    return fact.after.get("done_at") is not None


def moment_of(fact: Fact) -> datetime:
    """When it happened: at its start if that is past, else when it was written down."""
    starts_at = fact.after.get("starts_at")
    return min(datetime.fromisoformat(starts_at), fact.time) if starts_at else fact.time


def _is_open(tx: Any) -> bool:
    try:
        return bool(tx.is_in_transaction())
    except asyncpg.InterfaceError:
        return False  # back in the pool
