"""The SQL that only administrators need."""

from typing import Any

from identity.db import Tx
from identity.users import Account

SORTS = {
    "created_at asc": "order by created_at, id",
    "created_at desc": "order by created_at desc, id desc",
    "email asc": "order by email nulls last, id",
    "email desc": "order by email desc nulls last, id desc",
}
DEFAULT_SORT = "created_at desc"
# the filter is text to look for, not a pattern
MATCHES = """where $1 = '' or strpos(lower(coalesce(email, '')), $1) > 0 or strpos(coalesce(phone, ''), $1) > 0
    or id::text = $1"""


async def count(tx: Tx, wanted: str) -> int:
    total: int = await tx.fetchval(f"select count(*) from account {MATCHES}", wanted)
    return total


async def page(tx: Tx, wanted: str, sort: str, *, limit: int, offset: int) -> list[Account]:
    statement = f"select * from account_row {MATCHES} {SORTS[sort]} limit $2 offset $3"
    return [Account.from_row(row) for row in await tx.fetch(statement, wanted, limit, offset)]


async def audit_page(tx: Tx, *, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    total = await tx.fetchval("select count(*) from audit")
    rows = await tx.fetch(
        """select id, at, action, account_id, session_id, ip, detail::text from audit
           order by at desc, id desc limit $1 offset $2""",
        limit,
        offset,
    )
    return total, [dict(row) for row in rows]
