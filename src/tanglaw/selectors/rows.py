"""Turns readings of a batch into rows of table `selectors`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from tanglaw.ids import NOTHING, Ids
from tanglaw.tables import TABLES

SCHEMA = TABLES["selectors"].schema
_CARRIED = ("record_id", "table_name", "field", "report_id", "account_id", "role", "at")


class Found(NamedTuple):
    """One selector found in row `row` of a batch; places are code points of the original text."""

    row: int
    type: str
    value: str
    original: str
    start: int
    end: int
    valid: bool
    how: str = ""
    likelihood: float = 1.0


def to_batch(ids: Ids, batch: pa.RecordBatch, found: Sequence[Found]) -> pa.RecordBatch:
    """Rows of table `selectors` for what was found, with the record columns of `batch` beside it."""
    rows, types, values, originals, starts, ends, valid, how, likelihoods = (
        zip(*found, strict=True) if found else ((),) * 9
    )
    of_texts = ids.of_texts
    taken = pa.array(rows, pa.int64())
    carried = {name: batch.column(name).take(taken).cast(SCHEMA.field(name).type) for name in _CARRIED}
    records, fields = carried["record_id"].to_pylist(), carried["field"].to_pylist()
    keys = [
        of_texts(
            "selector",
            NOTHING if record is None else record,
            NOTHING if field is None else field,
            type_,
            value,
            str(start),
        )
        for record, field, type_, value, start in zip(records, fields, types, values, starts, strict=True)
    ]
    columns = {
        "selector_id": keys, "type": types, "value": values, "original": originals, "start": starts, "end": ends, "valid": valid,
        "reading": [said or None for said in how], "likelihood": likelihoods,
    }  # fmt: skip
    arrays = [
        carried[name] if name in carried else pa.array(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
