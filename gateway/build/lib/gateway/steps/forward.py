"""Sends the request on to the service that owns the operation, and the answer back, streamed when it is large."""

from collections.abc import Awaitable, Callable, Mapping

from gateway import body, headers
from gateway.ask import refusal
from gateway.exchange import AnswerCut, Exchange
from gateway.problems import Header, unavailable
from gateway.settings import Settings
from gateway.upstream import Broken, Call, Reply, Service, TimedOut, UpstreamError

Composed = Callable[[Exchange], Awaitable[None]]

REPEATABLE = ("GET", "HEAD")


class Forward:
    """`composed`: what the gateway answers itself, by operation id. `key_head`: the lines that prove the gateway."""

    def __init__(
        self, settings: Settings, services: Mapping[str, Service], composed: Mapping[str, Composed], key_head: bytes
    ) -> None:
        self._long_idle_s = settings.crm_long_idle_s
        self._services = services
        self._composed = composed
        self._key_head = key_head

    async def __call__(self, x: Exchange) -> bool:
        route = x.matched
        compose = self._composed.get(route.operation_id)
        if compose is not None:
            await compose(x)
            return True
        service = self._services.get(route.service)
        if service is None:
            raise unavailable(f"{route.service} is not part of this installation.")
        await pass_on(x, service, self._call(x))
        return True

    def _call(self, x: Exchange) -> Call:
        long = x.matched.long
        streamed = x.body is None
        sent = x.body or b""
        length = x.headers.get(b"content-length") if streamed else b"%d" % len(sent)
        framing = b"content-length: %b\r\n" % length if length else b"transfer-encoding: chunked\r\n"
        if not streamed and not sent and x.method in REPEATABLE:
            framing = b""
        return Call(
            # A service answers HEAD as it answers GET; what it would leave out is left out here.
            "GET" if x.method == "HEAD" else x.method,
            target(x),
            service_head(x, self._key_head) + framing,
            x.deadline,
            body=sent,
            stream=body.stream(x) if streamed else None,
            chunked=streamed and not length,
            idle_s=self._long_idle_s if long else None,
            repeatable=x.method in REPEATABLE or b"idempotency-key" in x.headers,
        )


def target(x: Exchange) -> bytes:
    path = x.path.encode("latin-1")
    return b"%b?%b" % (path, x.query) if x.query else path


def service_head(x: Exchange, key_head: bytes) -> bytes:
    """Everything that a service is told: what the client may say, and what we know of the client."""
    passed = b"".join(
        [b"%b: %b\r\n" % (name, value) for name in headers.REQUEST if (value := x.headers.get(name)) is not None]
    )
    return b"".join((passed, key_head, identity_head(x)))


def identity_head(x: Exchange) -> bytes:
    """Who asks, for whom, under which request id."""
    told = f"x-request-id: {x.request_id}\r\ntraceparent: {x.traceparent}\r\nx-internal-client: {x.client_ip}\r\n"
    if x.claims is not None:
        told += f"authorization: Bearer {x.token}\r\n"
        if x.member is None:
            told += f"x-internal-user: {x.claims.user_id}\r\n"
        if x.exchanged is not None:
            told += f"x-internal-scopes: {x.exchanged.scopes}\r\n"
    return told.encode() + (x.member.head if x.member is not None else b"")


async def pass_on(
    x: Exchange,
    service: Service,
    call: Call,
    *,
    head: Callable[[Reply], list[Header]] = lambda reply: headers.from_service(reply.headers, headers.RESPONSE),
) -> None:
    """Calls the service and answers with what it answers. A cut answer cuts the client's too: it never looks whole."""
    try:
        reply = await service.call(call)
    except UpstreamError as error:
        raise refusal(error, service.name) from error
    try:
        if reply.body is not None:
            await x.start(reply.status, head(reply))
            await x.finish(reply.body)
            return
        await _stream(x, reply, head(reply))
    finally:
        reply.close()


async def _stream(x: Exchange, reply: Reply, head: list[Header]) -> None:
    await x.start(reply.status, head)
    if x.method == "HEAD":
        await x.finish()
        return
    try:
        async for piece in reply.chunks():
            await x.write(piece)
    except (Broken, TimedOut) as error:
        raise AnswerCut from error
    await x.finish()
