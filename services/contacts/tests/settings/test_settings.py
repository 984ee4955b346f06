"""Tags, custom fields, saved views, favourites."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from conftest import Api


class TestTags:
    def test_are_made_on_the_spot_and_counted(self, api: Api) -> None:
        api.person(first_name="A", tags=["vip"])
        gone = api.person(first_name="B", tags=["VIP", "lead"])
        api.delete(f"/contacts/{gone['id']}")
        assert gone["tags"] == ["vip", "lead"]
        tags = api.get("/tags").json()["items"]
        assert [(tag["name"], tag["count"]) for tag in tags] == [("lead", 0), ("vip", 1)]

    def test_renaming_shows_in_records_without_a_version(self, api: Api) -> None:
        person = api.person(first_name="A", tags=["vip"])
        [tag] = api.get("/tags").json()["items"]
        was = api.get(f"/contacts/{person['id']}")
        assert api.patch(f"/tags/{tag['id']}", {"name": "Big", "color": "red"}).json()["name"] == "Big"
        now = api.get(f"/contacts/{person['id']}", if_none_match=was.headers["ETag"])
        assert (now.status_code, now.json()["tags"], now.json()["version"]) == (200, ["Big"], 1)
        assert api.names({"filter": {"field": "tags", "op": "has", "value": "big"}}) == ["A"]

    def test_names_are_unique_without_regard_to_case(self, api: Api) -> None:
        tag = api.post("/tags", {"name": "vip"})
        assert tag.status_code == 201 and tag.headers["Location"].endswith(tag.json()["id"])
        assert api.post("/tags", {"name": "VIP"}).status_code == 422
        assert api.post("/tags", {"name": " "}).status_code == 422
        assert api.patch(f"/tags/{tag.json()['id']}", {"name": "Vip"}).status_code == 200

    def test_deleting_takes_it_off_and_undo_puts_it_back(self, api: Api) -> None:
        person = api.person(first_name="A", tags=["vip", "lead"])
        tag = next(each for each in api.get("/tags").json()["items"] if each["name"] == "vip")
        answer = api.delete(f"/tags/{tag['id']}")
        assert answer.status_code == 204
        assert api.get(f"/contacts/{person['id']}").json()["tags"] == ["lead"]
        assert api.post(f"/operations/{answer.headers['X-Operation-Id']}/undo").json()["restored"] == 1
        assert api.get(f"/contacts/{person['id']}").json()["tags"] == ["vip", "lead"]

    @pytest.mark.parametrize(("tag", "status"), [('"1.0"', 200), ('"2.0"', 412)])
    def test_if_match(self, api: Api, tag: str, status: int) -> None:
        made = api.post("/tags", {"name": "vip"}).json()
        assert api.patch(f"/tags/{made['id']}", {"color": "red"}, if_match=tag).status_code == status


class TestCustomFields:
    def test_are_part_of_validation_filter_and_sort(self, api: Api) -> None:
        field = api.post("/fields", {"label": "Customer tier", "type": "select", "options": ["gold", "silver"]}).json()
        assert field["key"] == "customer_tier"
        person = api.person(first_name="A", custom={"customer_tier": "GOLD"})
        assert person["custom"] == {"customer_tier": "gold"}
        answer = api.patch(f"/contacts/{person['id']}", {"custom": {"customer_tier": "tin"}})
        assert answer.json()["errors"][0]["pointer"] == "/custom/customer_tier"
        assert api.names({"sort": "custom.customer_tier"}) == ["A"]

    def test_required_default_and_unique(self, api: Api) -> None:
        api.post("/fields", {"label": "Level", "type": "number", "default": 3})
        api.post("/fields", {"label": "Code", "type": "text", "unique": True})
        early = api.person(first_name="A", custom={"code": "x"})
        assert early["custom"] == {"level": 3, "code": "x"}
        taken = api.post("/contacts", {"first_name": "B", "custom": {"code": "x"}})
        assert [(e["pointer"], e["code"]) for e in taken.json()["errors"]] == [("/custom/code", "not_unique")]
        api.post("/fields", {"label": "Must", "type": "boolean", "required": True})
        missing = api.post("/contacts", {"first_name": "B"})
        assert [(e["pointer"], e["code"]) for e in missing.json()["errors"]] == [("/custom/must", "required")]
        assert api.patch(f"/contacts/{early['id']}", {"title": "still free"}).status_code == 200

    def test_of_companies_are_their_own(self, api: Api) -> None:
        api.post("/fields", {"label": "Rating", "type": "number", "noun": "company"})
        assert api.company(name="X", custom={"rating": 5})["custom"] == {"rating": 5}
        assert api.post("/contacts", {"first_name": "A", "custom": {"rating": 5}}).status_code == 422

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"label": "X", "type": "select"}, "/options"),
            ({"label": "X", "type": "text", "options": ["a"]}, "/options"),
            ({"label": "X", "type": "select", "options": ["a", "A"]}, "/options"),
            ({"label": "X", "type": "text", "key": "Bad Key"}, "/key"),
            ({"label": "X", "type": "boolean", "unique": True}, "/unique"),
            ({"label": "X", "type": "date", "default": "soon"}, "/default"),
            ({"label": "X", "type": "planet"}, "/type"),
            ({"label": "X"}, "/type"),
        ],
    )
    def test_refuses_with_a_pointer(self, api: Api, body: dict[str, Any], pointer: str) -> None:
        answer = api.post("/fields", body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    @pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 201)])
    def test_need_an_admin(self, api: Api, role: str, status: int) -> None:
        assert api.a(role).post("/fields", {"label": "X", "type": "text"}).status_code == status

    def test_removed_ones_leave_the_values_in_history(self, api: Api) -> None:
        field = api.post("/fields", {"label": "Nick", "type": "text"}).json()
        person = api.person(first_name="A", custom={"nick": "Z"})
        assert api.delete(f"/fields/{field['id']}").status_code == 204
        assert api.get("/fields").json()["items"] == []
        [created] = api.get(f"/contacts/{person['id']}/history").json()["items"]
        assert {"field": "custom.nick", "from": None, "to": "Z"} in created["changes"]


class TestViews:
    VIEW: ClassVar[dict[str, Any]] = {
        "name": "Gold",
        "columns": [{"field": "name", "width": 200}, {"field": "company.name", "width": None}],
        "sort": "-created_at",
        "filter": {"field": "tags", "op": "has", "value": "gold"},
    }

    def test_private_ones_are_their_makers_alone(self, api: Api, sign_in: Callable[..., Api]) -> None:
        colleague = sign_in("Bob", workspace_id=api.user.workspace_id)
        private = api.post("/views", self.VIEW).json()
        shared = api.post("/views", self.VIEW | {"name": "Shared", "shared": True}).json()
        assert [view["name"] for view in api.get("/views").json()["items"]] == ["Gold", "Shared"]
        assert [view["name"] for view in colleague.get("/views").json()["items"]] == ["Shared"]
        assert colleague.get(f"/views/{private['id']}").status_code == 404
        assert colleague.a("owner").patch(f"/views/{private['id']}", {"name": "x"}).status_code == 404
        for role, status in [("member", 403), ("admin", 200)]:
            assert colleague.a(role).patch(f"/views/{shared['id']}", {"name": role}).status_code == status
        assert api.delete(f"/views/{private['id']}").status_code == 204

    @pytest.mark.parametrize(
        ("patch", "pointer"),
        [
            ({"columns": [{"field": "nope"}]}, "/columns/0/field"),
            ({"sort": "nope"}, "/sort"),
            ({"filter": {"field": "nope", "op": "eq", "value": 1}}, "/filter/field"),
            ({"kind": "deal"}, "/kind"),
        ],
    )
    def test_refuse_what_the_noun_does_not_have(self, api: Api, patch: dict[str, Any], pointer: str) -> None:
        answer = api.post("/views", self.VIEW | patch)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)

    def test_answer_their_version(self, api: Api) -> None:
        view = api.post("/views", self.VIEW).json()
        assert api.patch(f"/views/{view['id']}", {"sort": None}, if_match='"1.0"').json()["version"] == 2
        assert api.patch(f"/views/{view['id']}", {"sort": "name"}, if_match='"1.0"').status_code == 412


class TestFavourites:
    def test_are_ones_own_in_ones_own_order(self, api: Api, sign_in: Callable[..., Api]) -> None:
        colleague = sign_in("Bob", workspace_id=api.user.workspace_id).a("viewer")
        ada, acme = api.person(first_name="Ada"), api.company(name="Acme")
        first = api.post("/favourites", {"kind": "contact", "record_id": ada["id"], "position": 1})
        api.post("/favourites", {"kind": "company", "record_id": acme["id"], "position": 2})
        assert first.status_code == 201
        assert api.post("/favourites", {"kind": "contact", "record_id": ada["id"]}).status_code == 200
        assert [each["title"] for each in api.get("/favourites").json()["items"]] == ["Ada", "Acme"]
        assert colleague.get("/favourites").json()["items"] == []
        assert colleague.delete(f"/favourites/{first.json()['id']}").status_code == 404
        api.patch(f"/favourites/{first.json()['id']}", {"position": 3})
        assert [each["title"] for each in api.get("/favourites").json()["items"]] == ["Acme", "Ada"]
        api.delete(f"/contacts/{ada['id']}")
        assert [each["title"] for each in api.get("/favourites").json()["items"]] == ["Acme"]
        assert colleague.post("/favourites", {"kind": "company", "record_id": acme["id"]}).status_code == 201

    def test_of_what_is_not_there_are_422(self, api: Api, other: Api) -> None:
        for record in (str(uuid.uuid4()), other.person()["id"]):
            answer = api.post("/favourites", {"kind": "contact", "record_id": record})
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/record_id")


class TestCompanies:
    def test_name_follows_into_people_without_a_version(self, api: Api) -> None:
        company = api.company(name="Old", phone="030 901820", address={"country": "germany"})
        assert (company["phone_e164"], company["address"]) == ("+4930901820", {"country": "DE"})
        person = api.person(first_name="Ada", company_id=company["id"])
        was = api.get(f"/contacts/{person['id']}")
        api.patch(f"/companies/{company['id']}", {"name": "New"})
        now = api.get(f"/contacts/{person['id']}", if_none_match=was.headers["ETag"])
        assert (now.status_code, now.json()["company_name"], now.json()["version"]) == (200, "New", 1)
        assert api.names({"filter": {"field": "company.name", "op": "eq", "value": "new"}}) == ["Ada"]
        assert (api.names({"q": "new"}), api.names({"q": "old"})) == (["Ada"], [])

    def test_need_a_name(self, api: Api) -> None:
        for body in ({}, {"name": " "}, {"domain": "x.org"}):
            answer = api.post("/companies", body)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")

    def test_sort_filter_and_search(self, api: Api) -> None:
        for name, size in (("Zeta", "10"), ("alpha", None), ("Éclair", "5")):
            api.company(name=name, size=size)
        assert api.names({"sort": "name"}, "/companies") == ["alpha", "Éclair", "Zeta"]
        assert api.names({"sort": "-size"}, "/companies")[-1] == "alpha"
        assert api.names({"q": "ecl"}, "/companies") == ["Éclair"]

    def test_purging_one_leaves_its_people(self, api: Api) -> None:
        company = api.company()
        person = api.person(first_name="Ada", company_id=company["id"])
        assert api.delete(f"/companies/{company['id']}", {"purge": "true"}).status_code == 204
        left = api.get(f"/contacts/{person['id']}").json()
        assert (left["company_id"], left["company_name"], left["version"]) == (None, None, 2)
