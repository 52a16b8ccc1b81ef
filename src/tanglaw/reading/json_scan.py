"""Where the commas, brackets and strings of JSON bytes stand, found with vector operations instead of a parser.

Quotes decide what is inside a string, an odd run of backslashes decides what is a quote, and a raw newline ends
any string, since it cannot stand inside one: a missing quote spoils one line, not the rest of the file.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]

_QUOTE, _BACKSLASH, _NEWLINE, _COMMA = 0x22, 0x5C, 0x0A, 0x2C
_NEAR = 2_048
_MARK = np.zeros(256, dtype=np.bool_)
_MARK[list(b'"{}[],\n')] = True
_DELTA = np.zeros(256, dtype=np.int8)
_DELTA[list(b"{[")] = 1
_DELTA[list(b"}]")] = -1


class Structure(NamedTuple):
    """What stands directly inside one array (or object), from a place where no string and no bracket is open.

    `commas` are the separators at that level, `stop` is the first bracket that closes more than was opened
    (-1 if none), and `open` says that a bracket is still open at the end. All places are indexes into the data.
    """

    commas: Places
    stop: int
    open: bool


def structure(data: bytes, start: int, end: int) -> Structure:
    """The structure of `data[start:end]`."""
    at, codes, inside = _marks(data, start, end, False)
    level = _DELTA[codes]
    wanted = ~inside & ((level != 0) | (codes == _COMMA))
    at, level = at[wanted], level[wanted]
    depth = np.cumsum(level, dtype=np.int32)
    stop = -1
    below = np.flatnonzero(depth < 0)
    if below.size:
        first = int(below[0])
        stop = int(at[first]) + start
        at, level, depth = at[:first], level[:first], depth[:first]
    commas = at[(level == 0) & (depth == 0)] + start
    return Structure(commas, stop, bool(depth.size and depth[-1] > 0))


def close_of(data: bytes, start: int, depth: int, in_string: bool) -> tuple[int, int, bool]:
    """The index after the bracket that brings `depth` to nothing, or -1; and depth and string at the end.

    `start` must not stand behind a backslash that belongs to the same string.
    """
    # Most values end near: what stands behind them need not be looked at.
    near = start + _NEAR
    found = _close_before(data, start, near, depth, in_string) if near < len(data) else (-1, depth, in_string)
    return found if found[0] >= 0 else _close_before(data, start, len(data), depth, in_string)


def _close_before(data: bytes, start: int, end: int, depth: int, in_string: bool) -> tuple[int, int, bool]:
    at, codes, inside = _marks(data, start, end, in_string)
    brackets = ~inside & (_DELTA[codes] != 0)
    depths = np.cumsum(_DELTA[codes[brackets]], dtype=np.int64) + depth
    closed = np.flatnonzero(depths <= 0)
    if closed.size:
        return int(at[brackets][closed[0]]) + start + 1, 0, False
    open_string = bool(inside[-1]) if inside.size else in_string
    return -1, int(depths[-1]) if depths.size else depth, open_string


def _marks(data: bytes, start: int, end: int, in_string: bool) -> tuple[Places, NDArray[np.uint8], NDArray[np.bool_]]:
    """Places (from `start`) and bytes of all marks, and for each whether it stands inside a string."""
    text = np.frombuffer(data, np.uint8, end - start, start)
    at = np.flatnonzero(_MARK[text])
    codes = text[at]
    quotes = codes == _QUOTE
    if data.find(b"\\", start, end) >= 0:
        quotes &= ~_escaped(text)[at]
    counted = np.cumsum(quotes, dtype=np.int32) + int(in_string)
    newlines = codes == _NEWLINE
    if np.any(counted[newlines] & 1):
        counted -= np.maximum.accumulate(np.where(newlines, counted, 0))
    return at, codes, (counted & 1).astype(np.bool_)


def _escaped(text: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """For each byte whether an odd run of backslashes stands before it."""
    strokes = np.flatnonzero(text == _BACKSLASH)
    begins = np.empty(strokes.size, dtype=np.bool_)
    begins[0] = True
    np.not_equal(strokes[1:], strokes[:-1] + 1, out=begins[1:])
    begin = strokes[np.maximum.accumulate(np.where(begins, np.arange(strokes.size), 0))]
    escaped = np.zeros(text.size + 1, dtype=np.bool_)
    escaped[strokes[(strokes - begin) % 2 == 0] + 1] = True
    return escaped[:-1]
