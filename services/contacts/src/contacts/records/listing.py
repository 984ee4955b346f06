"""Lists: what was asked for, the statement for it, the page as bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contacts.custom_fields.fields import table
from contacts.records.resource import Resource
from contacts.records.statements import statements
from contacts.state import State
from crm_auth import Caller
from crm_db import cursor
from crm_resource import (
    After,
    Arguments,
    BadQuery,
    Condition,
    FieldTable,
    Json,
    Order,
    Problem,
    compile_filter,
    lane_condition,
    lane_order,
    parse_order,
    read_cursor,
    write_cursor,
)

LIMIT_MAX = 200
LIMIT = 50
SORT = "-updated_at"
QUERY_MAX_CHARS = 200
SEARCH_BOUND = 500  # people that `q` finds at most; sort and filter choose among them


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The parameters of a list, read but not yet checked against the fields."""

    limit: int = LIMIT
    cursor: str | None = None
    sort: str = SORT
    q: str | None = None
    filter: Json = None
    count: bool = False
    trashed: bool = False

    @property
    def scope(self) -> str:
        """What a cursor belongs to: the same list, whatever its page or limit."""
        return self.key(replace(self, limit=LIMIT, cursor=None, count=False))

    @staticmethod
    def key(query: "ListQuery") -> str:
        return hashlib.sha256(msgspec.json.encode(query, order="deterministic")).hexdigest()


def parse_query(parameters: Mapping[str, str]) -> ListQuery:
    """Raises BadQuery with all problems, pointers `/query/...`."""
    problems: list[Problem] = []
    return_value = ListQuery(
        limit=_limit(parameters.get("limit"), problems),
        cursor=parameters.get("cursor") or None,
        sort=parameters.get("sort") or SORT,
        q=_search(parameters.get("q"), problems),
        filter=_filter(parameters.get("filter"), problems),
        count=_one_of(parameters, "count", {None: False, "exact": True}, problems),
        trashed=_one_of(parameters, "trashed", {None: False, "false": False, "true": True}, problems),
    )
    if problems:
        raise BadQuery(problems)
    return return_value


def _limit(text: str | None, problems: list[Problem]) -> int:
    if text is None:
        return LIMIT
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LIMIT_MAX:
        return int(text)
    problems.append(Problem("/query/limit", "bad_limit", f"This must be a number from 1 to {LIMIT_MAX}."))
    return LIMIT


def _search(text: str | None, problems: list[Problem]) -> str | None:
    if text is not None and (len(text) > QUERY_MAX_CHARS or "\0" in text):
        problems.append(Problem("/query/q", "bad_search", f"At most {QUERY_MAX_CHARS} characters."))
    return (text or "").strip() or None


def _filter(text: str | None, problems: list[Problem]) -> Json:
    if not text:
        return None
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        problems.append(Problem("/query/filter", "not_json", "This must be a JSON expression."))
        return None


def _one_of(parameters: Mapping[str, str], name: str, allowed: dict[str | None, bool], problems: list[Problem]) -> bool:
    given = parameters.get(name)
    if given not in allowed:
        words = ", ".join(word for word in allowed if word)
        problems.append(Problem(f"/query/{name}", "bad_value", f"This must be one of: {words}."))
    return allowed.get(given, False)


async def page(state: State, caller: Caller, resource: Resource, query: ListQuery) -> bytes:
    """The list's bytes, from the cache where nothing was changed since."""
    # "in the last days" moves on with time, not with a commit: such a page is kept for a minute
    minute = datetime.now(UTC).strftime("%H:%M") if "_days" in str(query.filter) else ""
    key = f"{resource.plural}:{ListQuery.key(query)}:{minute}{caller.time_zone if minute else ''}"
    return await state.cache.load(caller.workspace_id, key, lambda: _page(state, caller, resource, query))


async def _page(state: State, caller: Caller, resource: Resource, query: ListQuery) -> bytes:
    fields = await fields_for(state, caller.workspace_id, resource, query)
    order = parse_order(fields, query.sort)
    after = _after(state, caller, order, query)
    rows: list[tuple[int, Any]] = []
    for lane in order.lanes():
        if len(rows) > query.limit or (after is not None and lane < after.lane):
            continue
        sql, arguments = page_sql(
            resource, fields, query, order, lane, after, query.limit + 1 - len(rows), now_in(caller)
        )
        found = await state.postgres.read(caller.workspace_id, sql, *arguments, custom_plan=query.filter is not None)
        rows += [(lane, row) for row in found]
    total = await count(state, caller, resource, fields, query) if query.count else None
    return _body(rows, query.limit, lambda lane, row: _cursor(state, caller, order, query, lane, row), total)


async def fields_for(state: State, workspace_id: UUID, resource: Resource, query: ListQuery) -> FieldTable:
    """The field table; the workspace's own fields only where the query names one, because that takes a read."""
    if "custom." in query.sort or "custom." in str(query.filter):
        return await table(state.postgres, workspace_id, resource)
    return resource.fields


def now_in(caller: Caller) -> datetime:
    try:
        return datetime.now(ZoneInfo(caller.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.now(UTC)


def _after(state: State, caller: Caller, order: Order, query: ListQuery) -> After | None:
    if query.cursor is None:
        return None
    values = cursor.decode(state.settings.crm_secret, query.cursor, scope=f"{caller.workspace_id}{query.scope}")
    return read_cursor(order, values)


def _cursor(state: State, caller: Caller, order: Order, query: ListQuery, lane: int, row: Any) -> str:
    values = write_cursor(order, lane, row["key"], str(row["id"]))
    return cursor.encode(state.settings.crm_secret, values, scope=f"{caller.workspace_id}{query.scope}")


def _body(rows: list[tuple[int, Any]], limit: int, make_cursor: Any, total: int | None) -> bytes:
    items = ",".join(row["body"] for _, row in rows[:limit])
    last = make_cursor(*rows[limit - 1]) if len(rows) > limit else None
    counted = "" if total is None else f',"total":{total}'
    following = "null" if last is None else f'"{last}"'
    return f'{{"items":[{items}],"next_cursor":{following}{counted}}}'.encode()


def page_sql(
    resource: Resource,
    fields: FieldTable,
    query: ListQuery,
    order: Order,
    lane: int,
    after: After | None,
    limit: int,
    now: datetime,
) -> tuple[str, list[Any]]:
    """One statement for one lane of a page."""
    arguments = Arguments()
    source, condition = _matching(resource, fields, query, arguments, now)
    position = lane_condition(order, lane, after, arguments)
    where = f"t.workspace_id = e.w and {condition.sql} and {position}"
    document = statements(resource).document
    row = f"(select row_to_json(d)::text from (select {document}) d) as body, t.id"
    if not condition.opaque:
        inner = f"""
            select {row}, ({order.key})::text as key
            from {source}{resource.noun} t where {where}
            order by {lane_order(order, lane)} limit {limit}"""
    else:
        inner = _chosen_first(resource, order, lane, source, where, row, limit)
    return f"select r.* from enter($1) e(w), lateral ({inner}) r", arguments.values


def _chosen_first(resource: Resource, order: Order, lane: int, source: str, where: str, row: str, limit: int) -> str:
    """First which rows, then in which order, then their documents.

    Without statistics for a condition the planner would walk the sort's index row by row in the hope of finding a page
    soon: a filter that few rows fit would fetch every row of the table in index order.
    """
    direction = " desc" if order.descending else ""
    by = f"id{direction}" if lane else f"key{direction}, id{direction}"
    return f"""
        with fits as materialized (
            select t.id, {order.key} as key from {source}{resource.noun} t where {where}
        ), chosen as materialized (
            select id, key from fits order by {by} limit {limit}
        )
        select {row}, c.key::text as key
        from chosen c join {resource.noun} t on t.workspace_id = e.w and t.id = c.id
        order by {", ".join(f"c.{part}" for part in by.split(", "))} limit {limit}"""


def _matching(
    resource: Resource, fields: FieldTable, query: ListQuery, arguments: Arguments, now: datetime
) -> tuple[str, Condition]:
    """Which rows the query wants, whatever its page: what to select from before the table, and the condition."""
    alive = "t.deleted_at is not null" if query.trashed else "t.deleted_at is null"
    wanted = Condition("true", False)
    if query.filter is not None:
        wanted = compile_filter(fields, query.filter, arguments, now=now)
    if query.q is None:
        return "", Condition(f"{alive} and {wanted.sql}", wanted.opaque)
    found = f"search_find(e.w, '{resource.noun}', {arguments.bind(query.q, 'text')}, {SEARCH_BOUND}) s, "
    return found, Condition(f"t.id = s.id and {alive} and {wanted.sql}", True)


async def count(state: State, caller: Caller, resource: Resource, fields: FieldTable, query: ListQuery) -> int:
    arguments = Arguments()
    source, condition = _matching(resource, fields, query, arguments, now_in(caller))
    sql = f"""
        select r.* from enter($1) e(w), lateral (
            select count(*) as total from {source}{resource.noun} t where t.workspace_id = e.w and {condition.sql}
        ) r"""
    rows = await state.postgres.read(caller.workspace_id, sql, *arguments.values, custom_plan=query.filter is not None)
    total: int = rows[0]["total"]
    return total
