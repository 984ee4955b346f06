"""Operations and undo: the matrix of what can be taken back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Api

from crm_testkit.eventually import eventually
from crm_testkit.processes import Running


def undo(api: Api, operation_id: str) -> dict[str, Any]:
    answer = api.post(f"/operations/{operation_id}/undo")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def fields_of(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what each change moves."""
    return {name: value for name, value in record.items() if name not in ("version", "updated_at")}


class TestUndo:
    def test_of_an_edit_puts_the_fields_back(self, api: Api) -> None:
        person = api.person(first_name="Ada", address={"city": "London"}, tags=["a"], emails=[{"value": "a@b.org"}])
        edit = api.patch(
            f"/contacts/{person['id']}",
            {
                "first_name": "Eve",
                "title": "CTO",
                "address": {"city": None, "street": "X"},
                "tags": ["b"],
                "emails": [],
            },
        )
        done = undo(api, edit.headers["X-Operation-Id"])
        assert done["restored"] == 1 and done["left"] == []
        assert fields_of(api.get(f"/contacts/{person['id']}").json()) == fields_of(person)
        assert api.names({"filter": {"field": "tags", "op": "has", "value": "a"}}) == ["Ada"]

    def test_leaves_and_lists_what_was_changed_since(self, api: Api) -> None:
        person = api.person(first_name="Ada", title="CTO")
        path = f"/contacts/{person['id']}"
        edit = api.patch(path, {"first_name": "Eve", "title": "CEO"})
        api.patch(path, {"title": "COO"})
        done = undo(api, edit.headers["X-Operation-Id"])
        assert done["left"] == [{"contact_id": person["id"], "field": "title", "reason": "changed_since"}]
        now = api.get(path).json()
        assert (now["first_name"], now["title"]) == ("Ada", "COO")

    def test_of_a_creation_puts_it_into_the_trash(self, api: Api) -> None:
        created = api.post("/contacts", {"first_name": "Ada"})
        undo(api, created.headers["X-Operation-Id"])
        assert api.get(f"/contacts/{created.json()['id']}").json()["deleted_at"]

    def test_of_a_trash_restores_and_undo_of_that_trashes_again(self, api: Api) -> None:
        person = api.person()
        trash = api.delete(f"/contacts/{person['id']}").headers["X-Operation-Id"]
        first = undo(api, trash)
        assert fields_of(api.get(f"/contacts/{person['id']}").json()) == fields_of(person)
        undo(api, first["operation_id"])
        assert api.get(f"/contacts/{person['id']}").json()["deleted_at"]

    def test_of_an_undo_brings_the_edit_back(self, api: Api) -> None:
        person = api.person(first_name="Ada")
        edit = api.patch(f"/contacts/{person['id']}", {"first_name": "Eve"})
        first = undo(api, edit.headers["X-Operation-Id"])
        undo(api, first["operation_id"])
        assert api.get(f"/contacts/{person['id']}").json()["first_name"] == "Eve"

    def test_of_a_bulk_change_puts_each_record_back(self, api: Api) -> None:
        people = [api.person(first_name=name, title="x") for name in "ABC"]
        bulk = api.post("/contacts/bulk", {"action": "set", "ids": [p["id"] for p in people], "values": {"title": "y"}})
        api.delete(f"/contacts/{people[2]['id']}")
        done = undo(api, bulk.json()["operation_id"])
        assert done["restored"] == 2
        assert done["left"] == [{"contact_id": people[2]["id"], "field": "title", "reason": "trashed"}]

    def test_a_second_time_is_409(self, api: Api) -> None:
        operation = api.post("/contacts", {"first_name": "Ada"}).headers["X-Operation-Id"]
        undo(api, operation)
        assert api.post(f"/operations/{operation}/undo").status_code == 409

    def test_of_a_purge_is_409_and_purged_records_are_listed(self, api: Api) -> None:
        person = api.person()
        edit = api.patch(f"/contacts/{person['id']}", {"title": "x"}).headers["X-Operation-Id"]
        purge = api.delete(f"/contacts/{person['id']}", {"purge": "true"}).headers["X-Operation-Id"]
        assert api.post(f"/operations/{purge}/undo").status_code == 409
        assert undo(api, edit)["left"] == [{"contact_id": person["id"], "field": None, "reason": "purged"}]

    def test_of_a_company_gone_since_leaves_the_link(self, api: Api) -> None:
        company = api.company()
        person = api.person(first_name="Ada", company_id=company["id"])
        edit = api.patch(f"/contacts/{person['id']}", {"company_id": None, "title": "x"}).headers["X-Operation-Id"]
        api.delete(f"/companies/{company['id']}", {"purge": "true"})
        assert undo(api, edit)["left"] == [
            {"contact_id": person["id"], "field": "company_id", "reason": "company_gone"}
        ]
        assert api.get(f"/contacts/{person['id']}").json()["title"] is None

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 200)])
    def test_needs_a_member(self, api: Api, role: str, status: int) -> None:
        operation = api.post("/contacts", {"first_name": "Ada"}).headers["X-Operation-Id"]
        assert api.a(role).post(f"/operations/{operation}/undo").status_code == status

    async def test_of_a_large_one_is_the_workers(self, api: Api, worker: Running, crowd: Any) -> None:
        everybody = await asyncio.to_thread(crowd, api, 1200)
        before = {person: fields_of(api.get(f"/contacts/{person}").json()) for person in everybody[:10]}
        bulk = api.post("/contacts/bulk", {"action": "set", "ids": everybody, "values": {"title": "Unheard of"}})
        assert (bulk.status_code, bulk.json()["changed"]) == (202, None)
        operation = bulk.json()["operation_id"]
        await eventually(lambda: api.get(f"/operations/{operation}").json()["status"], has="done", within_s=30)
        assert api.get(f"/operations/{operation}").json()["counts"] == {"updated": 1200}
        answer = api.post(f"/operations/{operation}/undo")
        assert answer.status_code == 202
        undo_id = answer.json()["operation_id"]
        await eventually(lambda: api.get(f"/operations/{undo_id}").json()["status"], has="done", within_s=30)
        assert api.get(f"/operations/{undo_id}").json()["restored"] == 1200
        assert {person: fields_of(api.get(f"/contacts/{person}").json()) for person in before} == before


class TestOperations:
    def test_are_listed_newest_first_with_counts_and_who_undid_them(self, api: Api) -> None:
        created = api.post("/contacts", {"first_name": "Ada"}).headers["X-Operation-Id"]
        undone = undo(api, created)["operation_id"]
        newest, oldest = api.get("/operations").json()["items"]
        assert (newest["id"], newest["kind"], newest["undo_of"], newest["counts"]) == (
            undone,
            "undo",
            created,
            {"trashed": 1},
        )
        assert (oldest["id"], oldest["kind"], oldest["undone_by"], oldest["counts"]) == (
            created, "create", undone, {"created": 1},
        )  # fmt: skip
        assert oldest["summary"] == "Created Ada"
        assert oldest["actor"] == {"id": api.user.id, "name": "Ada Lovelace"}

    def test_page_by_cursor(self, api: Api) -> None:
        for n in range(5):
            api.person(first_name=f"P{n}")
        first = api.get("/operations", {"limit": 3}).json()
        rest = api.get("/operations", {"limit": 3, "cursor": first["next_cursor"]}).json()
        assert [item["summary"] for item in first["items"] + rest["items"]] == [
            f"Created P{n}" for n in (4, 3, 2, 1, 0)
        ]
        assert rest["next_cursor"] is None
