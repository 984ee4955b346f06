"""Commands for operators: `rebuild`, and `parked list` and `parked replay <id>`. They run with what the worker has."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

import crm_facts
from crm_service import load_settings
from events import worker
from events.settings import Settings
from events.state import State, open_state
from events.timeline.rebuild import rebuild as rebuild_timelines


def rebuild(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="python -m events rebuild").parse_args(arguments)

    async def act(state: State) -> int:
        heard, workspaces = await rebuild_timelines(state.postgres, state.nats)
        print(f"{heard} facts of the stream read again, the timelines of {workspaces} workspaces made anew")
        return 0

    return _with_state(act)


def parked(arguments: Sequence[str]) -> int:
    return _with_state(lambda state: crm_facts.parked_command(state.postgres, worker.consumers_of(state), arguments))


def _with_state(act: Callable[[State], Awaitable[int]]) -> int:
    async def run() -> int:
        async with open_state(load_settings(Settings, os.environ)) as state:
            return await act(state)

    return asyncio.run(run())
