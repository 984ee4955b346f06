"""The filter language of the API as SQL.

A node is `{"and": [...]}`, `{"or": [...]}`, `{"not": node}` or a clause `{"field", "op", "value"}`. What it becomes
is a condition over `t` in `from enter($1) e(w), lateral (select ... from <noun> t where t.workspace_id = e.w and ...)`.
Values are always arguments, never text of the statement. What it expects of the tables:

* `t.x_key` beside a text column `t.x`: `fold(x)`; beside a list of children: its folded values as lines, each between
  two newlines, so that "one of them is" and "one of them begins with" are a plain search; beside an object (`address`,
  `custom`): the same object with folded texts;
* `<noun>_tag (workspace_id, <noun>_id, tag_id)` and `tag (workspace_id, id, name_key)`: row-level security turns array
  operators' indexes off (they are not leakproof), plain equality keeps its index;
* for a list of ids `contact_ids`: `<noun>_contact (workspace_id, <noun>_id, contact_id)`, for the same reason.

Logic has two values: a clause about an empty field is false, and `ne` and `not` of it are true.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_resource.errors import BadQuery, Problem
from crm_resource.fields import Field, FieldTable, Json, Kind
from crm_resource.values import Rejected, clean_text, parse_instant

DEPTH_MAX = 5
CLAUSES_MAX = 30
DAYS_MAX = 36_500

_TEXT = ("eq", "ne", "contains", "starts", "empty")
_ORDERED = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "empty")
_DATED = (*_ORDERED, "last_days", "next_days")
_CHOICE = ("eq", "ne", "in", "empty")
_SET = ("has", "has_any", "has_all", "empty")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys((Kind.TEXT, Kind.URL, Kind.EMAIL, Kind.PHONE, Kind.EMAILS, Kind.PHONES, Kind.LINKS), _TEXT),
    Kind.NUMBER: _ORDERED,
    Kind.DATE: _DATED,
    Kind.INSTANT: _DATED,
    **dict.fromkeys((Kind.SELECT, Kind.ID, Kind.BOOLEAN), _CHOICE),
    **dict.fromkeys((Kind.TAGS, Kind.IDS, Kind.MULTI_SELECT), _SET),
}
_COMPARE = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_HIGHEST = "chr(1114111)"  # the last code point: every text that begins with x is below x || it
_LINES = (Kind.EMAILS, Kind.PHONES, Kind.LINKS)


@dataclass(slots=True)
class Arguments:
    """The arguments of one statement, numbered as they are bound. `$1` is the workspace."""

    values: list[Any] = field(default_factory=list)

    def bind(self, value: Any, cast: str) -> str:
        self.values.append(value)
        return f"${len(self.values) + 1}::{cast}"


@dataclass(frozen=True, slots=True)
class Condition:
    """`sql` is a condition over `t`. `opaque`: a part of it tells the planner nothing about how many rows fit."""

    sql: str
    opaque: bool


@dataclass(slots=True)
class _Compiler:
    table: FieldTable
    arguments: Arguments
    now: datetime  # in the workspace's time zone: decides what "today" is
    clauses: int = 0
    opaque: bool = False
    problems: list[Problem] = field(default_factory=list)


def compile_filter(
    table: FieldTable, node: Json, arguments: Arguments, *, now: datetime, prefix: str = "/query/filter"
) -> Condition:
    """Raises BadQuery with every problem, pointers below `prefix`."""
    compiler = _Compiler(table, arguments, now)
    sql = _node(compiler, node, prefix, 1)
    if compiler.problems:
        raise BadQuery(compiler.problems)
    return Condition(sql, compiler.opaque)


def _node(compiler: _Compiler, node: Json, path: str, depth: int) -> str:
    if not isinstance(node, dict):
        return _wrong(compiler, path, "not_an_object", "A filter node is an object.")
    if depth > DEPTH_MAX:
        return _wrong(compiler, path, "too_deep", f"At most {DEPTH_MAX} levels.")
    match node:
        case {"and": list(parts), **rest} if not rest:
            return _join(compiler, parts, " and ", f"{path}/and", depth) or "true"
        case {"or": list(parts), **rest} if not rest:
            return _join(compiler, parts, " or ", f"{path}/or", depth) or "false"
        case {"not": part, **rest} if not rest:
            return f"({_node(compiler, part, f'{path}/not', depth + 1)}) is not true"
        case {"field": str(name), "op": str(operator), **rest} if not set(rest) - {"value"}:
            return _clause(compiler, name, operator, rest.get("value"), path)
        case _:
            return _wrong(compiler, path, "bad_node", "This must be and, or, not, or a clause of field, op and value.")


def _join(compiler: _Compiler, parts: list[Json], word: str, path: str, depth: int) -> str:
    joined = word.join(_node(compiler, part, f"{path}/{index}", depth + 1) for index, part in enumerate(parts))
    return f"({joined})" if joined else ""


def _clause(compiler: _Compiler, name: str, operator: str, value: Json, path: str) -> str:
    compiler.clauses += 1
    if compiler.clauses > CLAUSES_MAX:
        return _wrong(compiler, path, "too_many_clauses", f"At most {CLAUSES_MAX} clauses.")
    found = compiler.table.get(name)
    if found is None or found.kind is Kind.OBJECT:
        return _wrong(compiler, f"{path}/field", "unknown_field", f"There is no field {name!r} to filter by.")
    if operator not in OPERATORS[found.kind]:
        allowed = ", ".join(OPERATORS[found.kind])
        return _wrong(compiler, f"{path}/op", "unknown_operator", f"{name!r} can be filtered by {allowed}.")
    try:
        return _write(compiler, name, found, operator, value)
    except Rejected as rejected:
        compiler.problems += [problem.under(f"{path}/value") for problem in rejected.problems]
        return "false"


def _wrong(compiler: _Compiler, path: str, code: str, detail: str) -> str:
    compiler.problems.append(Problem(path, code, detail))
    return "false"


def _write(compiler: _Compiler, name: str, found: Field, operator: str, value: Json) -> str:
    if operator == "empty":
        return _empty(compiler, name, found, value)
    if operator == "ne":
        return f"({_write(compiler, name, found, 'eq', value)}) is not true"
    if found.kind in _LINES:
        return _lines(compiler, name, found, operator, value)
    if found.kind is Kind.TAGS:
        return _tags(compiler, operator, value)
    if found.kind is Kind.IDS:
        return _ids(compiler, found, operator, value)
    if found.kind is Kind.MULTI_SELECT:
        return _multi_select(compiler, name, operator, value)
    if found.kind in (Kind.DATE, Kind.INSTANT, Kind.NUMBER):
        return _ordered(compiler, name, found, operator, value)
    if found.kind in (Kind.SELECT, Kind.ID, Kind.BOOLEAN):
        return _choice(compiler, name, found, operator, value)
    return _text(compiler, name, found, operator, value)


def value_sql(name: str, found: Field) -> str:
    """The value of a field over the row `t`; one of another type, left by an older definition, counts as empty."""
    head, _, tail = name.partition(".")
    if not tail or found.filter_only:
        return f"t.{found.column or name}"
    inner = f"t.{head} -> '{tail}'"
    if found.kind is Kind.NUMBER:
        return f"case when jsonb_typeof({inner}) = 'number' then (t.{head} ->> '{tail}')::numeric end"
    return f"t.{head} ->> '{tail}'"


def key_sql(name: str, found: Field) -> str:
    """The folded text of a field over the row `t`; an object's member has it within, or in a column of its own."""
    head, _, tail = name.partition(".")
    return f"t.{head}_key ->> '{tail}'" if tail and not found.column else f"t.{found.column or name}_key"


def _empty(compiler: _Compiler, name: str, found: Field, value: Json) -> str:
    wanted = _flag(True if value is None else value)
    if found.kind in (Kind.TAGS, Kind.IDS):
        noun = compiler.table.noun
        link = _link(compiler, found)
        exists = f"exists (select 1 from {link} l where l.workspace_id = e.w and l.{noun}_id = t.id)"
        return f"not {exists}" if wanted else exists
    compiler.opaque |= "." in name
    stored = key_sql(name, found) if found.kind in _LINES else value_sql(name, found)
    return f"({stored}) is {'' if wanted else 'not '}null"


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Rejected("not_a_boolean", "This must be true or false.")
    return value


def _words(value: Json) -> str:
    text = clean_text(value)
    if text is None:
        raise Rejected("required", "This needs a text.")
    return text


def _folded(compiler: _Compiler, text: str) -> str:
    # a sub-select, because a generic plan would call the function anew for each row
    return f"(select fold({compiler.arguments.bind(text, 'text')}))"


def _text(compiler: _Compiler, name: str, found: Field, operator: str, value: Json) -> str:
    key, text = key_sql(name, found), _folded(compiler, _words(value))
    # equality and range are leakproof, so that row-level security lets them use an index; a search within is not
    compiler.opaque |= operator == "contains" or "->>" in key
    match operator:
        case "eq":
            return f"({key}) = {text}"
        case "starts":
            return f"(({key}) >= {text} and ({key}) < {text} || {_HIGHEST})"
        case _:
            return f"strpos({key}, {text}) > 0"


def _lines(compiler: _Compiler, name: str, found: Field, operator: str, value: Json) -> str:
    text = _words(value)
    compiler.opaque = True
    searched = [_line(compiler, name, found, operator, text)]
    digits = "".join(char for char in text if char.isdigit())
    if found.kind is Kind.PHONES and digits and digits != text:
        searched.append(_line(compiler, name, found, operator, digits))
    return f"({' or '.join(searched)})"


def _line(compiler: _Compiler, name: str, found: Field, operator: str, text: str) -> str:
    left = "" if operator == "contains" else "E'\\n' || "
    right = " || E'\\n'" if operator == "eq" else ""
    wanted = f"(select {left}fold({compiler.arguments.bind(text, 'text')}){right})"
    return f"strpos({key_sql(name, found)}, {wanted}) > 0"


def _tags(compiler: _Compiler, operator: str, value: Json) -> str:
    names = _list(value) if operator != "has" else [value]
    return _joined([_tag(compiler, _words(name)) for name in names], operator)


def _tag(compiler: _Compiler, name: str) -> str:
    table = compiler.table.noun
    lowered = f"lower({compiler.arguments.bind(name, 'text')})"  # tags are told apart by accents, not by case
    tag = f"(select g.id from tag g where g.workspace_id = e.w and g.name_key = {lowered})"
    return f"t.id in (select l.{table}_id from {table}_tag l where l.workspace_id = e.w and l.tag_id = {tag})"


def _ids(compiler: _Compiler, found: Field, operator: str, value: Json) -> str:
    ids = [_uuid(each) for each in (_list(value) if operator != "has" else [value])]
    noun, linked = compiler.table.noun, f"{found.name.removesuffix('_ids')}_id"
    rows = f"select l.{noun}_id from {_link(compiler, found)} l where l.workspace_id = e.w and l.{linked}"
    return _joined([f"t.id in ({rows} = {compiler.arguments.bind(each, 'uuid')})" for each in ids], operator)


def _link(compiler: _Compiler, found: Field) -> str:
    linked = "tag" if found.kind is Kind.TAGS else found.name.removesuffix("_ids")
    return f"{compiler.table.noun}_{linked}"


def _multi_select(compiler: _Compiler, name: str, operator: str, value: Json) -> str:
    head, _, tail = name.partition(".")
    options = [_words(each) for each in (_list(value) if operator != "has" else [value])]
    compiler.opaque = True
    clauses = [f"t.{head} -> '{tail}' ? {compiler.arguments.bind(option, 'text')}" for option in options]
    return _joined(clauses, operator)


def _joined(clauses: list[str], operator: str) -> str:
    return f"({(' or ' if operator == 'has_any' else ' and ').join(clauses)})"


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list) or not 1 <= len(value) <= 200:
        raise Rejected("not_a_list", "This must be a list of 1 to 200 values.")
    return value


def _choice(compiler: _Compiler, name: str, found: Field, operator: str, value: Json) -> str:
    parse, cast = _CHOICES[found.kind]
    inner = "." in name
    stored = (key_sql if found.kind is Kind.SELECT else value_sql)(name, found)
    compiler.opaque |= inner
    if operator == "in":
        values = [parse(each) for each in _list(value)]
        wanted = compiler.arguments.bind([_stored(each, inner) for each in values], f"{'text' if inner else cast}[]")
        listed = f"select fold(v) from unnest({wanted}) v" if found.kind is Kind.SELECT else f"select unnest({wanted})"
        return f"({stored}) = any (array({listed}))"
    if found.kind is Kind.SELECT:
        return f"({stored}) = {_folded(compiler, str(parse(value)))}"
    return f"({stored}) = {compiler.arguments.bind(_stored(parse(value), inner), 'text' if inner else cast)}"


def _stored(value: Any, inner: bool) -> Any:
    """Within an object a value is compared as the text that `->>` gives."""
    if not inner:
        return value
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _uuid(value: Json) -> UUID:
    try:
        return UUID(_words(value))
    except ValueError:
        raise Rejected("invalid_id", "This must be an id (a UUID).") from None


_CHOICES: dict[Kind, tuple[Callable[[Json], Any], str]] = {
    Kind.SELECT: (_words, "text"),
    Kind.ID: (_uuid, "uuid"),
    Kind.BOOLEAN: (_flag, "boolean"),
}


def _ordered(compiler: _Compiler, name: str, found: Field, operator: str, value: Json) -> str:
    stored, bind = f"({value_sql(name, found)})", _binder(compiler, name, found)
    compiler.opaque |= "." in name
    if operator in ("last_days", "next_days"):
        return _days(compiler, stored, bind, found, operator, value)
    if operator == "between":
        if not isinstance(value, list) or len(value) != 2:
            raise Rejected("not_a_range", "This must be a list of two values.")
        return f"({stored} >= {bind(_parse(found, value[0]))} and {stored} <= {bind(_parse(found, value[1]))})"
    return f"{stored} {_COMPARE[operator]} {bind(_parse(found, value))}"


def _binder(compiler: _Compiler, name: str, found: Field) -> Callable[[Any], str]:
    if found.kind is Kind.DATE and "." in name:
        # kept as ISO text within the object, where text order is date order
        return lambda value: compiler.arguments.bind(value.isoformat(), "text")
    cast = {Kind.DATE: "date", Kind.INSTANT: "timestamptz", Kind.NUMBER: "numeric"}[found.kind]
    return lambda value: compiler.arguments.bind(value, cast)


def _parse(found: Field, value: Json) -> date | datetime | Decimal:
    if found.kind is Kind.INSTANT:
        return parse_instant(value)
    if found.kind is Kind.NUMBER:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Rejected("not_a_number", "This must be a number.")
        return Decimal(str(value))
    try:
        return date.fromisoformat(_words(value))
    except ValueError:
        raise Rejected("invalid_date", "This must be a date, YYYY-MM-DD.") from None


def _days(
    compiler: _Compiler, stored: str, bind: Callable[[Any], str], found: Field, operator: str, value: Json
) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= DAYS_MAX:
        raise Rejected("not_days", f"This must be a number of days, 0 to {DAYS_MAX}.")
    here: Any = compiler.now if found.kind is Kind.INSTANT else compiler.now.date()
    try:
        there = here + timedelta(days=-value if operator == "last_days" else value)
    except OverflowError:
        raise Rejected("not_days", "This leads out of the calendar.") from None
    return f"({stored} >= {bind(min(here, there))} and {stored} <= {bind(max(here, there))})"
