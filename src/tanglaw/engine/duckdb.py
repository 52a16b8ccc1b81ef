"""DuckDB, embedded: the engine that runs by default."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.engine.aside import Aside
from tanglaw.engine.dialect import MACROS, to_duckdb
from tanglaw.engine.shelf import Laid, lay
from tanglaw.engine.steps import Batches, Sql, Step
from tanglaw.engine.types import ARROW_TYPES, SQL_TYPES, checked_name, conform_batch, fits, home, home_of_sql, quoted
from tanglaw.errors import CheckSettings, FreeSpace

BATCH_ROWS = 50_000
ROW_GROUP = 122_880
FEW_ROWS = 2_048
FEW_FILES = 16
# Errors whose text speaks of the SQL only; the others may quote a value out of the data.
_TELLING = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.NotImplementedException)


class DuckDB:
    """Runs steps in one process, over more data than fits in `memory_limit`.

    `memory_limit` is a size such as `4GB` (64 MB a thread is the least that sorts); `threads` 0 means one per
    core. Kept steps, sorts and joins that do not fit spill into `spill_folder`, which is faster than a database
    file. `scratch` is the workspace's folder for things of this run. Nothing is fetched: extensions are neither
    installed nor loaded, so no address can be opened.
    """

    name = "duckdb"

    def __init__(self, memory_limit: str, threads: int, spill_folder: Path, scratch: Path) -> None:
        for folder in (spill_folder, scratch):
            folder.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(prefix="duckdb-", dir=scratch))
        self._spill = Path(tempfile.mkdtemp(prefix="duckdb-", dir=spill_folder))
        try:
            self._con = duckdb.connect(":memory:", config=_config(memory_limit, threads, self._spill, self._scratch))
        except (duckdb.Error, ValueError) as error:
            self._remove()
            raise CheckSettings(
                f"settings: DuckDB refuses memory_limit {memory_limit!r} or threads {threads}"
            ) from error
        self._workers = max(1, int(self._one("SELECT current_setting('threads')")))
        for text in ("SET GLOBAL TimeZone = 'UTC'", *MACROS, "SET GLOBAL lock_configuration = true"):
            self._con.execute(text)
        self._kinds: dict[str, str] = {}
        self._steps: set[str] = set()
        # Texts whose columns were seen to have their home types; a name keeps its types as long as the engine lives.
        self._seen_home: set[str] = set()
        self._aside = Aside()

    def __enter__(self) -> DuckDB:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def attach(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """Make the Parquet files readable as `name`: columns of `schema` by name, empty where a file lacks one."""
        told = [pq.read_metadata(file) for file in files] if len(files) <= FEW_FILES else None
        rows = None if told is None else sum(one.num_rows for one in told)
        if rows == 0:
            return self.put(name, schema.empty_table())
        paths = ", ".join(_literal(_plain(file)) for file in files)
        if told and _hold([one.schema.to_arrow_schema() for one in told], schema):
            # Without a schema DuckDB looks how many rows there are; with one it takes them for one row in planning joins.
            text = f"SELECT {', '.join(quoted(f.name) for f in schema)} FROM read_parquet([{paths}])"
        else:
            columns = ", ".join(
                f"{column}: {{name: {column}, type: {kind}, default_value: NULL}}"
                for column, kind in ((_literal(f.name), _literal(SQL_TYPES[f.type])) for f in schema)
            )
            text = f"SELECT * FROM read_parquet([{paths}], schema = MAP {{{columns}}})"
        self._steps.discard(name)
        # Each question about a view looks into its files again, which for a few rows costs more than the rows.
        return self._define(name, "VIEW" if rows is None or rows > FEW_ROWS else "TABLE", text)

    def put(self, name: str, rows: pa.Table) -> None:
        """Make a small table readable as `name`, every column in its home type."""
        cursor = self._con.cursor()
        cursor.register("given_rows", home(rows))
        self._steps.discard(name)
        self._define(name, "TABLE", "SELECT * FROM given_rows", cursor)
        cursor.close()

    def run(self, step: Step) -> None:
        """Make `step.name` readable: a view, or a table if it is kept or made of batches."""
        self._steps.add(step.name)
        if isinstance(step, Batches):
            self._run_batches(step)
        elif step.keep:
            self._keep(step)
        else:
            self._define(step.name, "VIEW", self._at_home(step))

    def rows(self, sql: str) -> pa.Table:
        """The result as Arrow, every column in its home type, in the order that `sql` states."""
        text = to_duckdb(sql)
        with _mended("rows"):
            return self._aside.call(lambda: self._fetched(text), self._con.interrupt)

    def write(self, name: str, schema: pa.Schema, order: Sequence[str], folder: Path) -> list[Path]:
        """Write `name` as one Parquet file `part-00000.parquet` (zstd), rows in `order`, empty values first.

        Equal rows give equal bytes if `order` leaves no ties.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "part-00000.parquet"
        with _mended(name):
            fits(self._con.sql(f"SELECT * FROM {checked_name(name)} LIMIT 0").to_arrow_table().schema, schema, name)
            # DuckDB marks a column that holds no empty value as required, so that the type would hang on the
            # data; behind a condition it cannot know that.
            columns = ", ".join(
                f"CASE WHEN random() >= 0 THEN CAST(t.{quoted(f.name)} AS {SQL_TYPES[f.type]}) END AS {quoted(f.name)}"
                for f in schema
            )
            by = ", ".join(f"t.{quoted(column)} ASC NULLS FIRST" for column in order)
            self._execute(
                self._con,
                f"COPY (SELECT {columns} FROM {name} t{' ORDER BY ' if by else ''}{by}) TO {_literal(str(path))} "
                f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}, PARQUET_VERSION v1)",
            )
        return [path]

    def shelve(self, file: Path, tables: Sequence[Laid]) -> None:
        """Write tables into a shelf for quick reading. Not a step: only DuckDB can, and no stage reads what it writes."""
        with _mended(file.name):
            self._aside.call(lambda: lay(self._con, file, tables), self._con.interrupt)

    def drop(self, *names: str) -> None:
        """Drop kept steps that nothing reads any more. Names that are not kept are passed over."""
        for name in names:
            if name in self._steps and self._kinds.get(name) == "TABLE":
                self._con.execute(f"DROP TABLE {name}")
                del self._kinds[name]

    def forget(self) -> None:
        """Drop the kept steps run since the last call whose names were not attached or put since."""
        self.drop(*self._steps)
        self._steps.clear()

    def close(self) -> None:
        """Free memory and scratch space."""
        with suppress(duckdb.Error):
            self._con.close()
        self._aside.close()
        self._remove()

    def _remove(self) -> None:
        for folder in (self._spill, self._scratch):
            shutil.rmtree(folder, ignore_errors=True)

    def _one(self, sql: str) -> Any:
        row = self._con.execute(sql).fetchone()
        return row[0] if row else None

    def _execute(self, con: duckdb.DuckDBPyConnection, text: str) -> None:
        self._aside.call(lambda: con.execute(text), con.interrupt)

    def _fetched(self, text: str) -> pa.Table:
        result = self._con.sql(text)
        # A sum of whole numbers is HUGEINT here, which Arrow shows as a decimal.
        kinds = [
            (column, ARROW_TYPES[home_of_sql(str(kind), column)])
            for column, kind in zip(result.columns, result.types, strict=True)
        ]
        found: pa.Table = result.to_arrow_table()
        return found.cast(pa.schema(kinds))

    def _keep(self, step: Sql) -> None:
        """Make the step a table, and change columns whose type is none at home."""
        self._define(step.name, "TABLE", to_duckdb(step.text))
        for column, kind, *_ in self._con.execute(f"DESCRIBE {step.name}").fetchall():
            try:
                target = home_of_sql(kind, column)
            except TypeError as error:
                raise TypeError(f"step {step.name}: {error}") from None
            if kind != target:
                with _mended(step.name):
                    self._execute(self._con, f"ALTER TABLE {step.name} ALTER COLUMN {quoted(column)} TYPE {target}")

    def _at_home(self, step: Sql) -> str:
        """The step's text, wrapped so that each column has its home type."""
        text = to_duckdb(step.text)
        if text in self._seen_home:
            return text
        with _mended(step.name):
            described = self._con.execute(f"DESCRIBE {text}").fetchall()
        try:
            homes = [(column, kind, home_of_sql(kind, column)) for column, kind, *_ in described]
        except TypeError as error:
            raise TypeError(f"step {step.name}: {error}") from None
        if all(kind == target for _, kind, target in homes):
            self._seen_home.add(text)
            return text
        columns = ", ".join(f"CAST({quoted(c)} AS {target}) AS {quoted(c)}" for c, _, target in homes)
        return f"SELECT {columns} FROM (\n{text}\n)"

    def _define(self, name: str, kind: str, text: str, cursor: duckdb.DuckDBPyConnection | None = None) -> None:
        """Replace `name`, of either kind, by a view or table over `text`."""
        con, before = cursor or self._con, self._kinds.get(checked_name(name))
        with _mended(name):
            if kind == "TABLE" and before == "VIEW":
                # Its own name may stand in the text: the view goes once the table is made.
                self._execute(con, f"CREATE OR REPLACE TABLE {name}__new AS {text}")
                con.execute(f"DROP VIEW {name}")
                con.execute(f"ALTER TABLE {name}__new RENAME TO {name}")
            else:
                if before not in (None, kind):
                    con.execute(f"DROP {before} {name}")
                self._execute(con, f"CREATE OR REPLACE {kind} {name} AS {text}")
        self._kinds[name] = kind

    def _run_batches(self, step: Batches) -> None:
        """Stream the batches through the function, a few ahead in threads, into a table."""
        failed: list[BaseException] = []
        with ThreadPoolExecutor(self._workers) as pool, self._con.cursor() as source, self._con.cursor() as sink:
            try:
                with _mended(step.name):
                    batches = source.sql(f"SELECT * FROM {checked_name(step.reads)}").to_arrow_reader(BATCH_ROWS)
                made = _ahead(pool, self._workers + 1, _maker(step), batches, failed)
                sink.register("made_batches", pa.RecordBatchReader.from_batches(step.schema, made))
                self._define(step.name, "TABLE", "SELECT * FROM made_batches", sink)
            except (RuntimeError, ValueError):
                # DuckDB reports an error of the function as one of its own.
                if failed:
                    raise failed[0] from None
                raise


def _config(
    memory_limit: str, threads: int, spill: Path, scratch: Path
) -> dict[str, str | bool | int | float | list[str]]:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        # Blocks that are free again are kept: the system takes longer to hand out memory than most steps need for it.
        "block_allocator_memory": memory_limit,
        "temp_directory": str(spill),
        "preserve_insertion_order": "false",
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_extension_repositories": "forbidden",
        "allow_persistent_secrets": "false",
        "custom_extension_repository": str(scratch / "none"),
        "extension_directory": str(scratch / "none"),
    }
    if threads:
        config["threads"] = threads
    return config


def _hold(files: Sequence[pa.Schema], wanted: pa.Schema) -> bool:
    """Whether all files have the same columns, those of `wanted` among them, and these in its types."""
    alike = all(set(file.names) == set(files[0].names) for file in files)
    return alike and all(f.name in file.names and file.field(f.name).type == f.type for file in files for f in wanted)


def _maker(step: Batches) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    return lambda batch: conform_batch(step.function(batch), step.schema)


def _ahead(
    pool: ThreadPoolExecutor,
    window: int,
    make: Callable[[pa.RecordBatch], pa.RecordBatch],
    batches: Iterator[pa.RecordBatch],
    failed: list[BaseException],
) -> Iterator[pa.RecordBatch]:
    """What `make` gives for each batch, in order, with at most `window` batches under way."""
    waiting: deque[Future[pa.RecordBatch]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(make, batch))
            if len(waiting) >= window:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BaseException as error:
        failed.append(error)
        raise
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def _mended(name: str) -> Iterator[None]:
    """Errors of DuckDB as errors that name the step and carry no value out of the data."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if "max_temp_directory_size" in str(error) or "No space left" in str(error):
            raise FreeSpace(f"step {name}: the spill folder is full") from None
        raise CheckSettings(f"step {name}: memory_limit is too small for it; raise it or lower threads") from None
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise FreeSpace(f"step {name}: the disk is full") from None
        if isinstance(error, _TELLING):
            raise ValueError(f"step {name} on duckdb: {error}") from None
        raise RuntimeError(f"step {name} failed on duckdb: {type(error).__name__}") from None


def _plain(file: Path) -> str:
    """The path with the signs that DuckDB would take for a pattern made plain."""
    return re.sub(r"([\[\]*?])", r"[\1]", str(file.resolve()))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
