"""Takes plain XML documents apart, compiled: one row for each element that is more than a value.

Plain is what nearly all documents are: UTF-8 without BOM, tags and texts only, no entity, comment, instruction, CDATA
section or namespace but the usual ones of the root, every element known. Of any other document, and of one that is not
well-formed, the loop says so and leaves nothing; it is read by the XML parser. What is accepted here is well-formed by
XML 1.0: names that match, attributes once each and in double quotes, no `<` or `&` in a value, no `]]>` in a text,
characters that XML allows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from tanglaw.reading.elements import (
    AT,
    BLOCK,
    DOC,
    FREE,
    LEAF,
    NODE,
    ORDINAL,
    PARENT,
    SIZE,
    SKIP,
    TRIM_AT,
    TRIM_SIZE,
)
from tanglaw.reading.scan_loops import LEAN, SCHEMA_TYPE, has_blank_edge, is_text, known_name
from tanglaw.reading.texts import Bytes, Whole

# What an attribute is that is no cell: declarations on the root, or not known.
XSI, SCHEMA, DEFAULT, UNKNOWN = -2, -3, -4, -1
_DEEPEST = 16
# Tabulator, line feed and blank, a bit each.
_BLANKS = 1 << 9 | 1 << 10 | 1 << 32
# What is kept of the walk: the place in the data, the open element's node, row and depth, whether it had an element in
# it, how many rows there are, and of the last text its begin, its first and last character that is no blank and its end.
_PLACE, _OPEN, _ROW, _DEPTH, _INNER, _USED, _BEGIN, _FIRST, _LAST, _STOP = range(10)
_PROLOG_TYPE = "Tuple((uint8[::1], int64[::1]))"
_OUT_TYPE = "Tuple((int32[:, ::1], int32[:, ::1], int64[:, ::1], int64[:, ::1]))"


@njit("boolean(int64)", **LEAN)
def _is_blank(byte):  # type: ignore[no-untyped-def]
    return byte <= 32 and (_BLANKS >> int(byte)) & 1 == 1


@njit(f"int64(uint8[::1], int64, int64, {_PROLOG_TYPE})", **LEAN)
def _after_prolog(data, at, end, prologs):  # type: ignore[no-untyped-def]
    """Where the document goes on behind one of the known declarations, if it begins with one."""
    start = 0
    for i in range(len(prologs[1])):
        stop = prologs[1][i]
        size = stop - start
        same = at + size <= end
        for j in range(size):
            same = same and data[at + j] == prologs[0][start + j]
            if not same:
                break
        if same:
            return at + size
        start = stop
    return at


@njit("boolean(uint8[::1], int64, int64[::1])", **LEAN)
def _text(data, end, now):  # type: ignore[no-untyped-def]
    """Pass the text up to the next tag; False if it is not plain."""
    at = now[_PLACE]
    start, first, last, high = at, -1, -1, False
    while at < end and data[at] != 60:
        byte = data[at]
        if byte > 32:
            if first < 0:
                first = at
            last = at
            if byte == 38 or (byte == 93 and at + 2 < end and data[at + 1] == 93 and data[at + 2] == 62):
                return False
            high = high or byte >= 0x80
        elif not _is_blank(byte):
            return False
        at += 1
    now[_PLACE] = now[_STOP] = at
    now[_BEGIN], now[_FIRST], now[_LAST] = start, first, last + 1
    return not high or (is_text(data, start, at) and not has_blank_edge(data, first, last + 1))


@njit(f"boolean(uint8[::1], int64, int64[::1], {SCHEMA_TYPE}, int64, int64, int32[:, ::1])", **LEAN)
def _attribute(data, end, now, schema, child, declared, cells):  # type: ignore[no-untyped-def]
    """Read one attribute into its cell; the declarations of a root are only checked. False if it is not plain."""
    slots, names, places, multiplier, _, _, known = schema
    at = word = now[_PLACE]
    while at < end and data[at] != 61 and data[at] > 32 and data[at] != 62:
        at += 1
    if at + 1 >= end or data[at] != 61 or data[at + 1] != 34:
        return False
    which = known_name(data, word, at, slots, names, places, multiplier)
    cell = known[child, which] if which >= 0 else UNKNOWN
    at += 2
    value = at
    while at < end and data[at] != 34:
        if data[at] < 32 or data[at] == 60 or data[at] == 38 or data[at] >= 127:
            return False
        at += 1
    now[_PLACE] = at + 1
    if at >= end or cell == UNKNOWN:
        return False
    if cell >= 0:
        row = now[_USED]
        if cells[row, 2 * cell + 1] >= 0:
            return False
        cells[row, 2 * cell], cells[row, 2 * cell + 1] = value, at - value
        return True
    if (cell == SCHEMA and declared & 1 == 0) or declared & (1 << (-cell - 2)):
        return False
    which = known_name(data, value, at, slots, names, places, multiplier)
    return cell == SCHEMA or (which >= 0 and known[0, which] == 0)


@njit(f"int64(uint8[::1], int64, int64[::1], {SCHEMA_TYPE}, int64, int32[:, ::1])", **LEAN)
def _rest_of_tag(data, end, now, schema, child, cells):  # type: ignore[no-untyped-def]
    """Read the attributes and the end of an opening tag: 1 for one that closes itself, 0 for another, -1 for none."""
    slots, names, places, multiplier, nodes, _, known = schema
    declared = 0
    while True:
        gap = at = now[_PLACE]
        while at < end and _is_blank(data[at]):
            at += 1
        now[_PLACE] = at + 1
        if at >= end:
            return -1
        if data[at] == 62:
            return 0
        if data[at] == 47:
            now[_PLACE] = at + 2
            return 1 if at + 1 < end and data[at + 1] == 62 else -1
        if gap == at or nodes[child, 0] != BLOCK:
            return -1
        now[_PLACE] = word = at
        if not _attribute(data, end, now, schema, child, declared, cells):
            return -1
        while at < end and data[at] != 61:
            at += 1
        cell = known[child, known_name(data, word, at, slots, names, places, multiplier)]
        if cell < 0:
            declared |= 1 << (-cell - 2)


@njit(f"int64(uint8[::1], int64, int64, int64[::1], {SCHEMA_TYPE}, {_OUT_TYPE})", **LEAN)
def _opened(data, end, doc, now, schema, out):  # type: ignore[no-untyped-def]
    """Read an opening tag: 1 for one that closes itself, 0 for another, -1 for one that is not plain."""
    slots, names, places, multiplier, nodes, children, _ = schema
    rows, cells, stack, last = out
    at = begin = now[_PLACE]
    while at < end and (97 <= data[at] <= 122 or 65 <= data[at] <= 90 or 48 <= data[at] <= 57):
        at += 1
    if at >= end or at == begin or now[_FIRST] >= 0 or now[_DEPTH] + 1 >= _DEEPEST:
        return -1
    name = known_name(data, begin, at, slots, names, places, multiplier)
    child = children[now[_OPEN], name] if name >= 0 else 0
    row, used = now[_ROW], now[_USED]
    if child == 0 or used >= len(rows):
        return -1
    has_row = nodes[child, 0] == BLOCK or nodes[child, 0] == FREE
    if has_row:
        count = last[child, 1] + 1 if last[child, 0] == row + 1 else 1
        last[child, 0], last[child, 1] = row + 1, count
        rows[used, DOC], rows[used, NODE], rows[used, PARENT], rows[used, ORDINAL] = doc, child, row, count
        rows[used, AT], rows[used, SIZE], rows[used, TRIM_AT], rows[used, TRIM_SIZE] = 0, -1, 0, -1
        for i in range(1, cells.shape[1], 2):
            cells[used, i] = -1
    now[_PLACE] = at
    closes = _rest_of_tag(data, end, now, schema, child, cells)
    now[_DEPTH] += 1
    depth = now[_DEPTH]
    stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = now[_OPEN], row, begin, at - begin
    now[_OPEN], now[_INNER], now[_FIRST] = child, 0, -1
    if has_row:
        now[_ROW] = used
        now[_USED] += 1
    return closes


@njit("boolean(uint8[::1], int64, int64[::1], int64[:, ::1])", **LEAN)
def _is_closing(data, end, now, stack):  # type: ignore[no-untyped-def]
    """Pass a closing tag; False if it is not that of the open element."""
    depth, at = now[_DEPTH], now[_PLACE] + 1
    begin, length = stack[depth, 2], stack[depth, 3]
    if depth == 0 or at + length >= end:
        return False
    for i in range(length):
        if data[at + i] != data[begin + i]:
            return False
    at += length
    while at < end and _is_blank(data[at]):
        at += 1
    now[_PLACE] = at + 1
    return at < end and data[at] == 62


@njit(f"boolean(int64[::1], {SCHEMA_TYPE}, {_OUT_TYPE})", **LEAN)
def _closed(now, schema, out):  # type: ignore[no-untyped-def]
    """Keep the open element's text and go back to its parent; False for a value that stands twice."""
    nodes = schema[4]
    rows, cells, stack, last = out
    node, row, first = now[_OPEN], now[_ROW], now[_FIRST]
    kind = nodes[node, 0]
    if kind == LEAF and first >= 0:
        cell = 2 * nodes[node, 1]
        if cells[row, cell + 1] >= 0:
            return False
        cells[row, cell], cells[row, cell + 1] = first, now[_LAST] - first
    elif kind not in (LEAF, SKIP) and first >= 0:
        rows[row, AT], rows[row, SIZE] = now[_BEGIN], now[_STOP] - now[_BEGIN]
        rows[row, TRIM_AT], rows[row, TRIM_SIZE] = first, now[_LAST] - first
    elif kind == FREE:
        # A blank text counts as none.
        now[_USED] -= 1
        last[node, 1] -= 1
    depth = now[_DEPTH]
    now[_OPEN], now[_ROW], now[_DEPTH], now[_INNER] = stack[depth, 0], stack[depth, 1], depth - 1, 1
    return True


@njit(f"int64(uint8[::1], int64, int64, int64[::1], {SCHEMA_TYPE}, {_OUT_TYPE})", **LEAN)
def _document(data, end, doc, now, schema, out):  # type: ignore[no-untyped-def]
    """Rows of the document that begins at the place of `now`; returns the node of its root, -1 if it is not plain."""
    nodes = schema[4]
    root = -1
    while now[_PLACE] < end:
        if not _text(data, end, now):
            return -1
        at = now[_PLACE]
        if now[_FIRST] >= 0 and (at == end or now[_INNER] or not nodes[now[_OPEN], 2]):
            return -1
        if at == end:
            break
        now[_PLACE] = at + 1
        if at + 1 < end and data[at + 1] == 47:
            if not _is_closing(data, end, now, out[2]):
                return -1
            closes = 1
        elif now[_DEPTH] == 0 and root >= 0:
            return -1
        else:
            closes = _opened(data, end, doc, now, schema, out)
            if now[_DEPTH] == 1:
                root = now[_OPEN] if root < 0 else root
        if closes < 0 or (closes and not _closed(now, schema, out)):
            return -1
    return root if now[_DEPTH] == 0 else -1


@njit(f"int64(uint8[::1], int64[:, ::1], {_PROLOG_TYPE}, {SCHEMA_TYPE}, {_OUT_TYPE}, int64[::1], int32[::1])", **LEAN)
def _documents(data, spans, prologs, schema, out, now, roots):  # type: ignore[no-untyped-def]
    used = 0
    for doc in range(len(spans)):
        for i in range(len(now)):
            now[i] = 0
        for i in range(len(out[3])):
            out[3][i, 0] = -1
        now[_PLACE] = _after_prolog(data, spans[doc, 0], spans[doc, 1], prologs)
        now[_ROW], now[_USED] = -1, used
        roots[doc] = _document(data, spans[doc, 1], doc, now, schema, out)
        if roots[doc] >= 0:
            used = now[_USED]
    return used


def scan(
    data: Bytes, spans: Whole, prologs: tuple[Bytes, Whole], schema: tuple[Any, ...], found: tuple[Any, Any], roots: Any
) -> int:
    """Rows of every document in `spans` (begin and end in `data`) that is plain; `roots` gets its root's node, or -1.
    Returns how many rows there are.

    `prologs` are the declarations that may stand in front and where each ends; `schema` is that of `elements.Schema`,
    the first line of whose attributes has 0 for the names that are known namespaces. `found` are rows and cells (place
    and size of each), with room for as many rows as `data` has `<`.
    """
    open_elements, last = np.zeros((_DEEPEST, 4), np.int64), np.zeros((len(schema[4]), 2), np.int64)
    return int(_documents(data, spans, prologs, schema, (*found, open_elements, last), np.zeros(10, np.int64), roots))
