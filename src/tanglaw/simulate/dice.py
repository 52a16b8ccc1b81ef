"""Repeatable chance: one independent stream of numbers per part of a world, named by the part.

A part that draws more or fewer numbers changes no other part.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 8_192


class Dice:
    """Draws from the stream that seed and name give. `unit()` is uniform in [0, 1)."""

    __slots__ = ("rng", "unit")

    def __init__(self, seed: int, *name: str | int) -> None:
        text = "\x1f".join(str(part) for part in (seed, *name))
        key = hashlib.blake2b(text.encode(), digest_size=16).digest()
        self.rng = np.random.Generator(np.random.PCG64(int.from_bytes(key, "big")))
        self.unit: Callable[[], float] = _units(self.rng).__next__

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.unit() < probability

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self.unit() * limit)

    def between(self, low: float, high: float) -> float:
        """Uniform between two values."""
        return low + (high - low) * self.unit()

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all alike likely."""
        return items[int(self.unit() * len(items))]

    def normal(self) -> float:
        """Standard normal (Box-Muller)."""
        return math.sqrt(-2.0 * math.log(1.0 - self.unit())) * math.cos(math.tau * self.unit())

    def lognormal(self, median: float, sigma: float) -> float:
        """Lognormal with that median."""
        return median * math.exp(sigma * self.normal())

    def weibull(self, shape: float, scale: float) -> float:
        """Weibull by inversion."""
        return scale * float((-math.log(1.0 - self.unit())) ** (1.0 / shape))

    def geometric(self, mean: float) -> int:
        """Whole number from 0 with that mean."""
        if mean <= 0:
            return 0
        return int(math.log(1.0 - self.unit()) / math.log(mean / (1.0 + mean)))

    def digits(self, count: int) -> str:
        """Decimal digits, the first not zero."""
        low = 10 ** (count - 1)
        return str(low + int(self.unit() * 9 * low))

    def token(self, size: int) -> bytes:
        """`size` random bytes."""
        return self.rng.bytes(size)


def _units(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(_BLOCK).tolist()


class Weighted(Generic[T]):
    """Items with weights; `draw` picks by weight."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self._items = items
        self._sums = list(accumulate(weights))

    def draw(self, dice: Dice) -> T:
        """One item, by weight."""
        return self._items[bisect_right(self._sums, dice.unit() * self._sums[-1], 0, len(self._sums) - 1)]


def zeta(exponent: float, cap: int) -> Weighted[int]:
    """The zeta distribution truncated at `cap`: k with weight k ** -exponent."""
    values = range(1, cap + 1)
    return Weighted(values, [k**-exponent for k in values])


def sigmoid(x: float) -> float:
    """Logistic function."""
    return 1.0 / (1.0 + math.exp(-x))
