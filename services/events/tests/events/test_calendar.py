from typing import Any

import pytest
from support import Client


async def starts(client: Client, since: str, until: str) -> list[tuple[str, str]]:
    answer = await client("GET", f"/calendar?from={since}&to={until}")
    assert answer.status_code == 200, answer.text
    return [(item["event"]["title"], item["starts_at"]) for item in answer.json()["items"]]


async def test_a_weekly_meeting_stands_at_the_same_hour_of_the_workspace(ada: Client) -> None:
    # Europe/Berlin leaves summer time on 2026-10-25
    await ada.make(kind="meeting", title="Weekly", starts_at="2026-10-19T07:00:00Z", recurrence="FREQ=WEEKLY")
    assert await starts(ada, "2026-10-19", "2026-11-03") == [
        ("Weekly", "2026-10-19T07:00:00Z"),
        ("Weekly", "2026-10-26T08:00:00Z"),
        ("Weekly", "2026-11-02T08:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("values", "stands_there"),
    [
        ({"starts_at": "2026-12-01T09:00:00Z"}, True),
        ({"starts_at": "2026-12-01T00:00:00Z"}, True),
        ({"starts_at": "2026-12-02T00:00:00Z"}, False),
        ({"starts_at": "2026-11-30T23:00:00Z", "ends_at": "2026-12-01T00:30:00Z"}, True),
        ({"starts_at": "2026-11-30T23:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}, False),
        ({"starts_at": "2026-11-20T09:00:00Z", "ends_at": "2026-12-20T09:00:00Z"}, True),
        ({"starts_at": "2026-11-30T23:00:00Z", "ends_at": "2026-12-01T01:00:00Z", "recurrence": "FREQ=YEARLY"}, True),
        ({"starts_at": "2025-12-01T09:00:00Z", "recurrence": "FREQ=YEARLY"}, True),
        ({"starts_at": "2025-12-02T09:00:00Z", "recurrence": "FREQ=YEARLY"}, False),
    ],
)
async def test_what_overlaps_the_day_stands_there(ada: Client, values: dict[str, Any], stands_there: bool) -> None:
    await ada.make(kind="meeting", title="It", **values)
    assert bool(await starts(ada, "2026-12-01", "2026-12-02")) is stands_there


async def test_the_trash_is_no_part_of_the_calendar(ada: Client) -> None:
    meeting = await ada.make(kind="meeting", starts_at="2026-12-01T09:00:00Z")
    assert await starts(ada, "2026-12-01", "2026-12-02")
    await ada("DELETE", f"/events/{meeting['id']}")
    assert await starts(ada, "2026-12-01", "2026-12-02") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=2026-12-01", "/query/to"),
        ("from=x&to=2026-12-01", "/query/from"),
        ("from=2026-12-01&to=2026-12-01", "/query/to"),
        ("from=2026-12-01&to=2028-12-01", "/query/to"),
    ],
)
async def test_a_range_that_cannot_be_is_400(ada: Client, query: str, pointer: str) -> None:
    answer = await ada("GET", f"/calendar?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
