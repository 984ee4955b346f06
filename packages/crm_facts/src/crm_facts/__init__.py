"""What happened: operations, changes and facts, their way through the broker, and what is read from them."""

from pathlib import Path

from crm_facts.broker import Nats, StreamSettings, Waker, connect, ensure_stream, erase_messages
from crm_facts.consumer import Consumer, batched
from crm_facts.fact import Actor, Fact, MalformedFact, decode
from crm_facts.history import Page, Written, as_of, changes_of, field_changes, history_page, operation, operations_page
from crm_facts.operator import parked_command
from crm_facts.relay import Relay
from crm_facts.write import Change, FactTooLarge, append, begin, claim_undo, erase, finish, state

MIGRATIONS = Path(__file__).parent / "migrations"

__all__ = [
    "MIGRATIONS",
    "Actor",
    "Change",
    "Consumer",
    "Fact",
    "FactTooLarge",
    "MalformedFact",
    "Nats",
    "Page",
    "Relay",
    "StreamSettings",
    "Waker",
    "Written",
    "append",
    "as_of",
    "batched",
    "begin",
    "changes_of",
    "claim_undo",
    "connect",
    "decode",
    "ensure_stream",
    "erase",
    "erase_messages",
    "field_changes",
    "finish",
    "history_page",
    "operation",
    "operations_page",
    "parked_command",
    "state",
]
