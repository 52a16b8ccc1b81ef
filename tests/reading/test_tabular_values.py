"""Texts of a column to values: exact amounts, declared dates, nothing guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.tabular import keyed, numbers, times
from tanglaw.reading.tabular.numbers import Marks
from tanglaw.reading.tabular.occurrences import Occurrences

POINT, COMMA, SPACE = Marks(), Marks(",", "."), Marks(",", " ")
ENGLISH = Marks(".", ",")


def amount(text: str, marks: Marks) -> Decimal | None:
    found, bad, _ = numbers.amounts(pl.Series([text]), marks)
    assert bad[0] == (found[0] is None)
    return found[0]


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("36.36", POINT, "36.36"),
        ("-0.10", POINT, "-0.1"),
        ("1.234.567,89", COMMA, "1234567.89"),
        ("12,50", COMMA, "12.5"),
        ("1 234,50", SPACE, "1234.5"),
        ("1\u00a0234,50", SPACE, "1234.5"),
        ("1,00,000.25", ENGLISH, "100000.25"),
        ("1,234", ENGLISH, "1234"),
        ("₱1,234.50", ENGLISH, "1234.5"),
        ("(12.50)", POINT, "-12.5"),
        ("12.50-", POINT, "-12.5"),
        ("\u221212.50", POINT, "-12.5"),
        ("1.5E+3", POINT, "1500"),
        ("0." + "0" * 17 + "1", POINT, "0." + "0" * 17 + "1"),
        ("1,5", ENGLISH, None),
        ("1,234.5", POINT, None),
        ("1.234,5", ENGLISH, None),
        ("12,50", POINT, None),
        ("1.5", COMMA, None),
        ("1" * 21, POINT, None),
        ("0." + "0" * 18 + "1", POINT, None),
        ("1e999999999", POINT, None),
        ("nan", POINT, None),
        ("1_000", POINT, None),
        ("--5", POINT, None),
        ("(-5)", POINT, None),
        ("twelve", POINT, None),
        ("٣٤", POINT, None),
    ],
)
def test_amounts_follow_the_declared_marks(text: str, marks: Marks, expected: str | None) -> None:
    """An amount is exact under the declared marks, or it is none."""
    assert amount(text, marks) == (None if expected is None else Decimal(expected))


def test_a_currency_code_beside_an_amount_is_kept_apart() -> None:
    """A code before or behind an amount is given back with the amount."""
    found, _, codes = numbers.amounts(pl.Series(["PHP 1,200.00", "5.00 EUR", "7.00"]), ENGLISH)
    assert found.to_list() == [Decimal(1200), Decimal(5), Decimal(7)]
    assert codes == {"PHP 1,200.00": "PHP", "5.00 EUR": "EUR"}


@settings(max_examples=200, deadline=None)
@given(st.decimals(min_value=-(10**15), max_value=10**15, places=6), st.sampled_from([ENGLISH, COMMA, Marks(".", "'")]))
def test_written_amounts_come_back(value: Decimal, marks: Marks) -> None:
    """Any amount, written with thousands and decimal marks, is read exactly."""
    text = f"{value:,.6f}".replace(",", "t").replace(".", marks.decimal).replace("t", marks.thousands)
    assert amount(text, marks) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1.5", 1.5), ("01:30", 90), ("1:00:05", 3605), ("-3", None), ("soon", None), ("1e9", None)],
)
def test_lengths_of_time(text: str, seconds: float | None) -> None:
    """Seconds are read as a number, as mm:ss or as h:mm:ss."""
    assert numbers.seconds(text, POINT) == seconds


def instant(text: str, *formats: str, zone: str = "UTC") -> tuple[datetime | None, str | None]:
    found = times.instants(pl.Series([text]), formats, zone)
    assert found.bad[0] == (found.at[0] is None)
    at = found.at[0]
    return at if at is None else at.astimezone(UTC), found.assumed[0]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("03/04/2024", "%d/%m/%Y", datetime(2024, 4, 3)),
        ("03/04/2024", "%m/%d/%Y", datetime(2024, 3, 4)),
        ("3.4.2024 7:05", "%d.%m.%Y %H:%M", datetime(2024, 4, 3, 7, 5)),
        ("20240403070509", "%Y%m%d%H%M%S", datetime(2024, 4, 3, 7, 5, 9)),
        ("03/04/24", "%d/%m/%y", datetime(2024, 4, 3)),
        ("3 Apr 2024 07:05 PM", "%d %b %Y %I:%M %p", datetime(2024, 4, 3, 19, 5)),
        ("2024-04-03 07:05:09.5", "iso", datetime(2024, 4, 3, 7, 5, 9, 500_000)),
        ("2024-04-03", "iso", datetime(2024, 4, 3)),
        ("45385.5", "excel", datetime(2024, 4, 3, 12)),
        ("31/02/2024", "%d/%m/%Y", None),
        ("13/13/2024", "%d/%m/%Y", None),
        ("2024-04-03", "%d/%m/%Y", None),
        ("2024-04-03T24:61:00", "iso", None),
        ("01/01/1969", "%d/%m/%Y", None),
        ("01/01/2100", "%d/%m/%Y", None),
        ("99999999", "excel", None),
        ("soon", "iso", None),
    ],
)
def test_dates_follow_the_declared_format(text: str, form: str, expected: datetime | None) -> None:
    """A stamp without a zone is read by its format and marked with the zone assumed; others are none."""
    wanted = (expected.replace(tzinfo=UTC), "UTC") if expected else (None, instant(text, form)[1])
    assert instant(text, form) == wanted


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2024-04-03T12:00:00Z", "iso"),
        ("2024-04-03T20:00:00+08:00", "iso"),
        ("2024-04-03 20:00:00.000+08:00", "iso"),
        ("2024-04-03T20:00+08:00", "iso"),
        ("1712145600", "epoch-seconds"),
        ("1712145600.000", "epoch-seconds"),
        ("1712145600000", "epoch-millis"),
        ("03.04.2024 20:00 +0800", "%d.%m.%Y %H:%M %z"),
    ],
)
def test_stated_zones_are_not_assumed(text: str, form: str) -> None:
    """A stamp that states its zone, or counts from the epoch, ignores the mapping's zone."""
    assert instant(text, form, zone="Asia/Manila") == (datetime(2024, 4, 3, 12, tzinfo=UTC), None)


def test_the_first_format_that_fits_wins() -> None:
    """Formats are tried in order, each value for itself."""
    found = times.instants(pl.Series(["13/04/2024", "2024-04-13", None, "x"]), ("%d/%m/%Y", "iso"), "Asia/Manila")
    first = datetime(2024, 4, 12, 16, tzinfo=UTC)
    assert [at and at.astimezone(UTC) for at in found.at] == [first, first, None, None]
    assert found.bad.to_list() == [False, False, False, True]
    assert found.assumed.to_list() == ["Asia/Manila", "Asia/Manila", None, None]


@pytest.mark.parametrize(("text", "hour", "minute"), [("2024-03-31 02:30:00", 1, 30), ("2024-10-27 02:30:00", 0, 30)])
def test_hours_of_a_clock_change_take_their_first_reading(text: str, hour: int, minute: int) -> None:
    """An hour that is skipped or repeated gets the offset that held before the change."""
    at, zone = instant(text, "iso", zone="Europe/Berlin")
    assert at is not None
    assert (at.hour, at.minute, zone) == (hour, minute, "Europe/Berlin")


STAMPS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(lambda stamp: stamp.replace(microsecond=0))


@settings(max_examples=100, deadline=None)
@given(st.lists(STAMPS, min_size=1), st.sampled_from(["%d/%m/%Y %H:%M:%S", "%Y%m%d%H%M%S", "%d %b %Y, %I:%M:%S %p"]))
def test_written_stamps_come_back(stamps: list[datetime], form: str) -> None:
    """Stamps written in a format are read back by it."""
    found = times.instants(pl.Series([stamp.strftime(form) for stamp in stamps]), (form,), "UTC")
    assert [at.replace(tzinfo=None) for at in found.at] == stamps


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["iso", "excel", "epoch-seconds", "epoch-millis", "%d/%m/%Y", "%d %b %y"]))
def test_any_text_is_an_instant_or_bad(text: str, form: str) -> None:
    """No text breaks a date format."""
    instant(text, form)
    amount(text, COMMA)


def test_dates_of_birth_become_iso() -> None:
    """A date of birth becomes an ISO date where a declared format fits, else it stays as written."""
    assert times.iso_date("03.04.1990", ("%d.%m.%Y",)) == "1990-04-03"
    assert times.iso_date("1990-04-03T00:00:00", ("iso",)) == "1990-04-03"
    assert times.iso_date("about 1990", ("%d.%m.%Y", "iso")) == "about 1990"


@given(st.lists(st.lists(st.integers(0, 6), max_size=12), max_size=12))
def test_occurrences_count_over_blocks(blocks: list[list[int]]) -> None:
    """Each key is numbered among its equals, whatever the blocks."""
    counter, seen = Occurrences(), {}
    for block in blocks:
        expected = []
        for key in block:
            expected.append(seen.get(key, 0))
            seen[key] = seen.get(key, 0) + 1
        assert counter.numbers(np.array(block, np.uint64)).tolist() == expected


@given(st.lists(st.tuples(st.none() | st.text(max_size=5), st.none() | st.text(max_size=5))))
def test_column_ids_are_row_ids(rows: list[tuple[str | None, str | None]]) -> None:
    """Ids made for a whole column are those that Ids makes one by one."""
    ids = Ids(DEMO_KEY)
    parts = [pl.Series([row[i] for row in rows], dtype=pl.String) for i in (0, 1)]
    assert keyed.many(ids, "payment", parts).to_list() == [ids.of("payment", *row) for row in rows]


def test_mapped_calls_once_per_text() -> None:
    """A function over a column is called once per distinct text, and never for an empty cell."""
    calls: list[str] = []
    found = numbers.mapped(pl.Series(["a", None, "a", "b"]), lambda text: calls.append(text) or text * 2, pl.String)
    assert found.to_list() == ["aa", None, "aa", "bb"]
    assert calls == ["a", "b"]
