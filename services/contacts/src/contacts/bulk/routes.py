"""HTTP of bulk changes, for each noun."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, post

from contacts.bulk import actions
from contacts.bulk.edits import Action, Change
from contacts.companies import COMPANIES
from contacts.people import PEOPLE
from contacts.records import http
from contacts.records.resource import Resource
from contacts.state import State
from crm_auth import Writer
from crm_db import Transaction
from crm_resource import BadQuery, Invalid
from crm_service import IDEMPOTENCY_KEY, Answer, crm, json_answer

IDS_MAX = 20_000


class BulkInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which records: `ids`, or `filter` and `q` as a list takes them.

    What: `values` for set, `tag` for the two of tags, `owner_id` for assign.
    """

    action: Action
    ids: list[UUID] | None = None
    filter: dict[str, Any] | None = None
    q: str | None = None
    values: dict[str, Any] | None = None
    tag: str | None = None
    owner_id: UUID | None = None


class BulkAnswer(msgspec.Struct, frozen=True):
    """`changed` is null while it runs (202): GET /operations/{operation_id} tells how it ended."""

    operation_id: UUID
    matched: int
    changed: int | None


_OPT = crm(answer=BulkAnswer, cost=20, parameters=[IDEMPOTENCY_KEY], problems=[409])


@post("/api/v1/contacts/bulk", status_code=200, opt=_OPT)
async def bulk_contacts(request: Request[Any, Any, Any], state: State, writer: Writer, data: BulkInput) -> Answer:
    """One change for many people, all or none; 202 while the worker does a large one."""
    return await _bulk(request, state, writer, PEOPLE, data)


@post("/api/v1/companies/bulk", status_code=200, opt=_OPT)
async def bulk_companies(request: Request[Any, Any, Any], state: State, writer: Writer, data: BulkInput) -> Answer:
    """One change for many companies, all or none; 202 while the worker does a large one."""
    return await _bulk(request, state, writer, COMPANIES, data)


async def _bulk(
    request: Request[Any, Any, Any], state: State, writer: Writer, resource: Resource, data: BulkInput
) -> Answer:
    wanted, selection = _change(data), _selection(data)

    async def act(tx: Transaction) -> Answer:
        try:
            outcome = await actions.apply(state, tx, writer, resource, wanted, selection)
        except BadQuery as bad:  # in a body it is not the parsing that failed
            raise Invalid(bad.problems) from None
        body = {"operation_id": outcome.operation_id, "matched": outcome.matched, "changed": outcome.changed}
        status = 202 if outcome.changed is None else 200
        return json_answer(request, http.encoded(body), status=status, operation_id=outcome.operation_id)

    return await http.keyed(request, state, writer, act)


def _change(data: BulkInput) -> Change:
    if data.action == "set" and not data.values:
        raise http.refuse("/values", "required", "The values to set are needed.")
    tag = (data.tag or "").strip()
    if data.action in ("add_tag", "remove_tag") and not 1 <= len(tag) <= 200:
        raise http.refuse("/tag", "required", "A tag of 1 to 200 characters is needed.")
    owner = None if data.owner_id is None else str(data.owner_id)
    return Change(data.action, data.values, tag or None, owner)


def _selection(data: BulkInput) -> actions.Selection:
    by_search = data.filter is not None or data.q is not None
    if (data.ids is not None) == by_search:
        raise http.refuse("/ids", "required", "Either ids, or filter or q, say which records are meant.")
    if data.ids is not None and not 1 <= len(data.ids) <= IDS_MAX:
        raise http.refuse("/ids", "too_many", f"1 to {IDS_MAX} ids; a filter takes any number.")
    return actions.Selection(data.ids, data.filter, (data.q or "").strip() or None)


ROUTES = [bulk_contacts, bulk_companies]
