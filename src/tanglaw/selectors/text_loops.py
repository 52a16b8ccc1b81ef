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
# As `entries` has it.
LONG = 512
# The state in which nothing more can follow.
NOWHERE = np.uint32(0xFFFFFFFF)
Tables = tuple[States, Bytes, States, Bytes]
Places = tuple[Offsets, Offsets, Offsets]
Held = tuple[Offsets, Bytes]
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


@numba.njit(nogil=True, cache=True)
def entered(
    data: Bytes, places: Places, seed: int, slots: Offsets, held: Held, count: int
) -> tuple[Offsets, int]:  # fmt: skip
    """The entry of each candidate in `data`, new ones put behind the `count` that are held, and how many are held then.

    `places` are where candidates start and end, and their salts. `held` has for each entry its hash, its salt, where its
    bytes begin and how many they are, and all their bytes, with room for what comes. A slot is an entry or -1; their
    number is a power of two and at least twice that of entries. Longer ones than `LONG` are -1.
    """
    start, end, salts = places
    known, kept = held
    entries = np.empty(start.shape[0], np.int64)
    mask = slots.shape[0] - 1
    signs, near = np.empty(start.shape[0], np.int64), np.empty(start.shape[0], np.int64)
    for number in range(start.shape[0]):
        # FNV-1a (Fowler, Noll, Vo) from a seed that differs in each process.
        key = np.uint64(seed) ^ np.uint64(salts[number])
        for place in range(start[number], min(end[number], start[number] + LONG)):
            key = (key ^ np.uint64(data[place])) * np.uint64(0x100000001B3)
        signs[number] = np.int64(key ^ (key >> np.uint64(29)))
    # Loads that do not wait for each other bring near what the loop below reads one after the other.
    for number in range(start.shape[0]):
        near[number] = known[max(slots[signs[number] & mask], 0), 2]
    for number in range(start.shape[0]):
        near[number] = kept[min(near[number], kept.shape[0] - 1)]
    for number in range(start.shape[0]):
        first, length, sign = start[number], end[number] - start[number], signs[number]
        if length > LONG:
            entries[number] = -1
            continue
        slot = sign & mask
        entry = slots[slot]
        while entry >= 0:
            if known[entry, 0] == sign and known[entry, 1] == salts[number] and known[entry, 3] == length:
                place, begin = 0, known[entry, 2]
                while place < length and kept[begin + place] == data[first + place]:
                    place += 1
                if place == length:
                    break
            slot = (slot + 1) & mask
            entry = slots[slot]
        if entry < 0:
            entry = count
            begin = known[entry - 1, 2] + known[entry - 1, 3] if entry else 0
            slots[slot] = entry
            known[entry, 0], known[entry, 1], known[entry, 2], known[entry, 3] = sign, salts[number], begin, length
            for place in range(length):
                kept[begin + place] = data[first + place]
            count += 1
        entries[number] = entry
    return entries, count


@numba.njit(nogil=True, cache=True)
def slotted(signs: Offsets, slots: Offsets) -> None:
    """Puts entries into empty slots by their hashes."""
    mask = slots.shape[0] - 1
    for entry in range(signs.shape[0]):
        slot = signs[entry] & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = entry
