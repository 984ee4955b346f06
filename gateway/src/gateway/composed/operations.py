"""Operations of all services in one list, newest first; and undo, sent to the service whose operation it is.

A page's cursor holds the last operation that was given, and per service the cursor of the page that was read. A page is
read again rather than counted: what was done meanwhile stands in front of that operation, and is passed over.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple

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
    """Where the list goes on. `cursors`: by service; "" is its first page, None its end."""

    before: str = ""
    cursors: dict[str, str | None] = {}


class Operations:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, x: Exchange) -> None:
        query = parse_query(x.query)
        limit = int(query.get("limit", [str(DEFAULT_LIMIT)])[0])
        place = _decode(query["cursor"][0]) if "cursor" in query else Place()
        owners = [owner for owner in x.matched.owners if owner in self._parts.services]
        found, away = await gather(**{owner: self._page(x, owner, place, limit) for owner in owners})
        pages: dict[str, Page] = {owner: page for owner, page in found.items() if page is not None}
        items = sorted((item for page in pages.values() for item in page.items), key=_age, reverse=True)[:limit]
        following = {owner: page.cursor_after(items) for owner, page in pages.items()}
        following.update({owner: place.cursors.get(owner, "") for owner in away})
        more = bool(items) and any(cursor is not None for cursor in following.values())
        next_cursor = _encode(Place(_age(items[-1]), following)) if more else None
        await answer_json(x, {"items": items, "next_cursor": next_cursor, "degraded": sorted(away)})

    async def _page(self, x: Exchange, owner: str, place: Place, limit: int) -> "Page":
        """The next operations of one service, however many of its page were given before."""
        cursor = place.cursors.get(owner, "")
        while cursor is not None:
            query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
            answered = await self._parts.ask(x, owner, "GET", PATH, query)
            if answered.status != 200:
                raise _foreign_cursor() if cursor else Away(owner)
            page = msgspec.json.decode(answered.body)
            fresh = [item for item in page["items"] if not place.before or _age(item) < place.before]
            if fresh or not page["next_cursor"]:
                return Page(fresh, cursor, page["next_cursor"])
            cursor = page["next_cursor"]
        return Page([], None, None)


class Page(NamedTuple):
    """What one service has to give, out of the page at `cursor`."""

    items: list[dict[str, Any]]
    cursor: str | None
    next_cursor: str | None

    def cursor_after(self, used: list[dict[str, Any]]) -> str | None:
        """The next page's when all of this one was used, else this one's again."""
        all_used = not self.items or self.items[-1] in used
        return self.next_cursor if all_used else self.cursor


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


def _encode(place: Place) -> str:
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _decode(cursor: str) -> Place:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=Place)
    except (ValueError, msgspec.MsgspecError):
        raise _foreign_cursor() from None


def _foreign_cursor() -> Refused:
    return problems.bad_request("bad_cursor", "The cursor is not one that was given here.", pointer="/query/cursor")
