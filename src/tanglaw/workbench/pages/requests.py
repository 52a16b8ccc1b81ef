"""Requests to providers and carriers: proposed by the run, drafted by a person, sent, answered or lapsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tanglaw.casework import rights, services_requests
from tanglaw.casework.models import ON_REQUESTS, User
from tanglaw.casework.queries_requests import STATUSES, Tracked, records, taken, tracked
from tanglaw.casework.services_requests import Wanted
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk.requests import proposal, proposed, proposed_for
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import back, shown, tell, whole
from tanglaw.workbench.state import USING, desk

PROPOSED = "proposed"
_BRIEF = 10


@dataclass(frozen=True)
class Requests:
    """What is tracked and what the run proposes; the case or report that a new draft is for."""

    tracked: list[Tracked]
    proposed: list[dict[str, Any]]
    may: bool
    case: int | None = None
    report_id: str = ""


@dataclass(frozen=True)
class RequestsPage:
    """Requests of one status, and how many there are of each."""

    requests: Requests
    status: str
    counts: dict[str, int]


def view(request: HttpRequest) -> HttpResponse:
    """The list: what lapses first leads."""
    status = request.GET.get("status", PROPOSED)
    status = status if status in STATUSES else PROPOSED
    every = tracked(USING, request.user)
    offers = _offered(request.user, proposed(desk().run.shelf, desk().run.now))
    counts = {PROPOSED: len(offers), **{one: sum(row.status == one for row in every) for one in STATUSES}}
    chosen = [row for row in every if row.status == status]
    request.told = status
    part = Requests(chosen, offers if status == PROPOSED else [], _may(request.user))
    return shown(request, "requests.html", RequestsPage(part, status, counts))


def around(
    user: User, accounts: list[str], case: int | None = None, report_id: str = "", cases: tuple[int, ...] = ()
) -> Requests:
    """What is tracked for a case (and those merged into it) or a report, and what the run proposes for its accounts."""
    of = {"case_id__in": [case, *cases]} if case else {"report_id": report_id}
    offers = _offered(user, proposed_for(desk().run.shelf, accounts, desk().run.now))
    return Requests(tracked(USING, user, **of), offers[:_BRIEF], _may(user), case, report_id)


def draft(request: HttpRequest) -> HttpResponse:
    """Take up what the run proposes, or what the form states."""
    posted = _posted(request)
    request.told = f"draft {posted.get('request', '') or posted.get('holder', '')}"
    try:
        wanted = _of_run(request, posted) if posted.get("request") else _stated(posted)
        services_requests.draft(
            USING, request.user, wanted, whole(posted.get("case")) or None, posted.get("reason", "")
        )
    except CheckUsage as refusal:
        tell(request, refusal)
    return back(request, "requests")


def record(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Record what became of a request, or take that back."""
    posted = _posted(request)
    if kind not in ON_REQUESTS:
        raise Http404
    request.told = f"request {number} {kind}"
    try:
        if posted.get("away"):
            services_requests.take_back(USING, request.user, number, kind, posted.get("reason", ""))
        else:
            on = _instant(posted.get("on", ""), "when it happened")
            services_requests.record(USING, request.user, number, kind, on, posted.get("reason", ""))
    except CheckUsage as refusal:
        tell(request, refusal)
    return back(request, "requests")


def _offered(user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Proposals that are there for this person and that nobody took up or recorded yet."""
    shown_rows = gate(user).passed(rows)
    ids = {row["request_id"] for row in shown_rows}
    gone = taken(USING, ids) | {one for one, _, _ in records(USING, ids)}
    return [row for row in shown_rows if row["request_id"] not in gone]


def _of_run(request: HttpRequest, posted: Any) -> Wanted:
    row = proposal(desk().run.shelf, posted["request"])
    if row is None or not gate(request.user).passed([row]):
        raise CheckUsage("the run proposes no such request")
    return Wanted(
        row["holder"],
        row["data"],
        row["from_at"],
        row["to_at"],
        row["due"],
        row["request_id"],
        row["account_id"],
        posted.get("report", ""),
    )


def _stated(posted: Any) -> Wanted:
    due = posted.get("due", "")
    return Wanted(
        posted.get("holder", ""),
        posted.get("data", ""),
        _instant(posted.get("from", ""), "the start of the window"),
        _instant(posted.get("to", ""), "the end of the window"),
        _instant(due, "when it lapses") if due else None,
        report_id=posted.get("report", ""),
    )


def _instant(text: str, name: str) -> datetime:
    """An instant of a form, in UTC."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise CheckUsage(f"{name} is a day and time, UTC") from error


def _may(user: User) -> bool:
    return user.role in rights.MAY[rights.REQUEST]


def _posted(request: HttpRequest) -> Any:
    if request.method != "POST":
        raise Http404
    return request.POST
