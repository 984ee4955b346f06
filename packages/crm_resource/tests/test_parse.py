"""A body against a field table: what is kept, what is refused, all of it at once."""

from __future__ import annotations

from typing import Any

import pytest

from crm_resource import Context, Field, FieldTable, Invalid, Kind, parse_new, parse_patch, read_schema, written_schema

TABLE = FieldTable(
    "person",
    (
        Field("id", Kind.ID, "Id", read_only=True, required=True),
        Field("first_name", Kind.TEXT, "First name", max_length=10),
        Field("emails", Kind.EMAILS, "E-mails", max_length=3),
        Field("phones", Kind.PHONES, "Phones", max_length=3),
        Field("tags", Kind.TAGS, "Tags", max_length=3),
        Field("links", Kind.LINKS, "Links", max_length=3),
        Field("size", Kind.NUMBER, "Size"),
        Field("ok", Kind.BOOLEAN, "Ok"),
        Field("born", Kind.DATE, "Born"),
        Field("met_at", Kind.INSTANT, "Met"),
        Field("owner_id", Kind.ID, "Owner"),
        Field("tier", Kind.SELECT, "Tier", options=("gold", "Silver")),
        Field("langs", Kind.MULTI_SELECT, "Languages", options=("de", "en"), max_length=5),
        Field(
            "address",
            Kind.OBJECT,
            "Address",
            members=(Field("city", Kind.TEXT, "City"), Field("country", Kind.TEXT, "C")),
        ),
        Field("custom", Kind.OBJECT, "Custom"),
        Field("company.name", Kind.TEXT, "Company", column="company_name", filter_only=True),
    ),
)
GERMANY = Context("DE")


def child(value: str, *, label: str | None = None, primary: bool = True, **more: Any) -> dict[str, Any]:
    return {"value": value, "label": label, "primary": primary, **more}


class TestValues:
    @pytest.mark.parametrize(
        ("field", "given", "kept"),
        [
            ("first_name", "  Ada ", "Ada"),
            ("first_name", "   ", None),
            ("emails", [{"value": " Ada@X.org "}], [child("Ada@X.org")]),
            ("emails", [{"value": "a@b.de"}, {"value": "A@B.DE", "label": "twice"}], [child("a@b.de")]),
            (
                "emails",
                [{"value": "a@b.de"}, {"value": "c@d.de", "primary": True}],
                [child("a@b.de", primary=False), child("c@d.de")],
            ),
            ("phones", [{"value": "030 901820"}], [child("030 901820", e164="+4930901820")]),
            ("phones", [{"value": "12 345", "e164": "nonsense"}], [child("12 345", e164="+4912345")]),
            ("tags", [" vip", "VIP", "lead"], ["vip", "lead"]),
            ("tags", ["", "x"], ["x"]),
            ("links", [{"url": "www.x.org/a"}], [{"url": "https://www.x.org/a", "label": None}]),
            ("size", 2.5, 2.5),
            ("ok", False, False),
            ("born", "2026-02-28", "2026-02-28"),
            ("met_at", "2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00+00:00"),
            ("owner_id", "0192F0C0-0000-7000-8000-00000000000A", "0192f0c0-0000-7000-8000-00000000000a"),
            ("tier", "SILVER", "Silver"),
            ("langs", ["EN", "de"], ["de", "en"]),
            ("address", {"city": "Köln", "country": "deutschland"}, {"city": "Köln", "country": "DE"}),
            ("address", {"country": "Atlantis"}, {"country": "Atlantis"}),
            ("emails", None, []),
        ],
    )
    def test_are_normalised(self, field: str, given: Any, kept: Any) -> None:
        assert parse_patch(TABLE, {field: given}, GERMANY) == {field: kept}

    @pytest.mark.parametrize(
        ("field", "given", "pointer", "code"),
        [
            ("first_name", "x" * 11, "/first_name", "too_long"),
            ("first_name", "a\0b", "/first_name", "invalid_text"),
            ("first_name", "\ud800", "/first_name", "invalid_text"),
            ("emails", "a@b.de", "/emails", "not_a_list"),
            ("emails", ["a@b.de"], "/emails/0", "not_an_object"),
            ("emails", [{"value": "a@b.de", "kind": "x"}], "/emails/0/kind", "unknown_field"),
            ("emails", [{"label": "x"}], "/emails/0/value", "required"),
            ("emails", [{"value": "a@b.de", "primary": 1}], "/emails/0/primary", "not_a_boolean"),
            (
                "emails",
                [{"value": "a@b.de", "primary": True}, {"value": "c@d.de", "primary": True}],
                "/emails/1/primary",
                "several_primary",
            ),
            ("links", [{"url": "javascript:alert(1)"}], "/links/0/url", "invalid_url"),
            ("links", [{"url": "http://"}], "/links/0/url", "invalid_url"),
            ("links", [{"url": "https://a b.c"}], "/links/0/url", "invalid_url"),
            ("tags", ["a", "b", "c", "d"], "/tags", "too_many"),
            ("size", "3", "/size", "not_a_number"),
            ("size", True, "/size", "not_a_number"),
            ("size", 1e300, "/size", "out_of_range"),
            ("ok", "yes", "/ok", "not_a_boolean"),
            ("born", "2026-02-30", "/born", "invalid_date"),
            ("born", "20260228", "/born", "invalid_date"),
            ("met_at", "2026-01-01T12:00:00", "/met_at", "invalid_instant"),
            ("owner_id", "x", "/owner_id", "invalid_id"),
            ("tier", "tin", "/tier", "not_an_option"),
            ("langs", ["fr"], "/langs/0", "not_an_option"),
            ("address", "Köln", "/address", "not_an_object"),
            ("custom", {"a/b": 1}, "/custom/a~1b", "unknown_field"),
            ("id", "x", "/id", "read_only"),
            ("company.name", "x", "/company.name", "unknown_field"),
        ],
    )
    def test_are_refused_with_a_pointer(self, field: str, given: Any, pointer: str, code: str) -> None:
        with pytest.raises(Invalid) as refused:
            parse_patch(TABLE, {field: given}, GERMANY)
        assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [(pointer, code)]

    def test_all_problems_come_at_once(self) -> None:
        with pytest.raises(Invalid) as refused:
            parse_patch(TABLE, {"born": "x", "nope": 1, "emails": [{"value": "x"}, {"value": "y"}]}, GERMANY)
        pointers = {problem.pointer for problem in refused.value.problems}
        assert pointers == {"/born", "/nope", "/emails/0/value", "/emails/1/value"}


class TestNew:
    def test_has_every_own_field_and_the_defaults(self) -> None:
        table = TABLE.with_custom([Field("level", Kind.NUMBER, "Level", default=3), Field("nick", Kind.TEXT, "Nick")])
        assert parse_new(table, {"first_name": "Ada", "custom": {"nick": None}}, GERMANY) == {
            "first_name": "Ada", "emails": [], "phones": [], "tags": [], "links": [], "size": None, "ok": None,
            "born": None, "met_at": None, "owner_id": None, "tier": None, "langs": None, "address": {},
            "custom": {"level": 3},
        }  # fmt: skip

    def test_needs_what_is_required(self) -> None:
        table = FieldTable(
            "company", (Field("name", Kind.TEXT, "Name", required=True), Field("custom", Kind.OBJECT, "C"))
        )
        with pytest.raises(Invalid) as refused:
            parse_new(table.with_custom([Field("code", Kind.TEXT, "Code", required=True)]), {}, GERMANY)
        assert [problem.pointer for problem in refused.value.problems] == ["/name", "/custom/code"]


class TestSchema:
    def test_says_what_is_read_and_written(self) -> None:
        read, written = read_schema(TABLE), written_schema(TABLE)
        assert read["required"] == [each.name for each in TABLE.members()]
        assert set(written["properties"]) == {each.name for each in TABLE.own()}
        assert written["additionalProperties"] is False
        assert read["properties"]["id"] == {"type": "string", "format": "uuid", "title": "Id", "readOnly": True}
        assert read["properties"]["first_name"]["type"] == ["string", "null"]
