"""What the compiled loops of all formats share: known names, and texts that may stand as they are."""

from __future__ import annotations

from typing import Any

from numba import njit

# Loops that hold no array of their own: without counting who holds which, calls cost a fifth.
LEAN: dict[str, Any] = {"cache": True, "_nrt": False}
# The arrays of `elements.Schema`, in their order: slots, names, places, multiplier, kinds, children, attributes.
SCHEMA_TYPE = "Tuple((int64[::1], uint8[::1], int64[:, ::1], int64, int64[:, ::1], int64[:, ::1], int64[:, ::1]))"


@njit("boolean(uint8[::1], int64, int64)", **LEAN)
def is_text(data, start, end):  # type: ignore[no-untyped-def]
    """True if these bytes are UTF-8 of characters that XML allows, which leaves out U+FFFE and U+FFFF."""
    at = start
    while at < end:
        byte = data[at]
        if byte < 0x80:
            at += 1
            continue
        more = 1
        if byte >= 0xC2 and byte <= 0xDF:
            least, most = 0x80, 0xBF
        elif byte >= 0xE0 and byte <= 0xEF:
            more = 2
            least, most = (0xA0 if byte == 0xE0 else 0x80), (0x9F if byte == 0xED else 0xBF)
        elif byte >= 0xF0 and byte <= 0xF4:
            more = 3
            least, most = (0x90 if byte == 0xF0 else 0x80), (0x8F if byte == 0xF4 else 0xBF)
        else:
            return False
        if at + more >= end or data[at + 1] < least or data[at + 1] > most:
            return False
        for i in range(2, more + 1):
            if data[at + i] < 0x80 or data[at + i] > 0xBF:
                return False
        if byte == 0xEF and data[at + 1] == 0xBF and data[at + 2] >= 0xBE:
            return False
        at += more + 1
    return True


@njit("boolean(uint8[::1], int64, int64)", **LEAN)
def _is_blank_at(data, at, end):  # type: ignore[no-untyped-def]
    if at + 1 < end and data[at] == 0xC2:
        return data[at + 1] == 0x85 or data[at + 1] == 0xA0
    if at + 2 >= end:
        return False
    one, two, three = data[at], data[at + 1], data[at + 2]
    if one == 0xE1:
        return two == 0x9A and three == 0x80
    if one == 0xE2 and two == 0x80:
        return three <= 0x8A or three in (0xA8, 0xA9, 0xAF)
    return (one == 0xE2 and two == 0x81 and three == 0x9F) or (one == 0xE3 and two == 0x80 and three == 0x80)


@njit("boolean(uint8[::1], int64, int64)", **LEAN)
def has_blank_edge(data, start, end):  # type: ignore[no-untyped-def]
    """True if the text begins or ends with a character beyond ASCII that Python's `strip` takes away."""
    if _is_blank_at(data, start, end):
        return True
    return (end - start >= 2 and _is_blank_at(data, end - 2, end)) or (
        end - start >= 3 and data[end - 3] >= 0xE0 and _is_blank_at(data, end - 3, end)
    )


@njit("int64(uint8[::1], int64, int64, int64[::1], uint8[::1], int64[:, ::1], int64)", **LEAN)
def known_name(data, start, end, slots, names, places, multiplier):  # type: ignore[no-untyped-def]
    """The number of a known name, -1 for any other; `slots` are a power of two."""
    value = 0
    for i in range(start, end):
        value = (value * multiplier + int(data[i])) & 0xFFFFFFFF
    found = slots[value & (len(slots) - 1)]
    if found < 0 or places[found, 1] != end - start:
        return -1
    for i in range(end - start):
        if names[places[found, 0] + i] != data[start + i]:
            return -1
    return found


@njit("int64(uint8[::1], int64[:, ::1])", **LEAN)
def spans_of(data, spans):  # type: ignore[no-untyped-def]
    """Where each element of a well-formed JSON array begins and ends, the brackets of the array left out; returns how
    many there are, 0 where the bytes are no such elements."""
    count, depth, start, stop, at, size = 0, 0, -1, -1, 0, len(data)
    while at < size:
        byte = data[at]
        if byte == 44 and depth == 0:
            if start < 0 or count >= len(spans):
                return 0
            spans[count, 0], spans[count, 1] = start, stop
            count += 1
            start = -1
        elif byte > 32:
            if start < 0:
                start = at
            if byte == 34:
                at += 1
                while at < size and data[at] != 34:
                    at += 2 if data[at] == 92 else 1
            elif byte in (123, 91):
                depth += 1
            elif byte in (125, 93):
                depth -= 1
            stop = at + 1
        at += 1
    if start < 0 or depth != 0 or at > size or count >= len(spans):
        return 0
    spans[count, 0], spans[count, 1] = start, stop
    return count + 1
