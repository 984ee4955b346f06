"""Merge, diff and the way back."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crm_resource import Field, FieldTable, Kind, diff, flatten, merge, put_back, unflatten

TABLE = FieldTable(
    "person",
    (
        Field("title", Kind.TEXT, "Title"),
        Field("tags", Kind.TAGS, "Tags"),
        Field("address", Kind.OBJECT, "Address"),
    ),
)

texts = st.none() | st.sampled_from(["a", "b", "c"])
records = st.fixed_dictionaries(
    {
        "title": texts,
        "tags": st.lists(st.sampled_from("xyz"), max_size=2, unique=True),
        "address": st.dictionaries(st.sampled_from(["city", "street"]), st.sampled_from("abc")),
    }
)


class TestMerge:
    def test_merges_objects_and_replaces_lists(self) -> None:
        record = {"title": "a", "tags": ["x"], "address": {"city": "a", "street": "b"}}
        patch: dict[str, Any] = {"tags": ["y"], "address": {"city": None, "zip": "1"}}
        assert merge(record, patch, TABLE) == {"title": "a", "tags": ["y"], "address": {"street": "b", "zip": "1"}}

    def test_null_empties_an_object_and_an_empty_one_changes_nothing(self) -> None:
        record = {"title": None, "tags": [], "address": {"city": "a"}}
        assert merge(record, {"address": None}, TABLE)["address"] == {}
        assert merge(record, {"address": {}}, TABLE)["address"] == {"city": "a"}


class TestDiff:
    @given(records, records)
    def test_put_back_is_its_way_back(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        before, after = diff(TABLE, old, new)
        assert put_back(TABLE, new, before, after) == (old, [])

    @given(records, records, records)
    def test_put_back_never_touches_what_was_changed_since(
        self, old: dict[str, Any], new: dict[str, Any], newest: dict[str, Any]
    ) -> None:
        before, after = diff(TABLE, old, new)
        restored, left = put_back(TABLE, newest, before, after)
        was, now = flatten(TABLE, newest), flatten(TABLE, restored)
        for name in after:
            if was.get(name) == after[name]:
                assert name not in left and now.get(name) == before[name]
            else:
                assert name in left and now.get(name) == was.get(name)

    @given(records)
    def test_flat_and_back(self, record: dict[str, Any]) -> None:
        assert unflatten(TABLE, flatten(TABLE, record)) == record
