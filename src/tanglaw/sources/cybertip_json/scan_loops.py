"""Takes plain police-side reports apart, compiled: one row for each object that is more than a value.

Plain is what nearly all reports are: every key known and stated once, no backslash in a text, no blanks around one, whole
numbers, lists where the schema has them. Of any other record, and of one that is no JSON, the loop says so and leaves
nothing; it is read by the reader record by record.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from tanglaw.reading.elements import BLOCK, DOC, LEAF, LIST, NODE, ORDINAL, PARENT, SIZE, SKIP, TRIM_SIZE
from tanglaw.reading.scan_loops import LEAN, SCHEMA_TYPE, has_blank_edge, is_text, known_name
from tanglaw.reading.texts import Bytes, Mask, Whole

# What a node takes beside what its kind says: true and false, a text in place of the object, "" and N/A only. Of a
# list it is the node of its elements.
TRUTH, SAID, EXACT = 1, 2, 4
_DEEPEST = 32
# What is kept of the walk: the place in the data, node and row of what is open, its depth, what may follow, how many
# rows there are.
_PLACE, _OPEN, _ROW, _DEPTH, _STATE, _USED = range(6)
_FRESH, _VALUE_DONE, _COMMA_DONE = range(3)
_NULL, _TRUTHS, _WHOLE = range(3)
_OUT_TYPE = "Tuple((int32[:, ::1], int32[:, ::1], int64[:, ::1], int64[::1]))"


@njit("int64(uint8[::1], int64, int64)", **LEAN)
def _pass_blanks(data, at, end):  # type: ignore[no-untyped-def]
    while at < end and (data[at] == 32 or data[at] == 10 or data[at] == 9 or data[at] == 13):
        at += 1
    return at


@njit("boolean(uint8[::1], int64, int64)", **LEAN)
def _is_nothing(data, start, end):  # type: ignore[no-untyped-def]
    """True for a text of blanks only, N/A or n/a."""
    if end - start == 3 and data[start + 1] == 47:
        return (data[start] == 78 and data[start + 2] == 65) or (data[start] == 110 and data[start + 2] == 97)
    while start < end and data[start] == 32:
        start += 1
    return start == end


@njit("int64(uint8[::1], int64, int64)", **LEAN)
def _string_end(data, at, end):  # type: ignore[no-untyped-def]
    """Where the text that begins at `at` ends, before its closing quote; -1 if it does not stand as it is."""
    high = False
    start = at
    while at < end and data[at] != 34:
        if data[at] < 32 or data[at] == 92:
            return -1
        high = high or data[at] >= 0x80
        at += 1
    if at >= end or (high and (not is_text(data, start, at) or has_blank_edge(data, start, at))):
        return -1
    return at


@njit("boolean(uint8[::1], int64, int64, int64)", **LEAN)
def _is_word(data, at, size, kind):  # type: ignore[no-untyped-def]
    """True if this is null, a truth, or a whole number of up to 18 digits."""
    if kind == _WHOLE:
        for i in range(at, at + size):
            if data[i] > 57:
                return False
        return 0 < size <= 18 and (size == 1 or data[at] != 48)
    if kind == _NULL:
        return size == 4 and data[at] == 110 and data[at + 1] == 117 and data[at + 2] == 108 and data[at + 3] == 108
    if size == 4:
        return data[at] == 116 and data[at + 1] == 114 and data[at + 2] == 117 and data[at + 3] == 101
    same = size == 5 and data[at] == 102 and data[at + 1] == 97
    return same and data[at + 2] == 108 and data[at + 3] == 115 and data[at + 4] == 101


@njit("int64(uint8[::1], int64, int64, int64)", **LEAN)
def _word_end(data, at, end, kind):  # type: ignore[no-untyped-def]
    """Where the word of this kind that begins at `at` ends; -1 if there is none."""
    start = at
    while at < end and (97 <= data[at] <= 122 or 48 <= data[at] <= 57):
        at += 1
    if at < end and data[at] != 44 and data[at] != 93 and data[at] != 125 and data[at] > 32:
        return -1
    return at if _is_word(data, start, at - start, kind) else -1


@njit(f"int64(uint8[::1], int64, int64[::1], {SCHEMA_TYPE}, int64[::1])", **LEAN)
def _key(data, end, now, schema, seen):  # type: ignore[no-untyped-def]
    """Pass a key and its colon; returns the node of its value, 0 if it is not known or stands twice."""
    slots, names, places, multiplier, _, children, _ = schema
    at = now[_PLACE]
    if data[at] != 34:
        return 0
    stop = _string_end(data, at + 1, end)
    if stop < 0:
        return 0
    name = known_name(data, at + 1, stop, slots, names, places, multiplier)
    at = _pass_blanks(data, stop + 1, end)
    if name < 0 or at >= end or data[at] != 58:
        return 0
    now[_PLACE] = _pass_blanks(data, at + 1, end)
    child = children[now[_OPEN], name]
    if now[_PLACE] >= end or seen[child] == now[_ROW] + 1:
        return 0
    seen[child] = now[_ROW] + 1
    return child


@njit(f"boolean(uint8[::1], int64, int64[::1], {SCHEMA_TYPE}, int64, int32[:, ::1])", **LEAN)
def _value(data, end, now, schema, child, cells):  # type: ignore[no-untyped-def]
    """Pass a value that is neither object nor list and keep it; False if it is none that the node takes."""
    nodes = schema[4]
    kind, extra, at = nodes[child, 0], nodes[child, 2], now[_PLACE]
    begin, size, byte = at, -1, data[at]
    takes_text = kind == LEAF or (kind == BLOCK and extra & SAID)
    if byte == 34:
        begin = at + 1
        stop = _string_end(data, begin, end)
        if stop < 0:
            return False
        at = stop + 1
        if not _is_nothing(data, begin, stop):
            if data[begin] == 32 or data[stop - 1] == 32 or not takes_text:
                return False
            size = stop - begin
        elif kind == SKIP and extra & EXACT and begin < stop and data[begin] != 78:
            return False
    elif byte == 110:
        at = _word_end(data, at, end, _NULL)
    else:
        truth = byte in (116, 102)
        if kind != LEAF or (truth and not extra & TRUTH):
            return False
        at = _word_end(data, at, end, _TRUTHS if truth else _WHOLE)
        size = at - begin
    if at < 0:
        return False
    if size >= 0:
        cell = 2 * nodes[child, 1]
        cells[now[_ROW], cell], cells[now[_ROW], cell + 1] = begin, size
    now[_PLACE], now[_STATE] = at, _VALUE_DONE
    return True


@njit(f"boolean(int64, int64[::1], {SCHEMA_TYPE}, int64, {_OUT_TYPE})", **LEAN)
def _opened(doc, now, schema, child, out):  # type: ignore[no-untyped-def]
    """Go into an object or list."""
    nodes = schema[4]
    rows, cells, stack, _ = out
    depth, used = now[_DEPTH], now[_USED]
    if depth + 1 >= _DEEPEST or used >= len(rows):
        return False
    ordinal = stack[depth, 2] - 1 if nodes[now[_OPEN], 0] == LIST else 0
    stack[depth, 0], stack[depth, 1] = now[_OPEN], now[_ROW]
    stack[depth + 1, 2] = 0
    if nodes[child, 0] == BLOCK:
        rows[used, DOC], rows[used, NODE], rows[used, PARENT], rows[used, ORDINAL] = doc, child, now[_ROW], ordinal
        rows[used, SIZE], rows[used, TRIM_SIZE] = -1, -1
        for i in range(1, cells.shape[1], 2):
            cells[used, i] = -1
        now[_ROW] = used
        now[_USED] += 1
    now[_OPEN], now[_DEPTH], now[_STATE] = child, depth + 1, _FRESH
    now[_PLACE] += 1
    return True


@njit(f"boolean(uint8[::1], int64, int64, int64[::1], {SCHEMA_TYPE}, {_OUT_TYPE})", **LEAN)
def _next(data, end, doc, now, schema, out):  # type: ignore[no-untyped-def]
    """Read what follows: an end, a comma, or a value with its key; False if it is not plain."""
    nodes = schema[4]
    _, cells, stack, seen = out
    at, depth, state = now[_PLACE], now[_DEPTH], now[_STATE]
    is_list = nodes[now[_OPEN], 0] == LIST
    if state != _COMMA_DONE and data[at] == (93 if is_list else 125):
        now[_PLACE], now[_DEPTH], now[_STATE] = at + 1, depth - 1, _VALUE_DONE
        now[_OPEN], now[_ROW] = stack[depth - 1, 0], stack[depth - 1, 1]
        return True
    if state == _VALUE_DONE:
        now[_PLACE], now[_STATE] = at + 1, _COMMA_DONE
        return data[at] == 44
    if is_list:
        child = nodes[now[_OPEN], 2]
        stack[depth, 2] += 1
    else:
        child = _key(data, end, now, schema, seen)
        if child == 0:
            return False
    byte, kind = data[now[_PLACE]], nodes[child, 0]
    if (byte == 123 and kind == BLOCK) or (byte == 91 and kind == LIST):
        return _opened(doc, now, schema, child, out)
    return _value(data, end, now, schema, child, cells)


@njit(f"boolean(uint8[::1], int64, int64, int64[::1], {SCHEMA_TYPE}, {_OUT_TYPE})", **LEAN)
def _record(data, end, doc, now, schema, out):  # type: ignore[no-untyped-def]
    """Rows of the record that begins at the place of `now`; False if it is not plain."""
    now[_PLACE] = _pass_blanks(data, now[_PLACE], end)
    if now[_PLACE] >= end or data[now[_PLACE]] != 123 or not _opened(doc, now, schema, 1, out):
        return False
    while now[_DEPTH]:
        now[_PLACE] = _pass_blanks(data, now[_PLACE], end)
        if now[_PLACE] >= end or not _next(data, end, doc, now, schema, out):
            return False
    return _pass_blanks(data, now[_PLACE], end) == end


@njit(f"int64(uint8[::1], int64[:, ::1], {SCHEMA_TYPE}, {_OUT_TYPE}, int64[::1], boolean[::1])", **LEAN)
def _records(data, spans, schema, out, now, plain):  # type: ignore[no-untyped-def]
    used = 0
    for doc in range(len(spans)):
        for i in range(len(now)):
            now[i] = 0
        for i in range(len(out[3])):
            out[3][i] = -1
        now[_PLACE], now[_ROW], now[_USED] = spans[doc, 0], -1, used
        plain[doc] = _record(data, spans[doc, 1], doc, now, schema, out)
        if plain[doc]:
            used = now[_USED]
    return used


def scan(data: Bytes, spans: Whole, schema: tuple[Any, ...], found: tuple[Any, Any], plain: Mask) -> int:
    """Rows of every record in `spans` (begin and end in `data`) that is plain, as `plain` says. Returns how many there
    are. `schema` is that of `elements.Schema`; `found` are rows and cells (place and size of each), with room for as
    many rows as `data` has `{`."""
    open_objects, seen = np.zeros((_DEEPEST, 3), np.int64), np.zeros(len(schema[4]), np.int64)
    return int(_records(data, spans, schema, (*found, open_objects, seen), np.zeros(6, np.int64), plain))
