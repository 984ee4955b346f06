"""Lists: filter, search, sort, pages, the buckets of the task list."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from support import Client


def at(**offset: float) -> str:
    return (datetime.now(UTC) + timedelta(**offset)).isoformat()


async def titles(client: Client, query: str) -> list[str]:
    answer = await client("GET", f"/events?{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


def filtered(node: dict[str, Any]) -> str:
    return f"filter={quote(json.dumps(node))}&sort=title"


class TestFilter:
    @pytest.fixture
    async def full(self, ada: Client) -> Client:
        await ada.make(title="Call Zoë", kind="call", starts_at="2026-12-01T09:00:00Z", location="Phone")
        await ada.make(title="Dinner", kind="meeting", starts_at="2026-12-24T18:00:00Z", all_day=True)
        await ada.make(title="Answer", kind="task", due_at="2026-12-02T09:00:00Z", reminder_minutes=10)
        await ada.make(title="Bare", kind="note", body="Nothing else")
        return ada

    @pytest.mark.parametrize(
        ("node", "expected"),
        [
            ({"field": "kind", "op": "eq", "value": "call"}, ["Call Zoë"]),
            ({"field": "kind", "op": "in", "value": ["task", "note"]}, ["Answer", "Bare"]),
            ({"field": "title", "op": "contains", "value": "zoe"}, ["Call Zoë"]),
            ({"field": "body", "op": "starts", "value": "NOTHING"}, ["Bare"]),
            ({"field": "location", "op": "empty"}, ["Answer", "Bare", "Dinner"]),
            ({"field": "all_day", "op": "eq", "value": True}, ["Dinner"]),
            ({"field": "reminder_minutes", "op": "gte", "value": 5}, ["Answer"]),
            ({"field": "contact_ids", "op": "empty"}, ["Answer", "Bare", "Call Zoë", "Dinner"]),
            (
                {"field": "starts_at", "op": "between", "value": ["2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"]},
                ["Call Zoë"],
            ),
            (
                {
                    "or": [
                        {"field": "title", "op": "eq", "value": "bare"},
                        {"field": "due_at", "op": "empty", "value": False},
                    ]
                },
                ["Answer", "Bare"],
            ),
            ({"not": {"field": "kind", "op": "eq", "value": "note"}}, ["Answer", "Call Zoë", "Dinner"]),
        ],
    )
    async def test_a_clause_finds_what_it_says(self, full: Client, node: dict[str, Any], expected: list[str]) -> None:
        assert await titles(full, filtered(node)) == expected

    @pytest.mark.parametrize(
        ("text", "pointer"),
        [
            ("{", "/query/filter"),
            ("[]", "/query/filter"),
            ('{"field": "nickname", "op": "eq", "value": 1}', "/query/filter/field"),
            ('{"and": [{"field": "kind", "op": "contains", "value": "x"}]}', "/query/filter/and/0/op"),
            ('{"field": "contact_ids", "op": "has", "value": "x"}', "/query/filter/value"),
        ],
    )
    async def test_a_filter_that_cannot_be_read_is_400_with_its_place(
        self, ada: Client, text: str, pointer: str
    ) -> None:
        answer = await ada("GET", f"/events?filter={quote(text)}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


class TestSearch:
    @pytest.mark.parametrize("words", ["zoe", "Müller", "strasse", "quarterly zoe", "muler"])
    async def test_it_bears_accents_case_and_a_typing_error(self, ada: Client, words: str) -> None:
        await ada.make(title="Zoë Müller about the Straße", body="Quarterly report")
        await ada.make(title="Something else")
        assert await titles(ada, f"q={quote(words)}") == ["Zoë Müller about the Straße"]

    async def test_a_word_is_found_by_its_beginning_and_all_words_count(self, ada: Client) -> None:
        await ada.make(title="Contract with Acme")
        await ada.make(title="Contract with Umbrella")
        assert await titles(ada, "q=contr&sort=title") == ["Contract with Acme", "Contract with Umbrella"]
        assert await titles(ada, "q=contr+umb") == ["Contract with Umbrella"]

    @pytest.mark.parametrize("words", ["%", "'", "\\", "a & b", "!x", ":*", "(("])
    async def test_signs_are_no_commands(self, ada: Client, words: str) -> None:
        await ada.make(title="Rebate of 20% granted")
        assert await titles(ada, f"q={quote(words)}") == []

    async def test_a_changed_title_is_found_by_its_new_words_only(self, ada: Client) -> None:
        note = await ada.make(title="Elephants")
        await ada("PATCH", f"/events/{note['id']}", {"title": "Giraffes"})
        assert await titles(ada, "q=giraffes") == ["Giraffes"]
        assert await titles(ada, "q=elephants") == []


class TestPages:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("starts_at", ["Three", "One", "Four", "Two"]),
            ("-starts_at", ["One", "Three", "Two", "Four"]),
            ("title", ["Four", "One", "Three", "Two"]),
            ("-created_at", ["Four", "Three", "Two", "One"]),
        ],
    )
    async def test_page_by_page_gives_each_once_with_empty_values_last(
        self, ada: Client, sort: str, expected: list[str]
    ) -> None:
        for title, starts_at in [("One", "2026-12-02T09:00:00Z"), ("Two", None), ("Three", "2026-12-01T09:00:00Z")]:
            await ada.make(kind="call", title=title, starts_at=starts_at)
        await ada.make(kind="call", title="Four")
        seen: list[str] = []
        cursor = ""
        while True:
            page = (await ada("GET", f"/events?limit=1&sort={sort}&count=exact{cursor}")).json()
            seen += [item["title"] for item in page["items"]]
            assert page["total"] == 4
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        without_a_start = {"Two", "Four"}
        if sort.endswith("starts_at"):
            assert seen[:2] == expected[:2] and set(seen[2:]) == without_a_start
        else:
            assert seen == expected

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "sort=nickname", "due=someday", "trashed=7"])
    async def test_a_parameter_that_cannot_be_read_is_400_with_its_place(self, ada: Client, query: str) -> None:
        answer = await ada("GET", f"/events?{query}")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == f"/query/{query.split('=')[0]}"

    async def test_a_cursor_of_another_list_is_400(self, ada: Client) -> None:
        for title in ("One", "Two"):
            await ada.make(title=title)
        cursor = (await ada("GET", "/events?limit=1&sort=title")).json()["next_cursor"]
        assert (await ada("GET", f"/events?limit=1&sort=title&cursor={cursor}")).status_code == 200
        for query in ("sort=-title", "sort=title&trashed=true", "sort=title&q=x"):
            assert (await ada("GET", f"/events?limit=1&{query}&cursor={cursor}")).status_code == 400
        assert (await ada("GET", f"/events?limit=1&sort=title&cursor={cursor[:-2]}xx")).status_code == 400


class TestTaskList:
    async def test_open_tasks_stand_in_their_buckets(self, ada: Client) -> None:
        await ada.make(kind="task", title="Long ago", due_at=at(days=-3))
        await ada.make(kind="task", title="Next year", due_at=at(days=400))
        await ada.make(kind="task", title="Some day")
        await ada.make(kind="task", title="Done long ago", due_at=at(days=-3), done_at=at())
        await ada.make(kind="call", title="A call", due_at=at(days=-3))
        assert await titles(ada, "due=overdue") == ["Long ago"]
        assert await titles(ada, "due=later") == ["Next year"]
        assert await titles(ada, "due=no_date") == ["Some day"]

    async def test_a_bucket_can_be_filtered_further(self, ada: Client) -> None:
        await ada.make(kind="task", title="Mine", due_at=at(days=-3), assignee_id=ada.user.id)
        await ada.make(kind="task", title="Nobody's", due_at=at(days=-3))
        mine = filtered({"field": "assignee_id", "op": "eq", "value": ada.user.id})
        assert await titles(ada, f"due=overdue&{mine}") == ["Mine"]
