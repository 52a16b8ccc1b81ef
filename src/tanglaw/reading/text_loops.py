"""Loops over texts that lie in one buffer, compiled: put together, keyed, read as instants, hex or whole numbers.

A text is a place and a size in `buffer`; a size below 0 says that nothing is stated. Every function takes and gives
arrays only and trusts that the places lie inside the buffer, which `texts.Arena` sees to. BLAKE2b is that of RFC 7693;
days are counted as in H. Hinnant, "chrono-compatible low-level date algorithms" (days_from_civil).
"""

from __future__ import annotations

import numpy as np
from numba import njit

_U = np.uint64
_IV = np.array(
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)  # fmt: skip
_SIGMA = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    dtype=np.int64,
)  # fmt: skip
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_BLOCK = 128
_SECOND = 1_000_000
_END = 4_102_444_800
# What `instants` says of a text: nothing stated, an instant, an instant without zone, none that is read here.
MISSING, ZONED, ZONELESS, UNREAD = 0, 1, 2, 3


@njit("void(uint8[::1], int64[::1], int64[::1], int32[::1], uint8[::1])", cache=True)
def copied(buffer, at, size, ends, out):  # type: ignore[no-untyped-def]
    """Put texts end to end; `ends[i + 1]` is where text i ends."""
    place = 0
    ends[0] = 0
    for i in range(len(at)):
        start = at[i]
        for j in range(size[i]):
            out[place + j] = buffer[start + j]
        if size[i] > 0:
            place += size[i]
        ends[i + 1] = place


@njit("void(uint8[::1], int64[:, ::1], int64[:, ::1], uint8[::1], uint8[::1], int64[::1], int64[::1])", cache=True)
def joined(buffer, at, size, between, out, out_at, out_size):  # type: ignore[no-untyped-def]
    """Join the stated parts of each row with `between`; a row of which no part is stated stays unstated."""
    place = 0
    for i in range(at.shape[1]):
        begin = place
        parts = 0
        for part in range(at.shape[0]):
            length = size[part, i]
            if length < 0:
                continue
            if parts:
                for j in range(len(between)):
                    out[place + j] = between[j]
                place += len(between)
            start = at[part, i]
            for j in range(length):
                out[place + j] = buffer[start + j]
            place += length
            parts += 1
        out_at[i] = begin
        out_size[i] = place - begin if parts else -1


@njit("uint64(uint64, uint64)", cache=True, inline="always")
def _turned(value, bits):  # type: ignore[no-untyped-def]
    return (value >> bits) | (value << (_U(64) - bits))


@njit(cache=True, inline="always")
def _mixed(a, b, c, d, x, y):  # type: ignore[no-untyped-def]
    a = a + b + x
    d = _turned(d ^ a, _U(32))
    c = c + d
    b = _turned(b ^ c, _U(24))
    a = a + b + y
    d = _turned(d ^ a, _U(16))
    c = c + d
    b = _turned(b ^ c, _U(63))
    return a, b, c, d


@njit("void(uint64[::1], uint64[::1], uint64, boolean)", cache=True)
def _compress(state, m, count, last):  # type: ignore[no-untyped-def]
    """One block of BLAKE2b: `m` are its 16 words, `count` the bytes so far."""
    v0, v1, v2, v3 = state[0], state[1], state[2], state[3]
    v4, v5, v6, v7 = state[4], state[5], state[6], state[7]
    v8, v9, v10, v11 = _IV[0], _IV[1], _IV[2], _IV[3]
    v12, v13, v14, v15 = _IV[4] ^ count, _IV[5], _IV[6], _IV[7]
    if last:
        v14 = ~v14
    for r in range(12):
        s = _SIGMA[r]
        v0, v4, v8, v12 = _mixed(v0, v4, v8, v12, m[s[0]], m[s[1]])
        v1, v5, v9, v13 = _mixed(v1, v5, v9, v13, m[s[2]], m[s[3]])
        v2, v6, v10, v14 = _mixed(v2, v6, v10, v14, m[s[4]], m[s[5]])
        v3, v7, v11, v15 = _mixed(v3, v7, v11, v15, m[s[6]], m[s[7]])
        v0, v5, v10, v15 = _mixed(v0, v5, v10, v15, m[s[8]], m[s[9]])
        v1, v6, v11, v12 = _mixed(v1, v6, v11, v12, m[s[10]], m[s[11]])
        v2, v7, v8, v13 = _mixed(v2, v7, v8, v13, m[s[12]], m[s[13]])
        v3, v4, v9, v14 = _mixed(v3, v4, v9, v14, m[s[14]], m[s[15]])
    state[0] ^= v0 ^ v8
    state[1] ^= v1 ^ v9
    state[2] ^= v2 ^ v10
    state[3] ^= v3 ^ v11
    state[4] ^= v4 ^ v12
    state[5] ^= v5 ^ v13
    state[6] ^= v6 ^ v14
    state[7] ^= v7 ^ v15


@njit("void(uint64[::1], uint8[::1])", cache=True)
def keyed_state(state, key):  # type: ignore[no-untyped-def]
    """The state of BLAKE2b for digests of 12 bytes after `key` (1 to 64 bytes) was taken in."""
    for i in range(8):
        state[i] = _IV[i]
    state[0] ^= _U(0x01010000) ^ (_U(len(key)) << _U(8)) ^ _U(12)
    words = np.zeros(16, dtype=np.uint64)
    for i in range(len(key)):
        words[i >> 3] |= _U(key[i]) << _U(8 * (i & 7))
    _compress(state, words, _U(_BLOCK), False)


@njit("void(uint64[::1], uint8[::1], int64[:, ::1], int64[:, ::1], uint8, uint8, uint8[::1])", cache=True)
def keyed(keyed_by, buffer, at, size, between, nothing, out):  # type: ignore[no-untyped-def]
    """Keyed digests in hex, 24 digits a row, of the row's parts joined by the byte `between`; `nothing` stands for
    what is not stated."""
    state = np.empty(8, dtype=np.uint64)
    block = np.empty(_BLOCK, dtype=np.uint8)
    words = block.view(np.uint64)
    for i in range(at.shape[1]):
        state[:] = keyed_by
        filled = 0
        count = _U(_BLOCK)
        for part in range(at.shape[0]):
            length = size[part, i]
            start = at[part, i]
            # The separator stands in front of every part but the first.
            step = -1 if part else 0
            stop = length if length >= 0 else 1
            while step < stop:
                if filled == _BLOCK:
                    count += _U(_BLOCK)
                    _compress(state, words, count, False)
                    filled = 0
                if step < 0:
                    block[filled] = between
                elif length >= 0:
                    block[filled] = buffer[start + step]
                else:
                    block[filled] = nothing
                filled += 1
                step += 1
        block[filled:] = 0
        _compress(state, words, count + _U(filled), True)
        place = 24 * i
        for j in range(12):
            byte = (state[j >> 3] >> _U(8 * (j & 7))) & _U(255)
            out[place] = _HEX[byte >> _U(4)]
            out[place + 1] = _HEX[byte & _U(15)]
            place += 2


@njit("int64(uint8[::1], int64, int64)", cache=True)
def _digits(buffer, start, count):  # type: ignore[no-untyped-def]
    """The number that so many digits state; -1 if one of them is none."""
    value = 0
    for i in range(start, start + count):
        digit = int(buffer[i]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@njit("int64(uint8[::1], int64, int64)", cache=True)
def _seconds(buffer, at, size):  # type: ignore[no-untyped-def]
    """Seconds since 1970 of `YYYY-MM-DDThh:mm:ss`, its zone left aside; -1 for anything else."""
    if size < 19 or buffer[at + 4] != 45 or buffer[at + 7] != 45 or buffer[at + 13] != 58 or buffer[at + 16] != 58:
        return -1
    if buffer[at + 10] != 84 and buffer[at + 10] != 32:
        return -1
    year, month, day = _digits(buffer, at, 4), _digits(buffer, at + 5, 2), _digits(buffer, at + 8, 2)
    hour, minute, second = _digits(buffer, at + 11, 2), _digits(buffer, at + 14, 2), _digits(buffer, at + 17, 2)
    if year < 1970 or year > 2099 or month < 1 or month > 12 or day < 1 or hour < 0 or minute < 0 or second < 0:
        return -1
    if hour > 23 or minute > 59 or second > 59:
        return -1
    longest = 30 + ((month + (month >> 3)) & 1)
    if month == 2:
        longest = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    if day > longest:
        return -1
    y = year - 1 if month <= 2 else year
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days * 86_400 + hour * 3_600 + minute * 60 + second


@njit("void(uint8[::1], int64[::1], int64[::1], int64[::1], uint8[::1])", cache=True)
def instants(buffer, at, size, out, state):  # type: ignore[no-untyped-def]
    """Microseconds since 1970 of ISO 8601 texts with seconds, up to six decimals and Z, an offset or no zone; years
    1970 to 2099. `state` says MISSING, ZONED, ZONELESS (`out` is then the time on the clock) or UNREAD."""
    for i in range(len(at)):
        out[i] = 0
        if size[i] <= 0:
            state[i] = MISSING
            continue
        state[i] = UNREAD
        seconds = _seconds(buffer, at[i], size[i])
        if seconds < 0:
            continue
        place, end = at[i] + 19, at[i] + size[i]
        fraction, scale = 0, _SECOND
        if place < end and buffer[place] == 46:
            place += 1
            while place < end and buffer[place] >= 48 and buffer[place] <= 57 and scale > 1:
                scale //= 10
                fraction += (int(buffer[place]) - 48) * scale
                place += 1
            if scale == _SECOND:
                continue
        zone = ZONED
        if place == end:
            zone = ZONELESS
        elif end - place == 6 and (buffer[place] == 43 or buffer[place] == 45) and buffer[place + 3] == 58:
            hours, minutes = _digits(buffer, place + 1, 2), _digits(buffer, place + 4, 2)
            if hours < 0 or hours > 23 or minutes < 0 or minutes > 59:
                continue
            offset = hours * 3_600 + minutes * 60
            seconds += offset if buffer[place] == 45 else -offset
        elif end - place != 1 or buffer[place] != 90:
            continue
        if seconds < 0 or seconds >= _END:
            continue
        out[i] = seconds * _SECOND + fraction
        state[i] = zone


@njit("void(int64[::1], boolean[::1], uint8[::1], int64[::1], int64[::1])", cache=True)
def seconds_text(value, stated, out, out_at, out_size):  # type: ignore[no-untyped-def]
    """Microseconds as text: seconds with six decimals."""
    place = 0
    for i in range(len(value)):
        out_at[i] = place
        out_size[i] = -1
        if not stated[i]:
            continue
        whole, part = value[i] // _SECOND, value[i] % _SECOND
        digits = 1
        rest = whole
        while rest >= 10:
            rest //= 10
            digits += 1
        for j in range(digits):
            out[place + digits - 1 - j] = 48 + whole % 10
            whole //= 10
        place += digits
        out[place] = 46
        for j in range(6):
            out[place + 6 - j] = 48 + part % 10
            part //= 10
        place += 7
        out_size[i] = place - out_at[i]


@njit("void(uint8[::1], int64[::1], int64[::1], int64[::1], uint8[::1], int64[::1], boolean[::1])", cache=True)
def lower_hex(buffer, at, size, digits, out, out_at, fits):  # type: ignore[no-untyped-def]
    """Texts of just `digits` hex digits in lower case; `fits` says which are that."""
    place = 0
    for i in range(len(at)):
        out_at[i] = place
        fits[i] = size[i] == digits[i] and digits[i] > 0
        if not fits[i]:
            continue
        for j in range(size[i]):
            byte = buffer[at[i] + j]
            if byte >= 65 and byte <= 70:
                byte += 32
            if not ((byte >= 48 and byte <= 57) or (byte >= 97 and byte <= 102)):
                fits[i] = False
                break
            out[place + j] = byte
        if fits[i]:
            place += size[i]


@njit("void(uint8[::1], int64[::1], int64[::1], int64[::1])", cache=True)
def whole_numbers(buffer, at, size, out):  # type: ignore[no-untyped-def]
    """Whole numbers of up to 18 digits without leading zeros; -1 where nothing is stated, -2 for anything else."""
    for i in range(len(at)):
        if size[i] < 0:
            out[i] = -1
            continue
        out[i] = -2
        if size[i] == 0 or size[i] > 18 or (size[i] > 1 and buffer[at[i]] == 48):
            continue
        value = _digits(buffer, at[i], size[i])
        if value >= 0:
            out[i] = value
