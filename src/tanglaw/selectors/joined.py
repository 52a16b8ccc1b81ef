"""Texts of a batch as one, so that candidates are found again and looked around in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
Judge = Callable[[str, str, str], bool]
# Code points on either side of a candidate that its type may judge.
AROUND = 32
_SPACE = ord(" ")


class Joined:
    """Texts set one after another, a space before, between and behind; places are code points of the whole."""

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        self.whole = f" {texts.str.join(' ').item() or ''} " if len(texts) else "  "
        self.ends = np.cumsum(texts.str.len_chars().to_numpy().astype(np.int64) + 1)
        self.starts = np.concatenate(([1], self.ends[:-1] + 1)) if len(texts) else self.ends
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
        both: npt.NDArray[np.bool_] = (self._signs[start - 1] == _SPACE) & (self._signs[end] == _SPACE)
        return both

    def judged(self, judges: Sequence[Judge], at: Numbers, start: Numbers, end: Numbers) -> list[bool]:
        """What each judge says of its place, given what stands around it in its text."""
        whole = self.whole
        low = np.maximum(start - AROUND, self.starts[at])
        high = np.minimum(end + AROUND, self.ends[at])
        return [
            fits(whole[left:first], whole[first:stop], whole[stop:right])
            for fits, left, first, stop, right in zip(
                judges, low.tolist(), start.tolist(), end.tolist(), high.tolist(), strict=True
            )
        ]
