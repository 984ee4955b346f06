"""What a row of a file would do: cells -> a draft of a contact, draft + what is there -> an outcome. No input or output.

`check` and `run` decide by the same functions, so that the preview is what happens.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crm_resource.cells import read_cell, unsafe
from crm_resource.fields import Field, FieldTable, Json, Kind, is_empty
from crm_resource.names import importable
from crm_resource.parse import check
from crm_resource.patch import diff
from crm_resource.values import Context

NAME = "name"  # one column with the whole name; split into first and last
COMPANY = "company"  # by name, made when missing
IGNORED_HEADERS = ("row", "column", "code", "reason")  # what errors.csv puts in front
LISTS = {Kind.EMAILS, Kind.PHONES, Kind.LINKS, Kind.TAGS, Kind.MULTI_SELECT}
LABELS = {"work": "work", "business": "work", "office": "work", "home": "home", "private": "home", "mobile": "mobile",
          "cell": "mobile", "fax": "fax", "other": "other"}  # fmt: skip


class Outcome(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    CONFLICT = "conflict"
    INVALID = "invalid"


class MatchBy(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NAME_COMPANY = "name_company"
    NONE = "none"


class OnMatch(StrEnum):
    UPDATE = "update"
    SKIP = "skip"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are to be read."""

    table: FieldTable
    columns: Sequence[str]
    mapping: Mapping[str, str | None]
    tags: Sequence[str]
    country: str | None

    def targets(self) -> Iterator[tuple[int, str, str]]:
        """(position, column, field) of each mapped column."""
        for position, column in enumerate(self.columns):
            if target := self.mapping.get(column):
                yield position, column, target


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't go in. `column` is the file's own name of it, empty when the row as a whole is meant."""

    column: str
    code: str
    reason: str


@dataclass(slots=True)
class Draft:
    """A contact as one row tells it: parsed values by field, the company by name."""

    values: dict[str, Json] = field(default_factory=dict)
    company: str | None = None
    faults: list[Fault] = field(default_factory=list)


def mappable(table: FieldTable) -> dict[str, Field]:
    """Every name that a mapping may use."""
    return importable(table) | {
        NAME: Field(NAME, Kind.TEXT, "Name", max_length=400),
        COMPANY: Field(COMPANY, Kind.TEXT, "Company"),
    }


def draft_of(reading: Reading, cells: Sequence[str]) -> Draft:
    body, sources = _body(reading, cells)
    draft = Draft(company=body.pop(COMPANY, None))
    if draft.company is not None and len(draft.company) > 200:
        draft.faults.append(Fault(sources[COMPANY][0], "too_long", "At most 200 characters."))
    draft.values, problems = check(reading.table, body, Context(reading.country))
    draft.faults += [Fault(_column_of(each.pointer, sources), each.code, each.detail) for each in problems]
    if not draft.faults and not _identifies(draft):
        detail = "A contact needs at least a name, an e-mail address, a phone number or a company."
        draft.faults.append(Fault("", "nothing_to_identify", detail))
    draft.values = {name: value for name, value in draft.values.items() if not is_empty(value)}
    return draft


def _body(reading: Reading, cells: Sequence[str]) -> tuple[dict[str, Json], dict[str, list[str]]]:
    """The row as a body of the API, and for each field the columns that its elements came from."""
    fields = mappable(reading.table)
    body: dict[str, Json] = {}
    sources: dict[str, list[str]] = {}
    for position, column, target in reading.targets():
        described = fields[target]
        value = read_cell(described, cells[position], reading.country)
        if value is None:
            continue
        if target == NAME:
            _add_name(body, sources, unsafe(cells[position]).strip(), column)
        elif described.kind in LISTS:
            labelled = _labelled(value, column) if described.kind is Kind.PHONES or described.kind is Kind.EMAILS else value
            body.setdefault(target, []).extend(labelled)
            sources.setdefault(target, []).extend([column] * len(labelled))
        else:
            _set(body, target, value)
            sources[target] = [column]
    if reading.tags:
        body["tags"] = [*body.get("tags", []), *reading.tags]
    return body, sources


def _add_name(body: dict[str, Json], sources: dict[str, list[str]], name: str, column: str) -> None:
    """`Lovelace, Ada` and `Ada King Lovelace`; a column of its own for a part wins."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    for part, value in (("first_name", first.strip()), ("last_name", last.strip())):
        if value and part not in body:
            body[part] = value
            sources[part] = [column]


def _labelled(children: list[dict[str, Json]], column: str) -> list[dict[str, Json]]:
    """`Mobile phone` says what kind of number its cells hold, unless the cell itself says it."""
    words = re.findall(r"[a-z]+", column.casefold())
    label = next((LABELS[word] for word in words if word in LABELS), None)
    return [{**child, "label": child["label"] or label} for child in children]


def _set(body: dict[str, Json], target: str, value: Json) -> None:
    head, _, tail = target.partition(".")
    if tail:
        body.setdefault(head, {})[tail] = value
    else:
        body[head] = value


def _column_of(pointer: str, sources: Mapping[str, list[str]]) -> str:
    parts = pointer.strip("/").split("/")
    for name in (".".join(parts[:2]), parts[0]):
        if name in sources:
            columns = sources[name]
            index = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
            return columns[min(index, len(columns) - 1)]
    return ""


def _identifies(draft: Draft) -> bool:
    named = (draft.values.get(name) for name in ("first_name", "last_name", "emails", "phones"))
    return bool(draft.company) or any(not is_empty(value) for value in named)


def keys_of(draft: Draft, match_by: MatchBy) -> list[str]:
    """What finds the same person again: lower-cased addresses, E.164 numbers, or name and company."""
    match match_by:
        case MatchBy.EMAIL:
            return [each["value"].lower() for each in draft.values.get("emails", [])]
        case MatchBy.PHONE:
            return [each["e164"] for each in draft.values.get("phones", []) if each.get("e164")]
        case MatchBy.NAME_COMPANY:
            name = name_key(draft.values.get("first_name"), draft.values.get("last_name"), draft.company)
            return [name] if name else []
        case MatchBy.NONE:
            return []


def name_key(first: str | None, last: str | None, company: str | None) -> str | None:
    """Two people of one name in one company are taken for one; without a name there is nothing to go by."""
    name = " ".join(part for part in (first, last) if part).casefold()
    return f"{name}\n{(company or '').casefold()}" if name else None


def merged(table: FieldTable, record: Mapping[str, Json], draft: Draft) -> dict[str, Json]:
    """The record with the row's values: cells that are empty change nothing, lists only grow."""
    result = dict(record)
    for name, value in draft.values.items():
        described = table.get(name)
        if described is None:
            continue
        if described.kind in LISTS:
            result[name] = _union(record.get(name) or [], value)
        elif described.kind is Kind.OBJECT:
            result[name] = {**(record.get(name) or {}), **{key: each for key, each in value.items() if each is not None}}
        else:
            result[name] = value
    return result


def _union(old: list[Json], new: list[Json]) -> list[Json]:
    known = {_identity(each) for each in old}
    added = [each for each in new if _identity(each) not in known]
    return old + [{**each, "primary": False} if old and "primary" in each else each for each in added]


def _identity(element: Json) -> str:
    if isinstance(element, str):
        return element.casefold()
    return str(element.get("e164") or element.get("value") or element.get("url")).casefold()


def changes(
    table: FieldTable, before: Mapping[str, Any], after: Mapping[str, Any], companies: tuple[str | None, str | None]
) -> list[dict[str, Json]]:
    """The diff as the preview shows it; `companies` are the names before and after."""
    old, new = diff(table, before, after)
    shown = [{"field": name, "from": old[name], "to": new[name]} for name in new if name != "company_id"]
    if companies[1] and (companies[0] or "").casefold() != companies[1].casefold():
        shown.append({"field": COMPANY, "from": companies[0], "to": companies[1]})
    return shown
