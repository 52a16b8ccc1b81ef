"""Writing Parquet parts into a staging folder, named by their digest once whole."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.errors import FreeSpace
from tanglaw.store.commits import Part
from tanglaw.tables import TABLES

# Columns of ledgers that say the same in row after row.
_REPEATED = frozenset(("network", "block_hash", "kind", "told_by"))


class PartWriter:
    """A sink for rows: each `write` becomes one Parquet file in `folder`; `parts` lists them.

    `mark` and `undo` drop what a file gave that turned out to be unreadable after some of it was written.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self.parts: list[Part] = []
        self._written = 0

    def write(self, table: str, rows: pa.Table) -> None:
        self._written += 1
        path = self._folder / f"{self._prefix}-{self._written:05d}-{table}.parquet"
        try:
            # Most columns hold ids and texts, of which a dictionary is larger than what it saves.
            repeated: Any = [name for name in TABLES[table].names if name in _REPEATED] or False
            pq.write_table(
                rows.cast(TABLES[table].schema), path, compression="zstd", compression_level=1, use_dictionary=repeated
            )
            self.parts.append(part_of(table, path, rows.num_rows))
        except OSError as error:
            raise disk_error(error) from error

    def mark(self) -> int:
        return len(self.parts)

    def undo(self, mark: int) -> None:
        for part in self.parts[mark:]:
            (self._folder / part.file).unlink(missing_ok=True)
        del self.parts[mark:]


def part_of(table: str, path: Path, rows: int) -> Part:
    """Digest and size of a finished Parquet file."""
    return Part(table, path.name, file_digest(path), rows, path.stat().st_size)


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def disk_error(error: OSError) -> OSError | FreeSpace:
    """The error to raise for a failed write: FreeSpace if the disk is full."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return FreeSpace("the disk is full: nothing of the unfinished batch was kept; free space and run again")
    return error
