"""Reads a file of blocks as a node keeps them, or one block by itself, with its undo data beside it."""

from __future__ import annotations

import re

import numpy as np

from tanglaw.errors import BadRecord
from tanglaw.reading.chain import columns, frames
from tanglaw.reading.chain.columns import Find, Spent
from tanglaw.reading.chain.frames import Span, Window
from tanglaw.reading.chain.hashing import Header
from tanglaw.reading.chain.networks import MAGIC
from tanglaw.reading.chain.undo_loops import count_undo
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows

KEY_FILE = "xor.dat"
_NUMBERED = re.compile(r"blk(\d+)\.dat\Z")
# No node's undo file is as large.
_UNDO_LIMIT = 256 << 20


def read(item: Item, rows: Rows, magic: bytes, key: bytes) -> None:
    """Every block of a `blk*.dat` (`magic` given) or the one block that the file is."""
    if magic:
        _framed(item, rows, magic, key)
    else:
        _single(item, rows)


def _framed(item: Item, rows: Rows, magic: bytes, key: bytes) -> None:
    network = MAGIC[magic]
    undo = _undo_beside(item, magic, key)
    limit, faults, good = rows.settings.max_issues_per_file, 0, 0

    def bad(code: str, reason: str, place: int, raw: bytes) -> None:
        nonlocal faults
        faults += 1
        if faults <= limit:
            rows.quarantine(code, reason, f"byte {place}", raw)

    with item.open() as stream:
        for window in frames.windows(stream, magic, key, bad):
            good += len(window.spans)
            columns.write(window, network, _from(undo), rows)
    if faults > limit:
        rows.quarantine("block-damaged", f"{faults - limit} more places that are no blocks are not listed", "rest")
    if not good and not faults:
        raise BadRecord("no-table", "the file holds no block")


def _from(undo: frames.Undo | None) -> Find:
    def find(header: Header, span: Span) -> Spent | None:
        found = undo.take(header.previous, span.txs - 1) if undo else None
        return Spent(undo.data, *found, False) if undo and found else None

    return find


def _undo_beside(item: Item, magic: bytes, key: bytes) -> frames.Undo | None:
    """The `rev*.dat` of the same number, read into memory: some 20 MB for 128 MB of blocks."""
    numbered = _NUMBERED.search(item.name)
    data = item.beside(f"rev{numbered.group(1)}.dat", _UNDO_LIMIT) if numbered else None
    return frames.undo_of(frames.clear(data, 0, key), magic) if data else None


def _single(item: Item, rows: Rows) -> None:
    data = item.read(frames.LARGEST)
    found = frames.counted(data, 0, len(data))
    if isinstance(found, str):
        raise BadRecord("block-damaged", found, "byte 0", data)
    spent = _spent_beside(item, found)
    # Without magic the block tells its network by its parent, target and time.
    columns.write(Window(0, data, [found]), None, lambda *_: spent, rows)


def _spent_beside(item: Item, span: Span) -> Spent | None:
    stem = item.name.rpartition(".")[0] or item.name
    for name in (f"{stem}-undo.raw", f"{stem}.undo", f"{item.name}.undo"):
        data = item.beside(name, _UNDO_LIMIT)
        if data:
            txs, _ = count_undo(np.frombuffer(data, np.uint8), 0, len(data), False)
            return Spent(data, 0, len(data), txs != span.txs - 1)
    return None


def is_bare_undo(item: Item) -> bool:
    """True if the file is undo data of one block in either form, to its end."""
    data = np.frombuffer(item.read(frames.LARGEST * 4), np.uint8)
    return any(min(count_undo(data, 0, len(data), plain)) >= 0 for plain in (False, True))
