"""The gateway's own questions to a service: small, whole answers."""

import time
from dataclasses import dataclass

from gateway import problems
from gateway.problems import Refused
from gateway.upstream import Broken, Call, ConnectFailed, Saturated, Service, TimedOut, Unavailable, UpstreamError

ANSWER_MAX_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


async def ask(
    service: Service,
    method: str,
    target: str,
    head: bytes,
    *,
    body: bytes = b"",
    within_s: float = 5.0,
    repeatable: bool = False,
) -> Answered:
    """The service's answer, whatever its status; raises `Refused` when there is none."""
    length = b"content-length: %d\r\n" % len(body) if body else b""
    call = Call(
        method,
        target.encode(),
        head + length,
        time.monotonic() + within_s,
        body=body,
        repeatable=repeatable or method == "GET",
    )
    try:
        reply = await service.call(call)
        try:
            return Answered(reply.status, reply.headers, await reply.read(ANSWER_MAX_BYTES))
        finally:
            reply.close()
    except UpstreamError as error:
        raise refusal(error, service.name) from error


def refusal(error: UpstreamError, service: str) -> Refused:
    """What a client is told of a call that failed: 503 not reached, 502 broken, 504 too slow."""
    match error:
        case Saturated():
            return problems.reduced_capacity(service)
        case Unavailable(retry_after_s=retry_after_s):
            return problems.unavailable(f"{service} does not answer at the moment.", retry_after_s=retry_after_s)
        case ConnectFailed():
            return problems.unavailable(f"{service} cannot be reached.")
        case TimedOut():
            return problems.upstream_timeout(service)
        case Broken():
            return problems.upstream_broken(service)
        case _:
            raise TypeError(f"unknown failure {error!r}")
