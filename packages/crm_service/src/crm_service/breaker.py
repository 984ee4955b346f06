"""Stop asking what does not answer. The gateway has another, with a probe: docs/decisions/0023-breaker-with-a-probe.md

closed --5 failures in a row, or half of 20 or more in 10 s--> open --2 s, doubling to 30 s--> probing
probing --2 successes--> closed; --a failure--> open for longer. While probing, one call at a time goes through.
"""

import time
from collections import deque
from collections.abc import Callable


class Breaker:
    """Tell it how calls ended: `failed` is a connect error, a timeout or a 502 to 504, nothing else.

    `clock`: monotonic seconds.
    """

    IN_A_ROW = 5
    WINDOW_S = 10.0
    WINDOW_MIN_CALLS = 20
    FIRST_PAUSE_S = 2.0
    LONGEST_PAUSE_S = 30.0
    PROBES_TO_CLOSE = 2

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._recent: deque[tuple[float, bool]] = deque(maxlen=1000)
        self._in_a_row = 0
        self._pause_s = 0.0  # 0: closed
        self._open_until = 0.0
        self._probing = False
        self._good_probes = 0

    @property
    def is_open(self) -> bool:
        return self._pause_s > 0

    def retry_after_s(self) -> float:
        return max(0.0, self._open_until - self._clock())

    def allows(self) -> bool:
        """May a call go out now? A True while open is the probe: its end must be told."""
        if not self.is_open:
            return True
        if self._probing or self._clock() < self._open_until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        self._in_a_row = 0
        self._recent.append((self._clock(), True))
        if self.is_open:
            self._probing = False
            self._good_probes += 1
            if self._good_probes >= self.PROBES_TO_CLOSE:
                self._close()

    def failed(self) -> None:
        self._in_a_row += 1
        self._recent.append((self._clock(), False))
        if self.is_open or self._in_a_row >= self.IN_A_ROW or self._half_failed():
            self._open()

    def abandoned(self) -> None:
        """The call was cancelled: it says nothing about the other side, but the next probe may go."""
        self._probing = False

    def _open(self) -> None:
        self._pause_s = min(max(self._pause_s * 2, self.FIRST_PAUSE_S), self.LONGEST_PAUSE_S)
        self._open_until = self._clock() + self._pause_s
        self._probing = False
        self._good_probes = 0

    def _close(self) -> None:
        self._pause_s = 0.0
        self._good_probes = 0
        self._recent.clear()

    def _half_failed(self) -> bool:
        since = self._clock() - self.WINDOW_S
        ends = [good for at, good in self._recent if at >= since]
        return len(ends) >= self.WINDOW_MIN_CALLS and ends.count(False) * 2 >= len(ends)
