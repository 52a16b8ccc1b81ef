"""Where blocks and undo data stand in the files of a node: magic, length, content; zeros between; a key over all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

import numpy as np

from tanglaw.reading.chain.block_loops import FAULTS, HEADER, count_block
from tanglaw.reading.chain.hashing import double
from tanglaw.reading.chain.undo_loops import count_undo

WINDOW = 8 << 20
# A block's serialisation is never longer (Bitcoin Core's MAX_BLOCK_SERIALIZED_SIZE).
LARGEST = 4_000_000
_FRAME = 8
_CHECKSUM = 32

Bad = Callable[[str, str, int, bytes], None]


class Span(NamedTuple):
    """A block in a buffer, and how many transactions, inputs and outputs it has."""

    start: int
    end: int
    txs: int
    ins: int
    outs: int


class Window(NamedTuple):
    """Bytes of a file from `offset` on, and the good blocks in them."""

    offset: int
    data: bytes
    spans: list[Span]


def clear(data: bytes, offset: int, key: bytes) -> bytes:
    """The bytes of a file from `offset` on without the key that newer nodes lay over them (`xor.dat`)."""
    if not any(key):
        return data
    turned = key[offset % len(key) :] + key[: offset % len(key)]
    mask = np.resize(np.frombuffer(turned, np.uint8), len(data))
    return (np.frombuffer(data, np.uint8) ^ mask).tobytes()


def counted(data: bytes, start: int, end: int) -> Span | str:
    """The block between two places, or what is wrong with it."""
    txs, ins, outs = count_block(np.frombuffer(data, np.uint8), start, end)
    return FAULTS[txs] if txs < 0 else Span(start, end, txs, ins, outs)


def windows(stream: BinaryIO, magic: bytes, key: bytes, bad: Bad, size: int = WINDOW) -> Iterator[Window]:
    """The blocks of a `blk*.dat`, a window at a time; what is no block goes to `bad` with its place, and the search
    for the next magic goes on."""
    offset, rest, fault = 0, b"", False
    while True:
        chunk = stream.read(size)
        data = rest + clear(chunk, offset + len(rest), key)
        at, spans = 0, []
        while True:
            step = _step(data, at, magic, not chunk)
            if step is None:
                break
            if isinstance(step.found, Span):
                spans.append(step.found)
            # Bytes that are no block are said once, however often the magic stands in them.
            if step.code and not fault:
                bad(step.code, str(step.found), offset + at, data[at : step.after])
            fault, at = bool(step.code) or (fault and step.found == ""), step.after
        if spans:
            yield Window(offset, data, spans)
        offset, rest = offset + at, data[at:]
        if not chunk:
            return


class _Step(NamedTuple):
    """What stands at a place: a block, zeros (empty text), or a fault; and where to go on."""

    found: Span | str
    code: str
    after: int


def _step(data: bytes, at: int, magic: bytes, last: bool) -> _Step | None:
    """One step of the search; None if more bytes are wanted, or there are none."""
    left = len(data) - at
    if left < _FRAME:
        return (
            _Step("the file ends inside a block's length", "block-cut", len(data)) if last and any(data[at:]) else None
        )
    if data[at : at + 4] != magic:
        place = data.find(magic, at)
        # A magic may be cut in two by the end of the window.
        after = place if place >= 0 else len(data) if last else len(data) - 3
        zeros = data.count(0, at, after) == after - at
        return _Step(
            "" if zeros else "bytes between blocks that are neither blocks nor zeros",
            "" if zeros else "not-a-block",
            after,
        )
    size = int.from_bytes(data[at + 4 : at + _FRAME], "little")
    start, end = at + _FRAME, at + _FRAME + size
    if not HEADER < size <= LARGEST:
        return _Step(f"a block of {size} bytes, over {LARGEST} or too small", "block-size", start)
    if end > len(data):
        if not last:
            return None
        inner = data.find(magic, start)
        return _Step("the file ends inside this block", "block-cut", inner if inner > 0 else len(data))
    found = counted(data, start, end)
    if isinstance(found, Span):
        return _Step(found, "", end)
    inner = data.find(magic, start, end)
    return _Step(found, "block-damaged", inner if inner > 0 else end)


@dataclass
class Undo:
    """Undo data of one `rev*.dat`, found by number of transactions and proved by its checksum, which covers the
    parent's digest."""

    data: bytes
    places: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, previous: bytes, spent: int) -> tuple[int, int] | None:
        """Place and end of the undo data of a block with that parent and `spent` transactions beside its coinbase."""
        waiting = self.places.get(spent, [])
        for number, (at, end) in enumerate(waiting):
            if double(previous + self.data[at:end]) == self.data[end : end + _CHECKSUM]:
                del waiting[number]
                return at, end
        return None


def undo_of(data: bytes, magic: bytes) -> Undo:
    """Where each record of undo data stands; bytes that are none are passed over."""
    found, array, at = Undo(data), np.frombuffer(data, np.uint8), data.find(magic)
    while at >= 0 and at + _FRAME <= len(data):
        start = at + _FRAME
        end = start + int.from_bytes(data[at + 4 : start], "little")
        if end + _CHECKSUM <= len(data):
            txs, outs = count_undo(array, start, end, False)
            if txs > 0 and outs > 0:
                found.places[txs].append((start, end))
            if txs >= 0:
                at = data.find(magic, end + _CHECKSUM)
                continue
        at = data.find(magic, start)
    return found


def is_undo(head: bytes, magic: bytes, whole: bool) -> bool:
    """True if a file begins with a whole record of undo data behind the magic; one that goes on beyond `head` is judged
    by its first counts (`whole`: the head is all there is)."""
    size = int.from_bytes(head[4:_FRAME], "little")
    if head[:4] != magic or not 0 < size <= 4 * LARGEST:
        return False
    array, end = np.frombuffer(head, np.uint8), _FRAME + size
    if end + _CHECKSUM <= len(head):
        return bool(count_undo(array, _FRAME, end, False)[0] >= 0)
    return not whole and bool(count_undo(array, _FRAME, len(head), False)[1] > 0)
