"""`GET /api/v1/contacts/{id}/overview`: a person with what surrounds them, in one answer."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway import problems
from gateway.composed.parts import Parts, answer_json, gather
from gateway.exchange import Exchange

NEWEST = 20
SOON = 10


class Overview:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, x: Exchange) -> None:
        contact_id = x.path_values[0]
        found, away = await gather(
            contact=self._parts.json(x, f"/api/v1/contacts/{contact_id}"),
            timeline=self._list(x, "timeline", {"contact_id": contact_id, "limit": NEWEST}),
            tasks=self._list(x, "events", {"filter": _open_tasks(contact_id), "sort": "due_at", "limit": SOON}),
            events=self._list(x, "events", {"filter": _coming(contact_id), "sort": "starts_at", "limit": SOON}),
            deals=self._list(x, "deals", {"filter": _of(contact_id), "limit": SOON}),
        )
        contact = found["contact"]
        if contact is None and "contacts" not in away:
            raise problems.not_found()
        company_id = contact and contact.get("company_id")
        company, also_away = await gather(company=self._company(x, company_id))
        await answer_json(x, {**found, **company, "degraded": sorted(away | also_away)})

    async def _company(self, x: Exchange, company_id: str | None) -> Any:
        return await self._parts.json(x, f"/api/v1/companies/{company_id}") if company_id else None

    async def _list(self, x: Exchange, resource: str, query: dict[str, Any]) -> list[Any]:
        page = await self._parts.json(x, f"/api/v1/{resource}", query)
        return page["items"] if page else []


def _of(contact_id: str, *more: dict[str, Any]) -> str:
    clauses = [{"field": "contact_ids", "op": "has", "value": contact_id}, *more]
    return msgspec.json.encode({"and": clauses}).decode()


def _open_tasks(contact_id: str) -> str:
    return _of(
        contact_id,
        {"field": "kind", "op": "eq", "value": "task"},
        {"field": "done_at", "op": "empty", "value": True},
    )


def _coming(contact_id: str) -> str:
    # Cut to the minute, so that the service's cache can answer the next one.
    now = datetime.now(UTC).replace(second=0, microsecond=0).isoformat()
    return _of(
        contact_id,
        {"field": "kind", "op": "in", "value": ["meeting", "call"]},
        {"field": "starts_at", "op": "gte", "value": now},
    )
