"""Bulk changes: all or nothing, by ids or by filter."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from conftest import Api


@pytest.fixture
def three(api: Api) -> list[str]:
    return [api.person(first_name=name, tags=["old"])["id"] for name in ("Ada", "Bob", "Cyd")]


def bulk(api: Api, **body: Any) -> Any:
    return api.post("/contacts/bulk", body)


class TestBulk:
    def test_sets_values(self, api: Api, three: list[str]) -> None:
        answer = bulk(api, action="set", ids=three[:2], values={"title": "CTO", "address": {"city": "Bonn"}})
        assert answer.status_code == 200
        assert (answer.json()["matched"], answer.json()["changed"]) == (2, 2)
        assert answer.headers["X-Operation-Id"] == answer.json()["operation_id"]
        assert set(api.names({"filter": {"field": "title", "op": "eq", "value": "cto"}})) == {"Ada", "Bob"}

    def test_adds_and_removes_a_tag_that_nobody_made_yet(self, api: Api, three: list[str]) -> None:
        assert bulk(api, action="add_tag", ids=three, tag="New").json()["changed"] == 3
        assert bulk(api, action="add_tag", ids=three[:1], tag="NEW").json()["changed"] == 0
        assert bulk(api, action="remove_tag", ids=three[1:], tag="new").json()["changed"] == 2
        assert api.names({"filter": {"field": "tags", "op": "has", "value": "new"}}) == ["Ada"]
        assert api.get(f"/contacts/{three[0]}").json()["tags"] == ["old", "New"]

    def test_by_filter_touches_what_the_list_shows(self, api: Api, three: list[str]) -> None:
        clause = {"field": "first_name", "op": "starts", "value": "b"}
        assert bulk(api, action="trash", filter=clause).json()["matched"] == 1
        assert set(api.names({})) == {"Ada", "Cyd"}
        assert bulk(api, action="restore", filter=clause).json()["changed"] == 1
        assert bulk(api, action="trash", q="cyd").json()["changed"] == 1

    def test_assigns_an_owner_who_is_a_member(self, api: Api, three: list[str], identity: Any) -> None:
        colleague = str(uuid.uuid4())
        refused = bulk(api, action="assign", ids=three, owner_id=colleague)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/owner_id")
        identity.members[api.user.workspace_id] = [colleague]
        assert bulk(api, action="assign", ids=three, owner_id=colleague).json()["changed"] == 3
        assert bulk(api, action="assign", ids=three).json()["changed"] == 3

    @pytest.mark.parametrize(
        ("change", "status", "pointer"),
        [
            ({"action": "set", "values": {"birthday": "x"}}, 422, "/values/birthday"),
            ({"action": "set", "values": {"first_name": None}}, 422, "/values"),
            ({"action": "set", "values": {"nope": 1}}, 422, "/values/nope"),
            ({"action": "set"}, 422, "/values"),
            ({"action": "add_tag"}, 422, "/tag"),
            ({"action": "explode"}, 422, "/action"),
            ({"action": "trash", "filter": {"field": "x", "op": "eq", "value": 1}, "ids": None}, 422, "/filter/field"),
            ({"action": "trash", "ids": None}, 422, "/ids"),
            ({"action": "trash", "ids": []}, 422, "/ids"),
        ],
    )
    def test_refuses_with_a_pointer_and_changes_nothing(
        self, api: Api, three: list[str], change: dict[str, Any], status: int, pointer: str
    ) -> None:
        body = {key: value for key, value in ({"ids": three} | change).items() if value is not None}
        answer = api.post("/contacts/bulk", body)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert {api.get(f"/contacts/{each}").json()["version"] for each in three} == {1}

    @pytest.mark.parametrize("foreign", ["made up", "another workspace's", "in the trash"])
    def test_one_that_does_not_fit_stops_all(self, api: Api, other: Api, three: list[str], foreign: str) -> None:
        if foreign == "in the trash":
            api.delete(f"/contacts/{three[2]}")
            ids, status = three, 409
        else:
            stranger = other.person()["id"] if foreign == "another workspace's" else str(uuid.uuid4())
            ids, status = [*three, stranger], 422
        before = api.get("/operations").json()
        assert bulk(api, action="set", ids=ids, values={"title": "CTO"}).status_code == status
        assert api.names({"filter": {"field": "title", "op": "empty", "value": False}}) == []
        assert api.get("/operations").json() == before

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 200)])
    def test_needs_a_member(self, api: Api, three: list[str], role: str, status: int) -> None:
        assert api.a(role).post("/contacts/bulk", {"action": "trash", "ids": three}).status_code == status

    def test_for_companies_too(self, api: Api) -> None:
        company = api.company()
        body = {"action": "set", "ids": [company["id"]], "values": {"industry": "Steam"}}
        assert api.post("/companies/bulk", body).json()["changed"] == 1
        assert api.get(f"/companies/{company['id']}").json()["industry"] == "Steam"
