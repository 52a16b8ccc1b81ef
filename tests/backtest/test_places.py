"""Places in the open queue, and the small numbers that are not shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.backtest.outcomes import Closed
from tanglaw.backtest.places import Found, Place, backtest, count, summary

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def closed(number: int, days: int, *outcomes: str) -> Closed:
    return Closed(str(number), frozenset(outcomes), DAY + timedelta(days=days))


def received(number: int) -> datetime:
    """Report n comes in n hours after the first midnight."""
    return DAY + timedelta(hours=number)


def ranked(at: datetime) -> pa.Table:
    """A queue in which the newest stands first."""
    there = [number for number in range(100) if received(number) <= at][::-1]
    return pa.table(
        {
            "report_number": [str(number) for number in there],
            "rank": list(range(1, len(there) + 1)),
            "received_at": [received(number) for number in there],
        }
    )


RECEIVED: dict[str, datetime | None] = {str(number): received(number) for number in range(100)}


def test_a_place_is_among_those_open_that_day() -> None:
    """Reports received later, or closed by then, do not count; order of arrival is the other end here."""
    given_ = {"20": closed(20, 9, "child"), "23": closed(23, 0, "none"), "24": closed(24, 9, "none")}
    found = backtest(RECEIVED, given_, ranked, 1)
    # At the end of the first day 0 to 24 are there; 23 is closed already.
    place = next(one for one in found.places if one.closed.number == "20")
    assert place.size == 24
    assert place.ours == 3 / 23
    assert place.arrival == 20 / 23
    assert found.same_day == 1


def test_rows_that_have_no_place_are_counted() -> None:
    """Reports that the workspace does not have, that state no receipt, or that were closed before any ranking."""
    times = {**RECEIVED, "7": None}
    given_ = {"7": closed(7, 9, "child"), "8": closed(8, 0, "child"), "999": closed(999, 9, "child")}
    found = backtest(times, given_, ranked, 1)
    assert (found.undated, found.same_day, found.unknown, found.places) == (1, 1, 1, [])


def test_fewer_rankings_of_more_days() -> None:
    """Every seventh day one ranking serves all reports of the days before it."""
    given_ = {str(number): closed(number, 30, "child") for number in range(60)}
    daily, weekly = backtest(RECEIVED, given_, ranked, 1), backtest(RECEIVED, given_, ranked, 7)
    assert daily.days == 3
    assert weekly.days == 1
    assert len(daily.places) == len(weekly.places) == 60


def found_of(ours: list[float], outcome: str) -> list[Place]:
    return [Place(closed(at, 9, outcome), value, 0.5, 100) for at, value in enumerate(ours)]


def test_shares_and_medians() -> None:
    """Median and shares of the fronts, for each outcome, all of them and the rest; outcomes are read without case."""
    found = Found(
        places=found_of([0.0, 0.01, 0.01, 0.01, 0.01, *([0.05] * 5), *([0.9] * 10)], "child")
        + found_of([0.5] * 5, "none")
    )
    rows = {row["outcome"]: row for row in summary(found, ("Child", "arrest"))}
    assert list(rows) == ["child", "arrest", "child or arrest", "none of these"]
    assert rows["child"] == {
        "outcome": "child", "reports": "20", "median_place": 47.5, "median_place_by_arrival": 50.0,
        "first_2": "25 %", "first_10": "50 %", "first_25": "50 %",
    }  # fmt: skip
    assert rows["none of these"]["first_25"] == "<100 %"
    assert rows["arrest"] == {
        "outcome": "arrest", "reports": "0", "median_place": None, "median_place_by_arrival": None,
        "first_2": None, "first_10": None, "first_25": None,
    }  # fmt: skip


@given(st.integers(0, 200), st.integers(5, 20))
def test_no_small_count_is_shown(number: int, least: int) -> None:
    """A count is zero, below the least, or a multiple of it no further off than half of it."""
    shown = count(number, least)
    if 0 < number < least:
        assert shown == f"<{least}"
    else:
        assert int(shown) % least == 0
        assert abs(int(shown) - number) <= least / 2


@given(st.lists(st.floats(0, 1), max_size=40))
def test_no_figure_speaks_of_few(ours: list[float]) -> None:
    """Below five reports there is no figure; with more, a share within five reports of either end is a bound."""
    row = summary(Found(places=found_of(ours, "child")), ("child",))[0]
    if len(ours) < 5:
        assert {value for name, value in row.items() if name not in ("outcome", "reports")} == {None}
        return
    for front, name in ((0.02, "first_2"), (0.1, "first_10"), (0.25, "first_25")):
        inside = sum(one < front for one in ours)
        assert row[name].startswith("<") == (inside < 5)
        assert row[name].startswith(">") == (inside >= 5 and len(ours) - inside < 5)
