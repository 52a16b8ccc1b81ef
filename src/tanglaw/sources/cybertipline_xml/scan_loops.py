"""Takes plain XML documents apart, compiled: one row for each element that is more than a value.

Plain is what nearly all documents are: UTF-8 without BOM, tags and texts only, no entity, comment, instruction, CDATA
section or namespace but the usual ones of the root, every element known. Of any other document, and of one that is not
well-formed, the loop says so and leaves nothing; it is read by the XML parser. What is accepted here is well-formed by
XML 1.0: names that match, attributes once each and in double quotes, no `<` or `&` in a value, no `]]>` in a text,
characters that XML allows.
"""

from __future__ import annotations

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
from tanglaw.reading.scan_loops import has_blank_edge, is_text, known_name

# What an attribute is that is no field: declarations on the root, or not known.
XSI, SCHEMA, DEFAULT, UNKNOWN = -2, -3, -4, -1
_DEEPEST = 16


@njit(
    "int64(uint8[::1], int64, int64, int64, uint8[::1], int64[::1], int64[::1], uint8[::1], int64[:, ::1], int64,"
    " int64[:, ::1], int64[:, ::1], int64[:, ::1], int32[:, ::1], int32[:, ::1], int64, int64[:, ::1], int64[:, ::1],"
    " int32[::1])",
    cache=True,
)
def _document(data, at, end, doc, prologs, prolog_ends, slots, names, places, multiplier, nodes, children, fields, rows, cells, used, stack, last, roots):  # type: ignore[no-untyped-def]  # noqa: C901,E501
    """Rows of one document; returns how many rows there are with them. `roots[doc]` is set if it is plain."""
    start = 0
    for i in range(len(prolog_ends)):
        size = prolog_ends[i] - start
        if at + size <= end:
            same = True
            for j in range(size):
                if data[at + j] != prologs[start + j]:
                    same = False
                    break
            if same:
                at += size
                break
        start = prolog_ends[i]
    first_row = used
    last[:, 0] = -1
    depth, node, row, root = 0, 0, -1, -1
    inner = False
    while at < end:
        # A text, up to the next tag.
        start, first, final, high = at, -1, -1, False
        while at < end:
            byte = data[at]
            if byte == 60:
                break
            if byte > 32:
                if first < 0:
                    first = at
                final = at
                if byte == 38 or (byte == 93 and at + 2 < end and data[at + 1] == 93 and data[at + 2] == 62):
                    return used
                high = high or byte >= 0x80
            elif byte != 32 and byte != 10 and byte != 9:
                return used
            at += 1
        final += 1
        stop = at
        if first >= 0:
            if not nodes[node, 2] or inner or at == end:
                return used
            if high and (not is_text(data, start, at) or has_blank_edge(data, first, final)):
                return used
        if at == end:
            break
        at += 1
        closing = at < end and data[at] == 47
        if closing:
            if depth == 0:
                return used
            # The name must be the open element's.
            begin = stack[depth, 2]
            at += 1
            length = stack[depth, 1]
            if at + length >= end:
                return used
            for i in range(length):
                if data[at + i] != data[begin + i]:
                    return used
            at += length
            while at < end and (data[at] == 32 or data[at] == 10 or data[at] == 9):
                at += 1
            if at >= end or data[at] != 62:
                return used
            at += 1
        else:
            if depth == 0 and root >= 0:
                return used
            begin = at
            while at < end and (
                (data[at] >= 97 and data[at] <= 122) or (data[at] >= 65 and data[at] <= 90) or (data[at] >= 48 and data[at] <= 57)
            ):
                at += 1
            if at >= end or at == begin:
                return used
            length = at - begin
            name = known_name(data, begin, at, slots, names, places, multiplier)
            if name < 0 or first >= 0:
                return used
            child = children[node, name]
            if child == 0 or depth + 1 >= _DEEPEST:
                return used
            kind = nodes[child, 0]
            if kind == BLOCK or kind == FREE:
                if used >= len(rows):
                    return used
                count = last[child, 1] + 1 if last[child, 0] == row + 1 else 1
                last[child, 0], last[child, 1] = row + 1, count
                rows[used, DOC], rows[used, NODE], rows[used, PARENT], rows[used, ORDINAL] = doc, child, row, count
                rows[used, AT], rows[used, SIZE], rows[used, TRIM_AT], rows[used, TRIM_SIZE] = 0, -1, 0, -1
                for i in range(1, cells.shape[1], 2):
                    cells[used, i] = -1
            declared = 0
            closing = False
            while True:
                gap = at
                while at < end and (data[at] == 32 or data[at] == 10 or data[at] == 9):
                    at += 1
                if at >= end:
                    return used
                if data[at] == 62:
                    at += 1
                    break
                if data[at] == 47:
                    if at + 1 >= end or data[at + 1] != 62:
                        return used
                    at += 2
                    closing = True
                    break
                if gap == at or kind != BLOCK:
                    return used
                word = at
                while at < end and data[at] != 61 and data[at] > 32 and data[at] != 62:
                    at += 1
                if at + 1 >= end or data[at] != 61 or data[at + 1] != 34:
                    return used
                field = UNKNOWN
                which = known_name(data, word, at, slots, names, places, multiplier)
                if which >= 0:
                    field = fields[child, which]
                at += 2
                value = at
                while at < end and data[at] != 34:
                    if data[at] < 32 or data[at] == 60 or data[at] == 38 or data[at] >= 127:
                        return used
                    at += 1
                if at >= end or field == UNKNOWN:
                    return used
                if field >= 0:
                    if cells[used, 2 * field + 1] >= 0:
                        return used
                    cells[used, 2 * field], cells[used, 2 * field + 1] = value, at - value
                elif depth or (field == SCHEMA and declared & 1 == 0) or declared & (1 << (-field - 2)):
                    return used
                else:
                    if field != SCHEMA:
                        which = known_name(data, value, at, slots, names, places, multiplier)
                        if which < 0 or fields[0, which] != 0:
                            return used
                    declared |= 1 << (-field - 2)
                at += 1
            depth += 1
            stack[depth, 0], stack[depth, 1], stack[depth, 2] = node * 4_294_967_296 + row + 1, length, begin
            if depth == 1:
                root = child
            node = child
            inner = False
            if kind == BLOCK or kind == FREE:
                row = used
                used += 1
            if closing:
                first = -1
        if closing:
            kind = nodes[node, 0]
            if kind == LEAF:
                if first >= 0:
                    field = nodes[node, 1]
                    if cells[row, 2 * field + 1] >= 0:
                        return used
                    cells[row, 2 * field], cells[row, 2 * field + 1] = first, final - first
            elif kind != SKIP and first >= 0:
                rows[row, AT], rows[row, SIZE] = start, stop - start
                rows[row, TRIM_AT], rows[row, TRIM_SIZE] = first, final - first
            elif kind == FREE:
                # A blank text counts as none.
                used -= 1
                last[node, 1] -= 1
            node = stack[depth, 0] // 4_294_967_296
            row = stack[depth, 0] % 4_294_967_296 - 1
            depth -= 1
            inner = True
    if depth == 0 and root >= 0 and used > first_row:
        roots[doc] = root
    return used


@njit(
    "int64(uint8[::1], int64[:, ::1], uint8[::1], int64[::1], int64[::1], uint8[::1], int64[:, ::1], int64,"
    " int64[:, ::1], int64[:, ::1], int64[:, ::1], int32[:, ::1], int32[:, ::1], int32[::1])",
    cache=True,
)
def scan(data, spans, prologs, prolog_ends, slots, names, places, multiplier, nodes, children, fields, rows, cells, roots):  # type: ignore[no-untyped-def]
    """Rows of every document in `spans` (begin and end in `data`) that is plain; `roots` gets its root's node, or -1.
    Returns how many rows there are.

    `nodes` has kind, field and whether a text may stand in it, `children` the node of each name below each node, 0 (the
    document itself) where it is not known, `fields` the same for attributes; its first line has 0 for the names that are
    known namespaces. `rows` and `cells` (place and size of each
    field) have room for as many rows as `data` has `<`.
    """
    used = 0
    stack = np.zeros((_DEEPEST, 3), np.int64)
    last = np.zeros((len(nodes), 2), np.int64)
    for doc in range(len(spans)):
        before = used
        roots[doc] = -1
        used = _document(
            data, spans[doc, 0], spans[doc, 1], doc, prologs, prolog_ends, slots, names, places, multiplier, nodes,
            children, fields, rows, cells, used, stack, last, roots,
        )  # fmt: skip
        if roots[doc] < 0:
            used = before
    return used
