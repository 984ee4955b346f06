"""The people that a filter finds, as a stream of documents: pages by id, so that memory stays flat."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from contacts.people import PEOPLE
from contacts.records.listing import ListQuery, now_in, page_sql
from contacts.state import State
from crm_auth import Caller
from crm_resource import After, FieldTable, Json, parse_order

PAGE = 1_000


async def documents(state: State, caller: Caller, fields: FieldTable, query: ListQuery) -> AsyncIterator[bytes]:
    """Each person's JSON, oldest id first. Who comes or goes meanwhile may be in or not; nobody else is missed."""
    order = parse_order(fields, query.sort)
    (lane,) = order.lanes()
    after: After | None = None
    while True:
        sql, arguments = page_sql(PEOPLE, fields, query, order, lane, after, PAGE, now_in(caller))
        rows = await state.postgres.read(caller.workspace_id, sql, *arguments)
        for row in rows:
            yield row["body"].encode()
        if len(rows) < PAGE:
            return
        after = After(lane, rows[-1]["key"], str(rows[-1]["id"]))


async def records(documents: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Json]]:
    decoder: Any = msgspec.json.Decoder(dict[str, Any])
    async for document in documents:
        yield decoder.decode(document)
