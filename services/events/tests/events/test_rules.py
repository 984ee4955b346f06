from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from events.events.rules import Named, due_bounds, newly_named, normal, problems, zone_of
from events.events.schemas import Event, Kind

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
ANN, BOB, ACME = (UUID(int=n) for n in (1, 2, 3))
BERLIN = ZoneInfo("Europe/Berlin")


def event(**values: Any) -> Event:
    empty: dict[str, Any] = dict.fromkeys(Event.__struct_fields__)
    given = {"id": ANN, "version": 1, "kind": Kind.MEETING, "title": "Kick-off", "starts_at": NOW, "contact_ids": []}
    return Event(
        **(empty | {"all_day": False, "created_at": NOW, "updated_at": NOW, "created_by": BOB} | given | values)
    )


class TestProblems:
    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"kind": Kind.NOTE, "title": None, "body": "Called, nobody there", "starts_at": None},
            {"kind": Kind.TASK, "due_at": NOW, "done_at": NOW, "starts_at": None, "reminder_minutes": 15},
            {"ends_at": NOW},
            {"all_day": True, "recurrence": "FREQ=YEARLY"},
        ],
    )
    def test_a_good_event_has_none(self, values: dict[str, Any]) -> None:
        assert problems(event(**values), BERLIN) == []

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"title": None}, "/title", "title_or_body_needed"),
            ({"starts_at": None}, "/starts_at", "start_needed"),
            ({"kind": Kind.CALL, "starts_at": None, "ends_at": NOW}, "/ends_at", "end_without_start"),
            ({"kind": Kind.CALL, "starts_at": None, "all_day": True}, "/all_day", "day_without_start"),
            ({"ends_at": NOW - timedelta(minutes=1)}, "/ends_at", "end_before_start"),
            ({"ends_at": NOW + timedelta(days=400)}, "/ends_at", "too_long"),
            ({"kind": Kind.NOTE, "due_at": NOW}, "/due_at", "not_for_kind"),
            ({"kind": Kind.EMAIL, "done_at": NOW}, "/done_at", "not_for_kind"),
            (
                {"kind": Kind.TASK, "starts_at": None, "reminder_minutes": 5},
                "/reminder_minutes",
                "reminder_without_time",
            ),
            (
                {"kind": Kind.TASK, "starts_at": None, "recurrence": "FREQ=DAILY"},
                "/recurrence",
                "recurrence_without_start",
            ),
            ({"recurrence": "FREQ=HOURLY"}, "/recurrence", "bad_recurrence"),
        ],
    )
    def test_a_broken_rule_is_named_with_its_place(self, values: dict[str, Any], pointer: str, code: str) -> None:
        assert [(problem.pointer, problem.code) for problem in problems(event(**values), BERLIN)] == [(pointer, code)]

    def test_all_broken_rules_are_named_at_once(self) -> None:
        found = problems(event(kind=Kind.NOTE, title=None, due_at=NOW, recurrence="x"), BERLIN)
        assert [problem.pointer for problem in found] == ["/title", "/due_at", "/recurrence"]


def test_the_recurrence_rule_is_kept_in_its_normal_spelling() -> None:
    assert normal(event(recurrence="rrule:freq=daily"), BERLIN).recurrence == "FREQ=DAILY"


class TestNewlyNamed:
    def test_a_creation_asks_for_everyone(self) -> None:
        made = event(contact_ids=[ANN, BOB], company_id=ACME, assignee_id=BOB)
        assert newly_named(None, made) == ({ANN, BOB}, ACME, BOB)

    def test_a_change_asks_only_for_those_who_are_new(self) -> None:
        before = event(contact_ids=[ANN], company_id=ACME)
        assert newly_named(before, event(contact_ids=[ANN, BOB], company_id=ACME)) == ({BOB}, None, None)

    def test_taking_the_company_away_asks_nothing(self) -> None:
        assert newly_named(event(company_id=ACME), event()) == (set(), None, None)

    @pytest.mark.parametrize(
        ("other", "covered"),
        [
            (Named(frozenset({ANN}), None, None), True),
            (Named(frozenset({BOB}), None, None), False),
            (Named(frozenset(), BOB, None), False),
            (Named(frozenset(), ACME, ANN), False),
        ],
    )
    def test_an_answer_covers_those_who_were_asked_for(self, other: Named, covered: bool) -> None:
        assert Named(frozenset({ANN}), ACME, None).covers(other) is covered


class TestDueBounds:
    def test_days_are_those_of_the_workspace(self) -> None:
        late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already Wednesday in Berlin
        assert due_bounds("today", late, BERLIN) == (
            datetime(2026, 11, 24, 23, 0, tzinfo=UTC),
            datetime(2026, 11, 25, 23, 0, tzinfo=UTC),
        )

    def test_the_buckets_leave_no_gap(self) -> None:
        today, week, later = (due_bounds(name, NOW, BERLIN) for name in ("today", "this_week", "later"))
        assert (today[1], week[1], later[1]) == (week[0], later[0], None)
        assert later[0] == datetime(2026, 11, 29, 23, 0, tzinfo=UTC)

    def test_on_a_sunday_nothing_is_left_of_the_week(self) -> None:
        since, until = due_bounds("this_week", datetime(2026, 11, 29, 12, 0, tzinfo=UTC), BERLIN)
        assert since == until

    def test_overdue_is_what_was_due_before_now(self) -> None:
        assert due_bounds("overdue", NOW, BERLIN) == (None, NOW)


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../etc/passwd"])
def test_an_unknown_zone_is_utc(name: str | None) -> None:
    assert zone_of(name) == ZoneInfo("UTC")
