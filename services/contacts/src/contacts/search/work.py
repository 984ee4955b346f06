"""What the worker does for search: words that came or went, into the vocabulary that typos are looked for in."""

import asyncio

from contacts.search import store
from contacts.state import State

BUSY_S, IDLE_S = 0.1, 1.0


async def learn_words(state: State) -> None:
    """For ever; several workers share the words, none waits for another."""
    while True:
        async with state.postgres.transaction(None) as tx:
            looked_at = await store.learn(tx)
        await asyncio.sleep(BUSY_S if looked_at else IDLE_S)
