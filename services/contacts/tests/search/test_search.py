"""Search as typed: prefixes, several words, accents, typos, numbers; and the look-up for other services."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx2
import pytest
from conftest import Api

from crm_testkit.eventually import eventually
from crm_testkit.processes import Running


@pytest.fixture(scope="module")
def people(contacts: Running, tokens: Any) -> Iterator[Api]:
    with httpx2.Client(base_url=contacts.base_url, timeout=20) as client:
        api = Api(client, tokens.user())
        acme = api.company(name="Acme Röhren GmbH", domain="acme-pipes.example")["id"]
        api.person(
            first_name="Zoë", last_name="Ångström", company_id=acme, emails=[{"value": "z.a@acme-pipes.example"}]
        )
        api.person(
            first_name="Katherine", last_name="Johnson", phones=[{"value": "030 901 820"}], title="Mathematician"
        )
        api.person(first_name="John", last_name="O'Brien")
        yield api


class TestSearch:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("z", ["Zoë Ångström"]),
            ("ANGST", ["Zoë Ångström"]),
            ("ang zoe", ["Zoë Ångström"]),
            ("zoe johnson", []),
            ("acme", ["Zoë Ångström"]),
            ("rohr", ["Zoë Ångström"]),
            ("z.a@acme", ["Zoë Ångström"]),
            ("0309018", ["Katherine Johnson"]),
            ("+49 30 9018", ["Katherine Johnson"]),
            ("mathem", ["Katherine Johnson"]),
            ("o'brien", ["John O'Brien"]),
            ("brien", ["John O'Brien"]),
            ("katerine", ["Katherine Johnson"]),
            ("jonhson", ["Katherine Johnson"]),
            ("angstrem zo", ["Zoë Ångström"]),
            ("%", []),
            ("xyzzy", []),
        ],
    )
    def test_finds_people(self, people: Api, typed: str, found: list[str]) -> None:
        assert people.names({"q": typed}) == found

    def test_names_come_before_other_words(self, people: Api) -> None:
        items = people.get("/contacts/search", {"q": "john"}).json()["items"]
        assert items[0]["title"] == "John O'Brien"
        assert items[0]["score"] > items[1]["score"]

    def test_answers_both_kinds_with_what_tells_them_apart(self, people: Api) -> None:
        items = people.get("/contacts/search", {"q": "acme", "limit": 5}).json()["items"]
        assert {(item["kind"], item["title"], item["subtitle"]) for item in items} == {
            ("company", "Acme Röhren GmbH", "acme-pipes.example"),
            ("contact", "Zoë Ångström", "Acme Röhren GmbH"),
        }
        assert all(0 < item["score"] <= 1 for item in items)

    def test_goes_with_filter_sort_and_count(self, people: Api) -> None:
        clause = {"field": "title", "op": "empty", "value": True}
        assert people.names({"q": "john", "filter": clause}) == ["John O'Brien"]
        assert people.names({"q": "john", "sort": "-name"}) == ["John O'Brien", "Katherine Johnson"]
        assert people.get("/contacts", {"q": "john", "count": "exact"}).json()["total"] == 2

    def test_sees_nothing_of_another_workspace(self, people: Api, other: Api) -> None:
        assert other.names({"q": "zoe"}) == [] == other.names({"q": "katerine"})
        assert other.get("/contacts/search", {"q": "acme"}).json()["items"] == []

    def test_needs_something_to_search_for(self, people: Api) -> None:
        for params in ({}, {"q": " "}):
            assert people.get("/contacts/search", params).status_code == 400

    async def test_words_that_nobody_uses_leave_the_vocabulary(self, api: Api, worker: Running, database: Any) -> None:
        person = api.person(first_name="Quetzalcoatl")
        await eventually(lambda: is_known(database, "quetzalcoatl"), has="yes", within_s=10)
        api.patch(f"/contacts/{person['id']}", {"first_name": "Kukulkan"})
        await eventually(lambda: is_known(database, "quetzalcoatl"), has="no", within_s=10)


async def is_known(database: Any, word: str) -> str:
    owner = await asyncpg.connect(database("contacts").owner_url)
    try:
        found = await owner.fetchval("select count(*) from search_vocabulary where word = $1", word)
    finally:
        await owner.close()
    return "yes" if found else "no"


class TestLookup:
    def test_names_those_that_exist_here(self, api: Api, other: Api) -> None:
        ada, gone, acme = api.person(first_name="Ada"), api.person(first_name="Bob"), api.company(name="Acme")
        api.delete(f"/contacts/{gone['id']}")
        asked = {
            "contact_ids": [ada["id"], gone["id"], other.person()["id"], str(uuid.uuid4())],
            "company_ids": [acme["id"]],
        }
        answer = api.a("viewer").post("/contacts/lookup", asked, caller="events").json()
        assert sorted(answer["contacts"], key=lambda each: each["name"]) == [
            {"id": ada["id"], "name": "Ada"},
            {"id": gone["id"], "name": "Bob", "deleted": True},
        ]
        assert answer["companies"] == [{"id": acme["id"], "name": "Acme"}]
        assert api.post("/contacts/lookup", {"contact_ids": ["x"]}).status_code == 422
