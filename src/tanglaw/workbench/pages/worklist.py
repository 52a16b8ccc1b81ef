"""Acts on the queue: marked reports assigned, escalated or put into a new case at once; views kept and dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from tanglaw.casework import cases, services_cases, services_people, services_worklist
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk import queue as asked
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.queue import FILTERS
from tanglaw.workbench.pages.shown import back, done, tell, whole
from tanglaw.workbench.state import USING, desk

Act = Callable[[HttpRequest, Any], str]


def act(request: HttpRequest, kind: str) -> HttpResponse:
    """One act from the queue or from a report's page; what is refused is said there."""
    if request.method != "POST" or kind not in ACTS:
        raise Http404
    request.told = kind
    try:
        target = ACTS[kind](request, request.POST)
    except CheckUsage as refusal:
        tell(request, refusal)
        target = ""
    return HttpResponseRedirect(target) if target else back(request, "queue")


def _marked(request: HttpRequest, posted: Any, kind: str) -> list[str]:
    """The reports that are marked and there, best rank first; with `equal` also those that a marked row stands for."""
    found = asked.marked(desk().run.shelf, posted.getlist("report"), bool(posted.get("equal")))
    reports = [row["report_id"] for row in found if gate(request.user).there(row["report_id"])]
    if not reports:
        raise CheckUsage("mark at least one report")
    told = ", ".join(str(row["report_number"] or row["report_id"]) for row in found[:20])
    more = f" and {len(found) - 20} more" if len(found) > 20 else ""
    request.told = f"{kind}: {told}{more}"
    return reports


def _assigned(request: HttpRequest, posted: Any) -> str:
    reports = _marked(request, posted, cases.ASSIGN)
    person = services_people.found(USING, posted.get("person", ""))
    made = services_worklist.assign_reports(USING, request.user, reports, person, posted.get("reason", ""))
    done(request, f"{person} is on {len(made)} more of {len(reports)} reports")
    return ""


def _taken_off(request: HttpRequest, posted: Any) -> str:
    (report,) = _marked(request, posted, cases.UNASSIGN)[:1]
    person = services_people.found(USING, posted.get("person", ""))
    services_worklist.unassign_report(USING, request.user, report, person, posted.get("reason", ""))
    return ""


def _escalated(request: HttpRequest, posted: Any) -> str:
    reports = _marked(request, posted, cases.ESCALATE)
    made = services_worklist.escalate_reports(USING, request.user, reports, posted.get("reason", ""))
    done(request, f"{len(made)} of {len(reports)} reports are escalated; the others were")
    return ""


def _opened(request: HttpRequest, posted: Any) -> str:
    reports = _marked(request, posted, "open a case")
    if len(reports) > services_worklist.MOST:
        raise CheckUsage(f"mark {services_worklist.MOST} reports at most, not {len(reports)}")
    members = [(cases.REPORT, one) for one in reports]
    made = services_cases.open_case(
        USING, request.user, posted.get("title", ""), members[0], members, posted.get("reason", "")
    )
    return str(reverse("case", args=[made.number]))


def _undone(request: HttpRequest, posted: Any) -> str:
    row = services_worklist.undo_report_act(USING, request.user, whole(posted.get("act")), posted.get("reason", ""))
    request.told = f"undo: act {row.about_id} on report {row.report_id}"
    return ""


def _kept(request: HttpRequest, posted: Any) -> str:
    chosen = {name: value for name, value in QueryDict(posted.get("query", "")).items() if name in FILTERS and value}
    for_team = bool(posted.get("team"))
    row = services_worklist.keep_view(USING, request.user, posted.get("name", ""), urlencode(chosen), for_team)
    request.told = f"keep view {row.name}: {row.query}"
    return f"{reverse('queue')}?{row.query}"


def _dropped(request: HttpRequest, posted: Any) -> str:
    row = services_worklist.drop_view(USING, request.user, whole(posted.get("view")))
    request.told = f"drop view {row.about.name}"
    return ""


ACTS: dict[str, Act] = {
    cases.ASSIGN: _assigned,
    cases.UNASSIGN: _taken_off,
    cases.ESCALATE: _escalated,
    cases.UNDO: _undone,
    "open": _opened,
    "keep": _kept,
    "drop": _dropped,
}
