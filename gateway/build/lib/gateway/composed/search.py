"""`GET /api/v1/search`: one list out of what every service finds."""

from collections.abc import Callable
from typing import Any

from gateway.composed.parts import Parts, answer_json, gather
from gateway.exchange import Exchange
from gateway.schemas import parse_query

DEFAULT_LIMIT = 20


class Search:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, x: Exchange) -> None:
        query = parse_query(x.query)
        text = query["q"][0]
        limit = int(query.get("limit", [str(DEFAULT_LIMIT)])[0])
        asked = {kind: self._find(x, resource, text, limit) for kind, (resource, _) in KINDS.items()}
        found, away = await gather(**asked)
        hits = [_hit(kind, record, place) for kind in KINDS for place, record in enumerate(found[kind] or [])]
        hits.sort(key=lambda hit: -hit["score"])
        await answer_json(x, {"items": hits[:limit], "degraded": sorted(away)})

    async def _find(self, x: Exchange, resource: str, text: str, limit: int) -> list[Any]:
        page = await self._parts.json(x, f"/api/v1/{resource}", {"q": text, "limit": limit})
        return page["items"] if page else []


def _hit(kind: str, record: dict[str, Any], place: int) -> dict[str, Any]:
    title, subtitle = KINDS[kind][1](record)
    # A service ranks what it finds; the first of each are worth more than the tenth of any.
    return {"kind": kind, "id": record["id"], "title": title, "subtitle": subtitle, "score": round(1 / (1 + place), 4)}


def _contact(record: dict[str, Any]) -> tuple[str, str]:
    name = " ".join(filter(None, (record.get("first_name"), record.get("last_name"))))
    reachable = [entry["value"] for name_ in ("emails", "phones") for entry in record.get(name_) or []]
    return name or (reachable[0] if reachable else ""), record.get("title") or (reachable[0] if reachable else "")


def _company(record: dict[str, Any]) -> tuple[str, str]:
    return record.get("name") or "", record.get("domain") or ""


def _event(record: dict[str, Any]) -> tuple[str, str]:
    return record.get("title") or (record.get("body") or "")[:80], record.get("kind") or ""


def _deal(record: dict[str, Any]) -> tuple[str, str]:
    return record.get("name") or "", record.get("status") or ""


KINDS: dict[str, tuple[str, Callable[[dict[str, Any]], tuple[str, str]]]] = {
    "contact": ("contacts", _contact),
    "company": ("companies", _company),
    "event": ("events", _event),
    "deal": ("deals", _deal),
}
