"""Counts of a year out of cases: outcomes, children, cases; and the agency's outcomes by report."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from tanglaw.casework import cases
from tanglaw.casework.models import Act, Case, Child, ChildState
from tanglaw.casework.queries_cases import opened


def outcomes_of(using: str, year: int) -> Counter[tuple[str, int]]:
    """Outcomes that came about in the year, by kind and quarter; those undone left out."""
    rows = _outcomes(using).filter(on__year=year)
    return Counter((row.value, _quarter(row.on)) for row in rows)


def children_of(using: str, year: int) -> Counter[tuple[str, int]]:
    """Children entered in the year, by the status that they have now and the quarter in which they were entered."""
    newest: dict[int, str] = {}
    for child, status in ChildState.objects.using(using).order_by("number").values_list("child_id", "status"):
        newest[child] = status
    rows = Child.objects.using(using).filter(at__year=year).values_list("pk", "at")
    return Counter((newest[child], _quarter(at.date())) for child, at in rows)


def cases_of(using: str, year: int) -> int:
    """Cases opened in the year."""
    return int(Case.objects.using(using).filter(at__year=year).count())


def years(using: str) -> set[int]:
    """Years in which a case was opened or an outcome came about."""
    opened_in = Case.objects.using(using).dates("at", "year")
    return {day.year for day in opened_in} | {row.on.year for row in _outcomes(using)}


def outcomes_by_report(using: str) -> list[tuple[str, str, date]]:
    """Outcomes as (report id or stated number, outcome, day): of a report, or of every report of the case that it is of."""
    found: set[tuple[str, str, date]] = set()
    members: dict[int, list[str]] = {}
    for row in _outcomes(using):
        if not row.subject and row.case_id not in members:
            each = opened(using, row.case_id).members
            members[row.case_id] = [subject for what, subject in each if what == cases.REPORT]
        found |= {(one, row.value, row.on) for one in ([row.subject] if row.subject else members[row.case_id])}
    return sorted(found)


def _outcomes(using: str) -> Any:
    return Act.objects.using(using).filter(kind=cases.OUTCOME).exclude(answers__kind=cases.UNDO)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3
