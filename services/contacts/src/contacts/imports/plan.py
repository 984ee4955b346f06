"""What a row of a file would do: cells -> a draft of a contact, draft + what is there -> an outcome.

`check` and `run` decide by the same functions, so that the preview is what happens.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from crm_resource.cells import read_cell
from crm_resource.fields import LISTS, Field, FieldTable, Json, Kind, is_empty
from crm_resource.names import importable
from crm_resource.parse import check, complete, missing
from crm_resource.patch import diff
from crm_resource.values import Context

NAME = "name"  # one column with the whole name; split into first and last
COMPANY = "company"  # by name, made when missing
LABELLED = (Kind.EMAILS, Kind.PHONES)
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
class Column:
    """A column of the file that goes into a field."""

    position: int
    name: str
    target: str  # as filters name it: emails, address.city, custom.tier; or NAME, COMPANY
    field: Field


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are to be read."""

    table: FieldTable
    columns: tuple[Column, ...]
    tags: tuple[str, ...]
    country: str | None

    @classmethod
    def of(
        cls,
        table: FieldTable,
        columns: Sequence[str],
        mapping: Mapping[str, str | None],
        tags: Sequence[str],
        country: str | None,
    ) -> "Reading":
        """Columns without a field are left out, and those whose custom field has gone since."""
        fields = mappable(table)
        used = tuple(
            Column(position, name, target, fields[target])
            for position, name in enumerate(columns)
            if (target := mapping.get(name)) and target in fields
        )
        return cls(table, used, tuple(tags), country)


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
    body: dict[str, Json] = {}
    sources: dict[str, list[str]] = {}
    for column in reading.columns:
        value = read_cell(column.field, cells[column.position], reading.country)
        if value is None:
            continue
        if column.target == NAME:
            _add_name(body, sources, value, column.name)
        elif column.field.kind in LISTS:
            children = _labelled(value, column.name) if column.field.kind in LABELLED else value
            body.setdefault(column.target, []).extend(children)
            sources.setdefault(column.target, []).extend([column.name] * len(children))
        else:
            _set(body, column.target, value)
            sources[column.target] = [column.name]
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
            result[name] = {
                **(record.get(name) or {}),
                **{key: each for key, each in value.items() if each is not None},
            }
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
    table: FieldTable, before: Mapping[str, Json], after: Mapping[str, Json], companies: tuple[str | None, str | None]
) -> list[dict[str, Json]]:
    """The diff as the preview shows it; `companies` are the names before and after."""
    old, new = diff(table, before, after)
    shown = [{"field": name, "from": old[name], "to": new[name]} for name in new if name != "company_id"]
    if companies[1] and (companies[0] or "").casefold() != companies[1].casefold():
        shown.append({"field": COMPANY, "from": companies[0], "to": companies[1]})
    return shown


@dataclass(frozen=True, slots=True)
class Found:
    """A contact that is there already: its values, and its company's name."""

    id: UUID
    values: Mapping[str, Json]
    company: str | None


@dataclass(slots=True)
class Seen:
    """What earlier rows of the same file have met: two rows may not meet in one record."""

    keys: dict[str, int] = field(default_factory=dict)
    contacts: set[UUID] = field(default_factory=set)

    def row_with(self, keys: Sequence[str]) -> int | None:
        return next((self.keys[key] for key in keys if key in self.keys), None)

    def add(self, row: int, keys: Sequence[str], contact_id: UUID | None) -> None:
        self.keys.update(dict.fromkeys(keys, row))
        if contact_id is not None:
            self.contacts.add(contact_id)


@dataclass(slots=True)
class Planned:
    """What one row does. `values` are the whole contact's afterwards, but for its company."""

    row: int
    outcome: Outcome
    draft: Draft
    found: Found | None = None
    contact_id: UUID | None = None  # whom it met, or made
    values: dict[str, Json] = field(default_factory=dict)
    changes: list[dict[str, Json]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def decide(
    table: FieldTable,
    row: int,
    draft: Draft,
    matches: Sequence[Found],
    *,
    keys: Sequence[str],
    on_match: OnMatch,
    seen: Seen,
) -> Planned:
    """One row's outcome, given the contacts that its keys match; remembers it in `seen`."""
    planned = _decide(table, row, draft, matches, keys=keys, on_match=on_match, seen=seen)
    if planned.outcome not in (Outcome.INVALID, Outcome.CONFLICT):
        seen.add(row, keys, planned.contact_id)
    return planned


def _decide(
    table: FieldTable,
    row: int,
    draft: Draft,
    matches: Sequence[Found],
    *,
    keys: Sequence[str],
    on_match: OnMatch,
    seen: Seen,
) -> Planned:
    if draft.faults:
        return Planned(row, Outcome.INVALID, draft, faults=draft.faults)
    if on_match is OnMatch.CREATE or not (matches or seen.row_with(keys)):
        return _creation(table, row, draft)
    if (conflict := _conflict(matches, keys, seen)) is not None:
        return Planned(row, Outcome.CONFLICT, draft, faults=[conflict])
    if on_match is OnMatch.SKIP:
        return Planned(row, Outcome.SKIP, draft, found=matches[0], contact_id=matches[0].id)
    return _update(table, row, draft, matches[0])


def _conflict(matches: Sequence[Found], keys: Sequence[str], seen: Seen) -> Fault | None:
    if len(matches) > 1:
        return Fault(
            "", "ambiguous_match", f"{len(matches)} contacts match this row: merge them first, or mend the row."
        )
    if (earlier := seen.row_with(keys)) is not None:
        return Fault("", "same_as_row", f"Row {earlier} of the file is the same contact.")
    if matches and matches[0].id in seen.contacts:
        return Fault("", "same_contact", "An earlier row of the file changes the same contact.")
    return None


def _creation(table: FieldTable, row: int, draft: Draft) -> Planned:
    values = complete(table, draft.values)
    faults = [Fault("", each.code, each.detail) for each in missing(table, values)]
    if faults:
        return Planned(row, Outcome.INVALID, draft, faults=faults)
    return Planned(row, Outcome.CREATE, draft, values=values)


def _update(table: FieldTable, row: int, draft: Draft, found: Found) -> Planned:
    values = merged(table, found.values, draft)
    differing = changes(table, found.values, values, (found.company, draft.company))
    outcome = Outcome.UPDATE if differing else Outcome.SKIP
    return Planned(row, outcome, draft, found, found.id, values, differing)
