"""What the `work` process does: sends this service's facts, and hears those of all."""

from collections.abc import Mapping

from crm_facts import Consumer, Relay
from crm_facts.consumer import Handler
from events.events import consumers
from events.state import NAME, State
from events.timeline import keep


def timeline_consumer(state: State) -> Consumer:
    return _consumer(state, "timeline", ["*.*.*"], {"*": keep})


def erasure_consumer(state: State) -> Consumer:
    handlers: dict[str, Handler] = {
        "contact.purged": consumers.contact_purged,
        "event.purged": consumers.out_of_the_stream(state.nats),
    }
    return _consumer(state, "erasure", ["contacts.contact.purged", "events.event.purged"], handlers)


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
    return [timeline_consumer(state), erasure_consumer(state)]


async def relay(state: State) -> None:
    await Relay(state.postgres, state.nats, NAME).run()


async def timeline(state: State) -> None:
    await timeline_consumer(state).run()


async def erasure(state: State) -> None:
    await erasure_consumer(state).run()


TASKS = [relay, timeline, erasure]
