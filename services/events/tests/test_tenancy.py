"""Nobody sees, finds or changes another workspace's events; row-level security is a lock of its own (T1 to T5)."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from support import Client

from crm_testkit import Database, Running, eventually, internal_headers

OPERATIONS = [
    ("GET", "/events/{id}", None),
    ("GET", "/events/{id}/history", None),
    ("PATCH", "/events/{id}", {"title": "Mine now"}),
    ("DELETE", "/events/{id}", None),
    ("DELETE", "/events/{id}?purge=true", None),
    ("POST", "/events/{id}/done", None),
    ("POST", "/events/{id}/reopen", None),
    ("POST", "/events/{id}/restore", None),
    ("POST", "/operations/{id}/undo", None),
]


def shape(answer: Any, own_id: str) -> tuple[int, str, set[str]]:
    """What an answer gives away: status, body and headers, without ids."""
    problem = answer.json()
    problem.pop("request_id")
    return answer.status_code, json.dumps(problem).replace(own_id, "-"), set(answer.headers) - {"date"}


class TestForeignIds:
    @pytest.mark.parametrize(("method", "path", "body"), OPERATIONS, ids=[f"{m} {p}" for m, p, _ in OPERATIONS])
    async def test_a_foreign_id_answers_as_one_that_nobody_has(
        self, ada: Client, eve: Client, method: str, path: str, body: Any
    ) -> None:
        created = await ada("POST", "/events", {"kind": "task", "title": "Ada's"})
        record, operation = created.json(), created.headers["X-Operation-Id"]
        theirs = operation if "operations" in path else record["id"]
        nobodys = str(uuid4())
        foreign = await eve(method, path.format(id=theirs), body)
        unknown = await eve(method, path.format(id=nobodys), body)
        assert foreign.status_code == 404
        assert shape(foreign, theirs) == shape(unknown, nobodys)
        assert await ada.event(record["id"]) == record

    def test_every_operation_with_an_id_is_tried(self, openapi: dict[str, Any]) -> None:
        with_id = {
            (
                method.upper(),
                path.removeprefix("/api/v1").replace("{event_id}", "{id}").replace("{operation_id}", "{id}"),
            )
            for path, methods in openapi["paths"].items()
            for method in methods
            if "{" in path
        }
        assert with_id <= {(method, path) for method, path, _ in OPERATIONS}

    async def test_an_id_that_is_none_is_404(self, ada: Client) -> None:
        assert (await ada("GET", "/events/7")).status_code == 404
        assert (await ada("PATCH", "/events/7", {"title": "x"})).status_code == 404


class TestLists:
    @pytest.mark.usefixtures("work")
    async def test_nothing_of_theirs_is_found(self, ada: Client, eve: Client) -> None:
        meeting = await ada.make(kind="meeting", title="Secret meeting", starts_at="2026-12-01T09:00:00Z")
        task = await ada.make(kind="task", title="Secret task", due_at="2020-01-01T00:00:00Z")
        await eventually(lambda: ada.timeline(), has="Secret task", within_s=10)
        reads = [
            "/events?count=exact",
            "/events?q=secret",
            "/events?due=overdue",
            "/events?filter=" + json.dumps({"field": "title", "op": "contains", "value": "secret"}),
            "/calendar?from=2026-12-01&to=2026-12-02",
            "/timeline",
            "/operations",
        ]
        for path in reads:
            ours, theirs = await ada("GET", path), await eve("GET", path)
            assert theirs.status_code == 200 and theirs.json()["items"] == []
            assert ours.json()["items"], f"control: {path} does find something"
        assert meeting and task

    async def test_their_tag_key_and_cursor_are_worth_nothing(self, ada: Client, eve: Client) -> None:
        for _ in range(2):
            await ada.make(title="Ada's")
        await eve.make(title="Eve's")
        listed = await ada("GET", "/events?limit=1")
        assert (await eve("GET", "/events?limit=1", if_none_match=listed.headers["ETag"])).status_code == 200
        assert (await eve("GET", f"/events?limit=1&cursor={listed.json()['next_cursor']}")).status_code == 400
        body = {"kind": "note", "title": "Keyed"}
        first = await ada("POST", "/events", body, idempotency_key="the same")
        second = await eve("POST", "/events", body, idempotency_key="the same")
        assert first.json()["id"] != second.json()["id"]


class TestInternalKey:
    @pytest.mark.parametrize("key", ["", "wrong", None])
    async def test_every_operation_needs_it(self, ada: Client, openapi: dict[str, Any], key: str | None) -> None:
        """Control: with the key, None here, none of them answers 401."""
        for path, methods in openapi["paths"].items():
            url = path.replace("{event_id}", str(uuid4())).replace("{operation_id}", str(uuid4()))
            for method in methods:
                headers = internal_headers(ada.user, key=key)
                answer = await ada.http.request(method, url, headers=headers)
                assert (answer.status_code == 401) is (key is not None), f"{method} {path}: {answer.status_code}"


@pytest.fixture(scope="module")
def tables(events_database: Database) -> Iterator[list[str]]:
    async def with_workspace() -> list[str]:
        connection = await asyncpg.connect(events_database.admin_url)
        rows = await connection.fetch(
            "select distinct table_name from information_schema.columns "
            "where table_schema = 'public' and column_name = 'workspace_id' order by 1"
        )
        await connection.close()
        return [row[0] for row in rows]

    yield asyncio.run(with_workspace())


class TestRowLevelSecurity:
    async def test_every_table_of_workspaces_forces_it(self, events_database: Database, tables: list[str]) -> None:
        connection = await asyncpg.connect(events_database.admin_url)
        rows = await connection.fetch(
            "select relname from pg_class where relname = any($1) and relrowsecurity and relforcerowsecurity", tables
        )
        await connection.close()
        assert {"event", "event_contact", "event_document", "timeline_fact", "timeline_entry"} <= set(tables)
        assert {row[0] for row in rows} == set(tables)

    @pytest.mark.parametrize("role", ["api", "worker"])
    async def test_without_a_workspace_no_row_is_seen(
        self, ada: Client, work: Running, events_database: Database, role: str
    ) -> None:
        await ada.make()
        await eventually(lambda: ada.timeline(), has="event.created", within_s=10)
        connection = await asyncpg.connect(getattr(events_database, f"{role}_url"))
        counts = {
            table: await connection.fetchval(f"select count(*) from {table}")
            for table in ("event", "event_contact", "timeline_fact", "timeline_entry")
        }
        async with connection.transaction():
            await connection.execute("select enter($1)", ada.user.workspace_id)
            assert await connection.fetchval("select count(*) from event") == 1, "control: with it there is one"
        await connection.close()
        assert set(counts.values()) == {0}

    @pytest.mark.parametrize("role", ["api", "worker"])
    async def test_nothing_is_written_into_another_workspace(
        self, ada: Client, eve: Client, events_database: Database, role: str
    ) -> None:
        connection = await asyncpg.connect(getattr(events_database, f"{role}_url"))
        insert = "insert into event (workspace_id, kind, title, created_by) values ($1, 'note', 'x', $1)"
        async with connection.transaction():
            await connection.execute("select enter($1)", ada.user.workspace_id)
            await connection.execute(insert, ada.user.workspace_id)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(insert, eve.user.workspace_id)
        await connection.close()

    async def test_the_search_words_have_one_door(self, ada: Client, events_database: Database) -> None:
        connection = await asyncpg.connect(events_database.api_url)
        for table in ("event_document", "event_word"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"select * from {table}")
        assert await connection.fetch("select * from event_search('a', 10)") == []
        doors = await connection.fetch(
            "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1"
        )
        await connection.close()
        assert [row[0] for row in doors] == [
            "erase_record",
            "event_document_follow",
            "event_search",
            "event_words_follow",
            "timeline_workspaces",
        ]


class TestCrowd:
    async def test_two_workspaces_at_once_never_mix(self, ada: Client, eve: Client) -> None:
        for client, title in ((ada, "Ada's"), (eve, "Eve's")):
            for _ in range(3):
                await client.make(title=title)

        async def read(client: Client, title: str, number: int) -> None:
            answer = await client("GET", f"/events?limit={1 + number % 3}&q={title[:3]}")
            assert {item["title"] for item in answer.json()["items"]} == {title}

        await asyncio.gather(
            *(read(client, title, n) for n in range(200) for client, title in ((ada, "Ada's"), (eve, "Eve's")))
        )
