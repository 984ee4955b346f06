"""The field table: what a resource's fields are, as data.

A line such as `Field("title", Kind.TEXT, "Job title", sort=Sort("title_key"))` gives the member in the API, its
limits, its filter operators, its sort, its column in imports and exports and its place in history.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import StrEnum
from typing import Any

Json = Any  # a JSON value: str, number, bool, None, list or dict of them


class Kind(StrEnum):
    """What a value is. It decides schema, parser, filter operators and the text of an export."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    ID = "id"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    TAGS = "tags"
    IDS = "ids"  # [id], kept in a link table as tags are
    EMAILS = "emails"  # [{value, label, primary}]
    PHONES = "phones"  # [{value, label, primary, e164}]
    LINKS = "links"  # [{url, label}]
    OBJECT = "object"  # members are fields themselves: address, custom


# An absent list is [] in the API, never null.
LISTS = frozenset({Kind.TAGS, Kind.IDS, Kind.EMAILS, Kind.PHONES, Kind.LINKS})


@dataclass(frozen=True, slots=True)
class Sort:
    """How a field is sorted: by a stored key column, with `id` as the last word.

    `up` and `down` are columns (or expressions over the row `t`). They differ only where one column can't put empty
    parts last in both directions. `nullable` keys get a second lane, so that empty values come last both ways.
    `cast` is the SQL type that the key's text form is read back as from a cursor.
    """

    up: str
    down: str = ""
    nullable: bool = True
    cast: str = "text"

    def key(self, descending: bool) -> str:
        return (self.down or self.up) if descending else self.up


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a resource. `max_length` counts characters of a text, elements of a list."""

    name: str
    kind: Kind
    label: str
    _: KW_ONLY
    max_length: int = 200
    personal: bool = False  # erased with the person
    read_only: bool = False
    required: bool = False
    unique: bool = False
    derived: bool = False  # not the record's own: changes raise no version and enter no history
    default: Json = None
    options: tuple[str, ...] = ()
    members: tuple["Field", ...] = ()
    sort: Sort | None = None
    column: str = ""  # whose key column this is where it isn't `name`'s (company.name -> company_name_key)
    filter_only: bool = False  # a name for filters and sorts that is no member of the record
    import_names: tuple[str, ...] = ()

    def member(self, name: str) -> "Field | None":
        return next((member for member in self.members if member.name == name), None)


@dataclass(frozen=True, slots=True)
class FieldTable:
    """All fields of a noun, in the order in which the API shows them."""

    noun: str  # contact
    fields: tuple[Field, ...]
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)
    _members: tuple[Field, ...] = field(init=False, repr=False, compare=False)
    _own: tuple[Field, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # told once a table, not once a record: imports ask a hundred thousand times
        members = tuple(each for each in self.fields if not each.filter_only)
        object.__setattr__(self, "_by_name", {each.name: each for each in self.fields})
        object.__setattr__(self, "_members", members)
        object.__setattr__(self, "_own", tuple(each for each in members if not each.read_only))

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def get(self, name: str) -> Field | None:
        """A field by the name filters use: `title`, `company.name`, `address.city`, `custom.tier`."""
        found = self._by_name.get(name)
        if found is None and "." in name:
            head, tail = name.split(".", 1)
            parent = self._by_name.get(head)
            found = parent.member(tail) if parent is not None else None
        return found

    def members(self) -> Sequence[Field]:
        """Fields that are members of the record (not only names for filters)."""
        return self._members

    def own(self) -> Sequence[Field]:
        """Members that a caller may write, and that history keeps."""
        return self._own

    def with_custom(self, definitions: Sequence[Field]) -> "FieldTable":
        """The same table in which `custom` has the members that a workspace defined."""
        return replace(
            self,
            fields=tuple(
                replace(each, members=tuple(definitions)) if each.name == "custom" else each for each in self.fields
            ),
        )


def flatten(table: FieldTable, record: Mapping[str, Json]) -> dict[str, Json]:
    """A record's own values by flat name, empty ones left out: `{"title": "CTO", "address.city": "Köln"}`."""
    flat: dict[str, Json] = {}
    for each in table.own():
        value = record.get(each.name)
        if each.kind is Kind.OBJECT:
            flat.update({f"{each.name}.{key}": inner for key, inner in (value or {}).items() if not is_empty(inner)})
        elif not is_empty(value):
            flat[each.name] = value
    return flat


def is_empty(value: Json) -> bool:
    return value is None or value == [] or value == {}
