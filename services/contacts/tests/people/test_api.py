"""People over HTTP: what api.md promises of one record."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from conftest import Api


class TestCreate:
    def test_answers_the_whole_record_with_place_and_tag(self, api: Api) -> None:
        answer = api.post(
            "/contacts", {"first_name": " Ada ", "last_name": "Lovelace", "emails": [{"value": "Ada@X.org"}]}
        )
        record = answer.json()
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/contacts/{record['id']}"
        assert answer.headers["ETag"] == '"1.0"'
        assert uuid.UUID(record["id"]).version == 7
        assert record["first_name"] == "Ada"
        assert record["emails"] == [{"value": "Ada@X.org", "label": None, "primary": True}]
        assert record["version"] == 1
        assert record["created_by"] == api.user.id
        assert record["tags"] == [] and record["custom"] == {} and record["address"] == {}
        assert answer.headers["X-Operation-Id"]

    def test_phones_keep_their_spelling_beside_e164(self, api: Api) -> None:
        assert api.person(phones=[{"value": "030 901820"}])["phones"][0]["e164"] == "+4930901820"

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({}, "", "nothing_to_go_by"),
            ({"first_name": "A", "shoe_size": "B"}, "/shoe_size", "unknown_field"),
            ({"first_name": "A", "version": 3}, "/version", "read_only"),
            ({"first_name": "x" * 201}, "/first_name", "too_long"),
            ({"first_name": 3}, "/first_name", "not_text"),
            (
                {"first_name": "A", "emails": [{"value": "a@b.org"}, {"value": "nope"}]},
                "/emails/1/value",
                "invalid_email",
            ),
            ({"first_name": "A", "emails": [{"value": f"a{n}@b.org"} for n in range(21)]}, "/emails", "too_many"),
            ({"first_name": "A", "phones": [{"value": "x"}]}, "/phones/0/value", "invalid_phone"),
            ({"first_name": "A", "links": [{"url": "javascript:alert(1)"}]}, "/links/0/url", "invalid_url"),
            ({"first_name": "A", "avatar_url": "data:text/html,x"}, "/avatar_url", "invalid_url"),
            ({"first_name": "A", "birthday": "2026-02-30"}, "/birthday", "invalid_date"),
            ({"first_name": "A", "company_id": str(uuid.uuid4())}, "/company_id", "unknown_company"),
            ({"first_name": "A", "owner_id": str(uuid.uuid4())}, "/owner_id", "unknown_member"),
            ({"first_name": "A", "custom": {"tier": "gold"}}, "/custom/tier", "unknown_field"),
            ({"first_name": "A", "address": {"planet": "Mars"}}, "/address/planet", "unknown_field"),
            ([], "", "not_an_object"),
        ],
    )
    def test_refuses_with_a_pointer(self, api: Api, body: Any, pointer: str, code: str) -> None:
        answer = api.post("/contacts", body)
        assert answer.status_code == 422
        assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {(pointer, code)}
        assert api.names({}) == []

    def test_names_every_error_at_once(self, api: Api) -> None:
        answer = api.post("/contacts", {"first_name": 1, "birthday": "x", "shoe_size": "y"})
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/first_name", "/birthday", "/shoe_size"}

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 201)])
    def test_needs_a_member(self, api: Api, role: str, status: int) -> None:
        assert api.a(role).post("/contacts", {"first_name": "A"}).status_code == status

    def test_what_is_no_json_is_400(self, api: Api) -> None:
        answer = api.http.post(
            "/api/v1/contacts",
            content=b"{",
            headers=dict(api.get("/contacts").request.headers)
            | {"Content-Type": "application/json", "Content-Length": "1"},
        )
        assert answer.status_code == 400


class TestChange:
    def test_merges_objects_and_replaces_lists(self, api: Api) -> None:
        person = api.person(first_name="Ada", address={"city": "London", "country": "Germany"}, tags=["a", "b"])
        assert person["address"] == {"city": "London", "country": "DE"}
        changed = api.patch(
            f"/contacts/{person['id']}", {"address": {"street": "X", "country": None}, "tags": ["c"]}
        ).json()
        assert changed["address"] == {"city": "London", "street": "X"}
        assert changed["tags"] == ["c"]
        assert changed["version"] == 2

    def test_that_changes_nothing_keeps_the_version_and_has_no_operation(self, api: Api) -> None:
        person = api.person()
        answer = api.patch(f"/contacts/{person['id']}", {"first_name": "Ada"})
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert "X-Operation-Id" not in answer.headers

    @pytest.mark.parametrize(
        ("tag", "status"), [('"1.0"', 200), ('W/"1.9"', 200), ("*", 200), ('"2.0"', 412), ('"x"', 412)]
    )
    def test_if_match_compares_the_version(self, api: Api, tag: str, status: int) -> None:
        person = api.person()
        assert api.patch(f"/contacts/{person['id']}", {"title": "CTO"}, if_match=tag).status_code == status

    def test_may_not_leave_nothing_to_go_by(self, api: Api) -> None:
        person = api.person(first_name="Ada")
        assert api.patch(f"/contacts/{person['id']}", {"first_name": " "}).status_code == 422

    def test_is_seen_by_the_next_read(self, api: Api) -> None:
        person = api.person()
        for title in ("CTO", "CEO", "COO"):
            api.get(f"/contacts/{person['id']}"), api.get("/contacts")
            api.patch(f"/contacts/{person['id']}", {"title": title})
            assert api.get(f"/contacts/{person['id']}").json()["title"] == title
            assert api.get("/contacts").json()["items"][0]["title"] == title


class TestRead:
    def test_if_none_match_answers_304_on_record_and_list(self, api: Api) -> None:
        person = api.person()
        for path in (f"/contacts/{person['id']}", "/contacts"):
            tag = api.get(path).headers["ETag"]
            assert api.get(path, if_none_match=tag).status_code == 304
            assert api.get(path, if_none_match='"other"').status_code == 200

    def test_list_item_is_the_whole_record(self, api: Api) -> None:
        person = api.person()
        assert api.get("/contacts").json()["items"] == [api.get(f"/contacts/{person['id']}").json()] == [person]

    @pytest.mark.parametrize("identifier", ["x", str(uuid.uuid4())])
    def test_unknown_ids_are_404(self, api: Api, identifier: str) -> None:
        assert api.get(f"/contacts/{identifier}").status_code == 404

    def test_as_of_is_the_record_as_it_was(self, api: Api) -> None:
        person = api.person(first_name="Ada", title="Countess", address={"city": "London"})
        before = person["updated_at"]
        api.patch(f"/contacts/{person['id']}", {"title": None, "address": {"city": None}})
        at = api.get(f"/contacts/{person['id']}", {"as_of": history_at(api, person["id"], 1)}).json()
        assert (at["version"], at["title"], at["address"]) == (1, "Countess", {"city": "London"})
        assert before

    @pytest.mark.parametrize("moment", ["yesterday", "2026-11-23T09:30:00", "0001-01-01T00:00:00+14:00"])
    def test_as_of_what_is_no_moment_is_400(self, api: Api, moment: str) -> None:
        refused = api.get(f"/contacts/{api.person()['id']}", {"as_of": moment})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/query/as_of")


def history_at(api: Api, record_id: str, version: int) -> str:
    items = api.get(f"/contacts/{record_id}/history").json()["items"]
    return next(str(item["at"]) for item in items if item["version"] == version)


class TestHistory:
    def test_lists_who_and_which_fields_from_and_to(self, api: Api) -> None:
        person = api.person(first_name="Ada", address={"city": "London"})
        api.patch(f"/contacts/{person['id']}", {"first_name": "Augusta", "address": {"city": "Paris"}})
        newest, oldest = api.get(f"/contacts/{person['id']}/history").json()["items"]
        assert newest["verb"] == "contact.changed"
        assert newest["actor"] == {"id": api.user.id, "name": "Ada Lovelace"}
        assert newest["contact_id"] == person["id"]
        assert newest["changes"] == [
            {"field": "first_name", "from": "Ada", "to": "Augusta"},
            {"field": "address.city", "from": "London", "to": "Paris"},
        ]
        assert oldest["verb"] == "contact.created"
        assert {"field": "first_name", "from": None, "to": "Ada"} in oldest["changes"]


class TestTrash:
    def test_takes_it_out_of_lists_and_restore_brings_it_back(self, api: Api) -> None:
        person = api.person()
        answer = api.delete(f"/contacts/{person['id']}")
        assert answer.status_code == 204 and answer.headers["X-Operation-Id"]
        assert api.get(f"/contacts/{person['id']}").json()["deleted_at"]
        assert api.names({}) == [] and api.names({"q": "ada"}) == []
        assert api.names({"trashed": "true"}) == ["Ada Lovelace"]
        restored = api.post(f"/contacts/{person['id']}/restore")
        assert restored.status_code == 200 and restored.json()["deleted_at"] is None
        assert api.names({}) == ["Ada Lovelace"] == api.names({"q": "ada"})

    def test_refuses_other_changes_meanwhile(self, api: Api) -> None:
        person = api.person()
        path = f"/contacts/{person['id']}"
        assert api.post(f"{path}/restore").status_code == 409
        api.delete(path)
        assert api.patch(path, {"title": "x"}).status_code == 409
        assert api.delete(path).status_code == 409

    @pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 204)])
    def test_purge_needs_an_admin(self, api: Api, role: str, status: int) -> None:
        person = api.person()
        assert api.a(role).delete(f"/contacts/{person['id']}", {"purge": "true"}).status_code == status
        assert api.get(f"/contacts/{person['id']}").status_code == (200 if status == 403 else 404)


class TestIdempotencyKey:
    def test_answers_as_the_first_time_and_does_nothing_more(self, api: Api) -> None:
        first = api.post("/contacts", {"first_name": "Ada"}, idempotency_key="k1")
        again = api.post("/contacts", {"first_name": "Ada"}, idempotency_key="k1")
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["X-Operation-Id"] == first.headers["X-Operation-Id"]
        assert api.post("/contacts", {"first_name": "Eve"}, idempotency_key="k1").status_code == 422
        assert api.names({}) == ["Ada"]
