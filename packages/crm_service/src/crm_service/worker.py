"""Worker tasks: each runs for ever; one that ends or fails is started again, and readiness names it meanwhile."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from crm_service import metrics

Task = Callable[[Any], Awaitable[None]]

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # a task that ran this long starts over with the first pause

_log = structlog.get_logger("crm_service.worker")


class SupervisedTask:
    """One task and how it fares; `ping` fails while it is not running."""

    def __init__(self, task: Task) -> None:
        self.name = getattr(task, "__name__", type(task).__name__)
        self._task = task
        self.running = False

    async def ping(self) -> bool:
        return self.running

    async def run(self, state: Any) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            ran_s = await self._run_once(state)
            pause_s = FIRST_PAUSE_S if ran_s >= STEADY_S else pause_s
            metrics.TASK_RESTARTS.labels(self.name).inc()
            _log.warning("task restarts", task=self.name, pause_s=pause_s)
            await asyncio.sleep(pause_s * random.uniform(0.75, 1.25))  # noqa: S311 (jitter, no secret)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _run_once(self, state: Any) -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        self.running = True
        try:
            await self._task(state)
        except Exception:
            _log.exception("task failed", task=self.name)
        finally:
            self.running = False
        return loop.time() - started


async def run_all(tasks: Sequence[SupervisedTask], state: Any) -> None:
    """Until cancelled."""
    async with asyncio.TaskGroup() as group:
        for task in tasks:
            group.create_task(task.run(state), name=task.name)
