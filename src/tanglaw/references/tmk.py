"""TMK+PDQF files: the features of one video over its whole length, binary, little-endian.

A header of 32 bytes (`TMK1`, `FVEC`, `PDQF`, then frames per second, numbers of periods and of Fourier coefficients,
length of a vector, number of frames), the periods, the coefficients, the average vector, and for each period and
coefficient the cosine and then the sine vectors, as published with the hash. One file is one entry, named after the
file; the list is the folder.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.references.base import ListReader

_MAGIC = b"TMK1FVEC"
_ALGORITHM = b"PDQF"
_HEADER = struct.Struct("<12s5i")
_DIMENSION = 256
_MOST = 256
_LONGEST_PERIOD = 1_000_000


class TmkVideo(ListReader):
    """Reads a .tmk file into one row of `hash_entries` (type tmk-pdqf, value the file's SHA-256) and `hash_features`."""

    name = "tmk-pdqf"
    tables: tuple[str, ...] = ("hash_entries", "hash_features")

    def recognise(self, item: Item) -> bool:
        """True for the first eight bytes of a TMK feature file."""
        return item.head.startswith(_MAGIC)

    def read(self, item: Item, rows: Rows) -> None:
        """Locator is the byte where a vector begins. A file that is cut, too long or holds no finite numbers is
        quarantined whole as `bad-hash`: half of a feature compares with nothing."""
        raw = item.read(rows.settings.max_document_bytes)
        if len(raw) < _HEADER.size:
            raise BadRecord("bad-hash", "file ends inside its header")
        magic, rate, periods, weights, dimension, frames = _HEADER.unpack_from(raw)
        if not magic.endswith(_ALGORITHM) or dimension != _DIMENSION:
            raise BadRecord("bad-hash", f"features are not PDQF of {_DIMENSION} numbers")
        if not (0 < periods <= _MOST and 0 < weights <= _MOST and rate > 0 and frames >= 0):
            raise BadRecord("bad-hash", "header states impossible numbers")
        vectors = 1 + 2 * periods * weights
        expected = _HEADER.size + 4 * (periods + weights + vectors * _DIMENSION)
        if len(raw) != expected:
            raise BadRecord("bad-hash", f"file has {len(raw)} bytes where its header says {expected}")
        lengths = np.frombuffer(raw, "<i4", periods, _HEADER.size)
        numbers = np.frombuffer(raw, "<f4", offset=_HEADER.size + 4 * periods)
        if not np.isfinite(numbers).all() or (lengths <= 0).any() or (lengths > _LONGEST_PERIOD).any():
            raise BadRecord("bad-hash", "features are no finite numbers, or a period is impossible")
        stem = item.name.rsplit(".", 1)[0]
        same = {"list_name": item.folder or stem, "entry": stem}
        entry = {"hash_type": "tmk-pdqf", "value": item.sha256, "withdrawn": False, "locator": "byte 0"}
        rows.add("hash_entries", same | entry)
        rows.add_columns("hash_features", _columns(same, lengths, numbers))


def _columns(same: dict[str, str], lengths: Any, numbers: Any) -> dict[str, list[Any]]:
    """The vectors as columns of `hash_features`."""
    periods = len(lengths)
    weights = (len(numbers) // _DIMENSION - 1) // (2 * periods)
    vectors = numbers[len(numbers) - (1 + 2 * periods * weights) * _DIMENSION :].reshape(-1, _DIMENSION)
    coefficients = numbers[: len(numbers) - vectors.size]
    places = [(period, weight) for period in range(periods) for weight in range(len(coefficients))]
    parts = [("average", "all", None, None)] + [
        (part, f"{period}/{weight}", int(lengths[period]), float(coefficients[weight]))
        for part in ("cos", "sin")
        for period, weight in places
    ]
    first = _HEADER.size + 4 * (periods + len(coefficients))
    return {
        **{name: [value] * len(parts) for name, value in same.items()},
        **dict(zip(("part", "place", "period", "weight"), map(list, zip(*parts, strict=True)), strict=True)),
        "numbers": [",".join(number.tobytes().hex() for number in vector) for vector in vectors],
        "locator": [f"byte {first + 4 * _DIMENSION * index}" for index in range(len(parts))],
    }
