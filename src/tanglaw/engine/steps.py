"""A step is a name and how to make it: named SQL, or a function over Arrow batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Sql:
    """`name` becomes the result of `text`, in DuckDB's dialect, reading tables and earlier steps by name.

    `keep` writes the result down once instead of computing it at each use.
    """

    name: str
    text: str
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Batches:
    """`name` becomes what `function` makes of each batch of `reads` (a table, an earlier step), row by row
    or batch by batch: it must not rely on which rows share a batch. Always kept."""

    name: str
    reads: str
    function: Callable[[pa.RecordBatch], pa.RecordBatch]
    schema: pa.Schema


Step = Sql | Batches


def less_and_more(name: str, columns: Sequence[str], rows: str, key: Sequence[str], less: str, more: str) -> Sql:
    """The step `name`: the table `rows` without those whose key is in `less`, and what is in `more`."""
    on = " and ".join(f'g."{column}" = l."{column}"' for column in key)
    return Sql(
        name,
        f"""
        select {", ".join(f'l."{column}"' for column in columns)}
        from {rows} l
        left join {less} g on {on}
        where g."{key[0]}" is null
        union all
        select {", ".join(f'"{column}"' for column in columns)} from {more}
        """,
    )
