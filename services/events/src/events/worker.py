"""What the `work` process does: sends this service's facts, and hears those of all."""

from collections.abc import Mapping, Sequence

from crm_db import Transaction
from crm_facts import Consumer, Fact, Relay, batched
from crm_facts.consumer import Handler
from events.events import consumers as events
from events.history import consumers as history
from events.state import NAME, State
from events.timeline import keep


def timeline_consumer(state: State) -> Consumer:
    return _consumer(state, "timeline", ["*.*.*"], {"event.*": _seen_by_readers(state), "*": keep})


# What this process itself does to events, on behalf of another service.
FOLLOWING = frozenset({"merge", "purge", "undo"})


def _seen_by_readers(state: State) -> Handler:
    """A request drops what is cached as soon as it has committed; a consumer can't, its commit comes after it. So the
    cache is dropped when the fact of the change is heard."""

    @batched
    async def keep_event(tx: Transaction, facts: Sequence[Fact]) -> None:
        await keep(tx, facts)
        workspace_id = facts[0].workspace_id
        if workspace_id is not None and any(fact.operation_kind in FOLLOWING for fact in facts):
            await state.cache.bump(workspace_id)

    return keep_event


def people_consumer(state: State) -> Consumer:
    """What contacts does to people is done to their events, and what is purged here leaves the stream."""
    handlers: dict[str, Handler] = {
        "contact.purged": events.contact_purged,
        "contact.merged": events.contact_merged,
        "contact.unmerged": history.contact_unmerged,
        "event.purged": events.out_of_the_stream(state.nats),
    }
    # Named one by one: an import's thousands of contact.created are nothing to look at here.
    subjects = [f"contacts.contact.{verb}" for verb in ("purged", "merged", "unmerged")]
    return _consumer(state, "people", [*subjects, "events.event.purged"], handlers)


def _consumer(state: State, name: str, subjects: list[str], handlers: Mapping[str, Handler]) -> Consumer:
    return Consumer(
        state.postgres,
        state.nats,
        service=NAME,
        name=name,
        subjects=subjects,
        handlers=handlers,
        retry_delays_s=state.settings.crm_fact_retry_delays_s,
        ack_wait_s=state.settings.crm_fact_ack_wait_s,
    )


def consumers_of(state: State) -> list[Consumer]:
    return [timeline_consumer(state), people_consumer(state)]


async def relay(state: State) -> None:
    await Relay(state.postgres, state.nats, NAME).run()


async def timeline(state: State) -> None:
    await timeline_consumer(state).run()


async def people(state: State) -> None:
    await people_consumer(state).run()


TASKS = [relay, timeline, people]
