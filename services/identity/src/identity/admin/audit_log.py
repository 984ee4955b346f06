"""GET /admin/audit: what happened to accounts, sessions and keys, newest first."""

from typing import Any

import msgspec

from crm_service.answer import Answer
from identity.admin import store
from identity.admin.guard import require_admin
from identity.admin.paging import paging
from identity.auth.wire import AnyRequest, auth_get, reply
from identity.state import State


@auth_get("/auth/v1/admin/audit")
async def list_audit(request: AnyRequest, state: State) -> Answer:
    await require_admin(request, state)
    pages = paging(request)
    async with state.db.transaction(None) as tx:
        total, rows = await store.audit_page(tx, limit=pages.per_page, offset=pages.offset)
    headers = pages.headers(f"{state.settings.issuer}/admin/audit", total)
    return reply([_shown(row) for row in rows], 200, **headers)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    payload = {"action": row["action"], "actor_id": row["account_id"], "session_id": row["session_id"]}
    detail = msgspec.json.decode(row["detail"])
    return {
        "id": row["id"],
        "created_at": row["at"],
        "ip_address": row["ip"] or "",
        "payload": payload | {"traits": detail},
    }
