"""Answers whose bytes are ready: what Postgres or the cache gave goes to the socket as it is."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from litestar.types import Receive, Scope, Send

from crm_service.context import context_of

JSON = "application/json"
_BODILESS = {204, 304}


class Answer:
    """Status, bytes and headers; an ASGI application, so that Litestar passes it on without encoding anything."""

    __slots__ = ("body", "headers", "media_type", "status")

    def __init__(
        self, status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None, media_type: str = JSON
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {}
        self.media_type = media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": list(self._head())})
        body = b"" if scope.get("method") == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _head(self) -> Iterator[tuple[bytes, bytes]]:
        if self.status not in _BODILESS:
            yield b"content-length", b"%d" % len(self.body)
            yield b"content-type", self.media_type.encode("latin-1")
        for name, value in self.headers.items():
            yield name.lower().encode("latin-1"), value.encode("latin-1")


def json_answer(
    request: Any,
    body: bytes,
    *,
    etag: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    operation_id: Any = None,
) -> Answer:
    """JSON bytes as an answer.

    etag: with its quotes; a GET whose If-None-Match fits it is answered 304. operation_id: of the change that was made,
    becomes X-Operation-Id.
    """
    head = dict(headers or {})
    if operation_id is not None:
        head["X-Operation-Id"] = str(operation_id)
    if etag is not None:
        head["ETag"] = etag
        if status == 200 and request.scope["method"] in ("GET", "HEAD") and not_modified(request, etag):
            return Answer(304, b"", head)
    return Answer(status, body, head)


def no_content(*, operation_id: Any = None) -> Answer:
    """204, as a DELETE answers."""
    return Answer(204, b"", {} if operation_id is None else {"X-Operation-Id": str(operation_id)})


def etag_of(body: bytes) -> str:
    """The entity tag of a list: a hash of its bytes."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def not_modified(request: Any, etag: str) -> bool:
    """RFC 9110 13.1.2: If-None-Match compares weakly, takes a list, and `*` fits whatever exists."""
    given = context_of(request).header(b"if-none-match")
    if given is None:
        return False
    if given.strip() == "*":
        return True
    opaque = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") == opaque for tag in given.split(","))
