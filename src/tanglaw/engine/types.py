"""The types a step may give, equal on both engines: those of the vocabulary and dates.

Integers become int64, floats float64, decimals decimal(38, 18), instants UTC microseconds, text utf-8. Lists,
structs, intervals and blobs may be used inside one step and may not leave it.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, TIME

DATE = pa.date32()
SQL_TYPES: dict[pa.DataType, str] = {
    TEXT: "VARCHAR",
    INT: "BIGINT",
    FLOAT: "DOUBLE",
    BOOL: "BOOLEAN",
    TIME: "TIMESTAMP WITH TIME ZONE",
    AMOUNT: "DECIMAL(38,18)",
    DATE: "DATE",
}
ARROW_TYPES = {text: kind for kind, text in SQL_TYPES.items()}
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", re.IGNORECASE)


def checked_name(name: str) -> str:
    """The name of a table or step, if it is one: lower-case ASCII letters, digits and `_`. ValueError if not."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"a table is named in lower-case letters, digits and _, not {name!r}")
    return name


def quoted(name: str) -> str:
    """A column name as DuckDB reads it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def home_type(kind: pa.DataType, column: str) -> pa.DataType:
    """The Arrow type that a column of this Arrow type has once it leaves a step. TypeError if it may not leave."""
    for test, home in (
        (pa.types.is_integer, INT),
        (pa.types.is_floating, FLOAT),
        (pa.types.is_decimal, AMOUNT),
        (pa.types.is_boolean, BOOL),
        (pa.types.is_timestamp, TIME),
        (pa.types.is_date, DATE),
        (_is_text, TEXT),
    ):
        if test(kind):
            return home
    raise TypeError(f"column {column} is {kind}: it may be used inside a step and may not leave it")


def home_of_sql(kind: str, column: str) -> str:
    """As `home_type`, from and to the names of DuckDB's types."""
    kind = kind.upper().strip('"')
    if _WHOLE.fullmatch(kind):
        return SQL_TYPES[INT]
    if kind in ("FLOAT", "DOUBLE"):
        return SQL_TYPES[FLOAT]
    if kind.startswith("DECIMAL") and kind.endswith(")"):
        return SQL_TYPES[AMOUNT]
    if kind in ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
        return SQL_TYPES[TIME]
    if kind in ("VARCHAR", "NULL"):
        return SQL_TYPES[TEXT]
    if kind in ("BOOLEAN", "DATE"):
        return kind
    raise TypeError(f"column {column} is {kind}: it may be used inside a step and may not leave it")


def fits(have: pa.Schema, want: pa.Schema, name: str) -> None:
    """Nothing if a table with home types `have` can be written as `want` without a value changing its meaning.

    ValueError for a missing column, TypeError for a type that would have to be parsed or rounded.
    """
    missing = [column for column in want.names if column not in have.names]
    if missing:
        raise ValueError(f"{name}: columns missing: {', '.join(missing)}")
    for field in want:
        found = have.field(field.name).type
        if found != field.type and not (found == INT and field.type in (FLOAT, AMOUNT)):
            hint = f"CAST(NULL AS {SQL_TYPES[field.type]}) says an empty column"
            raise TypeError(f"{name}: column {field.name} is {found} and should be {field.type}; {hint}")


def conform_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with exactly the columns and types of `schema`. ValueError if one is missing or does not fit."""
    missing = [name for name in schema.names if name not in batch.schema.names]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}")
    columns = [_cast(batch.column(field.name), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def home(rows: pa.Table) -> pa.Table:
    """The table with every column in its home type."""
    return rows.cast(pa.schema([pa.field(f.name, home_type(f.type, f.name)) for f in rows.schema]))


def _cast(column: pa.Array[Any], kind: pa.DataType) -> pa.Array[Any]:
    return column if column.type == kind else pc.cast(column, kind)


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
        or (pa.types.is_dictionary(kind) and _is_text(kind.value_type))
    )
