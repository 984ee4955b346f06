"""One request on its way through the steps, and how it is answered."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from gateway.problems import Header, Refused

if TYPE_CHECKING:
    from crm_auth import Claims
    from gateway.contract import Route
    from gateway.members import Exchanged, Member
    from gateway.tracing import EndSpan

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

API = "/api/"
AUTH = "/auth/v1/"

# Headers that all answers carry unless one says otherwise.
REPLACEABLE = {b"cache-control"}


class AnswerCut(Exception):
    """The rest of an answer that has begun cannot be had: the connection must end, or it would look whole."""


class Exchange:
    """What the steps learn about a request. Each member is written by the one step that its comment names."""

    __slots__ = (
        "answer_headers",  # any: go out with whatever answers
        "body",  # validate: None where it is passed on unread
        "body_max_bytes",  # body_limit
        "claims",  # authenticate: None for an anonymous caller
        "client_ip",  # request_id
        "deadline",  # request_id: of time.monotonic
        "end_span",  # request_id
        "exchanged",  # authenticate: what an API token stands for
        "headers",
        "member",  # workspace
        "method",
        "path",  # as it came, never decoded: what is matched is what is forwarded
        "path_values",  # route
        "query",
        "receive",
        "refusal",  # pipeline: said before the bucket was paid
        "request_id",  # request_id
        "route",  # route
        "scope",
        "send",
        "sent_bytes",
        "started",
        "status",
        "token",  # authenticate: the JWT that services get
        "traceparent",  # request_id
    )

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.method: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.query: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.started = time.monotonic()
        self.deadline = 0.0
        self.request_id = ""
        self.traceparent = ""
        self.end_span: EndSpan | None = None
        self.client_ip = ""
        self.route: Route | None = None
        self.path_values: Sequence[str] = ()
        self.claims: Claims | None = None
        self.token = ""
        self.member: Member | None = None
        self.refusal: Refused | None = None
        self.body: bytes | None = None
        self.body_max_bytes = 0
        self.exchanged: Exchanged | None = None
        self.answer_headers: list[Header] = []
        self.status = 0
        self.sent_bytes = 0

    @property
    def below_api(self) -> bool:
        return self.path.startswith(API)

    @property
    def below_auth(self) -> bool:
        return self.path.startswith(AUTH)

    @property
    def matched(self) -> "Route":
        """The route, for the steps behind the one that found it."""
        if self.route is None:
            raise LookupError("no route was found yet")
        return self.route

    @property
    def identified(self) -> "tuple[Claims, Member]":
        """The caller and their membership, for operations of a workspace."""
        if self.claims is None or self.member is None:
            raise LookupError("nobody was authenticated in a workspace")
        return self.claims, self.member

    def remaining_s(self) -> float:
        return self.deadline - time.monotonic()

    async def answer(self, status: int, headers: Sequence[Header], body: bytes) -> None:
        """A whole answer at once; its length is added here."""
        await self.start(status, [*headers, (b"content-length", b"%d" % len(body))])
        await self.finish(body)

    async def start(self, status: int, headers: Sequence[Header]) -> None:
        """Status and head of an answer whose body follows by `write` and `finish`."""
        self.status = status
        named = {name for name, _ in headers} & REPLACEABLE
        common = [header for header in self.answer_headers if header[0] not in named] if named else self.answer_headers
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, *common]})

    async def write(self, chunk: bytes) -> None:
        self.sent_bytes += len(chunk)
        await self.send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def finish(self, chunk: bytes = b"") -> None:
        self.sent_bytes += len(chunk)
        await self.send({"type": "http.response.body", "body": chunk, "more_body": False})
