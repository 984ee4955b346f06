"""A job as its handler holds it. It stands for whoever began it: history names them, not the worker."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from contacts.jobs import store
from crm_auth import Caller
from crm_db import Transaction
from crm_resource import Json


class JobLost(Exception):
    """Another worker goes on with the job: this one stopped answering for longer than the lease."""


@dataclass(frozen=True, slots=True)
class Job:
    """`attempt` counts from 1. The members from `user_id` on are the caller's, as history keeps them."""

    workspace_id: UUID
    id: UUID
    kind: str
    input: dict[str, Json]
    progress: dict[str, Json]
    attempt: int
    owner: str
    user_id: UUID
    actor_name: str
    ip: str
    request_id: str
    traceparent: str
    country: str | None

    async def advance(self, tx: Transaction, progress: dict[str, Json] | None = None) -> None:
        """In the transaction of each chunk: says that it is still ours and, if given, how far it is. Raises JobLost."""
        if not await store.advance(tx, self.workspace_id, self.id, self.owner, progress):
            raise JobLost(self.id)


class KeptCaller(msgspec.Struct, frozen=True):
    """What is kept of a caller: who it was, never how they proved it."""

    user_id: UUID
    actor_name: str
    ip: str
    request_id: str
    traceparent: str
    country: str | None

    @classmethod
    def of(cls, caller: Caller | Job) -> "KeptCaller":
        return cls(**{name: getattr(caller, name) for name in cls.__struct_fields__})
