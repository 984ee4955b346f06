"""What an action does to one record: rules without input or output."""

from collections.abc import Callable
from typing import Literal

import msgspec

from contacts.records.errors import Trashed
from contacts.records.record import Edit, Record
from contacts.records.resource import Resource
from contacts.records.saving import change, restoring, trashing
from crm_resource import Context, FieldTable, Invalid, Json, merge, missing, parse_patch

Action = Literal["set", "add_tag", "remove_tag", "assign", "trash", "restore"]


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """An action and what it needs: `values` for set, `tag` for the two of tags, `owner_id` for assign."""

    action: Action
    values: dict[str, Json] | None = None
    tag: str | None = None
    owner_id: str | None = None

    @property
    def patch(self) -> dict[str, Json] | None:
        """As a merge patch; None for what can't be said as one."""
        if self.action == "set":
            return self.values or {}
        return {"owner_id": self.owner_id} if self.action == "assign" else None


def editor(resource: Resource, fields: FieldTable, wanted: Change, context: Context) -> Callable[[Record], Edit]:
    """The function that edits one record. Raises Invalid for values that fit no record; the function raises Invalid
    (pointers below `/values`) and Trashed for one that they don't fit.
    """
    match wanted.action:
        case "trash":
            return lambda record: change(record, dict(record.values)) if record.trashed else trashing(record)
        case "restore":
            return lambda record: restoring(record) if record.trashed else change(record, dict(record.values))
        case "add_tag" | "remove_tag":
            return lambda record: change(_alive(record), {**record.values, "tags": _tags(record, wanted)})
        case _:
            patch = _parsed(fields, wanted, context)
            return lambda record: _patched(resource, fields, patch, _alive(record))


def _parsed(fields: FieldTable, wanted: Change, context: Context) -> dict[str, Json]:
    try:
        return parse_patch(fields, wanted.patch, context)
    except Invalid as invalid:
        if wanted.action == "assign":
            raise
        raise Invalid([problem.under("/values") for problem in invalid.problems]) from None


def _patched(resource: Resource, fields: FieldTable, patch: dict[str, Json], record: Record) -> Edit:
    values = merge(record.values, patch, fields)
    before = missing(fields, record.values)
    problems = [each for each in (*missing(fields, values), *resource.rules(values)) if each not in before]
    if problems:
        raise Invalid([problem.under("/values") for problem in problems])
    return change(record, values)


def _alive(record: Record) -> Record:
    if record.trashed:
        raise Trashed
    return record


def _tags(record: Record, wanted: Change) -> list[str]:
    name = wanted.tag or ""
    others = [tag for tag in record.values["tags"] if tag.casefold() != name.casefold()]
    if wanted.action == "remove_tag":
        return others
    return list(record.values["tags"]) if len(others) < len(record.values["tags"]) else [*others, name]
