"""A steady load of reads and writes through the gateways, with what each call took."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2


@dataclass
class Figures:
    """Milliseconds of all calls, and the answers that were no success."""

    took_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.took_ms, n=100)[percent - 1]

    @property
    def p50(self) -> float:
        return self.percentile(50)

    @property
    def p95(self) -> float:
        return self.percentile(95)


Call = tuple[str, str, dict[str, str] | None]


async def steady(clients: Sequence[httpx2.AsyncClient], calls: Sequence[Call], *, count: int, per_s: float) -> Figures:
    """`count` calls, each begun at its time whether or not those before have ended, so that a stall is seen by all."""
    figures = Figures()

    async def one(number: int) -> None:
        method, path, body = calls[number % len(calls)]
        began = time.perf_counter()
        answer = await clients[number % len(clients)].request(method, path, json=body)
        figures.took_ms.append((time.perf_counter() - began) * 1000)
        if not answer.is_success:
            figures.failures.append(f"{method} {path}: {answer.status_code} {answer.text}")

    running = []
    for number in range(count):
        running.append(asyncio.create_task(one(number)))
        await asyncio.sleep(1 / per_s)
    await asyncio.gather(*running)
    return figures
