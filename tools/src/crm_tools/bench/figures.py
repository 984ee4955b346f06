"""The arithmetic of the bench: percentiles, medians over rounds, and draws that favour few, as real reads do."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """Of one figure over the rounds. `relative` is (max - min) / median."""

    median: float
    low: float
    high: float

    @property
    def relative(self) -> float:
        return (self.high - self.low) / self.median if self.median else 0.0


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: the smallest value that at least `share` (0 to 1) of all do not exceed."""
    if not values:
        raise ValueError("no value, no percentile")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def zipf(items: Sequence[T], count: int, chance: random.Random) -> list[T]:
    """`count` draws: the second item half as often as the first, the third a third as often."""
    return chance.choices(items, cum_weights=zipf_weights(len(items)), k=count)


def zipf_weights(count: int) -> list[float]:
    """Cumulative."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))
