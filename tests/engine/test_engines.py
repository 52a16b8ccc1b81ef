"""What the protocol promises, on each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tanglaw.engine import Batches, Engine, Sql, Stage
from tanglaw.tables import TABLES
from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, TIME
from tanglaw.testing.engines import Both, assert_equal, read_back

SCHEMA = pa.schema(
    [("end", INT), ("at", TIME), ("amount", AMOUNT), ("x", TEXT), ("f", FLOAT), ("b", BOOL)],
)
ROWS = pa.table(
    {
        "end": [3, None, 1, 2],
        "at": [datetime(2026, 1, 1, 0, 0, 0, n, tzinfo=UTC) if n else None for n in (1, 0, 3, 999_999)],
        "amount": [Decimal("1.000000000000000001"), None, Decimal("-12345678901234567890"), Decimal(0)],
        "x": ["see you at noon", None, "", "é\x00🙂"],
        "f": [0.1, None, 1e300, -0.0],
        "b": [True, None, False, True],
    },
    schema=SCHEMA,
)


@pytest.fixture(
    params=["duck", pytest.param("spark", marks=pytest.mark.spark), pytest.param("much", marks=pytest.mark.spark)]
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn; Spark as it runs over little, and over much."""
    yield request.getfixturevalue(request.param)


def parquet(folder: Path, name: str, table: pa.Table) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / name)
    return folder / name


def test_attached_rows_come_back_as_they_were(engine: Engine, tmp_path: Path) -> None:
    """Every type of the vocabulary survives attach and rows to the last digit."""
    engine.attach("given", [parquet(tmp_path, "a.parquet", ROWS)], SCHEMA)
    back = engine.rows('SELECT * FROM given ORDER BY "end" DESC NULLS LAST')
    assert back.equals(ROWS.sort_by([("end", "descending")]))


def test_files_in_folders_with_awkward_names(engine: Engine, tmp_path: Path) -> None:
    """Blanks, quotes, brackets and stars in a path are not taken for a pattern."""
    file = parquet(tmp_path / "it's [a] {b} * ? %20", "part 1.parquet", ROWS)
    engine.attach("given", [file], SCHEMA)
    assert engine.rows("SELECT count(*) AS n FROM given").to_pylist() == [{"n": 4}]


def test_a_column_that_an_older_file_lacks_is_empty(engine: Engine, tmp_path: Path) -> None:
    """Files are read by column name, in any order of columns; what a file lacks is empty, what is more is left out."""
    older = parquet(tmp_path, "a.parquet", ROWS.select(["x", "end"]).append_column("more", pa.array([1] * 4)))
    newer = parquet(tmp_path, "b.parquet", ROWS)
    engine.attach("given", [older, newer], SCHEMA)
    counts = engine.rows('SELECT count(*) AS n, count("end") AS ends, count(amount) AS amounts FROM given').to_pylist()
    assert counts == [{"n": 8, "ends": 6, "amounts": 3}]


def test_no_files_are_an_empty_table(engine: Engine) -> None:
    """A table without files has its columns and no rows."""
    engine.attach("nothing", [], SCHEMA)
    back = engine.rows("SELECT * FROM nothing")
    assert back.schema.equals(SCHEMA)
    assert back.num_rows == 0


def test_put_brings_every_width_home(engine: Engine) -> None:
    """Small integers, large strings, naive stamps and dictionaries take the types of the vocabulary."""
    table = pa.table(
        {
            "i": pa.array([1], pa.int8()),
            "x": pa.array(["a"], pa.large_string()),
            "d": pa.array(["a"]).dictionary_encode(),
            "f": pa.array([0.5], pa.float32()),
            "none": pa.nulls(1),
            "seen": pa.array([datetime(2026, 1, 1)], pa.timestamp("ms")),
        }
    )
    engine.put("small", table)
    kinds = engine.rows("SELECT * FROM small").schema.types
    assert kinds == [INT, TEXT, TEXT, FLOAT, TEXT, TIME]


def test_a_name_is_replaced_by_a_step_of_any_kind(engine: Engine) -> None:
    """Views, kept steps, batches and put tables replace each other."""
    engine.put("base", pa.table({"n": [1, 2]}))
    schema = pa.schema([("n", INT)])

    def tenfold(batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([pc.multiply(batch.column(0), 10)], schema=schema)

    steps = [
        Sql("s", "SELECT n + 1 AS n FROM base"),
        Sql("s", "SELECT n + 2 AS n FROM base", keep=True),
        Sql("s", "SELECT n + 3 AS n FROM base"),
        Batches("s", "base", tenfold, schema),
        Sql("s", "SELECT n + 4 AS n FROM s", keep=True),
        Batches("s", "s", tenfold, schema),
        Sql("s", "SELECT n + 5 AS n FROM base"),
    ]
    seen = []
    for step in steps:
        engine.run(step)
        seen.append(engine.rows("SELECT sum(n) AS n FROM s").to_pylist()[0]["n"])
    assert seen == [5, 7, 9, 30, 38, 380, 13]
    engine.put("s", pa.table({"n": [7]}))
    assert engine.rows("SELECT n FROM s").to_pylist() == [{"n": 7}]


def test_a_view_follows_the_names_it_reads_and_a_kept_step_does_not(engine: Engine) -> None:
    """Both engines compute a view anew from what its names mean then."""
    engine.put("base", pa.table({"n": [1]}))
    engine.run(Sql("view", "SELECT n FROM base"))
    engine.run(Sql("kept", "SELECT n FROM base", keep=True))
    engine.put("base", pa.table({"n": [2]}))
    assert engine.rows("SELECT v.n AS v, k.n AS k FROM view v CROSS JOIN kept k").to_pylist() == [{"v": 2, "k": 1}]


def test_batches_change_rows_columns_and_counts(engine: Engine) -> None:
    """A function may drop rows and make more of them; all types pass through it."""
    engine.put("given", ROWS)
    schema = pa.schema([*SCHEMA, ("again", TEXT)])

    def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
        kept = pa.Table.from_batches([batch]).filter(pc.is_valid(batch.column("end")))
        both = pa.concat_tables([kept, kept])
        return both.append_column("again", both.column("x").cast(pa.large_string())).combine_chunks().to_batches()[0]

    engine.run(Batches("twice", "given", doubled, schema))
    back = engine.rows('SELECT * FROM twice ORDER BY "end" NULLS FIRST')
    assert back.schema.equals(schema)
    assert back.column("end").to_pylist() == [1, 1, 2, 2, 3, 3]
    assert back.column("again").equals(back.column("x"))
    assert back.column("amount").to_pylist()[0] == Decimal("-12345678901234567890")


def test_batches_over_no_rows_give_an_empty_table(engine: Engine) -> None:
    """The columns are there even if the function was never called."""
    engine.attach("nothing", [], SCHEMA)
    engine.run(Batches("still", "nothing", lambda batch: batch, SCHEMA))
    assert engine.rows("SELECT * FROM still").schema.equals(SCHEMA)


def test_a_failing_function_fails_the_step(engine: Engine) -> None:
    """An error inside a function comes out, and the engine works on."""
    engine.put("base", pa.table({"n": [1]}))

    def broken(batch: pa.RecordBatch) -> pa.RecordBatch:
        raise RuntimeError("broken on purpose")

    with pytest.raises(RuntimeError):
        engine.run(Batches("never", "base", broken, pa.schema([("n", INT)])))
    with pytest.raises((RuntimeError, ValueError)):
        engine.run(Batches("never", "base", lambda batch: batch, pa.schema([("m", INT)])))
    assert engine.rows("SELECT n FROM base").to_pylist() == [{"n": 1}]


def test_written_files_have_the_types_of_the_schema(engine: Engine, tmp_path: Path) -> None:
    """Read back by pyarrow: equal types and nullability, rows in order with empty values first, zstd."""
    engine.put("given", ROWS)
    files = engine.write("given", SCHEMA, ["end"], tmp_path / "out")
    assert [file.name for file in files] == [f"part-{n:05}.parquet" for n in range(len(files))]
    assert sorted(tmp_path.joinpath("out").iterdir()) == files
    assert pq.read_schema(files[0]).remove_metadata().equals(SCHEMA)
    assert pq.ParquetFile(files[0]).metadata.row_group(0).column(0).compression == "ZSTD"
    expected = ROWS.take(pc.array_sort_indices(ROWS.column("end").combine_chunks(), null_placement="at_start"))
    assert read_back(files).equals(expected)


def test_types_do_not_hang_on_the_data(engine: Engine, tmp_path: Path) -> None:
    """Empty tables and columns without or with only empty values are written with the same schema."""
    engine.put("one", pa.table({"n": [1]}))
    engine.run(Sql("stated_in_sql", "SELECT 'see you' AS x, 1 AS \"end\", true AS b, 0.5e0 AS f FROM one"))
    stated = pa.schema([("x", TEXT), ("end", INT), ("b", BOOL), ("f", FLOAT)])
    assert all(f.nullable for f in pq.read_schema(engine.write("stated_in_sql", stated, ["x"], tmp_path / "sql")[0]))
    tables = {"none": ROWS.slice(0, 0), "stated": ROWS.slice(0, 1), "empty": ROWS.slice(1, 1)}
    for name, rows in tables.items():
        engine.put(name, rows)
        files = engine.write(name, SCHEMA, ["end"], tmp_path / name)
        assert all(field.nullable for field in pq.read_schema(files[0]))
        assert read_back(files).equals(rows)


def test_whole_numbers_may_be_written_as_floats_and_amounts_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    """A type that would have to be parsed or rounded is refused by name, as is a missing column."""
    engine.put("given", pa.table({"n": [1], "x": ["2"]}))
    wide = pa.schema([("n", FLOAT)])
    assert read_back(engine.write("given", wide, ["n"], tmp_path / "f")).to_pylist() == [{"n": 1.0}]
    assert read_back(engine.write("given", pa.schema([("n", AMOUNT)]), [], tmp_path / "a")).to_pylist() == [{"n": 1}]
    with pytest.raises(TypeError, match="given: column x is string and should be int64"):
        engine.write("given", pa.schema([("x", INT)]), [], tmp_path / "x")
    with pytest.raises(ValueError, match="columns missing: y"):
        engine.write("given", pa.schema([("y", INT)]), [], tmp_path / "y")


def test_every_table_of_the_vocabulary_can_be_written(engine: Engine, tmp_path: Path) -> None:
    """Column names such as `end` and `at` stand in no one's way."""
    for name in ("selectors", "captures", "payments", "priorities"):
        table = TABLES[name]
        engine.attach(name, [], table.schema)
        files = engine.write(name, table.schema, table.key, tmp_path / name)
        assert pq.read_schema(files[0]).remove_metadata().equals(table.schema)


def test_lists_may_not_leave_a_step(engine: Engine) -> None:
    """The error names the step and the column."""
    engine.put("given", pa.table({"x": ["a;b"]}))
    with pytest.raises(TypeError, match="step parts: column p"):
        engine.run(Sql("parts", "SELECT string_split(x, ';') AS p FROM given"))


def test_errors_over_data_quote_no_value(engine: Engine) -> None:
    """A text that is no number fails the step without showing the text."""
    engine.put("given", pa.table({"x": ["a private name"]}))
    with pytest.raises(RuntimeError) as raised:
        engine.run(Sql("numbers", "SELECT CAST(x AS DOUBLE) AS n FROM given", keep=True))
    assert "private" not in f"{raised.value} {raised.value.__cause__}"
    assert raised.value.__suppress_context__


def test_a_missing_column_is_told_by_name(engine: Engine) -> None:
    """Errors in the SQL name the step and what is wrong in it."""
    engine.put("given", pa.table({"x": ["a"]}))
    with pytest.raises(ValueError, match=r"(?s)step wrong.*missing_one"):
        engine.run(Sql("wrong", "SELECT missing_one FROM given"))


def test_names_are_plain(engine: Engine) -> None:
    """A name that is not lower-case letters, digits and _ is refused."""
    for call in (lambda: engine.put("a b", ROWS), lambda: engine.run(Sql("a;b", "SELECT 1 AS n"))):
        with pytest.raises(ValueError, match="a table is named"):
            call()


@pytest.mark.spark
def test_a_stage_is_run_and_written_on_both(both: Both) -> None:
    """The helper for stages gives the tables written, in the schema of the vocabulary, or says how they differ."""
    text = "SELECT account_id, min(account_id) OVER (PARTITION BY handle) AS actor_id FROM accounts"
    stage = Stage("hands", "Hands.", ("accounts",), ("actors",), lambda engine, _: engine.run(Sql("actors", text)))
    schema = TABLES["accounts"].schema
    rows = [{"account_id": "1", "handle": "h"}, {"account_id": "2", "handle": "h"}, {"account_id": "3"}]
    written = both.stage(stage, {"accounts": pa.Table.from_pylist(rows, schema=schema)})
    assert [(row["account_id"], row["actor_id"]) for row in written["actors"].to_pylist()] == [
        ("1", "1"),
        ("2", "1"),
        ("3", "3"),
    ]


@pytest.mark.parametrize(
    ("other", "told"),
    [({"n": [1.0, 2.0]}, "types differ"), ({"n": [1]}, "2 rows on one engine, 1"), ({"n": [1, 3]}, "row 1 differs")],
)
def test_differences_are_told(other: dict[str, list[float]], told: str) -> None:
    """Unequal types, counts and values fail, each in words."""
    with pytest.raises(AssertionError, match=told):
        assert_equal(pa.table({"n": [1, 2]}), pa.table(other), "t")


@pytest.mark.spark
def test_many_batches_give_equal_tables(both: Both, much: Engine) -> None:
    """Over several batches and partitions both engines hold and write the same rows."""
    count = 120_000
    numbers = pa.array(range(count), INT)
    both.put("many", pa.table({"n": numbers, "x": pc.binary_join_element_wise("see you at ", numbers.cast(TEXT), "")}))
    schema = pa.schema([("n", INT), ("size", INT), ("x", TEXT)])
    both.run(
        Batches("sized", "many", _sizes(schema), schema),
        Sql("folded", "SELECT size, sum(n) AS n FROM sized GROUP BY size"),
    )
    both.equal("folded", ["size"])
    left, right = (read_back(e.write("sized", schema, ["n"], both.scratch / e.name)) for e in (both.duck, both.spark))
    assert left.num_rows == count
    assert left.equals(right)


def _sizes(schema: pa.Schema) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    def sizes(batch: pa.RecordBatch) -> pa.RecordBatch:
        text = batch.column("x")
        return pa.RecordBatch.from_arrays(
            [batch.column("n"), pc.utf8_length(text).cast(pa.int64()), text], schema=schema
        )

    return sizes


def test_what_a_stage_made_for_itself_is_forgotten(engine: Engine, tmp_path: Path) -> None:
    """Kept steps go, views over tables and what was attached or put under a step's name stay."""
    engine.put("given", ROWS)
    for step in (
        Sql("seen", "select * from given"),
        Sql("own", "select * from given", keep=True),
        Sql("written", "select * from own", keep=True),
    ):
        engine.run(step)
    engine.attach("written", [parquet(tmp_path, "a.parquet", ROWS)], SCHEMA)
    engine.forget()
    with pytest.raises((RuntimeError, ValueError)):
        engine.rows("select x from own")
    counted = [engine.rows(f"select count(*) as n from {name}").to_pylist() for name in ("given", "seen", "written")]
    assert counted == [[{"n": 4}]] * 3
    engine.run(Sql("own", "select x from given", keep=True))
    assert engine.rows("select count(*) as n from own").to_pylist() == [{"n": 4}]
