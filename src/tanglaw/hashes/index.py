"""The index of listed hashes on disk: sorted arrays that are memory-mapped, so that it opens at once.

A folder named by what it was made of holds, for each hash type, `<type>.values.npy` (rows ascending) and
`<type>.starts.npy`, for PDQ also `pdq.order.npy` and `pdq.other.npy`. It is written beside and renamed when whole, so
it is there entirely or not at all, and it is made anew only when the lists changed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.lib.format import open_memmap

from tanglaw.errors import CheckWorkspace
from tanglaw.hashes.exact import ExactIndex, prefix_bits, starts_of
from tanglaw.hashes.pdq import HALVES, PdqIndex, half_index
from tanglaw.hashes.words import width, words
from tanglaw.store.chain import sync_all
from tanglaw.store.parts import disk_error

FORMAT = 1
EXACT = ("md5", "sha1", "sha256")
_BATCH_ROWS = 1 << 16
# Rows are numbered in 32 bits.
MOST_ROWS = (1 << 32) - 1


def stamp(parts: Sequence[str]) -> str:
    """The name of the index over these reference files, which are named by their content."""
    return sha256("\n".join((str(FORMAT), *sorted(parts))).encode()).hexdigest()[:32]


def ensure(room: Path, name: str, values: Callable[[str], Sequence[Path]], kinds: Sequence[str]) -> Path:
    """The folder `room/name`, made if it is not there; older ones beside it go.

    `values(kind)` gives Parquet files with one column `value`, distinct hex texts in ascending order over all files.
    Needs memory for 14 bytes an entry at most; the arrays themselves are written through the page cache. Raises
    FreeSpace if the disk is full, CheckWorkspace for more than MOST_ROWS hashes of one type.
    """
    folder = room / name
    if not folder.is_dir():
        made = room / f".{name}-{os.getpid()}"
        shutil.rmtree(made, ignore_errors=True)
        try:
            made.mkdir(parents=True)
            for kind in kinds:
                _build(made, kind, values(kind))
            # Whole on the disk before it bears its name: an array cut by a crash would hide hits.
            sync_all(made.iterdir())
            made.rename(folder)
        except OSError as error:
            raise disk_error(error) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
    for other in room.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def pdq(folder: Path) -> PdqIndex | None:
    """The index of PDQ hashes in this folder, memory-mapped; None if no list holds any."""
    return _opened_pdq(folder)


def exact(folder: Path, kind: str) -> ExactIndex | None:
    """The index of MD5, SHA-1 or SHA-256 in this folder, memory-mapped; None if no list holds any."""
    return _opened_exact(folder, kind)


@lru_cache(maxsize=4)
def _opened_pdq(folder: Path) -> PdqIndex | None:
    names = ("values", "starts", "order", "other")
    found = [_mapped(folder, "pdq", name) for name in names]
    return PdqIndex(*found) if len(found[0]) else None


@lru_cache(maxsize=12)
def _opened_exact(folder: Path, kind: str) -> ExactIndex | None:
    values, starts = (_mapped(folder, kind, name) for name in ("values", "starts"))
    return ExactIndex(values, starts) if len(values) else None


def _mapped(folder: Path, kind: str, name: str) -> Any:
    path = folder / f"{kind}.{name}.npy"
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise CheckWorkspace(f"hash index {path.name} cannot be read; remove {folder} and run again") from error


def _build(folder: Path, kind: str, files: Sequence[Path]) -> None:
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    if rows > MOST_ROWS:
        raise CheckWorkspace(f"the lists hold {rows:,} {kind} hashes; an index has room for {MOST_ROWS:,} of one type")
    shape = (rows, width(kind))
    if not rows:
        for name in ("values", "starts", "order", "other"):
            np.save(folder / f"{kind}.{name}.npy", np.empty(0, np.uint64))
        return
    values = open_memmap(folder / f"{kind}.values.npy", "w+", np.uint64, shape)
    at = 0
    for column in _columns(files):
        values[at : at + len(column)] = words(column, kind)
        at += len(column)
    if kind == "pdq":
        starts = open_memmap(folder / "pdq.starts.npy", "w+", np.uint32, (HALVES, (1 << 16) + 1))
        order = open_memmap(folder / "pdq.order.npy", "w+", np.uint32, (HALVES, rows))
        other = open_memmap(folder / "pdq.other.npy", "w+", np.uint16, (HALVES, rows))
        for half in range(HALVES):
            starts[half], order[half], other[half] = half_index(values, half)
        for array in (starts, order, other):
            array.flush()
    else:
        np.save(folder / f"{kind}.starts.npy", starts_of(values[:, 0], prefix_bits(rows)))
    values.flush()


def _columns(files: Sequence[Path]) -> Iterator[pa.Array[Any]]:
    for file in files:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(_BATCH_ROWS, columns=["value"]):
                yield batch.column(0)
