"""Takes plain police-side reports apart, compiled: one row for each object that is more than a value.

Plain is what nearly all reports are: every key known and stated once, no backslash in a text, no blanks around one, whole
numbers, lists where the schema has them. Of any other record, and of one that is no JSON, the loop says so and leaves
nothing; it is read by the reader record by record.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tanglaw.reading.elements import BLOCK, DOC, LEAF, LIST, NODE, ORDINAL, PARENT, SIZE, SKIP, TRIM_SIZE
from tanglaw.reading.scan_loops import has_blank_edge, is_text, known_name

# What a node takes beside what its kind says: true and false, a text in place of the object, "" and N/A only. Of a
# list it is the node of its elements.
TRUTH, SAID, EXACT = 1, 2, 4
_DEEPEST = 32
# The size of a value that is stated as nothing: null, blank or N/A.
_NOTHING = -2
_FIRST, _VALUE_DONE, _NEXT = 0, 1, 2


@njit("boolean(uint8[::1], int64, int64)", cache=True)
def _is_nothing(data, start, end):  # type: ignore[no-untyped-def]
    """True for a text of blanks only, N/A or n/a."""
    if end - start == 3 and data[start + 1] == 47:
        return (data[start] == 78 and data[start + 2] == 65) or (data[start] == 110 and data[start + 2] == 97)
    for i in range(start, end):
        if data[i] != 32:
            return False
    return True


@njit("int64(uint8[::1], int64, int64)", cache=True)
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


@njit("int64(uint8[::1], int64, int64, int64)", cache=True)
def _word_end(data, at, end, kind):  # type: ignore[no-untyped-def]
    """Where null (0), a truth (1) or a whole number of up to 18 digits (2) that begins at `at` ends; -1 for others."""
    start = at
    while at < end and ((data[at] >= 97 and data[at] <= 122) or (data[at] >= 48 and data[at] <= 57)):
        at += 1
    size = at - start
    if at < end and data[at] != 44 and data[at] != 93 and data[at] != 125 and data[at] > 32:
        return -1
    if kind == 2:
        if size == 0 or size > 18 or (size > 1 and data[start] == 48):
            return -1
        for i in range(start, at):
            if data[i] > 57:
                return -1
        return at
    if size == 4 and kind == 0 and data[start] == 110:
        same = data[start + 1] == 117 and data[start + 2] == 108 and data[start + 3] == 108
        return at if same else -1
    if size == 4 and kind == 1 and data[start] == 116:
        same = data[start + 1] == 114 and data[start + 2] == 117 and data[start + 3] == 101
        return at if same else -1
    if size == 5 and kind == 1 and data[start] == 102:
        same = data[start + 1] == 97 and data[start + 2] == 108 and data[start + 3] == 115 and data[start + 4] == 101
        return at if same else -1
    return -1


@njit(
    "int64(uint8[::1], int64, int64, int64, int64[::1], uint8[::1], int64[:, ::1], int64, int64[:, ::1],"
    " int64[:, ::1], int32[:, ::1], int32[:, ::1], int64, int64[:, ::1], int64[:, ::1], boolean[::1])",
    cache=True,
)
def _record(data, at, end, doc, slots, names, places, multiplier, nodes, children, rows, cells, used, stack, last, plain):  # type: ignore[no-untyped-def]  # noqa: C901,E501
    """Rows of one record; returns how many rows there are with them. `plain[doc]` is set if it could be read."""
    last[:, 0] = -1
    # Each open object or list: node, row, how many elements it had.
    depth, node, row, state = 0, 0, -1, _FIRST
    while True:
        while at < end and (data[at] == 32 or data[at] == 10 or data[at] == 9 or data[at] == 13):
            at += 1
        if at >= end:
            return used
        is_list = depth > 0 and nodes[node, 0] == LIST
        if depth and state != _NEXT and data[at] == (93 if is_list else 125):
            at += 1
            depth -= 1
            if depth == 0:
                break
            node, row, state = stack[depth, 0], stack[depth, 1], _VALUE_DONE
            continue
        if state == _VALUE_DONE:
            if data[at] != 44:
                return used
            at += 1
            state = _NEXT
            continue
        # The node of the value that follows.
        if depth == 0:
            if data[at] != 123:
                return used
            child = 1
        elif is_list:
            child = nodes[node, 2]
            stack[depth, 2] += 1
        else:
            if data[at] != 34:
                return used
            at += 1
            stop = _string_end(data, at, end)
            if stop < 0:
                return used
            name = known_name(data, at, stop, slots, names, places, multiplier)
            at = stop + 1
            while at < end and (data[at] == 32 or data[at] == 10 or data[at] == 9 or data[at] == 13):
                at += 1
            if name < 0 or at >= end or data[at] != 58:
                return used
            at += 1
            while at < end and (data[at] == 32 or data[at] == 10 or data[at] == 9 or data[at] == 13):
                at += 1
            child = children[node, name]
            # A key may stand once.
            if child == 0 or at >= end or last[child, 0] == row + 1:
                return used
            last[child, 0] = row + 1
        kind, extra, byte = nodes[child, 0], nodes[child, 2], data[at]
        if (byte == 123 and kind == BLOCK) or (byte == 91 and kind == LIST):
            if depth + 1 >= _DEEPEST:
                return used
            ordinal = stack[depth, 2] - 1 if is_list else 0
            stack[depth, 0], stack[depth, 1] = node, row
            depth += 1
            stack[depth, 2] = 0
            if kind == BLOCK:
                if used >= len(rows):
                    return used
                rows[used, DOC], rows[used, NODE], rows[used, PARENT], rows[used, ORDINAL] = doc, child, row, ordinal
                rows[used, SIZE], rows[used, TRIM_SIZE] = -1, -1
                for i in range(1, cells.shape[1], 2):
                    cells[used, i] = -1
                row = used
                used += 1
            node = child
            at += 1
            state = _FIRST
            continue
        if byte == 34:
            at += 1
            stop = _string_end(data, at, end)
            if stop < 0:
                return used
            if _is_nothing(data, at, stop):
                size = _NOTHING
                if kind == SKIP and extra & EXACT and at < stop and data[at] != 78:
                    return used
            elif data[at] == 32 or data[stop - 1] == 32 or (kind != LEAF and (kind != BLOCK or not extra & SAID)):
                return used
            else:
                size = stop - at
            begin = at
            at = stop + 1
        elif byte == 110:
            begin, size = at, _NOTHING
            at = _word_end(data, at, end, 0)
        else:
            begin = at
            truth = byte == 116 or byte == 102
            if kind != LEAF or (truth and not extra & TRUTH):
                return used
            at = _word_end(data, at, end, 1 if truth else 2)
            size = at - begin
        if at < 0:
            return used
        if size >= 0:
            cell = 2 * nodes[child, 1]
            cells[row, cell], cells[row, cell + 1] = begin, size
        state = _VALUE_DONE
    while at < end:
        if data[at] != 32 and data[at] != 10 and data[at] != 9 and data[at] != 13:
            return used
        at += 1
    plain[doc] = True
    return used


@njit(
    "int64(uint8[::1], int64[:, ::1], int64[::1], uint8[::1], int64[:, ::1], int64, int64[:, ::1], int64[:, ::1],"
    " int32[:, ::1], int32[:, ::1], boolean[::1])",
    cache=True,
)
def scan(data, spans, slots, names, places, multiplier, nodes, children, rows, cells, plain):  # type: ignore[no-untyped-def]
    """Rows of every record in `spans` (begin and end in `data`) that is plain, as `plain` says. Returns how many there
    are. `rows` and `cells` have room for as many as `data` has `{`."""
    used = 0
    stack = np.zeros((_DEEPEST, 3), np.int64)
    last = np.zeros((len(nodes), 2), np.int64)
    for doc in range(len(spans)):
        before = used
        plain[doc] = False
        used = _record(
            data, spans[doc, 0], spans[doc, 1], doc, slots, names, places, multiplier, nodes, children, rows, cells, used,
            stack, last, plain,
        )  # fmt: skip
        if not plain[doc]:
            used = before
    return used
