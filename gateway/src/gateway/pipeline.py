"""The ordered lists of steps that a request passes; each may end the request, none looks back."""

import asyncio
import logging
from collections.abc import Sequence

from gateway import problems
from gateway.access_log import log_access
from gateway.body import ClientGone
from gateway.exchange import AnswerCut, Exchange
from gateway.metrics import observe
from gateway.problems import Refused
from gateway.steps import Step
from gateway.steps.authenticate import Authenticate
from gateway.steps.body_limit import BodyLimit
from gateway.steps.cross_origin import CrossOrigin
from gateway.steps.forward import Forward
from gateway.steps.forward_auth import ForwardAuth
from gateway.steps.head_rules import HeadRules
from gateway.steps.rate_limit import RateLimit
from gateway.steps.rate_limit_auth import RateLimitAuth
from gateway.steps.read_body import ReadBody
from gateway.steps.request_id import RequestId
from gateway.steps.route import Route
from gateway.steps.site import Site
from gateway.steps.validate import Validate
from gateway.steps.workspace import Workspace

log = logging.getLogger(__name__)

API: list[type[Step]] = [
    RequestId,  # names it: id, trace, client, deadline
    HeadRules,  # what could be read in two ways
    CrossOrigin,  # who may script us
    Route,  # which operation of the contract
    Authenticate,  # who calls
    Workspace,  # in which workspace, with which role
    RateLimit,  # at whose cost; what was refused so far is paid for too
    BodyLimit,  # how large it may be
    Validate,  # whether it fits the schema
    Forward,  # to the service, or to what the gateway composes
]
AUTH: list[type[Step]] = [RequestId, HeadRules, CrossOrigin, BodyLimit, ReadBody, RateLimitAuth, ForwardAuth]
SITE: list[type[Step]] = [RequestId, HeadRules, CrossOrigin, Site]


class Pipeline:
    """`steps` are the instances of one of the lists above, in its order."""

    def __init__(self, steps: Sequence[Step]) -> None:
        kinds = [type(step) for step in steps]
        paying = kinds.index(RateLimit) if RateLimit in kinds else 0
        self._before = steps[:paying]
        self._after = steps[paying:]

    async def __call__(self, x: Exchange) -> None:
        try:
            if not await self._pass(x):
                raise RuntimeError("no step answered")
        except Refused as refused:
            await _refuse(x, refused)
        except (ClientGone, asyncio.CancelledError):  # the server cancels what nobody waits for any more
            x.status = x.status or 499
        except AnswerCut:
            x.status = 502
            raise
        except Exception:
            log.exception("request %s broke", x.request_id)
            if x.status:
                raise
            await _refuse(x, problems.internal_error())
        finally:
            observe(x)
            log_access(x)
            if x.end_span is not None:
                x.end_span(x)

    async def _pass(self, x: Exchange) -> bool:
        try:
            for step in self._before:
                if await step(x):
                    return True
        except Refused as refused:
            x.refusal = refused
        for step in self._after:
            if await step(x):
                return True
        return False


async def _refuse(x: Exchange, refused: Refused) -> None:
    if x.status:  # the head is out: only the connection's end can say that the rest is missing
        raise AnswerCut from refused
    if x.below_auth:
        version = x.headers.get(b"x-supabase-api-version", b"")
        dated = version >= b"2024-01-01" and version[:1].isdigit()
        head = [(b"content-type", b"application/json"), *refused.head()]
        if dated:
            head.append((b"x-supabase-api-version", b"2024-01-01"))
        await x.answer(refused.status, head, refused.auth_error(dated=dated))
        return
    await x.answer(
        refused.status,
        [(b"content-type", b"application/problem+json"), *refused.head()],
        refused.problem(x.request_id),
    )
