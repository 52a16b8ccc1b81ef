"""Hashes as fixed-width numbers: columns of hex text taken apart into 64-bit words, and distances between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.reading.hashes import SIZES

Words = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

_NIBBLES = np.full(256, 255, np.uint8)
for _digit in range(16):
    _NIBBLES[ord(f"{_digit:x}")] = _NIBBLES[ord(f"{_digit:X}")] = _digit


def width(kind: str) -> int:
    """How many 64-bit words a hash of this type takes: MD5 2, SHA-1 3 (the last half empty), SHA-256 and PDQ 4."""
    return -(-SIZES[kind] // 8)


def words(values: pa.Array[Any], kind: str) -> Words:
    """Array (rows, width) of the hex texts of one type, first digits first; ValueError if one is no such hash."""
    digits = 2 * SIZES[kind]
    if not len(values):
        return np.empty((0, width(kind)), np.uint64)
    texts: Any = values.cast(pa.string())
    lengths = pc.binary_length(texts)
    if values.null_count or pc.min(lengths).as_py() != digits or pc.max(lengths).as_py() != digits:
        raise ValueError(f"a {kind} has {digits} hex digits")
    _, offsets, text = texts.buffers()
    begin = int(np.frombuffer(memoryview(offsets or b""), np.int32)[texts.offset])
    raw = np.frombuffer(memoryview(text or b""), np.uint8)[begin : begin + len(values) * digits]
    nibbles = _NIBBLES[raw].reshape(len(values), digits)
    if (nibbles > 15).any():
        raise ValueError(f"a {kind} has {digits} hex digits")
    whole = np.zeros((len(values), 8 * width(kind)), np.uint8)
    whole[:, : digits // 2] = nibbles[:, 0::2] << 4 | nibbles[:, 1::2]
    return whole.view(">u8").astype(np.uint64)


def hexes(rows: Words, kind: str) -> list[str]:
    """The hex texts of such an array, lower case."""
    raw = np.ascontiguousarray(rows).astype(">u8").tobytes()
    step, digits = 8 * rows.shape[1], SIZES[kind]
    return [raw[at : at + digits].hex() for at in range(0, len(raw), step)]


def distances(a: Words, b: Words) -> npt.NDArray[np.uint16]:
    """Hamming distance of each row of `a` to the same row of `b`."""
    apart: npt.NDArray[np.uint16] = np.bitwise_count(a ^ b).sum(axis=1, dtype=np.uint16)
    return apart
