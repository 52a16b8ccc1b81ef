"""What an engine must do. DuckDB and Spark do it; tests hold them to equal rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from tanglaw.engine.steps import Step
from tanglaw.ids import Ids


class Engine(Protocol):
    """Runs steps over Parquet tables. Names are global within one engine; a later step replaces an earlier."""

    @property
    def name(self) -> str:
        """duckdb or spark."""

    def attach(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """Make the Parquet files readable as table `name`; no files give an empty table of `schema`."""

    def put(self, name: str, rows: pa.Table) -> None:
        """Make a small table (parameters, policy) readable as `name`."""

    def run(self, step: Step) -> None:
        """Make `step.name` readable."""

    def rows(self, sql: str) -> pa.Table:
        """A small result as Arrow. `sql` is in DuckDB's dialect."""

    def write(self, name: str, schema: pa.Schema, order: Sequence[str], folder: Path) -> list[Path]:
        """Write table `name` as Parquet files into `folder`, columns as in `schema`, rows in `order`;
        the paths written, in order. Nothing passes through the caller's memory."""

    def drop(self, *names: str) -> None:
        """Drop kept steps that nothing reads any more, and free their space. Names that are not kept are passed over."""

    def forget(self) -> None:
        """Drop the kept steps run since the last call whose names were not attached or put since, and free their space."""

    def close(self) -> None:
        """Free memory and scratch space."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How a stage made a table out of the last run's: `gone_<table>` has the values of `key` of rows that go, `lost` rows
    in all, each once and none empty; `new_<table>` has the rows that come."""

    key: tuple[str, ...]
    lost: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a run gives every stage beside its tables: the workspace's ids, the country that a phone number
    without one is read in (ISO 3166, empty for none), a folder for what can be made again from tables (None: a
    stage makes it for the run alone), by table the names of its files, which say what is in them, the file of the
    user's own terms to look for (empty for none), how many processes it may use, and where stages note what a run should tell.

    `basis` names what the tables held at the last run and what they hold now. If the first is not empty, tables
    `fresh_<name>` have what linking reads and the last run did not have, nothing else having changed but `judgements`,
    and `last_<name>` what linking wrote. `relink` asks for a whole run of linking in any case. A stage notes in `changed`
    which tables it made out of the last run's, so that they need not be written whole. `tables` is the folder of the files
    in `parts`."""

    ids: Ids
    default_country: str = ""
    room: Path | None = None
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    terms_file: str = ""
    workers: int = 1
    basis: tuple[str, str] = ("", "")
    relink: bool = False
    notes: dict[str, str] = field(default_factory=dict)
    changed: dict[str, Changed] = field(default_factory=dict)
    tables: Path | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the flow: what it reads, what it writes, and the function that runs its steps.

    After `run`, each table in `writes` is a step of that name in the engine. `run` is None for the one stage
    that needs no engine because it brings the files in.
    """

    name: str
    meaning: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[Engine, Given], None] | None
