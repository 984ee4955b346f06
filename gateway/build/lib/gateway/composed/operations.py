"""Operations of all services in one list, newest first; and undo, sent to the service whose operation it is.

A page's cursor holds, per service, the cursor of the page that was read and the last operation that was given from it.
A page is read again rather than counted: what was done meanwhile stands in front of that operation, and is passed over.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec

from gateway import headers, problems
from gateway.ask import Answered, ask
from gateway.composed.parts import Away, Parts, answer_json, gather
from gateway.exchange import Exchange
from gateway.problems import Refused
from gateway.schemas import parse_query
from gateway.steps.forward import identity_head

DEFAULT_LIMIT = 50
PATH = "/api/v1/operations"


class Place(msgspec.Struct, array_like=True):
    """Where a service's list is read on: its cursor ("" is its first page), and what was given last ("" is nothing)."""

    cursor: str = ""
    after: str = ""
    ended: bool = False


class Operations:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, x: Exchange) -> None:
        query = parse_query(x.query)
        limit = int(query.get("limit", [str(DEFAULT_LIMIT)])[0])
        owners = [owner for owner in x.matched.owners if owner in self._parts.services]
        places = _decode(query["cursor"][0]) if "cursor" in query else {}
        asked = {owner: self._page(x, owner, places.get(owner, Place()), limit) for owner in owners}
        found, away = await gather(**asked)
        items = sorted((item for page in found.values() if page for item in page.items), key=_age, reverse=True)[:limit]
        following = {owner: page.place_after(items) for owner, page in found.items() if page}
        following.update({owner: places.get(owner, Place()) for owner in away})
        more = any(not place.ended for place in following.values())
        cursor = _encode(following) if more and items else None
        await answer_json(x, {"items": items, "next_cursor": cursor, "degraded": sorted(away)})

    async def _page(self, x: Exchange, owner: str, place: Place, limit: int) -> "Page | None":
        """The next operations of one service, however many of the page were given before."""
        while not place.ended:
            query: dict[str, Any] = {"limit": limit}
            if place.cursor:
                query["cursor"] = place.cursor
            answered = await self._parts.ask(x, owner, "GET", PATH, query)
            if answered.status != 200:
                raise _foreign_cursor() if place.cursor else Away(owner)
            page = msgspec.json.decode(answered.body)
            fresh = [item for item in page["items"] if not place.after or item["id"] < place.after]
            if fresh or not page["next_cursor"]:
                return Page(place, fresh, page["next_cursor"])
            place = Place(page["next_cursor"])
        return None


class Page:
    """What one service gave, and how to go on behind what of it is used."""

    def __init__(self, place: Place, items: list[dict[str, Any]], next_cursor: str | None) -> None:
        self.place = place
        self.items = items
        self.next_cursor = next_cursor

    def place_after(self, used: list[dict[str, Any]]) -> Place:
        ids = {item["id"] for item in used}
        given = [item["id"] for item in self.items if item["id"] in ids]
        if len(given) == len(self.items):
            return Place(self.next_cursor or "", ended=not self.next_cursor)
        return Place(self.place.cursor, given[-1] if given else self.place.after)


class Undo:
    """A service that answers 404 has no such operation, and did nothing: the next one is asked."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, x: Exchange) -> None:
        refused: Refused | None = None
        for owner in x.matched.owners:
            if owner not in self._parts.services:
                continue
            try:
                answered = await self._undo(x, owner)
            except Refused as error:
                refused = error
                continue
            if answered.status != 404:
                await x.start(answered.status, headers.from_service(answered.headers, headers.RESPONSE))
                await x.finish(answered.body)
                return
        raise refused or problems.not_found()

    async def _undo(self, x: Exchange, owner: str) -> Answered:
        return await ask(
            self._parts.services[owner],
            "POST",
            x.path,
            self._parts.key_head + identity_head(x) + _passed(x),
            body=x.body or b"",
            within_s=x.remaining_s(),
            repeatable=b"idempotency-key" in x.headers,
        )


def _passed(x: Exchange) -> bytes:
    names = (b"content-type", b"idempotency-key")
    return headers.lines((name, x.headers[name]) for name in names if name in x.headers)


def _age(item: dict[str, Any]) -> str:
    return str(item["id"])  # UUIDv7: in the order of time


def _encode(places: dict[str, Place]) -> str:
    return urlsafe_b64encode(msgspec.json.encode(places)).decode().rstrip("=")


def _decode(cursor: str) -> dict[str, Place]:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=dict[str, Place])
    except (ValueError, msgspec.MsgspecError):
        raise _foreign_cursor() from None


def _foreign_cursor() -> Refused:
    return problems.bad_request("bad_cursor", "The cursor is not one that was given here.", pointer="/query/cursor")
