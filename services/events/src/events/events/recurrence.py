"""Recurrence rules of RFC 5545, read by python-dateutil, in the wall-clock time of one zone.

A rule repeats what a clock on the wall shows: a meeting at 09:00 in Berlin stays at 09:00 when the clocks change. So
a rule is expanded over local times without a zone, and each result is turned into an instant afterwards.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

# Sub-daily rules and BYHOUR, BYMINUTE, BYSECOND would let one event fill a calendar with thousands of entries.
PARTS = frozenset(
    "FREQ INTERVAL COUNT UNTIL BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS WKST".split()  # noqa: SIM905
)
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

# dateutil looks for the next match day by day up to the year 9999; eight years hold every leap day.
FIRST_MATCH_WITHIN = timedelta(days=8 * 366)


class BadRule(ValueError):
    """The rule cannot be used; the message says which part, and is meant for the person who wrote it."""


def check(rule: str, starts_at: datetime, zone: ZoneInfo) -> str:
    """The rule in its normal spelling (upper case, without the `RRULE:` prefix); raises BadRule."""
    parts = _parts(rule)
    normal = ";".join(f"{name}={value}" for name, value in parts.items())
    local = _local(starts_at, zone)
    try:
        first = next(_rule(normal, local, zone, local + FIRST_MATCH_WITHIN), None)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule(f"The recurrence rule cannot be read: {error}.") from error
    if first is None:
        raise BadRule("The recurrence rule never matches a day in the eight years after the start.")
    return normal


def occurrences(rule: str, starts_at: datetime, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """Starts of the event in `since <= start < until`, as instants in order; the event's own start is the first."""
    local = _local(starts_at, zone)
    for start in _with_first(local, _rule(rule, local, zone, _local(until, zone))):
        instant = start.replace(tzinfo=zone).astimezone(UTC)
        if since <= instant < until:
            yield instant


def _with_first(first: datetime, matches: Iterable[datetime]) -> Iterator[datetime]:
    # RFC 5545 3.8.5.3: DTSTART is the first instance of the set, whether or not the rule would produce it.
    yield first
    for match in matches:
        if match != first:
            yield match


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or not value.isprintable() or " " in value:
            raise BadRule(f"The recurrence rule has a part that is not NAME=VALUE: {part!r}.")
        if name not in PARTS:
            raise BadRule(f"The recurrence rule has a part that is not supported: {name}.")
        if name in parts:
            raise BadRule(f"The recurrence rule names {name} twice.")
        parts[name] = value
    _check_parts(parts)
    return parts


def _check_parts(parts: dict[str, str]) -> None:
    if parts.get("FREQ") not in FREQUENCIES:
        raise BadRule(f"FREQ of a recurrence rule is one of {', '.join(sorted(FREQUENCIES))}.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule("A recurrence rule has COUNT or UNTIL, not both.")
    # dateutil takes INTERVAL=0 and yields the same day for ever.
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdecimal() and 1 <= int(parts[name]) <= 1000):
            raise BadRule(f"{name} of a recurrence rule is a number from 1 to 1000.")


def _rule(rule: str, local: datetime, zone: ZoneInfo, last: datetime) -> Iterator[datetime]:
    """Local starts up to `last`. UNTIL and COUNT are applied here: dateutil wants UNTIL in one form only, and with
    COUNT alone it would search for a match that never comes up to the year 9999."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    count = int(parts.pop("COUNT")) if "COUNT" in parts else None
    if "UNTIL" in parts:
        last = min(last, _until(parts.pop("UNTIL"), zone))
    parsed = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=local)
    assert isinstance(parsed, rrule)  # noqa: S101 - a single rule, as _parts() has made sure
    return islice(parsed.replace(until=last), count)


def _until(value: str, zone: ZoneInfo) -> datetime:
    """The last local time that UNTIL allows: a date means the end of that day, a `Z` an instant."""
    if len(value) == len("20261231"):
        return datetime.strptime(value, "%Y%m%d") + timedelta(days=1, microseconds=-1)
    if value.endswith("Z"):
        return _local(datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), zone)
    return datetime.strptime(value, "%Y%m%dT%H%M%S")


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
