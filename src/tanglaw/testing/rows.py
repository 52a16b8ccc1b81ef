"""Run one reader over bytes and look at the rows it gives, as intake would take them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from tanglaw.config import Settings
from tanglaw.errors import BadRecord
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.item import HEAD_BYTES, Item, Reader
from tanglaw.reading.rows import Rows

Found = dict[str, list[dict[str, Any]]]


class MemorySink:
    """A sink that keeps finished tables in a list; `undo` cuts the list."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, pa.Table]] = []

    def write(self, table: str, rows: pa.Table) -> None:
        self.parts.append((table, rows))

    def mark(self) -> int:
        return len(self.parts)

    def undo(self, mark: int) -> None:
        del self.parts[mark:]

    def found(self) -> Found:
        """Table name -> its rows in the order they were given."""
        result: Found = {}
        for name, table in self.parts:
            result.setdefault(name, []).extend(table.to_pylist())
        return result


def item_of(
    data: bytes,
    path: str = "inbox/file",
    neighbours: tuple[str, ...] = (),
    beside: Mapping[str, bytes] | Callable[[str], bytes | None] | None = None,
) -> Item:
    """An item of those bytes; `beside` is a mapping or a function from file name to bytes."""
    extra: dict[str, Any] = {}
    if beside is not None:
        find = beside if callable(beside) else dict(beside).get

        def around(name: str, limit: int) -> bytes | None:
            data = find(name)
            return data if data is not None and len(data) <= limit else None

        extra["around"] = around
    return Item(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        head=data[:HEAD_BYTES],
        opener=lambda: io.BytesIO(data),
        neighbours=neighbours,
        **extra,
    )


def memory_rows(settings: Settings | None = None) -> tuple[Rows, MemorySink]:
    """Rows that end in a memory sink, with the demo's key."""
    sink = MemorySink()
    return Rows(Ids(DEMO_KEY), settings or Settings(), sink), sink


def read_into(reader: Reader, item: Item, rows: Rows) -> None:
    """Read one item as intake does: a BadRecord undoes the item's rows and becomes a quarantine row."""
    rows.begin(item.path, item.sha256, item.size)
    try:
        reader.read(item, rows)
    except BadRecord as bad:
        rows.undo()
        rows.quarantine(bad.code, bad.reason, bad.locator, bad.excerpt)


def collect(
    reader: Reader,
    data: bytes,
    path: str = "inbox/file",
    neighbours: tuple[str, ...] = (),
    beside: Mapping[str, bytes] | Callable[[str], bytes | None] | None = None,
    *,
    settings: Settings | None = None,
) -> Found:
    """Table name -> rows (dicts with every column) that `reader` gives for `data`; empty tables are left out."""
    rows, sink = memory_rows(settings)
    read_into(reader, item_of(data, path, neighbours, beside), rows)
    rows.flush()
    return sink.found()
