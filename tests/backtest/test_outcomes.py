"""The file of outcomes: what is taken, and what is refused with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.backtest.outcomes import read_outcomes
from tanglaw.errors import CheckUsage

GOOD = "number,outcome,date\n1,child,2026-03-01\n2,none,2026-03-02\n"


def written(folder: Path, data: str | bytes) -> Path:
    path = folder / "outcomes.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_closed_reports_by_number(tmp_path: Path) -> None:
    """Outcomes in small letters, several of one report together, closed at the end of its day in UTC."""
    found = read_outcomes(
        written(tmp_path, "\ufeffDate;Number;Outcome;note\n2026-03-01;1;Child;x\n\n2026-03-01;1;arrest;\n")
    )
    assert list(found) == ["1"]
    assert found["1"].outcomes == {"child", "arrest"}
    assert found["1"].closed_at == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "empty"),
        ("number,outcome\n1,child\n", "no column date"),
        ("number,outcome,date\n", "no rows"),
        (GOOD + "3,child\n", "line 4: 2 cells under 3 headers"),
        (GOOD + "3,child,01.03.2026\n", "line 4: date is YYYY-MM-DD"),
        (GOOD + "3,child,2026-02-30\n", "line 4: date"),
        (GOOD + "3,,2026-03-01\n", "line 4: number or outcome is empty"),
        (GOOD + "1,arrest,2026-03-09\n", "line 4: the report stands above with another date"),
        (GOOD + '3,"child,2026-03-01\n', "line 4: "),
        ("number,number,outcome,date\n", "line 1: each column"),
        (GOOD.encode() + b"\xff\xfe", "not UTF-8"),
        (GOOD + "\x00", "NUL"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, data: str | bytes, says: str) -> None:
    """File and line are named; no cell is quoted."""
    with pytest.raises(CheckUsage, match=says) as refused:
        read_outcomes(written(tmp_path, data))
    assert "outcomes.csv" in str(refused.value)
    assert "01.03.2026" not in str(refused.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Whatever stands in the file, it is read or refused in one way."""
    try:
        assert read_outcomes(written(tmp_path, GOOD.encode() + data))
    except CheckUsage as refused:
        assert "outcomes.csv" in str(refused)
