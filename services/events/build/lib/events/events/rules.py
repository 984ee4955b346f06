"""What makes an event right, decided without input or output."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from crm_resource import Problem
from events.events import recurrence
from events.events.schemas import Event, Kind

# A note and an e-mail say what was; only the others can be due and done.
DUE_KINDS = frozenset({Kind.TASK, Kind.CALL, Kind.MEETING})
LONGEST = timedelta(days=366)
REMINDER_MAX_MINUTES = 28 * 24 * 60


def zone_of(name: str | None) -> ZoneInfo:
    """The workspace's time zone; UTC where none is set or the machine's tables do not know it."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def problems(event: Event, zone: ZoneInfo) -> list[Problem]:
    """Every broken rule, not only the first."""
    return [
        *_about_words(event),
        *_about_times(event),
        *_about_due(event),
        *_about_links(event),
        *_about_repeating(event, zone),
    ]


def normal(event: Event, zone: ZoneInfo) -> Event:
    """The event with its recurrence rule in its normal spelling. Call it only when `problems` found none."""
    if event.recurrence is None or event.starts_at is None:
        return event
    rule = recurrence.check(event.recurrence, event.starts_at, zone)
    return msgspec.structs.replace(event, recurrence=rule)


def _about_words(event: Event) -> Iterator[Problem]:
    if event.title is None and event.body is None:
        yield Problem("/title", "title_or_body_needed", "An event needs a title or a text.")


def _about_times(event: Event) -> Iterator[Problem]:
    if event.kind is Kind.MEETING and event.starts_at is None:
        yield Problem("/starts_at", "start_needed", "A meeting needs a start.")
    if event.ends_at is not None and event.starts_at is None:
        yield Problem("/ends_at", "end_without_start", "An end needs a start.")
    if event.all_day and event.starts_at is None:
        yield Problem("/all_day", "day_without_start", "An event that lasts all day needs a start.")
    if event.starts_at is None or event.ends_at is None:
        return
    if event.ends_at < event.starts_at:
        yield Problem("/ends_at", "end_before_start", "The end lies before the start.")
    elif event.ends_at - event.starts_at > LONGEST:
        yield Problem("/ends_at", "too_long", "An event lasts at most 366 days.")


def _about_links(event: Event) -> Iterator[Problem]:
    if event.deal_id is not None:
        # The first service that has deals will be asked as contacts is; until there is one, no id can be right.
        yield Problem("/deal_id", "unknown_deal", "There is no such deal in this workspace.")


def _about_due(event: Event) -> Iterator[Problem]:
    if event.kind in DUE_KINDS:
        return
    for name in ("due_at", "done_at"):
        if getattr(event, name) is not None:
            yield Problem(f"/{name}", "not_for_kind", "Only tasks, calls and meetings can be due or done.")


def _about_repeating(event: Event, zone: ZoneInfo) -> Iterator[Problem]:
    if event.reminder_minutes is not None and event.starts_at is None and event.due_at is None:
        yield Problem("/reminder_minutes", "reminder_without_time", "A reminder needs a start or a due time.")
    elif event.reminder_minutes is not None and not 0 <= event.reminder_minutes <= REMINDER_MAX_MINUTES:
        yield Problem("/reminder_minutes", "out_of_range", "A reminder comes 0 to 40,320 minutes (four weeks) before.")
    if event.recurrence is None:
        return
    if event.starts_at is None:
        yield Problem("/recurrence", "recurrence_without_start", "A recurrence rule needs a start.")
        return
    try:
        recurrence.check(event.recurrence, event.starts_at, zone)
    except recurrence.BadRule as error:
        yield Problem("/recurrence", "bad_recurrence", str(error))


class Named(NamedTuple):
    """Those of whom it has to be asked whether they exist."""

    contact_ids: frozenset[UUID]
    company_id: UUID | None
    assignee_id: UUID | None

    def covers(self, other: "Named") -> bool:
        """Whether everyone in `other` is in here too."""
        return other.contact_ids <= self.contact_ids and all(
            theirs in (None, ours)
            for ours, theirs in ((self.company_id, other.company_id), (self.assignee_id, other.assignee_id))
        )


def newly_named(before: Event | None, after: Event) -> Named:
    """Whom a change names that was not named before: only these have to be asked for, so that an event of somebody who
    is in the trash by now can still be corrected."""
    if before is None:
        return Named(frozenset(after.contact_ids), after.company_id, after.assignee_id)
    return Named(
        frozenset(after.contact_ids) - frozenset(before.contact_ids),
        after.company_id if after.company_id != before.company_id else None,
        after.assignee_id if after.assignee_id != before.assignee_id else None,
    )


def due_bounds(bucket: str, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From when (inclusive) until when (exclusive) a task is due to stand in a bucket of the task list.

    Days and weeks are those of the workspace's zone; a week ends with Sunday. `overdue` means before now, so a task
    of this morning is both `overdue` and `today`.
    """
    today = now.astimezone(zone).date()
    day, tomorrow, next_week = (_midnight(today + timedelta(days=n), zone) for n in (0, 1, 7 - today.weekday()))
    return {
        "overdue": (None, now),
        "today": (day, tomorrow),
        "this_week": (tomorrow, next_week),
        "later": (next_week, None),
    }[bucket]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
