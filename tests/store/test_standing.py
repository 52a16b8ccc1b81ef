"""A table that is written by what changed of it reads as if it had been written whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.engine.base import Changed, Engine
from tanglaw.engine.steps import less_and_more
from tanglaw.store import standing
from tanglaw.store.parts import part_of
from tanglaw.store.standing import Standing
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import TABLES

ACTORS = TABLES["actors"]


def actors(**of: str) -> pa.Table:
    return pa.table({"account_id": list(of), "actor_id": list(of.values())}, schema=ACTORS.schema)


def first(folder: Path) -> Standing:
    """Four accounts, written whole."""
    pq.write_table(actors(a="a", b="b", c="a", d="d"), folder / "base.parquet")
    return Standing([folder / "base.parquet"])


def change(engine: Engine, folder: Path, last: Standing, gone: list[str], **new: str) -> tuple[Standing, int | None]:
    """Write what one batch changed."""
    standing.attach(engine, "last_actors", last, ACTORS.schema)
    engine.put("gone_actors", pa.table({"account_id": pa.array(gone, pa.string())}))
    engine.put("new_actors", actors(**new))
    columns = list(ACTORS.names)
    engine.run(less_and_more("actors", columns, "last_actors", ["account_id"], "gone_actors", "new_actors"))
    return standing.write(engine, ACTORS, folder, last, Changed(("account_id",), len(gone)))


def read(engine: Engine, of: Standing) -> dict[str, str]:
    standing.attach(engine, "seen", of, ACTORS.schema)
    return {row["account_id"]: row["actor_id"] for row in engine.rows("select * from seen").to_pylist()}


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows are a large table."""
    monkeypatch.setattr(standing, "LEAST_ROWS", 0)
    monkeypatch.setattr(standing, "SHARE", 2)


def test_changes_upon_changes(duck: Engine, tmp_path: Path, large: None) -> None:
    """What was taken away and what came, twice, stands on the same base; what came and went leaves no trace."""
    base = first(tmp_path)
    one, more = change(duck, tmp_path / "one", base, ["c"], c="c", e="a")
    assert (read(duck, one), more) == ({"a": "a", "b": "b", "c": "c", "d": "d", "e": "a"}, 1)
    two, more = change(duck, tmp_path / "two", one, ["e", "d"], d="b")
    assert (read(duck, two), more) == ({"a": "a", "b": "b", "c": "c", "d": "b"}, -1)
    assert two.base == base.base


def test_much_is_written_whole(duck: Engine, tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once what changed is a large part of the table, all of it is written."""
    one, _ = change(duck, tmp_path / "one", first(tmp_path), ["c"], c="c", e="a")
    monkeypatch.setattr(standing, "SHARE", 1)
    two, more = change(duck, tmp_path / "two", one, ["d"], d="b")
    assert (two.changed, more) == (False, None)
    assert read(duck, two) == {"a": "a", "b": "b", "c": "c", "d": "b", "e": "a"}


def test_a_small_table_is_written_whole(duck: Engine, tmp_path: Path) -> None:
    """A table of few rows has no parts of changes."""
    made, more = change(duck, tmp_path / "one", first(tmp_path), ["c"], c="c")
    assert (made.changed, more) == (False, None)


@pytest.mark.spark
def test_spark_reads_the_same(duck: Engine, spark: Engine, tmp_path: Path, large: None) -> None:
    """What DuckDB wrote by changes, Spark reads."""
    one, _ = change(duck, tmp_path / "one", first(tmp_path), ["c", "d"], c="c", e="a")
    assert read(spark, one) == read(duck, one) == {"a": "a", "b": "b", "c": "c", "e": "a"}


def test_files_alone_are_refused(tmp_path: Path, duck: Engine, large: None) -> None:
    """Who asks for the files of a table that stands by changes gets an error instead of wrong rows."""
    made, _ = change(duck, tmp_path / "one", first(tmp_path), ["c"], e="a")
    workspace = Workspace.create(tmp_path / "w")
    with workspace.writing():
        parts = []
        for role, file in made.each():
            part = part_of("actors", file, pq.read_metadata(file).num_rows)
            parts.append((file, type(part)(part.table, part.file, part.sha256, part.rows, part.size, role)))
        workspace.commit("run", Batch("derive", parts, ("actors",)))
    assert read(duck, Workspace(workspace.folder).standing("actors")) == {"a": "a", "b": "b", "d": "d", "e": "a"}
    with pytest.raises(AssertionError, match="actors is more than rows in files"):
        Workspace(workspace.folder).files("actors")
