"""A calendar's range: single events that overlap it, and recurring ones as often as they fall into it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from zoneinfo import ZoneInfo

from events.events import recurrence
from events.events.schemas import CalendarRange, Event, Occurrence

RANGE_MAX = timedelta(days=366)
ITEMS_MAX = 2000


def expand(events: Iterable[Event], since: datetime, until: datetime, zone: ZoneInfo) -> CalendarRange:
    """Every appearance that overlaps `since <= time < until`, by start; each event's at most ITEMS_MAX."""
    found = [one for event in events for one in islice(_appearances(event, since, until, zone), ITEMS_MAX + 1)]
    found.sort(key=attrgetter("starts_at"))
    return CalendarRange(items=found[:ITEMS_MAX], truncated=len(found) > ITEMS_MAX)


def _appearances(event: Event, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Occurrence]:
    if event.starts_at is None:
        return
    lasts = event.ends_at - event.starts_at if event.ends_at is not None else None
    if event.recurrence is None:
        yield Occurrence(starts_at=event.starts_at, ends_at=event.ends_at, event=event)
        return
    # One that began before the range may still be going on in it.
    earliest = since - (lasts or timedelta())
    for start in recurrence.occurrences(event.recurrence, event.starts_at, zone, earliest, until):
        end = start + lasts if lasts is not None else None
        if max(end or start, start + timedelta(microseconds=1)) > since:
            yield Occurrence(starts_at=start, ends_at=end, event=event)
