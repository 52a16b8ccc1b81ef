"""The queue: what to look at first, and why."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tanglaw.casework.people import ADMINISTRATOR, FILTER, KEEPER
from tanglaw.casework.queries_lists import Standing, cases_with, reports_of
from tanglaw.lookups.desk import queue as asked
from tanglaw.lookups.desk.queue import Part, Wanted
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.state import USING, desk

_FILTERS = ("lane", "band", "criterion", "esp", "number", "hours", "mine", "each")
_STARTS = {ADMINISTRATOR: "people", FILTER: "privileged", KEEPER: "protected"}
HOURS = ((24, "24 h"), (72, "3 d"), (168, "7 d"))


@dataclass(frozen=True)
class QueuePage:
    """Part of the queue: rows, filters as chosen, cases in which each report stands, and addresses of what follows."""

    part: Part
    chosen: dict[str, str]
    cases: dict[str, list[Standing]]
    query: str
    next_query: str
    after: int
    hours: tuple[tuple[int, str], ...] = HOURS


def home(request: HttpRequest) -> HttpResponse:
    """To the page on which this role starts."""
    return HttpResponseRedirect(reverse(_STARTS.get(request.user.role, "queue")))


def view(request: HttpRequest) -> HttpResponse:
    """The queue, or its next rows alone where a script asks for them."""
    chosen = {name: request.GET.get(name, "") for name in _FILTERS if request.GET.get(name)}
    after = whole(request.GET.get("after"))
    found = asked.part(desk().run.shelf, wanted(request, chosen), after)
    last = found.rows[-1]["rank"] if found.rows else after
    page = QueuePage(
        found,
        chosen,
        cases_with(USING, request.user, [row["report_id"] for row in found.rows]),
        urlencode(chosen),
        urlencode({**chosen, "after": last}),
        after,
    )
    request.told = urlencode(chosen) + (f" after rank {after}" if after else "")
    partial = request.htmx and request.htmx.target == "rows"
    return shown(request, "queue_rows.html" if partial else "queue.html", page)


def wanted(request: HttpRequest, chosen: dict[str, str]) -> Wanted:
    """What of the queue the chosen filters ask for."""
    run = desk().run
    mine = reports_of(USING, request.user) if chosen.get("mine") else None
    return Wanted(
        chosen.get("lane", ""),
        whole(chosen.get("band")),
        chosen.get("criterion", ""),
        chosen.get("esp", ""),
        chosen.get("number", "").strip(),
        whole(chosen.get("hours")),
        run.now,
        mine,
        bool(chosen.get("each")),
        sorted(gate(request.user).held),
    )


def filters_of(query: str) -> dict[str, str]:
    """The filters out of the part of an address behind `?`."""
    pairs = [one.split("=", 1) for one in query.split("&") if "=" in one]
    return {name: value for name, value in pairs if name in _FILTERS}
