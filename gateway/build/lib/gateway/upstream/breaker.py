"""Stops calling an instance that does not answer, and finds out by itself when it does again.

    closed    -- 5 failures in a row, or half of 20 or more within 10 s -->  open
    open      -- the instance's /health/live answers, asked once a second -->  half-open
    half-open -- one call at a time: 2 successes --> closed
                 a failure --> open, for twice as long as before (2 s to 30 s)

Failures are refused connections, time-outs and broken or 502/504 answers. A service's own 503 is an answer: it came
fast, and carries its own Retry-After. The probe is what keeps "works again within 5 s" apart from "asked rarely while
it is ill".
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from enum import IntEnum

IN_A_ROW = 5
WINDOW_S = 10.0
WINDOW_MIN_CALLS = 20
WINDOW_FAILED_SHARE = 0.5
FIRST_OPEN_S = 2.0
MAX_OPEN_S = 30.0
PROBE_EVERY_S = 1.0
SUCCESSES_TO_CLOSE = 2


class State(IntEnum):
    """The number is the value of the metric `upstream_breaker_state`."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Breaker:
    """`probe` answers whether the instance is alive; `now` is seconds of a monotonic clock."""

    def __init__(self, probe: Callable[[], Awaitable[bool]], *, now: Callable[[], float] = time.monotonic) -> None:
        self.state = State.CLOSED
        self._probe = probe
        self._now = now
        self._in_a_row = 0
        self._calls: deque[tuple[float, bool]] = deque()
        self._open_s = 0.0
        self._trial_running = False
        self._trials_passed = 0
        self._watcher: asyncio.Task[None] | None = None

    def admits(self) -> bool:
        """Whether a call may be made now. Each admitted call must be followed by `succeeded`, `failed` or `dropped`."""
        if self.state is State.CLOSED:
            return True
        if self.state is State.OPEN or self._trial_running:
            return False
        self._trial_running = True
        return True

    def succeeded(self) -> None:
        self._in_a_row = 0
        if self.state is State.CLOSED:
            if self._calls:
                self._count(failed=False)
            return
        self._trial_running = False
        self._trials_passed += 1
        if self.state is State.HALF_OPEN and self._trials_passed >= SUCCESSES_TO_CLOSE:
            self.state = State.CLOSED
            self._open_s = 0.0
            self._calls.clear()

    def failed(self) -> None:
        self._trial_running = False
        if self.state is State.HALF_OPEN:
            self._open(max(FIRST_OPEN_S, self._open_s * 2))
        elif self.state is State.CLOSED:
            self._in_a_row += 1
            self._count(failed=True)
            if self._in_a_row >= IN_A_ROW or self._too_many_failed():
                self._open(0.0)

    def dropped(self) -> None:
        """The caller went away before the outcome was known."""
        self._trial_running = False

    async def close(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)

    def _count(self, *, failed: bool) -> None:
        # Successes are counted only while a failure is remembered: a healthy instance costs nothing.
        self._calls.append((self._now(), failed))
        while self._calls and self._calls[0][0] < self._now() - WINDOW_S:
            self._calls.popleft()

    def _too_many_failed(self) -> bool:
        failures = sum(failed for _, failed in self._calls)
        return len(self._calls) >= WINDOW_MIN_CALLS and failures >= WINDOW_FAILED_SHARE * len(self._calls)

    def _open(self, wait_s: float) -> None:
        self.state = State.OPEN
        self._in_a_row = 0
        self._trials_passed = 0
        self._open_s = min(wait_s, MAX_OPEN_S)
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        alive = False
        pause_s = max(self._open_s, PROBE_EVERY_S)
        while not alive:
            await asyncio.sleep(pause_s)
            pause_s = PROBE_EVERY_S
            alive = await self._probe()
        self.state = State.HALF_OPEN
