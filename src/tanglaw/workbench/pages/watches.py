"""Watch lists: what cases watch for, who placed it, until when, and where it was met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tanglaw.casework import rights, services_watches
from tanglaw.casework.models import Watch
from tanglaw.casework.queries_lists import Standing, list_cases
from tanglaw.engine.shelf import key_of
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk.laid import OF_VALUE
from tanglaw.workbench.entered import entered
from tanglaw.workbench.gate import Gate, gate
from tanglaw.workbench.pages.shown import shown, tell, whole
from tanglaw.workbench.state import USING, desk

Rows = list[dict[str, Any]]
_MOST = 200
_HITS = 20


@dataclass(frozen=True)
class Entry:
    """An entry of the desk: whether it stands, and reports in which it was met, best rank first."""

    watch: Watch
    stands: bool
    hits: Rows


@dataclass(frozen=True)
class WatchesPage:
    """Entries placed here, entries that lists brought, and cases for which one may be placed."""

    entries: list[Entry]
    listed: Rows
    cases: list[Standing]
    may: bool


def view(request: HttpRequest) -> HttpResponse:
    """The list: entries that stand first."""
    user, mine = request.user, gate(request.user)
    standing = {one.number for one in services_watches.in_force(USING, user)}
    placed = services_watches.placed(USING, user)
    entries = [Entry(one, one.number in standing, _hits(mine, [(one.type, one.value)])) for one in placed]
    entries.sort(key=lambda one: (not one.stands, one.watch.expires, one.watch.number))
    shelf = desk().run.shelf
    rows = mine.passed(
        shelf.rows("select * from watched where source_id is not null order by expires_at, watch_id limit ?", _MOST)
    )
    read: dict[str, list[tuple[str, str]]] = {}
    for row in shelf.among("select * from watched_as where watch_id in ({these})", [row["watch_id"] for row in rows]):
        read.setdefault(row["watch_id"], []).append((row["type"], row["value"]))
    listed = [{**row, "hits": _hits(mine, read.get(row["watch_id"], []))} for row in rows]
    may = user.role in rights.MAY[rights.WATCH]
    open_cases = [one for one in list_cases(USING, user) if one.status == "open"] if may else []
    return shown(request, "watches.html", WatchesPage(entries, listed, open_cases, may))


def place(request: HttpRequest) -> HttpResponse:
    """Place an entry for a case."""
    posted = _posted(request)
    number = whole(posted.get("case"))
    request.told = f"watch placed for case {number}"
    try:
        for one in entered(posted.get("selector", "")):
            services_watches.place(
                USING, request.user, number, one, _day(posted.get("expires", "")), posted.get("reason", "")
            )
    except CheckUsage as refusal:
        tell(request, refusal)
    return redirect("watches")


def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw an entry."""
    posted = _posted(request)
    request.told = f"watch {number} withdrawn"
    try:
        services_watches.withdraw(USING, request.user, number, posted.get("reason", ""))
    except CheckUsage as refusal:
        tell(request, refusal)
    return redirect("watches")


def _hits(mine: Gate, selectors: list[tuple[str, str]]) -> Rows:
    """Reports in which one of the selectors stands."""
    condition, values = mine.occurrences()
    found: dict[str, dict[str, Any]] = {}
    for kind, value in selectors:
        rows = desk().run.shelf.rows(
            f"select report_id, report_number, min(rank) as rank from occurrences where {OF_VALUE} "
            f"and report_id is not null and {condition} "
            f"group by all order by rank nulls last, report_id limit {_HITS}",
            key_of(value),
            value,
            kind,
            *values,
        )
        found |= {row["report_id"]: row for row in rows}
    return list(found.values())[:_HITS]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CheckUsage("an entry says until which day it holds") from error


def _posted(request: HttpRequest) -> Any:
    if request.method != "POST":
        raise Http404
    return request.POST
