"""What an operator does about parked facts: `python -m events parked list`, `parked replay <id>`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from uuid import UUID

from crm_facts import inbox
from crm_facts.consumer import Consumer, Database


async def parked_command(db: Database, consumers: Sequence[Consumer], arguments: Sequence[str]) -> int:
    """Runs one command and prints what came of it; returns the exit code. `db` has the worker's role."""
    parser = argparse.ArgumentParser(prog="parked")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the newest facts that wait for a replay")
    commands.add_parser("replay", help="try one again").add_argument("id", type=UUID)
    chosen = parser.parse_args(arguments)
    if chosen.command == "list":
        return await _list(db)
    return await _replay(consumers, chosen.id)


async def _list(db: Database) -> int:
    async with db.transaction(None) as tx:
        waiting = await inbox.parked(tx)
    for fact in waiting:
        print(f"{fact.id}  {fact.at:%Y-%m-%d %H:%M}  {fact.consumer}  {fact.subject}")
        print(f"    {fact.failures} failures, {fact.starts} crashes: {fact.error}")
    if not waiting:
        print("no fact is parked")
    return 0


async def _replay(consumers: Sequence[Consumer], parked_id: UUID) -> int:
    for consumer in consumers:
        try:
            if await consumer.replay(parked_id):
                print(f"{parked_id} was handled by {consumer.name}")
                return 0
        except Exception as error:
            print(f"{parked_id} failed again and stays parked: {type(error).__name__}: {error}")
            return 1
    print(f"no fact is parked under {parked_id}")
    return 1
