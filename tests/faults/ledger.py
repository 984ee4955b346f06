"""Writers that keep a book of what they were answered, and the comparison of that book with what the databases hold."""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import asyncpg
import httpx2

Outcome = Literal["ok", "nothing", "unknown"]
DATABASES = ("identity", "contacts", "events")
MAY_HAVE_HAPPENED = (502, 504)  # the service had the call; what became of it, the gateway can't know


@dataclass
class Write:
    """One intention: the token is the value that it writes, and finds it again. `statuses`: of all its attempts."""

    token: str
    outcome: Outcome
    statuses: list[int]


class Change(NamedTuple):
    record_id: str
    version: int
    fact_id: str
    token: str | None


@dataclass
class Found:
    """What the databases of an installation say of a workspace's contacts."""

    changes: list[Change]
    timeline: list[tuple[str, int, str]]  # record, version, fact
    unsent: int
    parked: int


@dataclass
class Ledger:
    """`problems`: answers that no client should ever get."""

    writes: list[Write] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        return sum(write.outcome == outcome for write in self.writes)

    def compare(self, found: Found) -> list[str]:
        """Every promise that was broken, in words; an empty list means that all held."""
        applied = Counter(change.token for change in found.changes)
        allowed = {"ok": (1,), "nothing": (0,), "unknown": (0, 1)}
        broken = [
            f"{write.token} was answered {write.statuses}, so {write.outcome}, and stands there {applied[write.token]}x"
            for write in self.writes
            if applied[write.token] not in allowed[write.outcome]
        ]
        broken += [f"nobody wrote {token}" for token in applied.keys() - {write.token for write in self.writes}]
        broken += [f"versions of {record} are {versions}" for record, versions in _gaps(found.changes)]
        stated = Counter((change.record_id, change.version, change.fact_id) for change in found.changes)
        shown = Counter(found.timeline)
        broken += [f"not on the timeline: {entry}" for entry in stated - shown]
        broken += [f"on the timeline without cause: {entry}" for entry in shown - stated]
        if found.unsent or found.parked:
            broken.append(f"{found.unsent} facts wait, {found.parked} are parked")
        return broken


def _gaps(changes: list[Change]) -> list[tuple[str, list[int]]]:
    versions = defaultdict(list)
    for change in changes:
        versions[change.record_id].append(change.version)
    whole = {record: list(range(1, len(seen) + 1)) for record, seen in versions.items()}
    return [(record, sorted(seen)) for record, seen in versions.items() if sorted(seen) != whole[record]]


@dataclass
class Writer:
    """Makes a person, renames them twice, makes the next, and so on, `per_s` writes a second.

    With `attempts` over one, a creation whose fate is unknown is repeated with its Idempotency-Key.
    """

    name: str
    http: httpx2.AsyncClient
    ledger: Ledger
    per_s: float
    attempts: int = 1
    _count: itertools.count = field(default_factory=itertools.count)

    async def write_while(self, going_on: Callable[[], bool]) -> None:
        clock = asyncio.get_running_loop().time
        due, person = clock(), None
        while going_on():
            number = next(self._count)
            token = f"{self.name}-{number}"
            if person is None or number % 3 == 0:
                person = await self._create(token)
            else:
                await self._rename(person, token)
            due = max(due + 1 / self.per_s, clock())
            await asyncio.sleep(due - clock())

    async def _create(self, token: str) -> str | None:
        write, made = Write(token, "nothing", []), None
        for _ in range(self.attempts):
            headers = {"Idempotency-Key": f"key-{token}"}
            outcome, answer = await self._send(write, "POST", "/api/v1/contacts", {"description": token}, headers)
            if outcome == "ok":
                made = str(answer["id"])
            if outcome != "nothing" or write.outcome != "unknown":
                write.outcome = outcome
            if outcome == "ok" or write.outcome == "nothing":
                break
        self.ledger.writes.append(write)
        return made

    async def _rename(self, person: str, token: str) -> None:
        write = Write(token, "nothing", [])
        path = f"/api/v1/contacts/{person}"
        write.outcome, _ = await self._send(write, "PATCH", path, {"description": token}, {})
        self.ledger.writes.append(write)

    async def _send(
        self, write: Write, method: str, path: str, body: dict[str, str], headers: dict[str, str]
    ) -> tuple[Outcome, Any]:
        named = {"last_name": self.name} if method == "POST" else {}
        try:
            answer = await self.http.request(method, path, json=body | named, headers=headers)
        except httpx2.HTTPError as error:
            self.ledger.problems.append(f"{method}: no answer, {error!r}")
            return "unknown", None
        write.statuses.append(answer.status_code)
        return self._outcome(method, answer), answer.json()

    def _outcome(self, method: str, answer: httpx2.Response) -> Outcome:
        if answer.is_success:
            return "ok"
        told = answer.json()
        if answer.headers["content-type"] != "application/problem+json" or told["status"] != answer.status_code:
            self.ledger.problems.append(f"{method}: {answer.status_code} {answer.text}")
        unknown = told.get("outcome") == "unknown"
        if answer.status_code not in (409, 503, *MAY_HAVE_HAPPENED):
            self.ledger.problems.append(f"{method}: {answer.status_code} {answer.text}")
        if answer.status_code == 503 and "retry-after" not in answer.headers and not unknown:
            self.ledger.problems.append(f"{method}: a 503 that does not say when to come back: {answer.text}")
        return "unknown" if unknown else "nothing"


async def read(admin_url: str, workspace_id: str) -> Found:
    connections = {name: await asyncpg.connect(admin_url + name, timeout=5) for name in DATABASES}
    try:
        changes = await connections["contacts"].fetch(
            "select record_id::text, version, fact_id::text, after ->> 'description' from change"
            " where workspace_id = $1::uuid and noun = 'contact'",
            workspace_id,
        )
        timeline = await connections["events"].fetch(
            "select record_id::text, version, id::text from timeline_fact"
            " where workspace_id = $1::uuid and noun = 'contact'",
            workspace_id,
        )
        unsent = [await one.fetchval(_UNSENT) for one in connections.values()]
        parked = [await one.fetchval("select count(*) from parked") for one in connections.values()]
    finally:
        for connection in connections.values():
            await connection.close()
    return Found([Change(*row) for row in changes], [tuple(row) for row in timeline], sum(unsent), sum(parked))


_UNSENT = "select count(*) from outbox where published_at is null"
