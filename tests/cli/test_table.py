"""Every table can be had as CSV, JSON lines or Parquet; CSV harms no spreadsheet, the others are exact."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.lookups.tables import FORMATS, _convert, plain
from tanglaw.pipeline import WRITER
from tanglaw.tables import TABLES
from tests.cli.conftest import Demo, tanglaw

SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("number", pa.int64()),
        ("share", pa.float64()),
        ("yes", pa.bool_()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("amount", pa.decimal128(38, 18)),
    ]
)
AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=18)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.none()
            | st.text(st.characters(codec="utf-8"), max_size=12)
            | st.sampled_from(["=1+1", "+1", "-", "@a", "\t=1"]),
            "number": st.none() | st.integers(-(2**63), 2**63 - 1),
            "share": st.none() | st.floats(-1e9, 1e9),
            "yes": st.none() | st.booleans(),
            "at": st.none()
            | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)),
            "amount": st.none() | AMOUNTS,
        }
    ),
    max_size=8,
)


def written(folder: Path, rows: list[dict[str, Any]], form: str) -> Path:
    """The rows as a file of that format."""
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / "rows.parquet")
    assert _convert([folder / "rows.parquet"], form, folder / "out") == len(rows)
    return folder / "out"


@given(ROWS)
def test_json_lines_are_exact(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    """JSON lines give every value back: text as it is, amounts and instants as exact text."""
    out = written(tmp_path_factory.mktemp("jsonl"), rows, "jsonl")
    found = [json.loads(line) for line in out.read_bytes().split(b"\n")[:-1]]
    assert found == [{name: plain(row[name]) for name in SCHEMA.names} for row in rows]


@given(ROWS)
def test_parquet_is_exact(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    """Parquet gives every value back in its type."""
    assert pq.read_table(written(tmp_path_factory.mktemp("parquet"), rows, "parquet")).to_pylist() == rows


@given(ROWS)
def test_csv_is_read_back_and_runs_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    """CSV gives every cell back; a text that would be a formula has one apostrophe before it; numbers stay numbers."""
    out = written(tmp_path_factory.mktemp("csv"), rows, "csv")
    with out.open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert len(found) == len(rows)
    for row, cells in zip(rows, found, strict=True):
        text = row["text"] or ""
        assert cells["text"] == ("'" + text if text[:1] in tuple("=+-@\t\r\n＝＋－＠") else text)
        assert cells["number"] == ("" if row["number"] is None else str(row["number"]))
        assert cells["yes"] == ("" if row["yes"] is None else str(row["yes"]).lower())
        assert cells["at"] == (plain(row["at"]) or "")
        assert (Decimal(cells["amount"]) if cells["amount"] else None) == row["amount"]
        assert (float(cells["share"]) if cells["share"] else None) == row["share"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal("45.680000000000000000"), "45.68"),
        (Decimal("100.000000000000000000"), "100"),
        (Decimal("0E-18"), "0"),
        (Decimal("-0.000000000000000001"), "-0.000000000000000001"),
        (datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC), "2026-01-02T03:04:05.000060Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
    ],
)
def test_amounts_and_instants(tmp_path: Path, value: object, told: str) -> None:
    """Amounts lose the zeros at their end and nothing else; instants are ISO 8601 with Z."""
    name = "amount" if isinstance(value, Decimal) else "at"
    row = dict.fromkeys(SCHEMA.names) | {name: value}
    assert json.loads(written(tmp_path, [row], "jsonl").read_text())[name] == told == plain(value)
    with written(tmp_path, [row], "csv").open() as stream:
        assert next(csv.DictReader(stream))[name] == told


def test_every_table_exports(demo: Demo, tmp_path: Path) -> None:
    """Every table comes out, in each format in turn, with its documented columns and as many rows as are told."""
    for number, (name, table) in enumerate(TABLES.items()):
        form = FORMATS[number % len(FORMATS)]
        out = tmp_path / f"{name}.{form}"
        told = tanglaw("table", name, "--format", form, "--out", out, "--workspace", demo.folder, "--json")
        assert told.code == 0, told.err
        columns, count = (csv_facts, jsonl_facts, parquet_facts)[number % len(FORMATS)](out)
        assert columns == (list(table.names) if count or form != "jsonl" else [])
        assert told.json == {"table": name, "format": form, "rows": count, "out": str(out)}


def csv_facts(out: Path) -> tuple[list[str], int]:
    """Columns and rows of a CSV file."""
    with out.open(encoding="utf-8", newline="") as stream:
        columns, *rows = csv.reader(stream)
    return columns, len(rows)


def jsonl_facts(out: Path) -> tuple[list[str], int]:
    """Columns and rows of a file of JSON lines."""
    rows = [json.loads(line) for line in out.read_bytes().split(b"\n")[:-1]]
    return list(rows[0]) if rows else [], len(rows)


def parquet_facts(out: Path) -> tuple[list[str], int]:
    """Columns and rows of a Parquet file."""
    return pq.read_schema(out).names, pq.read_metadata(out).num_rows


@pytest.mark.parametrize("name", ["payments", "priorities"])
def test_formats_agree(demo: Demo, tmp_path: Path, name: str) -> None:
    """The same rows come out in every format, in the order of the table's key."""
    for form in FORMATS:
        out = tmp_path / f"t.{form}"
        assert tanglaw("table", name, "--format", form, "--out", out, "--workspace", demo.folder).code == 0
    rows = pq.read_table(tmp_path / "t.parquet").to_pylist()
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_bytes().split(b"\n")[:-1]]
    assert lines == [{column: plain(value) for column, value in row.items()} for row in rows]
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        cells = list(csv.DictReader(stream))
    key = TABLES[name].key[0]
    assert [row[key] for row in cells] == [str(row[key]) for row in rows]
    assert [row[key] for row in rows] == sorted(row[key] for row in rows)


def test_csv_of_payments(demo: Demo, tmp_path: Path) -> None:
    """The README's command writes a CSV with the documented columns, one line for each row."""
    out = tmp_path / "deep" / "payments.csv"
    told = tanglaw("table", "payments", "--format", "csv", "--out", out, "--workspace", demo.folder)
    with out.open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert told.out == f"{len(found):,} rows of payments in {out}\n"
    assert list(found[0]) == list(TABLES["payments"].names)
    assert [path.name for path in out.parent.iterdir()] == ["payments.csv"]


def test_a_file_is_replaced_whole(demo: Demo, tmp_path: Path) -> None:
    """An export takes the place of an earlier one; one that fails leaves it as it was."""
    out = tmp_path / "flags.csv"
    out.write_text("before")
    assert tanglaw("table", "nosuch", "--out", out, "--workspace", demo.folder).code == 2
    assert out.read_text() == "before"
    assert tanglaw("table", "flags", "--out", out, "--workspace", demo.folder).code == 0
    assert out.read_text().startswith("report_id,")
    assert tanglaw("table", "flags", "--out", "/dev/null", "--workspace", demo.folder).code == 0
    assert Path("/dev/null").is_char_device()


def test_tables_are_described() -> None:
    """Without --out the tables and their columns are explained, also as JSON, without a workspace."""
    assert [row["table"] for row in tanglaw("table", "--json").json] == list(TABLES)
    assert all(row["written by"] == WRITER[row["table"]] for row in tanglaw("table", "--json").json)
    assert [row["column"] for row in tanglaw("table", "links", "--json").json] == list(TABLES["links"].names)
    assert "evidence in bits" in tanglaw("table").out
    assert tanglaw("table", "links").out.startswith("links: ")
