"""What happens to events when contacts erases somebody or merges two; and what is purged leaves the stream."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

import crm_facts
from crm_db import Transaction
from crm_facts import Fact, Nats
from events.events import actions, store


@dataclass(frozen=True)
class FactCaller:
    """Who did what the fact tells: what follows from it is theirs too."""

    workspace_id: UUID
    user_id: UUID
    actor_name: str
    ip: str
    request_id: str
    traceparent: str

    @classmethod
    def of(cls, fact: Fact) -> "FactCaller":
        assert fact.workspace_id and fact.actor  # noqa: S101 - a fact about a record has both
        return cls(fact.workspace_id, fact.actor.id, fact.actor.name, "", fact.request_id, fact.traceparent)


async def contact_purged(tx: Transaction, fact: Fact) -> None:
    """Erasure reaches what was noted about the person alone; from what concerns others too, their name is taken."""
    caller = FactCaller.of(fact)
    contact_id = fact.record_id
    assert contact_id  # noqa: S101
    events = await store.of_contact(tx, caller.workspace_id, contact_id)
    if not events:
        return
    operation_id = await crm_facts.begin(
        tx, caller, kind="purge", summary="Erased notes about a contact", counts={"events": len(events)}
    )
    for event in events:
        others = [each for each in event.contact_ids if each != contact_id]
        if others:
            left = msgspec.structs.replace(event, contact_ids=others)
            await actions.save(tx, caller.workspace_id, operation_id, event, left)
        else:
            await actions.remove(tx, caller.workspace_id, operation_id, event)


async def contact_merged(tx: Transaction, fact: Fact) -> None:
    """The survivor takes over what was noted about the one who goes."""
    caller = FactCaller.of(fact)
    contact_id, survivor_id = fact.record_id, UUID(fact.after["merged_into"])
    assert contact_id  # noqa: S101
    events = await store.of_contact(tx, caller.workspace_id, contact_id)
    if not events:
        return
    operation_id = await crm_facts.begin(
        tx, caller, kind="merge", summary="Moved events to the contact that stays", counts={"updated": len(events)}
    )
    await store.remember_move(tx, caller.workspace_id, contact_id, operation_id)
    for event in events:
        people = [survivor_id if each == contact_id else each for each in event.contact_ids]
        moved = msgspec.structs.replace(event, contact_ids=list(dict.fromkeys(people)))
        await actions.save(tx, caller.workspace_id, operation_id, event, moved)


class NotSentYet(Exception):
    """An earlier fact of the record is not marked as sent; as with a server that is away, the consumer tries again."""

    retry_after_s = 1.0


def out_of_the_stream(nats: Nats) -> Callable[[Transaction, Fact], Awaitable[None]]:
    """The handler that removes a purged event's messages; it hears of the purge after all of them were sent."""

    async def event_purged(tx: Transaction, fact: Fact) -> None:
        assert fact.workspace_id and fact.record_id  # noqa: S101
        sequences = await store.places_in_stream(tx, fact.workspace_id, fact.record_id)
        if None in sequences:
            raise NotSentYet
        await crm_facts.erase_messages(nats.jetstream(), [each for each in sequences if each is not None])

    return event_purged
