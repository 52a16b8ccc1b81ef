"""Hashes that say nothing: of empty, tiny and uniform files, which stand on many a disk and in many a list.

The bytes are made here, from their rule, and digested; no file is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyarrow as pa

_TYPES = ("md5", "sha1", "sha256")
_FILLINGS = (b"\x00", b"\xff", b" ", b"\n")
_MOST_POWER = 20
_NEW_LINES = (b"\n", b"\r\n")
# PDQ of a picture without structure: no coefficient is above the median, or all are.
_FLAT_PDQ = ("0" * 64, "f" * 64)


def benign_hashes() -> pa.Table:
    """Table (hash_type, value, weak): empty-file, tiny (one byte, or a line end) and uniform (one byte repeated a power
    of two times, up to a mebibyte; flat PDQ hashes)."""
    rows = {(kind, value): weak for data, weak in _files() for kind, value in _digests(data)}
    rows |= {("pdq", value): "uniform" for value in _FLAT_PDQ}
    columns = zip(*((kind, value, weak) for (kind, value), weak in sorted(rows.items())), strict=True)
    return pa.table(dict(zip(("hash_type", "value", "weak"), map(list, columns), strict=True)))


def _files() -> Iterator[tuple[bytes, str]]:
    for filling in _FILLINGS:
        for power in range(1, _MOST_POWER + 1):
            yield filling * (1 << power), "uniform"
    for byte in range(256):
        yield bytes((byte,)), "tiny"
    for line in _NEW_LINES:
        yield line, "tiny"
    yield b"", "empty-file"


def _digests(data: bytes) -> Iterator[tuple[str, str]]:
    for kind in _TYPES:
        yield kind, hashlib.new(kind, data, usedforsecurity=False).hexdigest()
