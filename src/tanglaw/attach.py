"""Opens an engine over a workspace's tables as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.engine.open import open_engine
from tanglaw.engine.steps import Sql
from tanglaw.store.workspace import Workspace
from tanglaw.tables import RECEIVED, TABLES
from tanglaw.versions import current_views


@contextmanager
def attached(
    workspace: Workspace, settings: Settings, derived: bool = True, left_out: pa.Table | None = None
) -> Iterator[Engine]:
    """An engine with the workspace's tables; `derived` also those of the last run, as current rows.

    Without `derived`, tables seen often are readable as all their sightings only, named `all_<table>`. Rows read from
    sources in `left_out` (default: those of the last run) are not there.
    """
    engine = open_engine(settings, workspace.folder / "spill")
    without = _left_out(workspace) if left_out is None else left_out
    try:
        if without.num_rows:
            engine.put("sources_left_out", without.select(["source_id"]))
        for name, table in TABLES.items():
            if name in RECEIVED or derived:
                shown = f"all_{name}" if table.seen_often else name
                partly = (
                    bool(without.num_rows) and name in RECEIVED and table.group in ("EVIDENCE", "CHAIN", "REFERENCE")
                )
                engine.attach(f"every_{name}" if partly else shown, workspace.files(name), table.schema)
                if partly:
                    engine.run(Sql(shown, _STAYS.format(f"every_{name}")))
        if derived:
            current_views(engine)
        yield engine
    finally:
        engine.close()


_STAYS = "select t.* from {} t left join sources_left_out l on l.source_id = t.source_id where l.source_id is null"


def _left_out(workspace: Workspace) -> pa.Table:
    schema = TABLES["left_out"].schema
    found = [pq.read_table(file, schema=schema) for file in workspace.files("left_out")]
    return pa.concat_tables([schema.empty_table(), *found])
