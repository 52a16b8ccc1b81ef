"""The queue and the counts of a year as the shelf has them prepared, beside the same counted row by row."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.casework.queries_lists import list_cases, open_cases
from tanglaw.lookups.desk import statistics
from tanglaw.lookups.desk.queue import Wanted, beside, marked, part
from tanglaw.lookups.desk.report import places_of, priority_of
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn, open_case, user

Row = dict[str, Any]


@cache
def queue() -> list[Row]:
    """Every row of the queue, with the report that leads those equal to it."""
    rows = desk().run.shelf.rows("select * from queue order by rank")
    first: dict[tuple[Any, ...], str] = {}
    for row in rows:
        same = (row["group_id"], row["danger"], row["lane"])
        row["leader"] = first.setdefault(same, row["report_id"])
    return rows


def test_a_filtered_queue_has_the_rows_that_the_filters_let_pass(served: object) -> None:
    """Whatever is combined: rows page by page, how many match, how many there are, and the neighbours of a row."""
    rows = queue()
    shelf, now = desk().run.shelf, desk().run.now
    ids = [row["report_id"] for row in rows]

    def of(column: str, empty: Any) -> st.SearchStrategy[Any]:
        return st.sampled_from([empty, empty, *sorted({row[column] for row in rows if row[column]})])

    @given(
        lane=of("lane", ""),
        band=of("band", 0),
        esp=of("esp", ""),
        criterion=st.sampled_from(["", *sorted({one for row in rows for one in row["criteria"] or ()})]),
        number=st.sampled_from(["", "7", rows[3]["report_number"], rows[-1]["report_number"][:5], "none"]),
        hours=st.sampled_from([0, 24, 720]),
        reports=st.none() | st.lists(st.sampled_from([*ids, "unknown"]), max_size=20),
        each=st.booleans(),
        without=st.lists(st.sampled_from([*ids[:40], "unknown"]), max_size=3),
    )
    def holds(**asked: Any) -> None:
        wanted = Wanted(**asked, now=now)
        there = [row for row in rows if _passes(row, wanted)]
        found, after, more = list[Row](), 0, True
        while more:
            some = part(shelf, wanted, after, 25)
            found, more = found + some.rows, some.more
            after = found[-1]["rank"] if found else 0
            assert some.matching == len(there)
            assert some.whole == len(rows) - len({one for one in wanted.without if one in ids})
        assert [row["report_id"] for row in found] == [row["report_id"] for row in there]
        middle = rows[len(rows) // 2]["rank"]
        before = [row["rank"] for row in there if row["rank"] < middle][-1:]
        behind = [row["rank"] for row in there if row["rank"] > middle][:1]
        assert [[one["rank"]] if one else [] for one in beside(shelf, wanted, middle)] == [before, behind]

    holds()


def _passes(row: Row, wanted: Wanted) -> bool:
    """Whether the filters let a row pass, said once more without SQL."""
    led = wanted.reports is None and not wanted.each
    return (
        wanted.lane in ("", row["lane"])
        and wanted.band in (0, row["band"])
        and wanted.esp in ("", row["esp"])
        and (not wanted.criterion or wanted.criterion in (row["criteria"] or ()))
        and str(row["report_number"] or "").startswith(wanted.number)
        and (
            not wanted.hours or bool(row["clock_at"] and row["clock_at"] <= wanted.now + timedelta(hours=wanted.hours))
        )
        and (wanted.reports is None or row["report_id"] in wanted.reports)
        and (not led or row["leader"] in (row["report_id"], *wanted.without))
        and row["report_id"] not in wanted.without
    )


def test_what_the_queue_may_be_filtered_by_is_counted(served: object) -> None:
    """Lanes and bands with their rows, criteria and services, as the rows have them."""
    found, led = part(desk().run.shelf, Wanted()), [row for row in queue() if row["leader"] == row["report_id"]]
    assert found.lanes == dict(sorted(Counter(row["lane"] for row in led).items()))
    assert found.bands == dict(sorted(Counter(row["band"] for row in led).items()))
    assert found.criteria == sorted({one for row in queue() for one in row["criteria"] or ()})
    counted = Counter(row["esp"] for row in queue() if row["esp"])
    assert found.esps == sorted(sorted(counted, key=lambda one: (-counted[one], one))[:50])
    assert found.policy == queue()[0]["policy"]


def test_marking_an_equal_row_marks_all_that_it_stands_for(served: object) -> None:
    """By the row that leads, and each by itself."""
    leader = max(queue(), key=lambda row: (row["stands_for"], -row["rank"]))["leader"]
    same = [row["report_id"] for row in queue() if row["leader"] == leader]
    shelf = desk().run.shelf
    assert len(same) > 1
    assert [row["report_id"] for row in marked(shelf, [leader, "unknown"], equal=True)] == same
    assert [row["report_id"] for row in marked(shelf, [leader, "unknown"], equal=False)] == [leader]
    assert marked(shelf, ["unknown"], equal=True) == []


def test_counts_of_a_year_are_those_of_its_reports(served: object) -> None:
    """Reports by lane and quarter, incidents and actors, counted row by row."""
    shelf = desk().run.shelf
    rows = [row for row in queue() if row["received_at"]]
    assert statistics.years(shelf) == sorted({row["received_at"].year for row in rows}, reverse=True)
    hands = {row["account_id"]: row["actor_id"] for row in shelf.rows("select * from actors")}
    about = shelf.rows("select report_id, account_id from accounts where role = 'reported'")
    for year in statistics.years(shelf):
        of_year = [row for row in rows if row["received_at"].year == year]
        assert statistics.reports(shelf, year) == Counter(
            (row["lane"] or "none", (row["received_at"].month + 2) // 3) for row in of_year
        )
        assert statistics.incidents(shelf, year) == len({row["group_id"] or row["report_id"] for row in of_year})
        ids = {row["report_id"] for row in of_year}
        named = [row["account_id"] for row in about if row["report_id"] in ids]
        assert statistics.actors(shelf, year) == len({hands.get(one, one) for one in named})
    assert statistics.reports(shelf, 1900) == {}
    assert statistics.incidents(shelf, 1900) == statistics.actors(shelf, 1900) == 0


def test_places_of_many_reports_are_those_of_each(served: object) -> None:
    """Rank, band and clock of a case's members, as a report's own page has them."""
    shelf, ids = desk().run.shelf, [row["report_id"] for row in queue()[::7]]
    found = places_of(shelf, [*ids, "unknown"])
    assert sorted(found) == sorted(ids)
    for one in ids:
        whole = priority_of(shelf, one)
        assert found[one] == {name: whole[name] for name in ("report_id", "rank", "band", "clock_at")}
    assert places_of(shelf, []) == {}


def test_cases_offered_for_merging_are_the_newest_open_ones(log_in: LogIn, report_id: str) -> None:
    """As the list of cases has them, whatever their number."""
    for _ in range(3):
        open_case(log_in("analyst"), report_id)
    every = [one for one in list_cases(USING, user("analyst")) if one.status == "open"]
    assert open_cases(USING, user("analyst"), 2, every[0].number) == every[1:3]
    assert open_cases(USING, user("analyst"), 1_000) == every
