"""Near PDQ hashes as an Arrow-batch function: each value with every listed one within 31 bits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tanglaw.hashes import index
from tanglaw.hashes.words import hexes, words
from tanglaw.tables.base import INT, TEXT

_FIELDS: list[pa.Field[Any]] = [pa.field("value", TEXT), pa.field("near", TEXT), pa.field("distance", INT)]
NEAR = pa.schema(_FIELDS)


@dataclass(frozen=True)
class NearPdq:
    """Reads batches with a column `value` of PDQ hashes in hex, gives `value`, `near` and `distance` (0 to 31).

    It carries the folder of the index only; each process maps the arrays for itself.
    """

    folder: Path

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = index.pdq(self.folder)
        values = batch.column("value").cast(TEXT)
        if found is None or not len(values):
            return _nothing()
        asked, entry, distance = found.search(words(values, "pdq"))
        return pa.record_batch(
            [
                values.take(pa.array(asked, INT)),
                pa.array(hexes(found.values[entry], "pdq"), TEXT),
                pa.array(distance, INT),
            ],
            schema=NEAR,
        )


def _nothing() -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in NEAR], schema=NEAR)
