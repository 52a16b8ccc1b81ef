"""Texts of a batch as one, so that candidates are found again and looked around in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
# Code points on either side of a candidate that its type may judge.
AROUND = 32
_SPACE = ord(" ")


class Joined:
    """Texts set one after another, a space before, between and behind; places are code points of the whole."""

    def __init__(self, texts: pl.Series) -> None:
        self.whole = f" {texts.str.join(' ').item() or ''} " if len(texts) else "  "
        self.ends = np.cumsum(texts.str.len_chars().to_numpy().astype(np.int64) + 1)
        self.starts = np.concatenate(([1], self.ends[:-1] + 1)) if len(texts) else self.ends
        self._bounds = list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))
        # One byte a code point is enough to tell spaces and signs from the rest.
        self._signs = np.frombuffer(self.whole.encode("latin-1", "replace"), dtype=np.uint8)

    def places(self, at: Numbers, candidates: Sequence[str]) -> Numbers:
        """Where the candidates of the texts `at` start, in their order.

        A candidate's place is its first occurrence after the candidate before, since expressions are context-free.
        """
        find, end = self.whole.find, 0
        found: list[int] = []
        add = found.append
        for start, candidate in zip(self.starts[at].tolist(), candidates, strict=True):
            place = find(candidate, start if start > end else end)
            add(place)
            end = place + len(candidate)
        return np.array(found, dtype=np.int64)

    def behind(self, signs: str, places: Numbers) -> npt.NDArray[np.bool_]:
        """Whether one of these ASCII signs stands before the place."""
        among: npt.NDArray[np.bool_] = np.isin(self._signs[places - 1], list(signs.encode("ascii")))
        return among

    def apart(self, start: Numbers, end: Numbers) -> npt.NDArray[np.bool_]:
        """Whether a space or an end of the text stands on both sides."""
        space: npt.NDArray[np.bool_] = self._signs == _SPACE
        return space[start - 1] & space[end]

    def judged(self, fits: Callable[[str, str, str], bool], at: int, start: int, end: int) -> bool:
        """What `fits` says of the place, given what stands around it in its text."""
        whole = self.whole
        low, high = self._bounds[at]
        before = whole[start - AROUND if start - AROUND > low else low : start]
        return fits(before, whole[start:end], whole[end : end + AROUND if end + AROUND < high else high])
