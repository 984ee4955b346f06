"""One function a change of a saved view. A private one is its maker's alone: to others it is not there."""

from collections.abc import Mapping
from uuid import UUID

from contacts.custom_fields.fields import table_in
from contacts.plain import actions as plain
from contacts.plain.store import Document
from contacts.records.listing import now_in
from contacts.resources import BY_NOUN
from contacts.views.kind import VIEW
from crm_auth import Role, Writer
from crm_db import Transaction
from crm_resource import Arguments, BadQuery, FieldTable, Invalid, Json, Problem, compile_filter, parse_order
from crm_service import NotAllowed, NotFound


async def create(tx: Transaction, caller: Writer, values: Mapping[str, Json]) -> tuple[Document, UUID]:
    """Raises Invalid for columns, sort or filter that the noun doesn't have."""
    await _check(tx, caller, values)
    return await plain.create(tx, caller, VIEW, values, f"Saved the view {values['name']}")


async def patch(
    tx: Transaction, caller: Writer, view_id: UUID, values: Mapping[str, Json], if_match: str | None
) -> tuple[Document, UUID | None]:
    before = await _own(tx, caller, view_id, if_match)
    await _check(tx, caller, {**before, **values})
    return await plain.change(tx, caller, VIEW, before, values, f"Edited the view {before['name']}")


async def delete(tx: Transaction, caller: Writer, view_id: UUID, if_match: str | None) -> UUID:
    before = await _own(tx, caller, view_id, if_match)
    return await plain.remove(tx, caller, VIEW, before, f"Deleted the view {before['name']}")


async def _own(tx: Transaction, caller: Writer, view_id: UUID, if_match: str | None) -> Document:
    """One's own, or a shared one for an admin."""
    view = await plain.locked(tx, caller, VIEW, view_id, if_match)
    if view["created_by"] == str(caller.user_id):
        return view
    if not view["shared"]:
        raise NotFound
    if not caller.role.at_least(Role.ADMIN):
        raise NotAllowed("Only its maker or an admin may change a shared view.")
    return view


async def _check(tx: Transaction, caller: Writer, values: Mapping[str, Json]) -> None:
    fields = await table_in(tx, caller.workspace_id, BY_NOUN[values["kind"]])
    problems = [
        Problem(f"/columns/{index}/field", "unknown_field", "There is no such field.")
        for index, column in enumerate(values["columns"])
        if fields.get(column["field"]) is None
    ]
    problems += _order_problems(fields, values["sort"]) + _filter_problems(caller, fields, values["filter"])
    if problems:
        raise Invalid(problems)


def _order_problems(fields: FieldTable, sort: str | None) -> list[Problem]:
    try:
        if sort is not None:
            parse_order(fields, sort)
    except BadQuery as bad:
        return [Problem("/sort", problem.code, problem.detail) for problem in bad.problems]
    return []


def _filter_problems(caller: Writer, fields: FieldTable, node: Json) -> list[Problem]:
    try:
        if node is not None:
            compile_filter(fields, node, Arguments(), now=now_in(caller), prefix="/filter")
    except BadQuery as bad:
        return bad.problems
    return []
