"""Turns readings of a batch into rows of table `selectors`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
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


class Columns(NamedTuple):
    """Selectors found, one sequence for each field of `Found`, all of one length."""

    row: Sequence[int]
    type: Sequence[str]
    value: Sequence[str]
    original: Sequence[str]
    start: Sequence[int]
    end: Sequence[int]
    valid: Sequence[bool]
    how: Sequence[str]
    likelihood: Sequence[float]

    @classmethod
    def of(cls, found: Sequence[Found]) -> Columns:
        """The columns of these rows."""
        return cls(*zip(*found, strict=True)) if found else cls(*((),) * len(Found._fields))

    def rows(self) -> list[Found]:
        """The rows of these columns."""
        return list(starmap(Found, zip(*self, strict=True)))


def to_batch(ids: Ids, batch: pa.RecordBatch, found: Columns) -> pa.RecordBatch:
    """Rows of table `selectors` for what was found, with the record columns of `batch` beside it."""
    id_of = ids.of_joined
    taken = pa.array(found.row, pa.int64())
    carried = {name: batch.column(name).take(taken).cast(SCHEMA.field(name).type) for name in _CARRIED}
    records, fields = (carried[name].fill_null(NOTHING).to_pylist() for name in ("record_id", "field"))
    keys = [
        id_of(f"selector\x1f{record}\x1f{field}\x1f{kind}\x1f{value}\x1f{start}")
        for record, field, kind, value, start in zip(records, fields, found.type, found.value, found.start, strict=True)
    ]
    columns = {
        "selector_id": keys, "type": found.type, "value": found.value, "original": found.original, "start": found.start,
        "end": found.end, "valid": found.valid, "reading": [how or None for how in found.how], "likelihood": found.likelihood,
    }  # fmt: skip
    arrays = [
        carried[name] if name in carried else pa.array(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
