"""DuckDB: memory stays within its limit, files are the same bytes, nothing reaches out, interrupts end it."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tanglaw.config import Settings
from tanglaw.engine import Batches, Sql
from tanglaw.engine.duckdb import DuckDB
from tanglaw.engine.open import open_engine
from tanglaw.errors import CheckSettings
from tanglaw.tables.base import INT, TEXT

MANY = "SELECT a.n * 1000 + b.n AS n FROM thousand a CROSS JOIN thousand b"


def thousand() -> pa.Table:
    return pa.table({"n": pa.array(range(1000), INT)})


@pytest.fixture
def small(tmp_path: Path) -> Iterator[DuckDB]:
    """An engine with little memory."""
    engine = DuckDB("160MB", 2, tmp_path / "spill", tmp_path / "scratch")
    engine.put("thousand", thousand())
    yield engine
    engine.close()


def test_kept_steps_larger_than_memory_spill(small: DuckDB, tmp_path: Path) -> None:
    """A million rows of text, thrice as much, are kept and sorted in 160 MB, by way of the spill folder, and close empties it."""
    text = "'see you at noon, bring the papers for number ' || CAST(n AS VARCHAR)"
    small.run(
        Sql("rows_kept", f"SELECT n, {text} AS x, {text} || ' again, and once more' AS y FROM ({MANY})", keep=True)
    )
    small.run(Sql("rows_again", "SELECT n + 1 AS n, y AS x, x AS y FROM rows_kept", keep=True))
    spilled = sum(file.stat().st_size for file in (tmp_path / "spill").rglob("*") if file.is_file())
    files = small.write("rows_again", pa.schema([("x", TEXT), ("n", INT)]), ["x"], tmp_path / "out")
    assert small.rows("SELECT count(*) AS n FROM rows_again").to_pylist() == [{"n": 1_000_000}]
    assert spilled > 0
    assert files[0].stat().st_size > 0
    small.close()
    assert not list((tmp_path / "spill").iterdir()) and not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize(("more", "guess"), (([], "~6,000 rows"), (["more"], "~1 row")))
def test_files_alike_tell_how_many_rows_they_have(duck: DuckDB, tmp_path: Path, more: list[str], guess: str) -> None:
    """Columns stand in any order; what joins are planned by is the files' own count, where all have the same columns."""
    rows = pa.table(
        {"n": pa.array(range(3000), INT), "x": pa.array(["noon"] * 3000, TEXT), "more": pa.array([1] * 3000, INT)}
    )
    for name, columns in (("a", ["n", "x"]), ("b", ["x", *more, "n"])):
        pq.write_table(rows.select(columns), tmp_path / f"{name}.parquet")
    duck.attach("given", [tmp_path / "a.parquet", tmp_path / "b.parquet"], rows.schema.remove(2))
    assert duck.rows("SELECT sum(n) AS n, max(x) AS x FROM given").to_pylist() == [{"n": 2999 * 3000, "x": "noon"}]
    plan = duck._con.execute("EXPLAIN SELECT n FROM given").fetchall()[0][1]
    assert guess in plan


def test_equal_rows_are_equal_bytes(tmp_path: Path) -> None:
    """One thread or three, rows put in any order: the file is the same."""
    digests = set()
    for threads, order in ((1, "ascending"), (3, "descending"), (2, "ascending")):
        with DuckDB("1GB", threads, tmp_path / "spill", tmp_path / "scratch") as engine:
            engine.put("thousand", thousand().sort_by([("n", order)]))
            engine.run(Sql("many", f"SELECT n, CAST(n AS VARCHAR) AS x FROM ({MANY})", keep=True))
            files = engine.write("many", pa.schema([("n", INT), ("x", TEXT)]), ["n"], tmp_path / str(threads))
            digests.add(hashlib.sha256(files[0].read_bytes()).hexdigest())
    assert len(digests) == 1


def test_batches_are_a_few_at_a_time(tmp_path: Path) -> None:
    """However many rows are read, only some batches are held at once."""
    schema = pa.schema([("n", INT)])
    sizes: list[int] = []

    def noted(batch: pa.RecordBatch) -> pa.RecordBatch:
        sizes.append(batch.num_rows)
        return batch

    with DuckDB("256MB", 2, tmp_path / "spill", tmp_path / "scratch") as engine:
        engine.put("thousand", thousand())
        engine.run(Sql("many", MANY))
        engine.run(Batches("noted", "many", noted, schema))
        total = engine.rows("SELECT sum(n) AS n, count(DISTINCT n) AS k FROM noted").to_pylist()
    assert total == [{"n": 999_999 * 500_000, "k": 1_000_000}]
    assert sum(sizes) == 1_000_000
    assert max(sizes) < 100_000


def test_functions_that_release_the_interpreter_overlap(tmp_path: Path) -> None:
    """Two batches are under way at the same time where the function lets go of the interpreter."""
    schema = pa.schema([("n", INT)])
    spans: list[tuple[float, float]] = []

    def waits(batch: pa.RecordBatch) -> pa.RecordBatch:
        start = time.perf_counter()
        time.sleep(0.1)
        spans.append((start, time.perf_counter()))
        return batch

    with DuckDB("256MB", 2, tmp_path / "spill", tmp_path / "scratch") as engine:
        engine.put("thousand", thousand())
        engine.run(Sql("many", MANY))
        engine.run(Batches("waited", "many", waits, schema))
    spans.sort()
    assert any(later[0] < earlier[1] for earlier, later in pairwise(spans))


def test_an_error_of_a_function_comes_out_as_it_was(duck: DuckDB) -> None:
    """The caller sees the function's own error, not one of DuckDB."""
    duck.put("thousand", thousand())

    def broken(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise LookupError("broken on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        duck.run(Batches("never", "thousand", broken, pa.schema([("n", INT)])))


def test_nothing_is_fetched(duck: DuckDB) -> None:
    """Even past the check of the dialect, DuckDB opens no address and installs nothing."""
    for text in (
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')",
        "ATTACH 'http://127.0.0.1:9/x.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET autoload_known_extensions = true",
    ):
        with pytest.raises(Exception, match=r"(?i)extension|configuration|install"):
            duck._con.execute(text)


def test_values_that_duckdb_refuses_are_settings_to_check(tmp_path: Path) -> None:
    """A memory limit that is none is told as a setting, and leaves no folder behind."""
    with pytest.raises(CheckSettings, match="memory_limit"):
        open_engine(Settings(memory_limit="plenty"), tmp_path / "scratch")
    assert not list(tmp_path.rglob("duckdb-*"))


def test_too_little_memory_is_a_setting_to_check(small: DuckDB) -> None:
    """A step that cannot run within the limit says which setting to raise."""
    text = "CAST(n AS VARCHAR) || 'see you at noon, bring the papers'"
    all_of_it = " UNION ALL ".join([MANY] * 4)
    with pytest.raises(CheckSettings, match="step lists: memory_limit"):
        small.run(Sql("lists", f"SELECT joined({text}) AS x FROM ({all_of_it})", keep=True))


def test_spill_folder_of_the_settings_is_used(tmp_path: Path) -> None:
    """Spilled data goes where the settings say, not into the workspace."""
    engine = open_engine(Settings(spill_folder=str(tmp_path / "fast disk")), tmp_path / "scratch")
    assert [entry.name[:7] for entry in (tmp_path / "fast disk").iterdir()] == ["duckdb-"]
    engine.close()


INTERRUPTED = """
import signal
import sys
from pathlib import Path
import pyarrow as pa
from tanglaw.engine import Sql
from tanglaw.engine.duckdb import DuckDB
# A shell that started the tests in the background would have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
with DuckDB("256MB", 2, folder / "spill", folder / "scratch") as engine:
    engine.put("t", pa.table({"n": list(range(100_000))}))
    print("started", flush=True)
    engine.run(Sql("never", "SELECT count(*) AS c FROM t a CROSS JOIN t b CROSS JOIN t c WHERE a.n + b.n < c.n", keep=True))
"""


def test_interrupt_ends_a_running_step(tmp_path: Path) -> None:
    """Ctrl-C stops the query as KeyboardInterrupt; scratch and spill are gone."""
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "started\n"
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=60)
    finally:
        child.kill()
    assert "KeyboardInterrupt" in errors
    assert child.returncode != 0
    assert not list((tmp_path / "spill").iterdir()) and not list((tmp_path / "scratch").iterdir())


def test_put_takes_a_sliced_table(duck: DuckDB) -> None:
    """Offsets inside Arrow buffers are kept."""
    duck.put("part", thousand().slice(990, 5))
    assert duck.rows("SELECT min(n) AS a, max(n) AS b FROM part").to_pylist() == [{"a": 990, "b": 994}]
    assert pc.sum(duck.rows("SELECT n FROM part").column("n")).as_py() == 4960
