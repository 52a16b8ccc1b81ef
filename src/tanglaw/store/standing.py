"""How a table stands: as parts of rows, or as such parts less the rows of some keys and with rows added since.

A large table of which a run changes little is not written again: see docs/decisions/0012-tables-by-what-changed.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanglaw.engine.base import Changed, Engine
from tanglaw.engine.steps import Sql, less_and_more
from tanglaw.tables.base import Table

BASE, ADDED, REMOVED = ROLES = "", "added", "removed"
# Smaller tables are written whole, and a larger one once what was added and removed is this part of it.
LEAST_ROWS = 100_000
SHARE = 1 / 8


@dataclass(frozen=True)
class Standing:
    """Files of a table: the rows of `base` whose key is in no file of `removed`, and those of `added`.

    Files of `removed` have columns of the table that hold no empty value.
    """

    base: Sequence[Path]
    added: Sequence[Path] = ()
    removed: Sequence[Path] = ()

    @property
    def changed(self) -> bool:
        return bool(self.added or self.removed)

    def each(self) -> list[tuple[str, Path]]:
        """Every file with its role."""
        return [
            (role, file)
            for role, files in zip(ROLES, (self.base, self.added, self.removed), strict=True)
            for file in files
        ]


def attach(engine: Engine, name: str, of: Standing, schema: pa.Schema) -> None:
    """Make the rows that stand readable as `name`; beside it `<name>_base`, `<name>_added` and `<name>_removed` if it has such."""
    if not of.changed:
        return engine.attach(name, of.base, schema)
    key = pq.read_schema(of.removed[0]).names if of.removed else [schema.names[0]]
    for part, files, columns in (
        ("base", of.base, schema),
        (ADDED, of.added, schema),
        (REMOVED, of.removed, pa.schema([schema.field(column) for column in key])),
    ):
        engine.attach(f"{name}_{part}", files, columns)
    engine.run(less_and_more(name, schema.names, f"{name}_base", key, f"{name}_removed", f"{name}_added"))
    return None


def read(of: Standing, schema: pa.Schema, keep: pc.Expression | None = None) -> pa.Table:
    """The rows that stand and that `keep` lets through; files are read no further than needed."""
    base = _read(of.base, schema, keep)
    if of.removed:
        key = pq.read_schema(of.removed[0]).names
        gone = pl.DataFrame(_read(of.removed, pa.schema([schema.field(column) for column in key])))
        stays = pl.DataFrame(base.select(key)).with_row_index("_row").join(gone, on=key, how="anti")
        base = base.take(stays["_row"].sort().to_arrow())
    return pa.concat_tables([base, _read(of.added, schema, keep)])


def _read(files: Iterable[Path], schema: pa.Schema, keep: pc.Expression | None = None) -> pa.Table:
    return pa.concat_tables(
        [schema.empty_table(), *(pq.read_table(file, schema=schema, filters=keep) for file in files)]
    )


def write(
    engine: Engine, table: Table, folder: Path, last: Standing, change: Changed | None
) -> tuple[Standing, int | None]:
    """Write the step named as the table, whole, or only what changed of it since it stood as `last`; how it stands, and
    how many rows that is more than then (None: it was written whole)."""
    name, schema = table.name, table.schema
    if change is None:
        return Standing(engine.write(name, schema, table.key, folder)), None
    new, gone = (engine.rows(f"select count(*) as n from {x}_{name}").to_pylist()[0]["n"] for x in ("new", "gone"))
    base = _rows(last.base)
    if base < LEAST_ROWS or _rows((*last.added, *last.removed)) + new + gone > base * SHARE:
        return Standing(engine.write(name, schema, table.key, folder)), None
    keys = ", ".join(f'"{column}"' for column in change.key)
    added, removed = f"new_{name}", f"gone_{name}"
    if last.changed:
        added, removed = f"{name}_grown", f"{name}_shrunk"
        engine.run(less_and_more(added, schema.names, f"last_{name}_added", change.key, f"gone_{name}", f"new_{name}"))
        engine.run(Sql(removed, f"select {keys} from last_{name}_removed union select {keys} from gone_{name}"))
    key = pa.schema([schema.field(column) for column in change.key])
    grown = engine.write(added, schema, table.key, folder / ADDED)
    shrunk = engine.write(removed, key, change.key, folder / REMOVED)
    return Standing(last.base, grown, shrunk), new - change.lost


def _rows(files: Iterable[Path]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)
