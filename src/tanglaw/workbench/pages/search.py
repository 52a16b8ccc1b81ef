"""Search: every place where a selector occurs, whatever its spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from tanglaw.lookups.desk import near as nearby
from tanglaw.lookups.desk import search as asked
from tanglaw.lookups.search import masked, readings_of
from tanglaw.workbench.pages.seen import passed
from tanglaw.workbench.pages.shown import shown
from tanglaw.workbench.state import desk

_LONGEST = 300


@dataclass(frozen=True)
class SearchPage:
    """What was asked, how it was read, where it occurs, and names and handles that are near it, which are something else."""

    text: str
    readings: list[tuple[str, str]]
    rows: list[dict[str, Any]]
    whole: int
    near: list[dict[str, Any]]


def view(request: HttpRequest) -> HttpResponse:
    """The form, and what it found."""
    text = request.GET.get("q", "").strip()[:_LONGEST]
    page = SearchPage(text, [], [], 0, [])
    if text:
        here = desk()
        country = here.settings.default_country
        rows, whole = asked.found(here.run.shelf, text, here.workspace.ids, country)
        readings = sorted(readings_of(text, here.workspace.ids, country))
        page = SearchPage(
            text, readings, passed(request, rows), whole, passed(request, nearby.near(here.run.shelf, text))
        )
        request.told = masked(text)
    return shown(request, "search.html", page)
