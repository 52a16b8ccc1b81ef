"""Files that reports list: names, hashes and how often the same file comes back.

A file is a number; its hashes are those of a text made of the seed and that number, so no file exists behind them.
About half of all files are exact duplicates: a few viral files stand in very many unrelated reports.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from tanglaw.simulate.dice import Dice, Weighted
from tanglaw.simulate.figures import FILES_MEAN, LISTED_POOL
from tanglaw.simulate.words import FILE_ENDINGS, FILE_STEMS

FRESH_FROM = 1_000_000
_POOL_EXPONENT, _POOL_SHIFT = 1.05, 6.0  # Zipf-Mandelbrot: no single file rules [A]


class Hashes(NamedTuple):
    """All hashes of one file."""

    md5: str
    sha1: str
    sha256: str
    pdq: str


class Material:
    """The files of a world: a pool of viral ones, numbered from 0, and fresh ones above."""

    def __init__(self, seed: int, reports: int) -> None:
        self._seed = seed
        self._fresh = FRESH_FROM
        dice = Dice(seed, "material")
        self.pool = max(12, int(reports * FILES_MEAN * 0.03))
        self._viral = Weighted(range(self.pool), [(rank + _POOL_SHIFT) ** -_POOL_EXPONENT for rank in range(self.pool)])
        order = dice.rng.permutation(self.pool).tolist()
        self.listed = sorted(order[: int(self.pool * LISTED_POOL)])

    def fresh(self) -> int:
        """A file that no report has listed yet."""
        self._fresh += 1
        return self._fresh

    def viral(self, dice: Dice) -> int:
        """A file of the viral pool, by its weight."""
        return self._viral.draw(dice)

    def hashes(self, number: int) -> Hashes:
        """The hashes of file `number`. A PDQ hash has half of its bits set, as the real ones have."""
        text = f"simulated file {self._seed} {number}".encode()
        half = hashlib.blake2b(text, digest_size=16).digest()
        return Hashes(
            hashlib.md5(text, usedforsecurity=False).hexdigest(),
            hashlib.sha1(text, usedforsecurity=False).hexdigest(),
            hashlib.sha256(text).hexdigest(),
            half.hex() + bytes(255 - byte for byte in half).hex(),
        )

    @staticmethod
    def ending(number: int) -> str:
        """The file type of file `number`, always the same."""
        return FILE_ENDINGS[number * 31 % len(FILE_ENDINGS)]

    @staticmethod
    def size(number: int) -> int:
        """The size in bytes that lists state for file `number`."""
        return 20_000 + number * 7_919 % 4_000_000


def file_name(number: int, dice: Dice) -> str:
    """A file name as a phone or service would give it."""
    return f"{dice.pick(FILE_STEMS)}_{dice.digits(6)}.{Material.ending(number)}"
