"""Counts of a year out of cases, and outcomes as `backtest` reads them; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tanglaw.casework import queries_statistics, services_cases, services_children
from tests.casework.people import case, person

DAY = date(2026, 5, 4)


def test_outcomes_and_children_are_counted_by_quarter(using: str) -> None:
    """Outcomes by the quarter of their day without those undone; children by the status that they have now."""
    analyst = person(using, "cruz", "analyst")
    number = case(using, analyst).number
    for kind, day in (("arrest", DAY), ("arrest", date(2026, 1, 2)), ("referred", DAY)):
        act = services_cases.outcome(using, analyst, number, kind, "known now", on=day)
    services_cases.undo(using, analyst, number, act.number, "not referred")
    assert queries_statistics.outcomes_of(using, 2026) == {("arrest", 2): 1, ("arrest", 1): 1}
    assert queries_statistics.outcomes_of(using, 2025) == {}
    child = services_children.enter(using, analyst, number, "C1", ("unit 4", date(2027, 1, 1)), "seen in r1")
    services_children.restate(using, analyst, child, "safeguarded", ("unit 4", None), "in care")
    today = datetime.now(UTC)
    assert queries_statistics.children_of(using, today.year) == {("safeguarded", (today.month + 2) // 3): 1}
    assert queries_statistics.cases_of(using, today.year) == 1
    assert queries_statistics.years(using) == {2026, today.year}


def test_an_outcome_of_a_case_counts_for_each_of_its_reports(using: str) -> None:
    """A report's own outcome counts for it alone, a case's for each member that is a report."""
    analyst = person(using, "cruz", "analyst")
    number = case(using, analyst).number
    services_cases.outcome(using, analyst, number, "arrest", "known now", on=DAY)
    services_cases.outcome(using, analyst, number, "conviction", "known now", on=DAY, subject="700000101")
    found = queries_statistics.outcomes_by_report(using)
    assert found == [("700000101", "conviction", DAY), ("r1", "arrest", DAY), ("r2", "arrest", DAY)]
