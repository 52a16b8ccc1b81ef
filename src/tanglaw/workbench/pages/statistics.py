"""The statistics of a year: reports, incidents, actors and children apart, small cells suppressed. It counts nobody's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tanglaw.casework import cases, children, queries_statistics
from tanglaw.lookups.desk import statistics
from tanglaw.lookups.desk.lessened import less
from tanglaw.lookups.suppression import Published, published, single
from tanglaw.policy import CELL_MIN, restored
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.state import USING, desk

_QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class StatisticsPage:
    """Counts of one year: each thing by itself, then tables with sums; `least` is the smallest number that is shown."""

    year: int
    years: list[int]
    counts: tuple[tuple[Any, int | None], ...]
    tables: tuple[tuple[Any, Published], ...]
    least: int


def view(request: HttpRequest) -> HttpResponse:
    """The page of a year; the newest unless one is asked for."""
    shelf, least = desk().run.shelf, _least()
    years = sorted({*statistics.years(shelf), *queries_statistics.years(USING)}, reverse=True)
    year = whole(request.GET.get("year")) or (years[0] if years else desk().run.now.year)
    request.told = str(year)
    taken = less(shelf, year, gate(request.user).held)
    stated = {place: n - taken.reports[place] for place, n in statistics.reports(shelf, year).items()}
    lanes = sorted({lane for lane, _quarter in stated})
    reports = _table(lanes, stated, least)
    young = _table(children.STATUSES, queries_statistics.children_of(USING, year), least)
    counts = (
        (_("reports received"), reports.cells[-1][-1]),
        (_("incidents among them"), single(statistics.incidents(shelf, year) - taken.incidents, least)),
        (_("actors that they report"), single(statistics.actors(shelf, year) - taken.actors, least)),
        (_("cases opened"), single(queries_statistics.cases_of(USING, year), least)),
        (_("children entered"), young.cells[-1][-1]),
    )
    tables = (
        (_("Reports by lane"), reports),
        (_("Children by status now"), young),
        (_("Outcomes"), _table(cases.OUTCOMES, queries_statistics.outcomes_of(USING, year), least)),
    )
    return shown(request, "statistics.html", StatisticsPage(year, years, counts, tables, least))


def _table(names: Any, counts: Mapping[tuple[str, int], int], least: int) -> Published:
    rows = [[counts.get((name, quarter), 0) for quarter in _QUARTERS] for name in names]
    return published(tuple(names), tuple(f"Q{quarter}" for quarter in _QUARTERS), rows, least, _("all"))


def _least() -> int:
    """The smallest number that the policy pack of the run shows."""
    kept = desk().workspace.kept_policy()
    policy = restored(kept) if kept else None
    return policy.statistics.cell_min if policy is not None and policy.statistics is not None else CELL_MIN
