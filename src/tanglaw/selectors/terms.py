"""A user's own words to look for, from a file that is the user's; none are shipped.

A line is a term, or a label, a tab and a term. What has a label is found under that label, and neither value nor
original repeats the term. Empty lines and lines that start with `#` say nothing. Terms are found as whole words,
without case, accents and look-alike spellings, in one pass over the text however long the list is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from tanglaw.errors import CheckSettings
from tanglaw.selectors.fold import fold
from tanglaw.selectors.overlap import Placed

TERM = "term"
LISTED, HIDDEN = "listed term", "listed term, not shown"
_MARKS = (0x0300, 0x0370)
# Scripts written without spaces: there a word has no edges to look at.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")


@cache
def _table() -> npt.NDArray[np.uint32]:
    """For every code point its lower case without accent, where that is one code point; accents by themselves go."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in range(0x20000):
        char = chr(code)
        parts = unicodedata.normalize("NFKD", char)
        accented = all(_MARKS[0] <= ord(mark) < _MARKS[1] for mark in parts[1:])
        lower = (parts[0] if accented else char).lower()
        table[code] = ord(lower) if len(lower) == 1 else code
    table[_MARKS[0] : _MARKS[1]] = 0x110000
    table[9:14] = ord(" ")
    return table


def _simple(text: str) -> tuple[str, npt.NDArray[np.int64]]:
    """The text as terms are compared, and the place of each code point left."""
    codes = _table()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    kept = np.flatnonzero(codes != 0x110000)
    return codes[kept].tobytes().decode("utf-32-le", "replace"), kept


@dataclass(frozen=True)
class Terms:
    """Terms as they are compared, each with its value and whether it is hidden."""

    known: dict[str, tuple[str, bool]]

    @cached_property
    def _patterns(self) -> list[str]:
        return sorted(self.known)

    def find(self, folded: pl.Series) -> list[Placed]:
        """Where terms stand in texts whose look-alikes are folded; places are code points of these."""
        if not self.known:
            return []
        lower = folded.str.to_lowercase()
        foreign = (folded.str.len_bytes() != folded.str.len_chars()).arg_true()
        maps = {}
        if not foreign.is_empty():
            made = []
            for row in foreign.to_list():
                text, maps[row] = _simple(folded[row])
                made.append(text)
            lower = lower.scatter(foreign, pl.Series(made, dtype=pl.String))
        rows = lower.str.contains_any(self._patterns).arg_true()
        if rows.is_empty():
            return []
        hits = lower.gather(rows)
        found = hits.str.extract_many(self._patterns, overlapping=True).to_list()
        places = hits.str.find_many(self._patterns, overlapping=True).to_list()
        placed: list[Placed] = []
        for row, text, terms, starts in zip(rows.to_list(), hits.to_list(), found, places, strict=True):
            points = None if text.isascii() else _points(text)
            for term, byte in zip(terms, starts, strict=True):
                start = byte if points is None else int(points[byte])
                if _whole(text, start, start + len(term)):
                    placed.append(self._placed(row, start, term, maps.get(row)))
        return placed

    def _placed(self, row: int, start: int, term: str, places: npt.NDArray[np.int64] | None) -> Placed:
        value, hidden = self.known[term]
        end = start + len(term)
        if places is not None:
            start, end = int(places[start]), int(places[end - 1]) + 1
        return row, start, end, TERM, value, True, HIDDEN if hidden else LISTED, 1.0


def _points(text: str) -> npt.NDArray[np.int64]:
    """For each byte of the text in UTF-8 its code point's place."""
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    return np.cumsum((data & 0xC0) != 0x80) - 1


def _whole(text: str, start: int, end: int) -> bool:
    """True unless a letter or digit goes on at either end, in scripts that set words apart."""
    return not (_joined(text[start - 1 : start], text[start]) or _joined(text[end - 1], text[end : end + 1]))


def _joined(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and not (_UNSPACED.match(left) or _UNSPACED.match(right))


def compared(term: str) -> str:
    """The term as it is compared: look-alikes, case and accents folded, one space between words."""
    folded, _ = fold(pl.Series([" ".join(term.split())], dtype=pl.String))
    return _simple(folded[0])[0]


def load(path: Path) -> Terms:
    """Terms of a file in UTF-8. Raises CheckSettings if it cannot be read or a line has no letter or digit."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CheckSettings(f"the list of terms {path.name} cannot be read as UTF-8 text") from error
    known: dict[str, tuple[str, bool]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        label, tab, term = line.partition("\t")
        wanted = compared(term if tab else line)
        if not any(char.isalnum() for char in wanted) or (tab and not label.strip()):
            raise CheckSettings(
                f"line {number} of the list of terms {path.name} holds no term, or no label before its tab"
            )
        known[wanted] = (label.strip(), True) if tab else (wanted, False)
    return Terms(known)
