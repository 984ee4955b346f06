"""Sends a call of the auth protocol on to whoever signs people in: identity, or the hosted project when one is set."""

from gateway import headers
from gateway.exchange import Exchange
from gateway.problems import Header
from gateway.settings import Settings
from gateway.steps.forward import pass_on, target
from gateway.upstream import Call, Reply, Service

IDEMPOTENT = ("GET", "HEAD")


class ForwardAuth:
    """`key_head` proves the gateway to identity; a hosted project gets its publishable key and nothing of ours."""

    def __init__(self, settings: Settings, issuer: Service, key_head: bytes) -> None:
        self._issuer = issuer
        self._key_head = key_head
        self._hosted = bool(settings.supabase_url)
        self._publishable_key = settings.supabase_publishable_key.encode()

    async def __call__(self, x: Exchange) -> bool:
        sent = x.body or b""
        length = b"" if not sent and x.method in IDEMPOTENT else b"content-length: %d\r\n" % len(sent)
        call = Call(
            x.method,
            target(x),
            self._head(x) + length,
            x.deadline,
            body=sent,
            tell_deadline=not self._hosted,
            repeatable=x.method in IDEMPOTENT,
        )
        await pass_on(x, self._issuer, call, head=_answer_head)
        return True

    def _head(self, x: Exchange) -> bytes:
        told = [(name, x.headers[name]) for name in headers.AUTH_REQUEST if name in x.headers]
        if self._hosted:
            if self._publishable_key and b"apikey" not in x.headers:
                told.append((b"apikey", self._publishable_key))
            return headers.lines(told)
        ours = f"x-request-id: {x.request_id}\r\ntraceparent: {x.traceparent}\r\nx-internal-client: {x.client_ip}\r\n"
        return headers.lines(told) + self._key_head + ours.encode()


def _answer_head(reply: Reply) -> list[Header]:
    return headers.from_auth(reply.headers)
