"""Folds look-alike spellings (full-width, other digits, invisible marks) onto ASCII, with a map back to the original.

Each code point becomes one or none, so places can be led back. What may not be folded to one code point stays.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

Places = npt.NDArray[np.int64]
_DROP = 0x110000
# Invisible: soft hyphen, joiners, zero-width and direction marks, word joiner, variation selectors, keycap frame.
_INVISIBLE = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x2064), (0x2066, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0x20E3, 0x20E3), (0xE0100, 0xE01EF),
)  # fmt: skip
_SPACES = ((0x00A0, 0x00A0), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))
_HYPHENS = ((0x2010, 0x2015), (0x2212, 0x2212), (0xFE58, 0xFE58), (0xFE63, 0xFE63))
# Full-width forms and letters in mathematical styles: one code point each by NFKC. The full-width bar stays a bar.
_STYLED = ((0xFF01, 0xFF5B), (0xFF5D, 0xFF5E), (0x1D400, 0x1D7FF), (0x24B6, 0x24E9), (0xFE6B, 0xFE6B))
_DIGITS = (0x0660, 0x1FBF9)
NEEDS = (
    r"[\p{Nd}--[0-9]]|["
    + "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in (*_INVISIBLE, *_SPACES, *_HYPHENS, *_STYLED))
    + "]"
)


@cache
def _table() -> npt.NDArray[np.uint32]:
    """For every code point the one it folds to, or `_DROP`."""
    table = np.arange(_DROP, dtype=np.uint32)
    for low, high in _STYLED:
        for code in range(low, high + 1):
            folded = unicodedata.normalize("NFKC", chr(code))
            table[code] = ord(folded) if len(folded) == 1 else code
    for code in range(*_DIGITS):
        digit = unicodedata.decimal(chr(code), None)
        if digit is not None:
            table[code] = ord("0") + int(digit)
    for ranges, target in ((_INVISIBLE, _DROP), (_SPACES, ord(" ")), (_HYPHENS, ord("-"))):
        for low, high in ranges:
            table[low : high + 1] = target
    return table


def fold(texts: pl.Series) -> tuple[pl.Series, dict[int, Places]]:
    """Texts with look-alikes folded, and for each changed row the place in its original of every code point left."""
    foreign = (texts.str.len_bytes() != texts.str.len_chars()).arg_true()
    if foreign.is_empty():
        return texts, {}
    rows = foreign.filter(texts.gather(foreign).str.contains(NEEDS))
    if rows.is_empty():
        return texts, {}
    originals = texts.gather(rows).to_list()
    folded, places = [], {}
    for row, original in zip(rows.to_list(), originals, strict=True):
        codes = _table()[np.frombuffer(original.encode("utf-32-le"), dtype=np.uint32)]
        kept = np.flatnonzero(codes != _DROP)
        folded.append(codes[kept].tobytes().decode("utf-32-le"))
        places[row] = kept
    return texts.clone().scatter(rows, pl.Series(folded, dtype=pl.String)), places
