"""What happened: operations, changes and facts, their way through the broker, and what is read from them."""

from pathlib import Path

from crm_facts.fact import Actor, Fact, MalformedFact, decode
from crm_facts.history import Page, Written, as_of, changes_of, field_changes, history_page, operation, operations_page
from crm_facts.write import Change, FactTooLarge, append, begin, claim_undo, erase, finish, state

MIGRATIONS = Path(__file__).parent / "migrations"

__all__ = [
    "MIGRATIONS",
    "Actor",
    "Change",
    "Fact",
    "FactTooLarge",
    "MalformedFact",
    "Page",
    "Written",
    "append",
    "as_of",
    "begin",
    "changes_of",
    "claim_undo",
    "decode",
    "erase",
    "field_changes",
    "finish",
    "history_page",
    "operation",
    "operations_page",
    "state",
]
