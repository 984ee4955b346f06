"""Operations and their undo: what was put back, what was left and why."""

from typing import Any
from urllib.parse import quote

import httpx2
from support import Client


async def done(answer: httpx2.Response) -> str:
    """The operation that an answer belongs to."""
    assert answer.is_success, answer.text
    return answer.headers["X-Operation-Id"]


async def undo(client: Client, operation_id: str) -> dict[str, Any]:
    answer = await client("POST", f"/operations/{operation_id}/undo")
    assert answer.status_code == 200, answer.text
    undone: dict[str, Any] = answer.json()
    assert undone["operation_id"] == answer.headers["X-Operation-Id"] != operation_id
    return undone


class TestUndo:
    async def test_of_an_edit_puts_the_values_back(self, ada: Client) -> None:
        note = await ada.make(title="Before", body="Stays")
        operation = await done(await ada("PATCH", f"/events/{note['id']}", {"title": "After", "location": "Here"}))
        undone = await undo(ada, operation)
        assert (undone["restored"], undone["left"]) == (1, [])
        now = await ada.event(note["id"])
        assert (now["title"], now["location"], now["body"], now["version"]) == ("Before", None, "Stays", 3)

    async def test_a_field_that_was_changed_since_is_left_and_listed(self, ada: Client) -> None:
        note = await ada.make(title="Before", location="There")
        operation = await done(await ada("PATCH", f"/events/{note['id']}", {"title": "After", "location": "Here"}))
        await ada("PATCH", f"/events/{note['id']}", {"title": "Later"})
        undone = await undo(ada, operation)
        assert undone["left"] == [{"event_id": note["id"], "field": "title", "reason": "changed_since"}]
        now = await ada.event(note["id"])
        assert (now["title"], now["location"]) == ("Later", "There")

    async def test_of_a_creation_puts_it_into_the_trash_and_undoing_that_brings_it_back(self, ada: Client) -> None:
        created = await ada("POST", "/events", {"kind": "note", "title": "x"})
        first = await undo(ada, await done(created))
        assert (await ada.event(created.json()["id"]))["deleted_at"]
        await undo(ada, first["operation_id"])
        assert (await ada.event(created.json()["id"]))["deleted_at"] is None

    async def test_of_a_trash_restores(self, ada: Client) -> None:
        note = await ada.make()
        await undo(ada, await done(await ada("DELETE", f"/events/{note['id']}")))
        assert (await ada.event(note["id"]))["deleted_at"] is None

    async def test_of_a_purge_is_not_possible(self, ada: Client) -> None:
        note = await ada.make()
        operation = await done(await ada("DELETE", f"/events/{note['id']}?purge=true"))
        undone = await undo(ada, operation)
        assert undone["restored"] == 0
        assert undone["left"] == [{"event_id": note["id"], "field": None, "reason": "purged"}]

    async def test_values_that_would_break_a_rule_today_are_left(self, ada: Client) -> None:
        call = await ada.make(kind="call", starts_at="2026-12-01T09:00:00Z", ends_at="2026-12-01T10:00:00Z")
        path = f"/events/{call['id']}"
        operation = await done(await ada("PATCH", path, {"ends_at": None}))
        await ada("PATCH", path, {"starts_at": "2026-12-05T09:00:00Z"})
        undone = await undo(ada, operation)
        assert undone["left"] == [
            {"event_id": call["id"], "field": "ends_at", "reason": "would_break:end_before_start"}
        ]
        assert (await ada.event(call["id"]))["ends_at"] is None

    async def test_twice_is_409_and_with_the_same_key_a_replay(self, ada: Client) -> None:
        note = await ada.make()
        operation = await done(await ada("PATCH", f"/events/{note['id']}", {"title": "x"}))
        path = f"/operations/{operation}/undo"
        first = await ada("POST", path, idempotency_key="u")
        assert (await ada("POST", path, idempotency_key="u")).content == first.content
        assert (await ada("POST", path)).status_code == 409

    async def test_viewers_may_not(self, ada: Client) -> None:
        note = await ada.make()
        operation = await done(await ada("PATCH", f"/events/{note['id']}", {"title": "x"}))
        assert (await ada.acting_as("viewer")("POST", f"/operations/{operation}/undo")).status_code == 403


class TestOperations:
    async def test_newest_first_with_who_what_and_what_undid_it(self, ada: Client) -> None:
        note = await ada.make(title="Kick-off")
        edit = await done(await ada("PATCH", f"/events/{note['id']}", {"title": "Start"}))
        undone = await undo(ada, edit)
        items = (await ada("GET", "/operations")).json()["items"]
        assert [item["kind"] for item in items] == ["undo", "edit", "create"]
        assert items[0]["undo_of"] == edit and items[1]["undone_by"] == undone["operation_id"]
        assert items[1]["actor"] == {"id": ada.user.id, "name": "Ada Lovelace"}
        assert items[1]["counts"] == {"updated": 1} and items[1]["summary"] == "Changed note Start"

    async def test_page_by_page(self, ada: Client) -> None:
        for _ in range(3):
            await ada.make()
        whole = (await ada("GET", "/operations")).json()["items"]
        first = (await ada("GET", "/operations?limit=2")).json()
        second = (await ada("GET", f"/operations?limit=2&cursor={first['next_cursor']}")).json()
        assert first["items"] + second["items"] == whole and second["next_cursor"] is None


class TestHistory:
    async def test_every_version_with_its_changes(self, ada: Client) -> None:
        task = await ada.make(kind="task", title="Call")
        await ada("PATCH", f"/events/{task['id']}", {"title": "Call back", "due_at": "2026-12-01T09:00:00Z"})
        await ada("POST", f"/events/{task['id']}/done")
        items = (await ada("GET", f"/events/{task['id']}/history")).json()["items"]
        assert [(item["version"], item["verb"]) for item in items] == [
            (3, "event.changed"),
            (2, "event.changed"),
            (1, "event.created"),
        ]
        assert {item["kind"] for item in items} == {"change"}
        assert items[1]["changes"] == [
            {"field": "title", "from": "Call", "to": "Call back"},
            {"field": "due_at", "from": None, "to": "2026-12-01T09:00:00Z"},
        ]
        assert {"field": "title", "from": None, "to": "Call"} in items[2]["changes"]


class TestAsOf:
    async def test_an_event_as_it_was(self, ada: Client) -> None:
        task = await ada.make(kind="task", title="First")
        await ada("PATCH", f"/events/{task['id']}", {"title": "Second"})
        second, first = (await ada("GET", f"/events/{task['id']}/history")).json()["items"]

        async def title_at(moment: str) -> tuple[str, int]:
            past = (await ada("GET", f"/events/{task['id']}?as_of={quote(moment)}")).json()
            assert past["contact_ids"] == [] and past["all_day"] is False
            return past["title"], past["version"]

        assert await title_at(first["at"]) == ("First", 1)
        assert await title_at(second["at"]) == ("Second", 2)
        assert (await ada("GET", f"/events/{task['id']}?as_of=2020-01-01")).status_code == 404
        assert (await ada("GET", f"/events/{task['id']}?as_of=yesterday")).status_code == 400
