"""The shelf: laid out once a run, taken up while pages go on, and sound where there is nothing yet."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tanglaw.cli.shared import instant
from tanglaw.config import Settings
from tanglaw.engine.shelf import Shelf, key_of
from tanglaw.errors import CheckWorkspace
from tanglaw.lookups.desk.laid import OF_VALUE
from tanglaw.lookups.desk.layout import LAYOUT, lay_out, shelf_file
from tanglaw.lookups.desk.queue import Wanted, part
from tanglaw.lookups.desk.report import told
from tanglaw.lookups.desk.withheld import hits
from tanglaw.pipeline import run
from tanglaw.policy import demo
from tanglaw.simulate import Plan, simulate
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.state import Desk, desk
from tests.cli.conftest import AS_OF


def test_a_workspace_without_a_run_has_an_empty_queue(tmp_path: Path) -> None:
    """Every table lies there without rows, and no question fails."""
    workspace = Workspace.create(tmp_path / "w")
    desk = Desk(workspace, Settings())
    assert part(desk.run.shelf, Wanted()).whole == 0
    assert told(desk.run.shelf, "nothing") is None
    assert desk.run.run_id == ""
    assert {row["table_name"] for row in desk.run.shelf.rows("select table_name from duckdb_tables()")} == {
        table.name for table in LAYOUT
    }


def test_a_newer_run_is_taken_up_while_pages_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages keep to the run that they have until the next one is laid out; the older shelf goes after one more."""
    monkeypatch.setattr("tanglaw.workbench.state._LOOK_EVERY", 0.0)
    simulate(tmp_path / "world", Plan(20, 40, 6, 2, 1))
    workspace = Workspace.create(tmp_path / "w")
    desk = Desk(workspace, Settings())
    run(workspace, tmp_path / "world" / "inbox", Settings(), demo(), instant(AS_OF))
    for _ in range(600):
        if desk.run.run_id:
            break
        time.sleep(0.1)
    assert desk.run.run_id == workspace.state.derived
    assert part(desk.run.shelf, Wanted()).whole > 0
    assert lay_out(workspace, Settings()) == shelf_file(workspace)


def test_nothing_can_be_written_to_a_shelf_nor_read_beside_it(tmp_path: Path) -> None:
    """A shelf takes no writing, opens no other file, and a damaged one says what to do."""
    workspace = Workspace.create(tmp_path / "w")
    shelf = Shelf(lay_out(workspace, Settings()))
    for text in (
        "delete from queue",
        "create table x as select 1",
        f"select * from read_text('{tmp_path}/w/key')",
        "attach ':memory:' as y; create table y.x as select 1; copy y.x to 'out.csv'",
        "set enable_external_access = true",
    ):
        with pytest.raises(Exception, match=r"(?i)read-only|disabled|locked|cannot|not allowed|permission"):
            shelf.rows(text)
    shelf.close()
    (tmp_path / "bad.duckdb").write_bytes(b"no database")
    with pytest.raises(CheckWorkspace, match="made again"):
        Shelf(tmp_path / "bad.duckdb")


def test_a_value_is_found_wherever_it_stands(served: Workspace) -> None:
    """Also among many that begin as it does: as many occurrences as the table has, and the same as a protected entry."""
    shelf = desk().run.shelf
    counted = (
        "select type, value, count(*) as n, count(distinct report_id) as reports from occurrences group by type, value"
    )
    for row in shelf.rows(f"select * from ({counted}) using sample 60 rows (reservoir, 1)"):
        stands = shelf.rows(
            f"select report_id from occurrences where {OF_VALUE}", key_of(row["value"]), row["value"], row["type"]
        )
        assert len(stands) == row["n"], row
        held = {report for report, _, _ in hits(shelf, row["type"], row["value"])}
        assert len(held - {""}) == row["reports"], row
    for row in shelf.rows("select * from terms using sample 60 rows (reservoir, 1)"):
        assert row["key"] == key_of(row["term"]), row
