"""What a table is: a name, columns with meanings, a key, and a sentence. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

TEXT = pa.string()
INT = pa.int64()
FLOAT = pa.float64()
BOOL = pa.bool_()
TIME = pa.timestamp("us", tz="UTC")
AMOUNT = pa.decimal128(38, 18)

# Every row that a reader writes says where it came from.
PLACE = "source_id"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type and what it means, in one phrase. Empty means "not stated" in every type."""

    name: str
    type: pa.DataType
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table of the vocabulary.

    `key` names the columns that make a row unique among current rows. `group` is the house's name for what
    kind of table it is (EVIDENCE, REFERENCE, SELECTORS, LINKS, FINDINGS, PRIORITIES, CUSTODY). `seen_often`
    tables keep one row per sighting; readers see the newest sighting of each key (stage `versions`).
    """

    name: str
    group: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    seen_often: bool = False

    @cached_property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(column.name, column.type) for column in self.columns])

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def schema_of(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    """A schema of names and types, for rows between steps that are no table of the vocabulary."""
    return pa.schema([pa.field(name, kind) for name, kind in columns])


def provenance() -> tuple[Column, ...]:
    """The two columns that lead any row back to a place in a file."""
    return (
        Column("source_id", TEXT, "the file it was read from: row of `sources`, which has its SHA-256 and path"),
        Column("locator", TEXT, "place inside that file: line, XPath, JSON pointer or byte offset"),
    )


def moment(name: str, meaning: str) -> tuple[Column, ...]:
    """An instant in UTC with what it was made from."""
    return (
        Column(name, TIME, f"{meaning}, UTC"),
        Column(f"{name}_original", TEXT, f"`{name}` as written in the source"),
        Column(f"{name}_assumed", TEXT, f"zone assumed for `{name}` because the source states none; empty if stated"),
    )
