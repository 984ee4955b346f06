"""Meetings, calls, tasks, e-mails and notes. Other features use what is named here."""

from events.events import actions, rules, store
from events.events.consumers import FactCaller
from events.events.fields import EVENT
from events.events.routes import ROUTES
from events.events.schemas import Event, Kind, as_record, from_record
from events.events.store import RECORD_JSON

__all__ = [
    "EVENT",
    "RECORD_JSON",
    "ROUTES",
    "Event",
    "FactCaller",
    "Kind",
    "actions",
    "as_record",
    "from_record",
    "rules",
    "store",
]
