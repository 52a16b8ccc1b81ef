"""Cases: the list, one case with its members, children, decisions and time line, and every act in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tanglaw.casework import (
    cases,
    children,
    rights,
    services_cases,
    services_children,
    services_duties,
    services_people,
)
from tanglaw.casework.models import REJECT_SESSION, Referral, User
from tanglaw.casework.queries_cases import Opened, visible
from tanglaw.casework.queries_decisions import on_inferences
from tanglaw.casework.queries_duties import reviews
from tanglaw.casework.queries_lists import Standing, list_cases, open_cases
from tanglaw.casework.queries_worklist import workers
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk import accounts as known
from tanglaw.lookups.desk import events
from tanglaw.lookups.desk.report import numbers_of, places_of
from tanglaw.lookups.desk.talk import named, talks_of
from tanglaw.workbench import network
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages import requests, since
from tanglaw.workbench.pages.requests import Requests
from tanglaw.workbench.pages.shown import shown, tell, whole
from tanglaw.workbench.state import USING, desk
from tanglaw.workbench.tags import zone_of
from tanglaw.workbench.timeline import SLOTS, Line, drawn, wanted

# Cases that a page offers for merging.
_OTHERS = 50


@dataclass(frozen=True)
class CasesPage:
    """The cases that are this user's to know."""

    cases: list[Standing]
    status: str
    today: date
    overdue: int


@dataclass(frozen=True)
class Member:
    """A report or actor in the case: what the queue says of it, and the act that put it there."""

    what: str
    subject: str
    number: str
    priority: dict[str, Any]
    act: Any
    own: bool


@dataclass(frozen=True)
class Around:
    """What the evidence has about the case's accounts: the network and the same as rows, conversations, inferred sessions with the
    decision on each, and names by account."""

    net: network.Picture
    edges: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]]
    talks: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    decided: dict[str, Any]
    people: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class LinePart:
    """The time line alone."""

    line: Line
    number: int


@dataclass(frozen=True)
class CasePage:
    """One case as it stands, and what this user may do in it."""

    opened: Opened
    members: list[Member]
    numbers: dict[str, str]
    referrals: list[Referral]
    people: list[User]
    line: Line
    around: Around
    may: frozenset[str]
    signs: bool
    others: list[Standing]
    requests: Requests
    known: str
    review: date
    outcomes: tuple[str, ...] = cases.OUTCOMES
    statuses: tuple[str, ...] = children.STATUSES


def listed(request: HttpRequest) -> HttpResponse:
    """The list of cases."""
    status = request.GET.get("status", "open")
    every, today = list_cases(USING, request.user), datetime.now(UTC).date()
    late = [one for one in every if one.status == "open" and one.review <= today]
    rows = late if status == "review" else [one for one in every if status in ("all", one.status)]
    request.told = status
    return shown(request, "cases.html", CasesPage(rows, status, today, len(late)))


def view(request: HttpRequest, number: int) -> HttpResponse:
    """The page of a case; the same answer for one that there is not and one that is not this user's to know."""
    found = _visible(request, number)
    shelf = desk().run.shelf
    there = _there(request, found)
    reports = [subject for what, subject in there if what == cases.REPORT]
    actors = [subject for what, subject in there if what == cases.ACTOR]
    named = {act.subject for act in found.acts if act.what == cases.REPORT}
    numbers = numbers_of(shelf, sorted({*reports, *named}))
    places = places_of(shelf, reports)
    members = [
        Member(what, subject, numbers.get(subject, subject), places.get(subject, {}), act, act.case_id == number)
        for (what, subject), act in there.items()
    ]
    members.sort(key=lambda one: (one.priority.get("rank") or 10**12, one.number))
    accounts, hands = _accounts(request, reports, actors)
    open_ = found.status == "open"
    page = CasePage(
        found,
        members,
        numbers,
        list(
            Referral.objects.using(USING)
            .select_related("by", "child")
            .filter(child__case_id__in=[number, *found.merged])
        ),
        workers(USING),
        _line(request, [*accounts, *hands], reports),
        _around(request, accounts, hands),
        frozenset(kind for kind, roles in rights.MAY.items() if request.user.role in roles)
        if open_
        else _after(request),
        any(act.by_id != request.user.pk for act in found.standing.waiting),
        open_cases(USING, request.user, _OTHERS, number),
        requests.around(request.user, accounts, case=number, cases=found.merged),
        since.known(found),
        reviews(USING, [(number, found.case.at)])[number],
    )
    request.told = f"case {number}"
    return shown(request, "case.html", page)


def line(request: HttpRequest, number: int) -> HttpResponse:
    """The time line alone, where a script asks for another span of it."""
    there = _there(request, _visible(request, number))
    reports = [subject for what, subject in there if what == cases.REPORT]
    actors = [subject for what, subject in there if what == cases.ACTOR]
    accounts, hands = _accounts(request, reports, actors)
    request.told = f"case {number}"
    return shown(request, "case_line.html", LinePart(_line(request, [*accounts, *hands], reports), number))


def _there(request: HttpRequest, found: Opened) -> dict[tuple[str, str], Any]:
    """Members of the case that are there for this person, with the act that put each there."""
    mine = gate(request.user)
    return {member: act for member, act in found.members.items() if mine.there(member[1])}


def _accounts(request: HttpRequest, reports: list[str], actors: list[str]) -> tuple[list[str], list[str]]:
    """Accounts of the case, and others of the same hands, as far as they are this person's to know."""
    named, hands = events.accounts_of(desk().run.shelf, reports, actors)
    mine = gate(request.user)
    return [one for one in named if mine.there(one)], [one for one in hands if mine.there(one)]


def _line(request: HttpRequest, accounts: list[str], reports: list[str]) -> Line:
    shelf = desk().run.shelf
    reports = [one for one in reports if gate(request.user).there(one)]
    span = events.span(shelf, accounts, reports)
    if span is None:
        return Line()
    between = wanted(span, request.GET.get("from", ""), request.GET.get("to", ""))
    return drawn(events.slots(shelf, accounts, reports, between, SLOTS), span, between, zone_of(request.user))


def _around(request: HttpRequest, reported: list[str], hands: list[str]) -> Around:
    shelf = desk().run.shelf
    accounts = [*reported, *hands]
    edges = gate(request.user).passed(known.edges_of(shelf, accounts))
    sessions = gate(request.user).passed(known.episodes_of(shelf, accounts))
    decided = {key[0]: row for key, row in on_inferences(USING, [row["session_id"] for row in sessions]).items()}
    rejected = {one for one, row in decided.items() if row.kind == REJECT_SESSION}
    seen = {*accounts, *(row[end] for row in edges for end in ("one", "other")), *(row["other"] for row in sessions)}
    people = named(shelf, sorted(seen))
    return Around(
        network.drawn(reported, edges, people, known.hands(shelf, sorted(seen))),
        [(people[row["one"]], row, people[row["other"]], network.said(row)) for row in edges],
        gate(request.user).passed(talks_of(shelf, accounts)),
        sorted(sessions, key=lambda row: row["session_id"] in rejected),
        decided,
        people,
    )


def act(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """One act in the case; what is refused is said on the case's page."""
    if request.method != "POST" or kind not in ACTS:
        raise Http404
    _visible(request, number)
    request.told = f"case {number}: {kind}"
    try:
        made = ACTS[kind](request.user, number, request.POST)
    except CheckUsage as refusal:
        tell(request, refusal)
        return redirect("case", number)
    return redirect("case", made.number if kind == cases.SPLIT else number)


def _visible(request: HttpRequest, number: int) -> Opened:
    try:
        return visible(USING, request.user, number)
    except CheckUsage as refusal:
        raise Http404 from refusal


def _after(request: HttpRequest) -> frozenset[str]:
    """What may still be done in a case that is closed."""
    still = (cases.NOTE, cases.OUTCOME, cases.REOPEN)
    return frozenset(kind for kind in still if request.user.role in rights.MAY[kind])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CheckUsage("a day is YYYY-MM-DD") from error


def _member(posted: Any) -> tuple[str, str]:
    what, _, subject = posted.get("member", "").partition(":")
    return what, subject


def _added(by: User, number: int, posted: Any) -> Any:
    found = desk().run.shelf.rows(
        "select report_id from numbers where report_number = ?", posted.get("report", "").strip().lstrip("#")
    )
    if not found or not gate(by).there(found[0]["report_id"]):
        raise CheckUsage("there is no report of that number")
    return services_cases.add(USING, by, number, ("report", found[0]["report_id"]), posted.get("reason", ""))


def _decided(kind: str) -> Callable[[User, int, Any], Any]:
    def decide(by: User, number: int, posted: Any) -> Any:
        seen = whole(posted.get("seen")) or None
        return services_cases.decide(
            USING, by, number, kind, posted.get("reason", ""), value=posted.get("value", ""), seen=seen
        )

    return decide


def _entered(by: User, number: int, posted: Any) -> Any:
    due = _day(posted.get("due", ""))
    if due is None:
        raise CheckUsage("an open status names the day of the next step")
    step = (posted.get("authority", ""), due)
    return services_children.enter(USING, by, number, posted.get("pseudonym", ""), step, posted.get("reason", ""))


def _restated(by: User, number: int, posted: Any) -> Any:
    child = services_children.of_case(USING, number, whole(posted.get("child")))
    step = (posted.get("authority", ""), _day(posted.get("due", "")))
    return services_children.restate(USING, by, child, posted.get("status", ""), step, posted.get("reason", ""))


def _referred(by: User, number: int, posted: Any) -> Any:
    child = services_children.of_case(USING, number, whole(posted.get("child")))
    return services_children.refer(USING, by, child, posted.get("authority", ""), posted.get("reference", ""))


def _assigned(by: User, number: int, posted: Any) -> Any:
    person = services_people.found(USING, posted.get("person", ""))
    return services_cases.assign(USING, by, number, person, posted.get("reason", ""), bool(posted.get("away")))


def _outcome(by: User, number: int, posted: Any) -> Any:
    day = _day(posted.get("on", ""))
    if day is None:
        raise CheckUsage("an outcome has a day")
    return services_cases.outcome(
        USING, by, number, posted.get("value", ""), posted.get("reason", ""), on=day, subject=posted.get("report", "")
    )


def _reviewed(by: User, number: int, posted: Any) -> Any:
    due = _day(posted.get("due", ""))
    if due is None:
        raise CheckUsage("a review names the day of the next look")
    return services_duties.review(USING, by, number, due, posted.get("reason", ""))


def _reason(posted: Any) -> str:
    return str(posted.get("reason", ""))


# What a form of the case page may do, by the last part of its address.
ACTS: dict[str, Callable[[User, int, Any], Any]] = {
    cases.ADD: _added,
    cases.REMOVE: lambda by, n, p: services_cases.remove(USING, by, n, _member(p), _reason(p)),
    cases.MERGE: lambda by, n, p: services_cases.merge(USING, by, n, whole(p.get("other")), _reason(p)),
    cases.SPLIT: lambda by, n, p: services_cases.split(
        USING, by, n, [tuple(one.split(":", 1)) for one in p.getlist("members")], p.get("title", ""), _reason(p)
    ),
    cases.ASSIGN: _assigned,
    cases.NOTE: lambda by, n, p: services_cases.note(USING, by, n, p.get("text", "")),
    cases.TASK: lambda by, n, p: services_cases.task(USING, by, n, p.get("text", ""), _day(p.get("due", ""))),
    cases.DONE: lambda by, n, p: services_cases.done(USING, by, n, whole(p.get("act")), _reason(p)),
    cases.SIGN: lambda by, n, p: services_cases.sign(USING, by, n, whole(p.get("act")), _reason(p)),
    cases.UNDO: lambda by, n, p: services_cases.undo(USING, by, n, whole(p.get("act")), _reason(p)),
    cases.OUTCOME: _outcome,
    rights.REVIEW: _reviewed,
    "child": _entered,
    "child-state": _restated,
    "child-referral": _referred,
    **{kind: _decided(kind) for kind in cases.DECIDED},
}
