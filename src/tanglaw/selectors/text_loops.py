"""Loops over the bytes of texts: which triggers match in each, and where an expression's candidates stand.

Imported only where there is enough text, since Numba takes half a second to load. Every state, byte class and place is within
its table or its text, as `automaton` and Arrow make them.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
States = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint64]
# The state in which nothing more can follow.
NOWHERE = np.uint32(0xFFFFFFFF)
Tables = tuple[States, Bytes, States, Bytes]
Four = tuple[States, States, States, States]


@numba.njit(nogil=True, cache=True)
def matched(
    data: Bytes, offsets: Offsets, kinds: Bytes, following: Four, said: tuple[Bits, Bits, Bits, Bits],
    plain: tuple[int, int, int, int],
) -> Bits:  # fmt: skip
    """For each text from `offsets[row]` to `offsets[row + 1]` of `data` the bits of the triggers that match in it.

    A state is where its row of byte classes starts in `following[table]`, which holds the next state; what a state says
    stands at its start in `said[table]`, and only states from `plain[table]` on say something. Bit 63 says that a byte of
    the text is none of ASCII.
    """
    one, two, three, four = following
    found = np.zeros(offsets.shape[0] - 1, dtype=np.uint64)
    for row in range(found.shape[0]):
        a = b = c = d = np.uint32(0)
        bits, wide = np.uint64(0), np.uint8(0)
        for place in range(max(offsets[row], 0), min(offsets[row + 1], data.shape[0])):
            byte = data[np.uintp(place)]
            kind = kinds[byte]
            wide |= byte
            a, b, c, d = one[a + kind], two[b + kind], three[c + kind], four[d + kind]
            if a >= plain[0]:
                bits |= said[0][a]
            if b >= plain[1]:
                bits |= said[1][b]
            if c >= plain[2]:
                bits |= said[2][c]
            if d >= plain[3]:
                bits |= said[3][d]
        found[row] = bits | np.uint64(wide >> 7) << np.uint64(63)
    return found


@numba.njit(nogil=True, cache=True)
def candidates(data: Bytes, offsets: Offsets, rows: Offsets, kinds: Bytes, tables: Tables, found: Offsets) -> int:
    """Where an expression matches in the texts `rows`: as columns of `found` number of the text, first byte and the byte behind.

    Gives how many there are; if that is as many as `found` has room for, there may be more. Tables are those of
    `automaton.Finding`, a state being where its row starts. Each text is walked back once to mark where a match begins, and
    forward from each mark that no match before it covers.
    """
    backward, begins, forward, ends = tables
    longest = 0
    for row in rows:
        longest = max(longest, offsets[row + 1] - offsets[row])
    marks = np.empty(longest, np.uint8)
    count = 0
    for row in rows:
        low, high = offsets[row], offsets[row + 1]
        state, some = np.uint32(0), np.uint8(0)
        for place in range(high - 1, low - 1, -1):
            state = backward[state + kinds[data[place]]]
            marks[place - low] = begins[state]
            some |= begins[state]
        place = low if some else high
        while place < high:
            if not marks[place - low]:
                place += 1
                continue
            state, follow, stop = np.uint32(0), place, place + 1
            while follow < high:
                state = forward[state + kinds[data[follow]]]
                if state == NOWHERE:
                    break
                follow += 1
                if ends[state]:
                    stop = follow
            if count == found.shape[1]:
                return count
            found[0, count], found[1, count], found[2, count] = row, place, stop
            count += 1
            place = stop
    return count


@numba.njit(nogil=True, cache=True)
def pieces(data: Bytes, start: Offsets, end: Offsets) -> tuple[Offsets, Bytes]:
    """The bytes from each start to its end, one after another, and where each begins and the last ends."""
    offsets = np.zeros(start.shape[0] + 1, np.int64)
    offsets[1:] = np.cumsum(end - start)
    made = np.empty(offsets[-1], np.uint8)
    for piece in range(start.shape[0]):
        made[offsets[piece] : offsets[piece + 1]] = data[start[piece] : end[piece]]
    return offsets, made
