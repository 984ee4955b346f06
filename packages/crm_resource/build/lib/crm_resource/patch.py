"""Changes between two states of a record, by flat field names (`title`, `address.city`, `custom.tier`)."""

from collections.abc import Mapping

from crm_resource.fields import LISTS, FieldTable, Json, Kind, flatten


def merge(record: Mapping[str, Json], patch: Mapping[str, Json], table: FieldTable) -> dict[str, Json]:
    """RFC 7396 by a parsed patch: objects merge member by member, null removes, lists are replaced."""
    merged = dict(record)
    for name, value in patch.items():
        field = table.get(name)
        if field is not None and field.kind is Kind.OBJECT:
            merged[name] = _merge_object(record.get(name) or {}, value)
        else:
            merged[name] = value
    return merged


def _merge_object(current: Mapping[str, Json], patch: Mapping[str, Json] | None) -> dict[str, Json]:
    if patch is None:
        return {}
    merged = {**current, **patch}
    return {key: value for key, value in merged.items() if value is not None}


def diff(
    table: FieldTable, before: Mapping[str, Json], after: Mapping[str, Json]
) -> tuple[dict[str, Json], dict[str, Json]]:
    """The fields that differ, as (before, after). A field that came or went is null on the other side."""
    old, new = flatten(table, before), flatten(table, after)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in changed}, {name: new.get(name) for name in changed}


def put_back(
    table: FieldTable, record: Mapping[str, Json], before: Mapping[str, Json], after: Mapping[str, Json]
) -> tuple[dict[str, Json], list[str]]:
    """Undo one change: each field that still has its value of `after` gets that of `before`.

    Answers the new record and the names of fields that were changed since and so are left.
    """
    current = flatten(table, record)
    restored = dict(record)
    left = []
    for name in {**after, **before}:
        if current.get(name) != after.get(name):
            left.append(name)
        else:
            set_flat(table, restored, name, before.get(name))
    return restored, left


def set_flat(table: FieldTable, record: dict[str, Json], name: str, value: Json) -> None:
    """Set `address.city` or `title` in a record whose objects are not shared with the caller afterwards."""
    head, _, tail = name.partition(".")
    field = table.get(head)
    if tail:
        inner = {**(record.get(head) or {}), tail: value}
        record[head] = {key: each for key, each in inner.items() if each is not None}
    elif field is not None and field.kind in LISTS:
        record[head] = value or []
    else:
        record[head] = value


def unflatten(table: FieldTable, flat: Mapping[str, Json]) -> dict[str, Json]:
    """A whole record from flat values: the way back from `flatten`."""
    record: dict[str, Json] = {}
    for each in table.own():
        record[each.name] = {} if each.kind is Kind.OBJECT else None
        if each.kind in LISTS:
            record[each.name] = []
    for name, value in flat.items():
        set_flat(table, record, name, value)
    return record
