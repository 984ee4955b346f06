"""The facts that an event's change states: contracts/facts/events/event.*.v1.json."""

from typing import Any

from crm_facts import Change
from crm_resource import diff, is_empty
from events.events.fields import EVENT, LINKS
from events.events.schemas import Event, as_record

NOUN = "event"


def created(event: Event) -> Change:
    _, after = diff(EVENT, {}, as_record(event))
    if not event.all_day:
        after.pop("all_day")  # its default says nothing
    return Change(NOUN, event.id, event.version, "created", {}, after | _links(event))


def changed(before: Event, after: Event) -> Change:
    old, new = diff(EVENT, as_record(before), as_record(after))
    return Change(NOUN, after.id, after.version, "changed", _links(before) | old, _links(after) | new)


def moved(verb: str, before: Event, after: Event) -> Change:
    """Into the trash (`trashed`) or out of it (`restored`)."""
    old, new = ({"deleted_at": as_record(event)["deleted_at"]} for event in (before, after))
    return Change(NOUN, after.id, after.version, verb, _links(before) | old, _links(after) | new)


def purged(event: Event) -> Change:
    """Whom it concerned is all that is said: ids, nothing of its content."""
    return Change(NOUN, event.id, event.version + 1, "purged", _links(event), {})


def _links(event: Event) -> dict[str, Any]:
    record = as_record(event)
    return {name: record[name] for name in LINKS if name == "contact_ids" or not is_empty(record[name])}
