"""One question to a service on the caller's behalf, and what is made of a service that does not answer."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec

from gateway import problems
from gateway.ask import Answered, ask
from gateway.contract import Contract
from gateway.exchange import Exchange
from gateway.problems import Fault, Header, Refused
from gateway.steps.forward import identity_head
from gateway.upstream import Service

# A frozen service must not hold the whole back (case U7: 2 s).
PART_WITHIN_S = 1.5
JSON: tuple[Header, ...] = ((b"content-type", b"application/json"),)


class Away(Exception):
    """The service gave no usable answer; its name is the text."""


@dataclass(frozen=True)
class Parts:
    """`key_head`: the header lines that prove the gateway."""

    services: Mapping[str, Service]
    contract: Contract
    key_head: bytes

    async def json(self, x: Exchange, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """What the path's owner answers to a GET; None when there is nothing, or no such part in this installation.

        Raises `Away`, or `Refused` with what the owner has against the question.
        """
        try:
            route, _ = self.contract.table.match("GET", path)
        except Refused:
            return None
        answered = await self.ask(x, route.service, "GET", path, query)
        if answered.status == 404:
            return None
        if answered.status != 200:
            raise refused_by(answered)
        return msgspec.json.decode(answered.body)

    async def ask(
        self,
        x: Exchange,
        service: str,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
    ) -> Answered:
        """The service's answer below 500; raises `Away`."""
        if service not in self.services:
            raise Away(service)
        target = f"{path}?{urlencode(query)}" if query else path
        head = b"%b%baccept: application/json\r\n" % (self.key_head, identity_head(x))
        within_s = min(PART_WITHIN_S, x.remaining_s())
        try:
            answered = await ask(self.services[service], method, target, head, within_s=within_s)
        except Refused as error:
            raise Away(service) from error
        if answered.status >= 500:
            raise Away(service)
        return answered


def refused_by(answered: Answered) -> Refused:
    """A service's refusal, to be answered as our own."""
    try:
        problem = msgspec.json.decode(answered.body, type=_Problem)
    except msgspec.MsgspecError:
        return problems.upstream_broken("A service")
    return Refused(answered.status, problem.code, problem.detail, errors=problem.errors)


class _Problem(msgspec.Struct):
    code: str
    detail: str
    errors: list[Fault] = []


async def gather(**asked: Coroutine[Any, Any, Any]) -> tuple[dict[str, Any], set[str]]:
    """All answers by name, at once; a service that is away leaves None, and its name in the set beside."""
    answers = await asyncio.gather(*asked.values(), return_exceptions=True)
    found: dict[str, Any] = {}
    away: set[str] = set()
    for name, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Away):
            found[name] = None
            away.add(str(answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found[name] = answer
    return found, away


async def answer_json(x: Exchange, value: Any) -> None:
    await x.answer(200, JSON, msgspec.json.encode(value))
