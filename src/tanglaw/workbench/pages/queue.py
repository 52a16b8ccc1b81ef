"""The queue: what to look at first, and why."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tanglaw.casework import cases, rights
from tanglaw.casework.models import SavedView, User
from tanglaw.casework.people import ADMINISTRATOR, FILTER, KEEPER
from tanglaw.casework.queries_lists import Standing, cases_with, reports_of
from tanglaw.casework.queries_worklist import Standing as Worked
from tanglaw.casework.queries_worklist import escalated, reports_on, standing_of, views_of, workers
from tanglaw.lookups.desk import queue as asked
from tanglaw.lookups.desk.lessened import lessened
from tanglaw.lookups.desk.queue import Part, Wanted
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.state import USING, desk

FILTERS = ("lane", "band", "criterion", "esp", "number", "hours", "mine", "up", "each")
_STARTS = {ADMINISTRATOR: "people", FILTER: "privileged", KEEPER: "protected"}
HOURS = ((24, "24 h"), (72, "3 d"), (168, "7 d"))


@dataclass(frozen=True)
class QueuePage:
    """Part of the queue: rows, filters as chosen, cases in which each report stands, who is on it by itself, views, and addresses
    of what follows; `works` if this person may act on rows."""

    part: Part
    chosen: dict[str, str]
    cases: dict[str, list[Standing]]
    query: str
    next_query: str
    after: int
    standing: dict[str, Worked]
    views: list[SavedView]
    people: list[User]
    works: bool
    hours: tuple[tuple[int, str], ...] = HOURS


def home(request: HttpRequest) -> HttpResponse:
    """To the page on which this role starts."""
    return HttpResponseRedirect(reverse(_STARTS.get(request.user.role, "queue")))


def view(request: HttpRequest) -> HttpResponse:
    """The queue, or its next rows alone where a script asks for them."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS if request.GET.get(name)}
    after = whole(request.GET.get("after"))
    shelf = desk().run.shelf
    found = lessened(shelf, asked.part(shelf, wanted(request, chosen), after), gate(request.user).held)
    last = found.rows[-1]["rank"] if found.rows else after
    reports = [row["report_id"] for row in found.rows]
    page = QueuePage(
        found,
        chosen,
        cases_with(USING, request.user, reports),
        urlencode(chosen),
        urlencode({**chosen, "after": last}),
        after,
        standing_of(USING, reports),
        views_of(USING, request.user),
        workers(USING),
        request.user.role in rights.MAY[cases.ASSIGN],
    )
    request.told = urlencode(chosen) + (f" after rank {after}" if after else "")
    partial = request.htmx and request.htmx.target == "rows"
    return shown(request, "queue_rows.html" if partial else "queue.html", page)


def wanted(request: HttpRequest, chosen: dict[str, str]) -> Wanted:
    """What of the queue the chosen filters ask for."""
    run = desk().run
    these = None
    if chosen.get("mine"):
        these = {*reports_of(USING, request.user), *reports_on(USING, request.user)}
    if chosen.get("up"):
        these = set(escalated(USING)) if these is None else these & set(escalated(USING))
    return Wanted(
        chosen.get("lane", ""),
        whole(chosen.get("band")),
        chosen.get("criterion", ""),
        chosen.get("esp", ""),
        chosen.get("number", "").strip(),
        whole(chosen.get("hours")),
        run.now,
        None if these is None else sorted(these),
        bool(chosen.get("each")),
        sorted(gate(request.user).held),
    )


def filters_of(query: str) -> dict[str, str]:
    """The filters out of the part of an address behind `?`."""
    pairs = [one.split("=", 1) for one in query.split("&") if "=" in one]
    return {name: value for name, value in pairs if name in FILTERS}
