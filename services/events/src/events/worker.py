"""What the `work` process does: sends this service's facts, and hears those of all."""

from crm_facts import Consumer, Relay
from events.events import consumers
from events.state import NAME, State
from events.timeline import keep


def timeline_consumer(state: State) -> Consumer:
    return Consumer(state.postgres, state.nats, service=NAME, name="timeline", subjects=["*.*.*"], handlers={"*": keep})


def erasure_consumer(state: State) -> Consumer:
    return Consumer(
        state.postgres,
        state.nats,
        service=NAME,
        name="erasure",
        subjects=["contacts.contact.purged"],
        handlers={"contact.purged": consumers.contact_purged},
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
