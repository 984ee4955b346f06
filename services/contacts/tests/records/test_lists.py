"""Lists: paging, sorting, every operator of the filter language, what is refused."""

from __future__ import annotations

import base64
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import Api

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def people(contacts: Any, tokens: Any) -> Iterator[Api]:
    """A workspace with four people who differ in every field."""
    import httpx2

    with httpx2.Client(base_url=contacts.base_url, timeout=20) as client:
        api = Api(client, tokens.user())
        for field in (
            {"label": "Tier", "type": "select", "options": ["gold", "silver"]},
            {"label": "Score", "type": "number"},
            {"label": "Since", "type": "date"},
            {"label": "Ok", "type": "boolean"},
            {"label": "Langs", "type": "multi_select", "options": ["de", "en", "fr"]},
            {"label": "Nick", "type": "text"},
        ):
            assert api.post("/fields", field).status_code == 201
        acme = api.company(name="Ácme GmbH")["id"]
        api.person(
            first_name="Zoë", last_name="Ångström", title="CTO", company_id=acme,
            emails=[{"value": "Zoe@Acme.example"}],
            phones=[{"value": "+49 30 901820"}], tags=["VIP", "press"], address={"city": "Köln"}, birthday="1990-05-01",
            links=[{"url": "https://zoe.example/x"}], owner_id=api.user.id,
            custom={
                "tier": "gold", "score": 10, "since": "2024-01-01", "ok": True, "langs": ["de", "en"], "nick": "Zed",
            },
        )  # fmt: skip
        api.person(
            first_name="bob", last_name="Brown", title="cfo", emails=[{"value": "bob@brown.example"}], tags=["vip"],
            address={"city": "Bonn"}, birthday=str(TODAY - timedelta(days=3)),
            custom={"tier": "silver", "score": 2.5, "since": "2025-01-01", "ok": False, "langs": ["fr"]},
        )  # fmt: skip
        api.person(
            first_name="Ann", last_name="Brown", description="likes tea", birthday=str(TODAY + timedelta(days=5))
        )
        api.person(emails=[{"value": "nobody@void.example"}])
        yield api


ZOE, BOB, ANN, NOBODY = "Zoë Ångström", "bob Brown", "Ann Brown", "nobody@void.example"
ALL = {ZOE, BOB, ANN, NOBODY}

CLAUSES: list[tuple[str, str, Any, set[str]]] = [
    ("last_name", "eq", "ANGSTROM", {ZOE}),
    ("last_name", "ne", "brown", {ZOE, NOBODY}),
    ("last_name", "contains", "row", {BOB, ANN}),
    ("last_name", "starts", "ång", {ZOE}),
    ("last_name", "empty", True, {NOBODY}),
    ("last_name", "empty", False, ALL - {NOBODY}),
    ("name", "contains", "zoe", {ZOE}),
    ("title", "eq", "CFO", {BOB}),
    ("description", "contains", "TEA", {ANN}),
    ("emails", "eq", "zoe@acme.example", {ZOE}),
    ("emails", "ne", "zoe@acme.example", ALL - {ZOE}),
    ("emails", "eq", "zoe@acme.exampl", set()),
    ("emails", "contains", "ACME", {ZOE}),
    ("emails", "starts", "bob@", {BOB}),
    ("emails", "empty", True, {ANN}),
    ("phones", "eq", "+4930901820", {ZOE}),
    ("phones", "contains", "30 9018", {ZOE}),
    ("phones", "empty", False, {ZOE}),
    ("links", "contains", "zoe.example", {ZOE}),
    ("company.name", "starts", "acme", {ZOE}),
    ("company_id", "empty", True, ALL - {ZOE}),
    ("address.city", "eq", "koln", {ZOE}),
    ("address.city", "empty", True, {ANN, NOBODY}),
    ("tags", "has", "vip", {ZOE, BOB}),
    ("tags", "has_any", ["press", "unknown"], {ZOE}),
    ("tags", "has_all", ["vip", "PRESS"], {ZOE}),
    ("tags", "empty", True, {ANN, NOBODY}),
    ("tags", "empty", False, {ZOE, BOB}),
    ("birthday", "eq", "1990-05-01", {ZOE}),
    ("birthday", "ne", "1990-05-01", ALL - {ZOE}),
    ("birthday", "lt", "2000-01-01", {ZOE}),
    ("birthday", "lte", "1990-05-01", {ZOE}),
    ("birthday", "gt", "2000-01-01", {BOB, ANN}),
    ("birthday", "gte", "1990-05-01", {ZOE, BOB, ANN}),
    ("birthday", "between", ["1990-01-01", "1991-01-01"], {ZOE}),
    ("birthday", "last_days", 7, {BOB}),
    ("birthday", "next_days", 7, {ANN}),
    ("birthday", "empty", True, {NOBODY}),
    ("created_at", "last_days", 1, ALL),
    ("created_at", "gt", "2999-01-01T00:00:00Z", set()),
    ("updated_at", "between", ["2020-01-01", "2999-01-01"], ALL),
    ("last_activity_at", "empty", True, ALL),
    ("version", "eq", 1, ALL),
    ("custom.tier", "eq", "Gold", {ZOE}),
    ("custom.tier", "ne", "gold", ALL - {ZOE}),
    ("custom.tier", "in", ["gold", "silver"], {ZOE, BOB}),
    ("custom.tier", "empty", True, {ANN, NOBODY}),
    ("custom.score", "gte", 2.5, {ZOE, BOB}),
    ("custom.score", "between", [3, 11], {ZOE}),
    ("custom.since", "lt", "2024-06-01", {ZOE}),
    ("custom.since", "last_days", 36500, {ZOE, BOB}),
    ("custom.ok", "eq", True, {ZOE}),
    ("custom.ok", "in", [True, False], {ZOE, BOB}),
    ("custom.langs", "has", "en", {ZOE}),
    ("custom.langs", "has_any", ["en", "fr"], {ZOE, BOB}),
    ("custom.langs", "has_all", ["en", "de"], {ZOE}),
    ("custom.langs", "empty", True, {ANN, NOBODY}),
    ("custom.nick", "contains", "ZE", {ZOE}),
]


class TestFilter:
    @pytest.mark.parametrize(("field", "op", "value", "found"), CLAUSES)
    def test_clause(self, people: Api, field: str, op: str, value: Any, found: set[str]) -> None:
        clause = {"field": field, "op": op, "value": value}
        assert set(people.names({"filter": clause})) == found
        assert set(people.names({"filter": {"not": clause}})) == ALL - found

    def test_ids_and_owner(self, people: Api) -> None:
        zoe = next(item for item in people.get("/contacts").json()["items"] if item["name"] == ZOE)
        for field, op, value in [
            ("id", "eq", zoe["id"]),
            ("id", "in", [zoe["id"]]),
            ("owner_id", "eq", people.user.id),
            ("company_id", "eq", zoe["company_id"]),
        ]:
            assert people.names({"filter": {"field": field, "op": op, "value": value}}) == [ZOE]

    def test_nodes_nest(self, people: Api) -> None:
        gold = {"field": "custom.tier", "op": "eq", "value": "gold"}
        brown = {"field": "last_name", "op": "eq", "value": "brown"}
        vip = {"field": "tags", "op": "has", "value": "vip"}
        assert set(people.names({"filter": {"or": [gold, {"and": [brown, vip]}]}})) == {ZOE, BOB}
        assert people.names({"filter": {"and": [{"not": {"or": [gold, vip]}}, brown]}}) == [ANN]
        assert set(people.names({"filter": {"and": []}})) == ALL

    @pytest.mark.parametrize(
        ("node", "pointer"),
        [
            ({"field": "nope", "op": "eq", "value": 1}, "/query/filter/field"),
            ({"field": "title", "op": "gt", "value": 1}, "/query/filter/op"),
            ({"field": "birthday", "op": "eq", "value": "x"}, "/query/filter/value"),
            ({"field": "birthday", "op": "between", "value": ["2020-01-01"]}, "/query/filter/value"),
            ({"field": "custom.score", "op": "eq", "value": "1"}, "/query/filter/value"),
            ({"field": "tags", "op": "has_any", "value": []}, "/query/filter/value"),
            ({"field": "id", "op": "eq", "value": "x"}, "/query/filter/value"),
            ({"field": "title", "op": "eq", "value": "x", "extra": 1}, "/query/filter"),
            ({"and": [{"or": [{"xor": []}]}]}, "/query/filter/and/0/or/0"),
            ({"not": {"not": {"not": {"not": {"not": {"and": []}}}}}}, "/query/filter/not/not/not/not/not"),
            ([], "/query/filter"),
            ({"and": [{"field": "title", "op": "empty"}] * 31}, "/query/filter/and/30"),
        ],
    )
    def test_refuses_with_a_pointer(self, people: Api, node: Any, pointer: str) -> None:
        answer = people.get("/contacts", {"filter": json.dumps(node)})
        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]

    def test_value_is_never_sql(self, people: Api) -> None:
        for value in ("' or 1=1 --", "%", "_", "\\", "$1", "a\nb"):
            assert people.names({"filter": {"field": "title", "op": "contains", "value": value}}) == []


class TestSort:
    @pytest.mark.parametrize(
        ("sort", "names"),
        [
            ("name", [ZOE, ANN, BOB, NOBODY]),
            ("-name", [BOB, ANN, ZOE, NOBODY]),
            ("last_name", [ZOE, ANN, BOB, NOBODY]),
            ("first_name", [ANN, BOB, ZOE, NOBODY]),
            ("-first_name", [ZOE, BOB, ANN, NOBODY]),
            ("birthday", [ZOE, BOB, ANN, NOBODY]),
            ("-birthday", [ANN, BOB, ZOE, NOBODY]),
            ("created_at", [ZOE, BOB, ANN, NOBODY]),
            ("-created_at", [NOBODY, ANN, BOB, ZOE]),
        ],
    )
    def test_order(self, people: Api, sort: str, names: list[str]) -> None:
        assert people.names({"sort": sort}) == names
        assert paged(people, {"sort": sort}, limit=1) == names

    @pytest.mark.parametrize(
        "sort", ["title", "company.name", "address.city", "custom.score", "custom.since", "custom.nick"]
    )
    def test_empty_values_come_last_both_ways(self, people: Api, sort: str) -> None:
        for direction in ("", "-"):
            assert NOBODY in people.names({"sort": direction + sort})[1:]
            assert ZOE in people.names({"sort": direction + sort})[:2]
            assert paged(people, {"sort": direction + sort}, limit=1) == people.names({"sort": direction + sort})

    def test_unknown_field_is_400(self, people: Api) -> None:
        for sort in ("nope", "tags", "-emails", "custom.nope"):
            assert people.get("/contacts", {"sort": sort}).json()["errors"][0]["pointer"] == "/query/sort"


def paged(api: Api, params: dict[str, Any], limit: int) -> list[str]:
    """All names, page by page."""
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/contacts", {**params, "limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    return names


class TestPaging:
    @pytest.mark.parametrize(
        ("name", "value"),
        [("limit", "0"), ("limit", "201"), ("limit", "x"), ("count", "all"), ("trashed", "maybe"), ("filter", "{")],
    )
    def test_bad_parameters_are_400(self, people: Api, name: str, value: str) -> None:
        answer = people.get("/contacts", {name: value})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"/query/{name}")

    def test_count_is_exact(self, people: Api) -> None:
        assert people.get("/contacts", {"count": "exact", "limit": 1}).json()["total"] == 4
        clause = json.dumps({"field": "tags", "op": "has", "value": "vip"})
        assert people.get("/contacts", {"count": "exact", "filter": clause}).json()["total"] == 2
        assert "total" not in people.get("/contacts").json()

    def test_cursor_fits_no_other_list(self, people: Api, other: Api) -> None:
        cursor = people.get("/contacts", {"limit": 1}).json()["next_cursor"]
        assert people.get("/contacts", {"cursor": cursor, "limit": 2}).status_code == 200
        flipped = base64.urlsafe_b64encode(b"x" * 40).decode()
        for bad in (
            {"cursor": cursor, "sort": "name"},
            {"cursor": cursor, "filter": json.dumps({"and": []})},
            {"cursor": cursor[:-2] + "AA"},
            {"cursor": flipped},
            {"cursor": "x"},
        ):
            answer = people.get("/contacts", bad)
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/query/cursor")
        assert other.get("/contacts", {"cursor": cursor}).status_code == 400


class TestPagingWhileRowsComeAndGo:
    def test_no_row_twice_and_no_stable_row_missed(self, api: Api) -> None:
        rows = [api.person(first_name=f"P{n:03d}") for n in range(120)]
        stable, passing = {row["id"] for row in rows[::2]}, [row["id"] for row in rows[1::2]]
        stop = threading.Event()

        def nemesis() -> None:
            dice = random.Random(7)  # noqa: S311 - a repeatable mess
            while passing and not stop.is_set():
                api.delete(f"/contacts/{passing.pop(dice.randrange(len(passing)))}")
                api.person(first_name=f"N{dice.random()}")

        disturbing = threading.Thread(target=nemesis)
        disturbing.start()
        try:
            for sort in ("first_name", "-created_at", "name", "id"):
                seen = list(ids(api, sort))
                assert len(seen) == len(set(seen))
                assert stable <= set(seen)
        finally:
            stop.set()
            disturbing.join()


def ids(api: Api, sort: str) -> Iterator[str]:
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/contacts", {"sort": sort, "limit": 7, **({"cursor": cursor} if cursor else {})}).json()
        yield from (item["id"] for item in page["items"])
        cursor = page["next_cursor"]
