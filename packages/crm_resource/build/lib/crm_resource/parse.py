"""A whole body against the field table: every error at once, each with its pointer."""

from collections.abc import Mapping

from crm_resource.errors import Invalid, Problem, pointer
from crm_resource.fields import LISTS, Field, FieldTable, Json, Kind
from crm_resource.values import Context, Rejected, country_code, parse_value


def parse_new(table: FieldTable, body: Json, context: Context) -> dict[str, Json]:
    """A body of a creation: every own field is there afterwards, defaults filled in. Raises Invalid."""
    values, problems = check(table, body, context)
    record = complete(table, values)
    problems += missing(table, record)
    if problems:
        raise Invalid(problems)
    return record


def complete(table: FieldTable, values: Mapping[str, Json]) -> dict[str, Json]:
    """A whole record from parsed values: every own field is there, defaults filled in."""
    record = {each.name: values.get(each.name, _initial(each)) for each in table.own()}
    for each in table.own():
        if each.kind is Kind.OBJECT:
            record[each.name] = _defaults(each) | (record[each.name] or {})
    return {name: _without_nulls(value) for name, value in record.items()}


def parse_patch(table: FieldTable, body: Json, context: Context) -> dict[str, Json]:
    """A body of a merge patch: only the members that it names; null removes. Raises Invalid."""
    values, problems = check(table, body, context)
    if problems:
        raise Invalid(problems)
    return values


def check(table: FieldTable, body: Json, context: Context) -> tuple[dict[str, Json], list[Problem]]:
    """What could be read of a body, and all that could not."""
    if not isinstance(body, dict):
        return {}, [Problem("", "not_an_object", "The body must be a JSON object.")]
    return _check_members({each.name: each for each in table.members()}, body, context)


def _check_members(
    fields: Mapping[str, Field], body: dict[str, Json], context: Context
) -> tuple[dict[str, Json], list[Problem]]:
    values: dict[str, Json] = {}
    problems: list[Problem] = []
    for name, value in body.items():
        field = fields.get(name)
        if field is None:
            problems.append(Problem(pointer(name), "unknown_field", "There is no such field."))
        elif field.read_only:
            problems.append(Problem(pointer(name), "read_only", "This field is set by the system."))
        else:
            parsed, wrong = _check_one(field, value, context)
            problems += [problem.under(pointer(name)) for problem in wrong]
            if not wrong:
                values[name] = parsed
    return values, problems


def _check_one(field: Field, value: Json, context: Context) -> tuple[Json, list[Problem]]:
    if field.kind is Kind.OBJECT:
        if value is None:
            return None, []
        if not isinstance(value, dict):
            return None, [Problem("", "not_an_object", "This must be an object.")]
        inner, problems = _check_members({member.name: member for member in field.members}, value, context)
        if inner.get("country"):
            inner["country"] = country_code(inner["country"])
        return inner, problems
    try:
        parsed = parse_value(field, value, context)
        return (_initial(field) if parsed is None else parsed), []
    except Rejected as rejected:
        return None, rejected.problems


def missing(table: FieldTable, record: Mapping[str, Json]) -> list[Problem]:
    """Required fields that a record (as it is to be stored) leaves empty."""
    problems = []
    for each in table.own():
        if each.required and record.get(each.name) in (None, [], {}):
            problems.append(Problem(pointer(each.name), "required", f"{each.label} is needed."))
        inner = record.get(each.name) or {}
        problems += [
            Problem(pointer(each.name, member.name), "required", f"{member.label} is needed.")
            for member in each.members
            if member.required and inner.get(member.name) in (None, [])
        ]
    return problems


def _initial(field: Field) -> Json:
    """What an absent or removed value is: lists and objects are never null in the API."""
    if field.kind in LISTS:
        return []
    return {} if field.kind is Kind.OBJECT else None


def _defaults(field: Field) -> dict[str, Json]:
    return {member.name: member.default for member in field.members if member.default is not None}


def _without_nulls(value: Json) -> Json:
    return {key: inner for key, inner in value.items() if inner is not None} if isinstance(value, dict) else value
