from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from events.events.recurrence import BadRule, check, occurrences

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NINE = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)  # 09:00 in Berlin, a week before the clocks change


class TestCheck:
    @pytest.mark.parametrize(
        ("rule", "normal"),
        [
            ("FREQ=WEEKLY", "FREQ=WEEKLY"),
            ("RRULE:freq=monthly;byday=-1fr", "FREQ=MONTHLY;BYDAY=-1FR"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
            ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
            ("FREQ=DAILY;UNTIL=20261231T230000Z;INTERVAL=2", "FREQ=DAILY;UNTIL=20261231T230000Z;INTERVAL=2"),
        ],
    )
    def test_a_good_rule_comes_back_in_its_normal_spelling(self, rule: str, normal: str) -> None:
        assert check(rule, MONDAY_NINE, BERLIN) == normal

    @pytest.mark.parametrize(
        "rule",
        [
            "every monday",
            "FREQ=SECONDLY",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=1,2,3",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=-1",
            "FREQ=DAILY;COUNT=100000",
            "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;UNTIL=tomorrow",
            "FREQ=WEEKLY;FREQ=DAILY",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=YEARLY;BYWEEKNO=99",
            "FREQ=DAILY\nEXRULE:FREQ=DAILY",
            "COUNT=3",
            "",
        ],
    )
    def test_a_bad_rule_is_refused(self, rule: str) -> None:
        with pytest.raises(BadRule):
            check(rule, MONDAY_NINE, BERLIN)


class TestOccurrences:
    def test_the_wall_clock_stays_when_the_clocks_change(self) -> None:
        found = occurrences("FREQ=WEEKLY", MONDAY_NINE, BERLIN, MONDAY_NINE, datetime(2026, 11, 3, tzinfo=UTC))
        assert [start.isoformat() for start in found] == [
            "2026-10-19T07:00:00+00:00",
            "2026-10-26T08:00:00+00:00",
            "2026-11-02T08:00:00+00:00",
        ]

    def test_the_range_takes_its_start_and_leaves_its_end(self) -> None:
        since, until = datetime(2026, 10, 20, 7, 0, tzinfo=UTC), datetime(2026, 10, 22, 7, 0, tzinfo=UTC)
        found = list(occurrences("FREQ=DAILY", MONDAY_NINE, BERLIN, since, until))
        assert [start.day for start in found] == [20, 21]

    def test_the_own_start_counts_even_where_the_rule_would_not_give_it(self) -> None:
        found = occurrences(
            "FREQ=WEEKLY;BYDAY=TU", MONDAY_NINE, BERLIN, MONDAY_NINE, datetime(2026, 10, 28, tzinfo=UTC)
        )
        assert [start.day for start in found] == [19, 20, 27]

    @pytest.mark.parametrize(
        ("end", "days"), [("UNTIL=20261021", [19, 20, 21]), ("UNTIL=20261021T065959Z", [19, 20]), ("COUNT=2", [19, 20])]
    )
    def test_it_ends_where_the_rule_says(self, end: str, days: list[int]) -> None:
        found = occurrences(f"FREQ=DAILY;{end}", MONDAY_NINE, BERLIN, MONDAY_NINE, datetime(2027, 1, 1, tzinfo=UTC))
        assert [start.day for start in found] == days
