"""Opens an engine over a workspace's tables as they stand, and tells what came since the last run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw import known
from tanglaw.config import Settings
from tanglaw.engine import Engine, Given, Stage
from tanglaw.engine.base import Changed
from tanglaw.engine.open import open_engine
from tanglaw.engine.steps import Sql
from tanglaw.gated import WHOLE, shut
from tanglaw.store import standing
from tanglaw.store.chain import replace as replace_file
from tanglaw.store.commits import Part
from tanglaw.store.parts import part_of
from tanglaw.store.workspace import Workspace
from tanglaw.tables import RECEIVED, TABLES
from tanglaw.tables.base import Table
from tanglaw.versions import current_views


@contextmanager
def attached(
    workspace: Workspace, settings: Settings, derived: bool = True, left_out: pa.Table | None = None, alone: str = ""
) -> Iterator[Engine]:
    """An engine with the workspace's tables; `derived` also those of the last run, as current rows.

    Without `derived`, tables seen often are readable as all their sightings only, named `all_<table>`. Rows read from
    sources in `left_out` (default: those of the last run) are not there, nor is what the workspace's gate withholds.
    `alone` names the only table that is asked for; of one that a stage wrote, the others are then left out.
    """
    alone = alone if workspace.gate.open and alone in TABLES and alone not in RECEIVED else ""
    engine = open_engine(settings, workspace.folder / "spill")
    without = _left_out(workspace) if left_out is None else left_out
    try:
        if without.num_rows:
            engine.put("sources_left_out", without.select(["source_id"]))
        shown: list[tuple[str, Table]] = []
        for name, table in TABLES.items():
            if (name in RECEIVED or derived) and alone in ("", name):
                shown.append((f"all_{name}" if table.seen_often else name, table))
                read = shown[-1][0] if workspace.gate.open else WHOLE.format(shown[-1][0])
                partly = (
                    bool(without.num_rows) and name in RECEIVED and table.group in ("EVIDENCE", "REFERENCE", "CHAIN")
                )
                standing.attach(engine, f"every_{name}" if partly else read, workspace.standing(name), table.schema)
                if partly:
                    engine.run(Sql(read, _STAYS.format(f"every_{name}")))
        if not workspace.gate.open:
            shut(engine, workspace.gate, shown)
        if derived and not alone:
            current_views(engine)
            known.views(engine)
        yield engine
    finally:
        engine.close()


_STAYS = "select t.* from {} t left join sources_left_out l on l.source_id = t.source_id where l.source_id is null"


def _left_out(workspace: Workspace) -> pa.Table:
    schema = TABLES["left_out"].schema
    found = [pq.read_table(file, schema=schema) for file in workspace.files("left_out")]
    return pa.concat_tables([schema.empty_table(), *found])


def written(
    engine: Engine, workspace: Workspace, run_id: str, table: Table, change: Changed | None
) -> tuple[list[tuple[Path, Part]], list[Part], int]:
    """Write a table that a stage made into staging, and attach what was written; its parts, which parts stay, and how
    many rows stand."""
    name, last = table.name, workspace.standing(table.name)
    made, more = standing.write(engine, table, workspace.staging(f"{run_id}-{name}"), last, change)
    # Later stages read what was written; the step behind it can go.
    standing.attach(engine, name, made, table.schema)
    parts = [(file, _part(name, role, file)) for role, file in made.each() if file not in last.base]
    if more is None:
        return parts, [], sum(part.rows for _, part in parts)
    stays = [part for part in workspace.state.parts.get(name, []) if not part.role]
    return parts, stays, workspace.run_record().get("rows", {}).get(name, 0) + more


def _part(name: str, role: str, file: Path) -> Part:
    return msgspec.structs.replace(part_of(name, file, pq.read_metadata(file).num_rows), role=role)


def files_of(workspace: Workspace, gone: Sequence[str]) -> dict[str, list[str]]:
    """By table what says which rows it holds: its files, and the sources that are left out."""
    return {name: [*(part.file for part in made), *gone] for name, made in workspace.state.parts.items()}


def to_look_up(workspace: Workspace, settings: Settings) -> Given:
    """What a question to the workspace as it stands is given; what runs keep only where nothing is withheld."""
    given = Given(workspace.ids, settings.default_country)
    if not workspace.gate.open:
        return given
    gone = [str(one) for one in _left_out(workspace)["source_id"].to_pylist()]
    return replace(
        given, room=workspace.folder / "indexes", parts=files_of(workspace, gone), tables=workspace.folder / "tables"
    )


# A selector that stands as it stood: its id says its record, place, type and value.
_FRESH_SELECTORS = """
    select s.*
    from selectors s
    left join last_selectors o on o.selector_id = s.selector_id and o.valid = s.valid
        and coalesce(o.account_id, '') = coalesce(s.account_id, '') and coalesce(o.role, '') = coalesce(s.role, '')
    where o.selector_id is null
"""


class _Inputs(msgspec.Struct):
    """What a run read: by table its files, and a digest over what else its tables rest on."""

    run_id: str
    parts: dict[str, list[str]]
    rest: str


class Since:
    """What came since the last run, for the stage that takes in only what changed."""

    def __init__(self, workspace: Workspace, settings: Settings, taken: Mapping[str, pa.Table], run_id: str) -> None:
        terms = Path(settings.terms_file).read_bytes() if settings.terms_file else b""
        rest = (taken["left_out"].to_pylist(), taken["corrections"].to_pylist(), settings.default_country, terms)
        parts = {name: [part.file for part in workspace.state.parts.get(name, [])] for name in RECEIVED}
        self._workspace = workspace
        self._now = _Inputs(run_id, parts, hashlib.sha256(repr(rest).encode()).hexdigest())
        self._gone = [str(one) for one in taken["left_out"]["source_id"].to_pylist()]
        self._path = workspace.folder / "indexes" / "inputs.json"

    def first(self, workspace: Workspace, settings: Settings, relink: bool) -> Given:
        """What every stage is given."""
        room = workspace.folder / "indexes"
        workers = settings.workers or os.cpu_count() or 1
        terms = settings.terms_file
        tables = workspace.folder / "tables"
        return Given(
            workspace.ids,
            settings.default_country,
            room,
            files_of(workspace, self._gone),
            terms,
            workers,
            relink=relink,
            tables=tables,
        )

    def keep(self) -> None:
        """Note down what this run read, once its tables stand."""
        self._path.parent.mkdir(exist_ok=True)
        replace_file(self._path, msgspec.json.encode(self._now))

    def given(self, engine: Engine, given: Given, stage: Stage, made: Sequence[Part]) -> Given:
        """`given` with its `basis`, and the tables `fresh_<name>` and `last_<name>` where these say all that changed."""
        before = self._before()
        was = [part.sha256 for part in self._workspace.state.parts.get("superseded", [])]
        # Only there is anything kept to go on from.
        if (
            engine.name != "duckdb"
            or before is None
            or was != [part.sha256 for part in made if part.table == "superseded"]
            # What ledgers add is made anew by each run.
            or any(part.rows for part in made if part.table in ("chain_accounts", "chain_payments"))
        ):
            return replace(given, basis=("", self._now.run_id))
        for name in (*stage.writes, "selectors"):
            standing.attach(engine, f"last_{name}", self._workspace.standing(name), TABLES[name].schema)
        for name in stage.reads:
            files = [file for file in self._now.parts.get(name, []) if file not in set(before.parts.get(name, []))]
            paths = [self._workspace.folder / "tables" / file for file in files]
            engine.attach(f"fresh_{name}", paths, TABLES[name].schema)
        engine.run(Sql("fresh_selectors", _FRESH_SELECTORS, keep=True))
        count = "select (select count(*) from {}) as n"
        now, then, new = (
            engine.rows(count.format(name)).to_pylist()[0]["n"]
            for name in ("selectors", "last_selectors", "fresh_selectors")
        )
        return replace(given, basis=(before.run_id if now == then + new else "", self._now.run_id))

    def _before(self) -> _Inputs | None:
        """What the run read whose tables stand, if only evidence came to it since."""
        try:
            before = msgspec.json.decode(self._path.read_bytes(), type=_Inputs)
        except (OSError, msgspec.DecodeError):
            return None
        stays = all(set(files) <= set(self._now.parts.get(name, [])) for name, files in before.parts.items())
        return (
            before
            if stays and (before.run_id, before.rest) == (self._workspace.state.derived, self._now.rest)
            else None
        )
