"""What each line of a field table causes, over HTTP. A new line is tested by being there."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from conftest import Api

from contacts.companies import COMPANIES
from contacts.people import PEOPLE
from crm_resource import Field, Kind
from crm_testkit.headers import internal_headers

SAMPLES: dict[Kind, Any] = {
    Kind.TEXT: "Zebra",
    Kind.NUMBER: 7,
    Kind.BOOLEAN: True,
    Kind.DATE: "1990-02-03",
    Kind.INSTANT: "2026-02-03T10:00:00Z",
    Kind.URL: "https://example.org/zebra",
    Kind.EMAIL: "zebra@example.org",
    Kind.PHONE: "+49 30 901820",
    Kind.EMAILS: [{"value": "zebra@example.org"}],
    Kind.PHONES: [{"value": "+49 30 901820"}],
    Kind.LINKS: [{"url": "https://example.org/zebra"}],
    Kind.TAGS: ["zebra"],
}
# They name what somebody else keeps: people/test_api.py and settings/test_settings.py have them.
ELSEWHERE = {"company_id", "owner_id", "custom"}
PATHS = {"contact": "/contacts", "company": "/companies"}
EMPTY = {"contact": {"first_name": "A"}, "company": {"name": "A"}}
LISTS = (Kind.EMAILS, Kind.PHONES, Kind.LINKS, Kind.TAGS, Kind.OBJECT)


def every_field(
    *, noun: str = "", kinds_without: tuple[Kind, ...] = (), personal: bool = False
) -> pytest.MarkDecorator:
    """Those of both nouns, or some of them."""
    chosen = [
        pytest.param(resource.noun, field, id=f"{resource.noun}-{field.name}")
        for resource in (PEOPLE, COMPANIES)
        for field in resource.fields.own()
        if field.name not in ELSEWHERE
        and noun in ("", resource.noun)
        and field.kind not in kinds_without
        and (field.personal or not personal)
    ]
    return pytest.mark.parametrize(("noun", "field"), chosen)


def sample(field: Field) -> Any:
    if field.kind is Kind.OBJECT:
        return {"city": "Zebra"}
    return field.options[0] if field.options else SAMPLES[field.kind]


def filled(api: Api, noun: str, field: Field) -> dict[str, Any]:
    """A record with that field, beside one without it."""
    for values in (EMPTY[noun], EMPTY[noun] | {field.name: sample(field)}):
        answer = api.post(PATHS[noun], values)
        assert answer.status_code == 201, answer.text
    return dict(answer.json())


@every_field()
def test_what_is_written_is_read_and_stands_in_the_history(api: Api, noun: str, field: Field) -> None:
    path = f"{PATHS[noun]}/{api.post(PATHS[noun], EMPTY[noun]).json()['id']}"
    changed = api.patch(path, {field.name: sample(field)})
    assert changed.status_code == 200, changed.text
    assert api.get(path).json() == changed.json()
    assert changed.json()[field.name]
    changes = api.get(f"{path}/history").json()["items"][0]["changes"]
    assert [change["field"].partition(".")[0] for change in changes] == [field.name]


@every_field()
def test_a_filter_tells_who_has_it(api: Api, noun: str, field: Field) -> None:
    record = filled(api, noun, field)
    name = f"{field.name}.city" if field.kind is Kind.OBJECT else field.name
    clause = {"field": name, "op": "empty", "value": False}
    found = api.get(PATHS[noun], {"filter": json.dumps(clause)})
    assert found.status_code == 200, found.text
    others = 1 if field.name in EMPTY[noun] else 0
    assert record["id"] in {item["id"] for item in found.json()["items"]}
    assert len(found.json()["items"]) == 1 + others


@every_field(kinds_without=LISTS)
def test_a_sort_puts_those_without_it_last_both_ways(api: Api, noun: str, field: Field) -> None:
    record = filled(api, noun, field)
    for sort in (field.name, f"-{field.name}"):
        items = api.get(PATHS[noun], {"sort": sort}).json()["items"]
        assert len(items) == 2
        if field.name not in EMPTY[noun]:
            assert items[0]["id"] == record["id"]


@every_field(noun="contact")
def test_an_export_has_it(api: Api, noun: str, field: Field) -> None:
    filled(api, noun, field)
    text = api.get("/exports", {"format": "csv"}).text.removeprefix("\ufeff")
    value = sample(field)
    word = "901820" if field.kind is Kind.PHONES else "1990-02-03" if field.kind is Kind.DATE else "ebra"
    assert value and any(word in cell for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row)


@every_field(noun="contact", kinds_without=(Kind.OBJECT,))
def test_an_import_knows_its_names(api: Api, noun: str, field: Field) -> None:
    for name in (field.label, *field.import_names):
        files = {"file": ("contacts.csv", f"{name},Something else\n1,2\n".encode(), "text/csv")}
        answer = api.http.post("/api/v1/imports", files=files, headers=internal_headers(api.user, role="owner"))
        assert answer.json()["columns"][0]["guess"] is not None, name


@every_field(personal=True)
def test_nothing_personal_is_left_of_who_was_purged(api: Api, noun: str, field: Field) -> None:
    record = filled(api, noun, field)
    path = f"{PATHS[noun]}/{record['id']}"
    assert api.delete(path).status_code == 204
    assert api.delete(path, {"purge": "true"}).status_code == 204
    left = api.get(f"{path}/history").text
    assert not [word for word in ("ebra", "901820", "1990-02-03") if word in left]
