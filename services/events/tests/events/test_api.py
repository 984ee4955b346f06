"""HTTP in, HTTP out: what api.md promises of a resource, for events."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from support import Client

MEETING = {"kind": "meeting", "title": "Kick-off", "starts_at": "2026-12-01T09:00:00Z"}


class TestCreate:
    async def test_it_answers_the_whole_record_with_its_place_and_operation(self, ada: Client) -> None:
        answer = await ada("POST", "/events", MEETING | {"ends_at": "2026-12-01T10:00:00Z", "location": " Room 1 "})
        made = answer.json()
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/events/{made['id']}"
        assert answer.headers["ETag"] == '"1.0"'
        assert answer.headers["X-Operation-Id"]
        assert made["version"] == 1 and made["created_by"] == ada.user.id
        assert made["location"] == "Room 1" and made["contact_ids"] == [] and made["all_day"] is False

    async def test_reading_it_gives_the_same(self, ada: Client) -> None:
        made = await ada.make(body="Called, nobody there")
        assert await ada.event(made["id"]) == made

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"kind": "party", "title": "x"}, "/kind", "not_an_option"),
            ({"title": "x"}, "/kind", "required"),
            ({"kind": "note"}, "/title", "title_or_body_needed"),
            ({"kind": "note", "title": "  "}, "/title", "title_or_body_needed"),
            ({"kind": "note", "title": 7}, "/title", "not_text"),
            ({"kind": "note", "title": "x" * 201}, "/title", "too_long"),
            ({"kind": "note", "body": "x" * 100_001}, "/body", "too_long"),
            ({"kind": "note", "titel": "x"}, "/titel", "unknown_field"),
            ({"kind": "note", "title": "x", "id": str(uuid4())}, "/id", "read_only"),
            ({"kind": "meeting", "title": "x"}, "/starts_at", "start_needed"),
            (MEETING | {"ends_at": "2026-12-01T08:00:00Z"}, "/ends_at", "end_before_start"),
            (MEETING | {"starts_at": "tomorrow"}, "/starts_at", "invalid_instant"),
            (MEETING | {"recurrence": "FREQ=SECONDLY"}, "/recurrence", "bad_recurrence"),
            (MEETING | {"reminder_minutes": 1.5}, "/reminder_minutes", "not_a_whole_number"),
            (MEETING | {"reminder_minutes": -1}, "/reminder_minutes", "out_of_range"),
            (MEETING | {"deal_id": str(uuid4())}, "/deal_id", "unknown_deal"),
            (MEETING | {"contact_ids": ["x"]}, "/contact_ids/0", "invalid_id"),
        ],
    )
    async def test_a_broken_rule_is_422_with_its_place(
        self, ada: Client, body: dict[str, Any], pointer: str, code: str
    ) -> None:
        answer = await ada("POST", "/events", body)
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json()["errors"]]

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201)])
    async def test_members_write_and_viewers_do_not(self, ada: Client, role: str, status: int) -> None:
        assert (await ada.acting_as(role)("POST", "/events", MEETING)).status_code == status

    async def test_the_same_key_makes_one_event(self, ada: Client) -> None:
        first, second = [await ada("POST", "/events", MEETING, idempotency_key="k") for _ in range(2)]
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert (await ada("GET", "/events?count=exact")).json()["total"] == 1

    async def test_the_same_key_for_another_body_is_refused(self, ada: Client) -> None:
        await ada("POST", "/events", MEETING, idempotency_key="k")
        assert (await ada("POST", "/events", MEETING | {"title": "Other"}, idempotency_key="k")).status_code == 422


class TestChange:
    async def test_a_merge_patch_changes_what_it_names(self, ada: Client) -> None:
        made = await ada.make(title="Old", body="Stays")
        answer = await ada("PATCH", f"/events/{made['id']}", {"title": "New"}, if_match='"1.0"')
        assert answer.status_code == 200 and answer.headers["ETag"] == '"2.0"'
        assert answer.json() == made | {"title": "New", "version": 2, "updated_at": answer.json()["updated_at"]}

    async def test_what_changes_nothing_keeps_the_version_and_states_no_fact(self, ada: Client) -> None:
        made = await ada.make()
        answer = await ada("PATCH", f"/events/{made['id']}", {"title": made["title"]})
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"1.0"')
        assert "X-Operation-Id" not in answer.headers
        assert len((await ada("GET", f"/events/{made['id']}/history")).json()["items"]) == 1

    async def test_another_version_is_412(self, ada: Client) -> None:
        made = await ada.make()
        assert (await ada("PATCH", f"/events/{made['id']}", {"title": "x"}, if_match='"7.0"')).status_code == 412

    async def test_of_fifty_with_the_same_version_one_wins(self, ada: Client) -> None:
        made = await ada.make()
        path = f"/events/{made['id']}"
        answers = await asyncio.gather(*(ada("PATCH", path, {"title": f"{n}"}, if_match='"1.0"') for n in range(50)))
        assert sorted(answer.status_code for answer in answers) == [200] + 49 * [412]

    async def test_a_rule_holds_for_the_event_as_it_would_be(self, ada: Client) -> None:
        made = await ada.make(**MEETING)
        answer = await ada("PATCH", f"/events/{made['id']}", {"starts_at": None})
        assert answer.status_code == 422
        assert (await ada.event(made["id"]))["version"] == 1

    async def test_a_read_after_a_change_is_never_the_old_one(self, ada: Client) -> None:
        made = await ada.make()
        for number in range(20):
            await ada("PATCH", f"/events/{made['id']}", {"title": f"{number}"})
            assert (await ada.event(made["id"]))["title"] == f"{number}"
            assert (await ada("GET", "/events")).json()["items"][0]["title"] == f"{number}"


class TestDone:
    async def test_a_task_is_done_and_opened_again(self, ada: Client) -> None:
        task = await ada.make(kind="task", due_at="2026-12-01T09:00:00Z")
        done = (await ada("POST", f"/events/{task['id']}/done")).json()
        assert done["done_at"] and done["version"] == 2
        again = await ada("POST", f"/events/{task['id']}/done")
        assert again.json() == done and "X-Operation-Id" not in again.headers
        assert (await ada("POST", f"/events/{task['id']}/reopen")).json()["done_at"] is None

    async def test_a_note_is_never_done(self, ada: Client) -> None:
        note = await ada.make()
        answer = await ada("POST", f"/events/{note['id']}/done")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_for_kind")


class TestTrash:
    async def test_it_is_readable_left_out_of_lists_and_comes_back(self, ada: Client) -> None:
        note = await ada.make()
        assert (await ada("DELETE", f"/events/{note['id']}")).status_code == 204
        assert (await ada.event(note["id"]))["deleted_at"]
        assert (await ada("GET", "/events")).json()["items"] == []
        assert len((await ada("GET", "/events?trashed=true")).json()["items"]) == 1
        assert (await ada("PATCH", f"/events/{note['id']}", {"title": "x"})).status_code == 409
        assert (await ada("POST", f"/events/{note['id']}/restore")).json()["deleted_at"] is None
        assert len((await ada("GET", "/events")).json()["items"]) == 1

    @pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 204)])
    async def test_only_an_admin_removes_for_good(self, ada: Client, role: str, status: int) -> None:
        note = await ada.make()
        assert (await ada.acting_as(role)("DELETE", f"/events/{note['id']}?purge=true")).status_code == status
        left = (await ada("GET", f"/events/{note['id']}")).status_code
        assert left == (404 if status == 204 else 200)

    async def test_history_of_what_was_purged_keeps_that_it_happened_and_no_content(self, ada: Client) -> None:
        note = await ada.make(body="Secret of Zanzibar")
        await ada("DELETE", f"/events/{note['id']}?purge=true")
        history = await ada("GET", f"/events/{note['id']}/history")
        assert [item["verb"] for item in history.json()["items"]] == ["event.purged", "event.created"]
        assert "Zanzibar" not in history.text


class TestCaching:
    async def test_a_fitting_tag_is_304_for_a_record_and_for_a_list(self, ada: Client) -> None:
        note = await ada.make()
        for path in (f"/events/{note['id']}", "/events", "/timeline"):
            tag = (await ada("GET", path)).headers["ETag"]
            assert (await ada("GET", path, if_none_match=tag)).status_code == 304
            assert (await ada("GET", path, if_none_match='"other"')).status_code == 200
