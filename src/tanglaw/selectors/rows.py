"""Turns readings of a batch into rows of table `selectors`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.ids import NOTHING, Ids
from tanglaw.tables import TABLES

SCHEMA = TABLES["selectors"].schema
_KINDS = (
    pa.int64(), pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64(), pa.bool_(), pa.string(), pa.float64(),
)  # fmt: skip
# What a row takes over from its text's.
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


Column: TypeAlias = "pa.Array[Any]"


class Columns(NamedTuple):
    """Selectors found, one array for each field of `Found`, all of one length."""

    row: Column
    type: Column
    value: Column
    original: Column
    start: Column
    end: Column
    valid: Column
    how: Column
    likelihood: Column

    @classmethod
    def of(cls, found: Sequence[Found]) -> Columns:
        """The columns of these rows."""
        columns = zip(*found, strict=True) if found else ((),) * len(_KINDS)
        return cls(*(pa.array(column, kind) for column, kind in zip(columns, _KINDS, strict=True)))

    def rows(self) -> list[Found]:
        """The rows of these columns."""
        return list(starmap(Found, zip(*(column.to_pylist() for column in self), strict=True)))


# What a row says by itself, and the number of the row of the batch that it was found in.
_OWN = pa.schema([pa.field("row", pa.int64()), *(field for field in SCHEMA if field.name not in _CARRIED)])


def told(ids: Ids, batch: pa.RecordBatch, found: Columns) -> pa.RecordBatch:
    """Rows of table `selectors` without the record columns; `row` is the row of `batch`. Reads its record_id and field."""
    row = found.row
    how = pc.if_else(pc.equal(found.how, pa.scalar("")), pa.scalar(None, pa.string()), found.how)
    columns: dict[str, Any] = {**found._asdict(), "reading": how}
    records, fields = (
        batch.column(name).take(row).cast(pa.string()).fill_null(NOTHING) for name in ("record_id", "field")
    )
    start = found.start.cast(pa.string())
    parts: list[Any] = ["selector", records, fields, found.type, found.value, start]
    keys = pc.binary_join_element_wise(*parts, "\x1f")
    columns["selector_id"] = pa.array(ids.of_all(keys.cast(pa.binary()).to_pylist()), pa.string())
    arrays = [columns[name].cast(_OWN.field(name).type) for name in _OWN.names]
    return pa.RecordBatch.from_arrays(arrays, schema=_OWN)


def carried(batch: pa.RecordBatch, rows: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of table `selectors`: what `told` gave, with the record columns of `batch` beside it."""
    row = rows.column("row")
    arrays = [
        batch.column(name).take(row).cast(field.type) if name in _CARRIED else rows.column(name)
        for name, field in zip(SCHEMA.names, SCHEMA, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
