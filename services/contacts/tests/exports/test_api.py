"""What is taken out can be read by others, run by nobody, and brought back as it was."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from conftest import Api

from crm_testkit import eventually
from crm_testkit.blocking import run
from crm_testkit.headers import internal_headers

ADA: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": '\'t Hooft; "née" Byron, Ω',
    "title": "=HYPERLINK(1)",
    "emails": [{"value": "ada@example.org", "label": "work"}, {"value": "a.l@example.org", "primary": True}],
    "phones": [{"value": "+49 30 1234567", "label": "mobile (old)"}, {"value": "(030) 7654321"}],
    "links": [{"url": "https://example.org/a;b", "label": "blog"}],
    "tags": ["vip", "a, b; c"],
    "address": {"street": "-5 Main\nStreet", "city": "@home", "country": "DE"},
    "birthday": "1815-12-10",
    "description": "first line\nsecond line",
}


def own(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ADA}


def brought_in(api: Api, text: str) -> dict[str, int]:
    """The file imported; its totals."""
    files = {"file": ("contacts.csv", text.encode(), "text/csv")}
    answer = api.http.post("/api/v1/imports", files=files, headers=internal_headers(api.user, role="owner"))
    path = f"/imports/{answer.json()['id']}"
    api.post(f"{path}/run")
    run(eventually(lambda: api.get(path).json()["status"] == "done", within_s=30))
    return dict(api.get(path).json()["totals"])


class TestCsv:
    def test_an_import_brings_back_what_an_export_took_out(self, api: Api, other: Api, worker: Any) -> None:
        record = api.person(**ADA)
        text = api.get("/exports", {"format": "csv"}).text
        assert brought_in(other, text)["created"] == 1
        assert own(other.get("/contacts").json()["items"][0]) == own(record)

    def test_no_cell_is_a_formula(self, api: Api) -> None:
        api.person(**ADA)
        text = api.get("/exports", {"format": "csv"}).text
        table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        assert not [cell for cell in table[1] if cell.startswith(("=", "+", "-", "@", "\t"))]
        assert "'=HYPERLINK(1)" in table[1]


def test_json_is_the_records_as_the_api_gives_them(api: Api) -> None:
    people = [api.person(first_name=f"P{n}") for n in range(3)]
    assert api.get("/exports", {"format": "json"}).json() == people


def test_its_type_is_said_once(api: Api) -> None:
    assert api.get("/exports", {"format": "csv"}).headers["Content-Type"] == "text/csv; charset=utf-8"


def test_an_empty_export_is_an_empty_list(api: Api) -> None:
    assert api.get("/exports", {"format": "json"}).json() == []


def test_vcards_are_folded_and_escaped(api: Api) -> None:
    api.person(**ADA | {"description": "ä" * 200})
    text = api.get("/exports", {"format": "vcf"}).text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCARD"
    assert r"N:'t Hooft\; " + '"née" Byron' + r"\, Ω;Ada;;;" in lines
    assert "EMAIL;TYPE=INTERNET,WORK:ada@example.org" in lines
    assert "EMAIL;TYPE=INTERNET,PREF:a.l@example.org" in lines
    assert "NOTE:" + "ä" * 200 in lines


def test_the_filter_of_lists_chooses_who_is_in_it(api: Api) -> None:
    ids = [api.person(first_name=f"P{n}", tags=["even"] if n % 2 == 0 else [])["id"] for n in range(6)]
    wanted = json.dumps({"field": "tags", "op": "has", "value": "even"})
    assert [each["id"] for each in api.get("/exports", {"format": "json", "filter": wanted}).json()] == ids[::2]


def test_more_than_a_page_comes_out_whole_and_once(api: Api, worker: Any) -> None:
    brought_in(api, "first_name\n" + "".join(f"P{n}\n" for n in range(2_300)))
    names = [each["first_name"] for each in api.get("/exports", {"format": "json"}).json()]
    assert sorted(names) == sorted(f"P{n}" for n in range(2_300))


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({}, "/query/format"),
        ({"format": "pdf"}, "/query/format"),
        ({"format": "csv", "filter": "{"}, "/query/filter"),
        ({"format": "csv", "filter": '{"field": "planet", "op": "eq", "value": 1}'}, "/query/filter"),
    ],
)
def test_what_cannot_be_read_is_refused_before_the_first_byte(api: Api, params: dict[str, str], pointer: str) -> None:
    answer = api.get("/exports", params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


def test_another_workspace_s_people_are_not_in_it(api: Api, other: Api) -> None:
    api.person(first_name="Ada")
    assert other.get("/exports", {"format": "json"}).json() == []
