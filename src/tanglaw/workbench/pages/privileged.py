"""Privileged conversations: locked by whoever meets one, read and lifted by the filter role alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tanglaw.casework import services_withheld, withheld
from tanglaw.casework.models import Lock
from tanglaw.casework.queries_withheld import locks
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk.report import numbers_of
from tanglaw.lookups.desk.withheld import conversations_of
from tanglaw.lookups.subjects import rows_of
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import back, shown, tell
from tanglaw.workbench.state import USING, desk

_MOST = 500


@dataclass(frozen=True)
class PrivilegedPage:
    """What is locked now, and numbers of reports by id."""

    locks: list[Lock]
    numbers: dict[str, str]


@dataclass(frozen=True)
class WordsPage:
    """The locked words: when, of whom, and what was written."""

    lock: Lock
    number: str
    rows: list[dict[str, Any]]
    more: int


def view(request: HttpRequest) -> HttpResponse:
    """The list of locks."""
    rows = locks(USING)
    reports = [row.subject for row in rows if row.what == withheld.REPORT]
    return shown(request, "privileged.html", PrivilegedPage(rows, numbers_of(desk().run.shelf, reports)))


def words(request: HttpRequest, number: int) -> HttpResponse:
    """The words under one lock, for the filter role to decide on."""
    found = next((row for row in locks(USING) if row.number == number), None)
    if found is None:
        raise Http404
    request.told = f"{found.what} {found.subject}"
    rows = [row for row in _words(found) if gate(request.user).there(row["subject"])]
    number_of = numbers_of(desk().run.shelf, [found.subject]) if found.what == withheld.REPORT else {}
    page = WordsPage(found, number_of.get(found.subject, found.subject), rows[:_MOST], max(0, len(rows) - _MOST))
    return shown(request, "privileged_words.html", page)


def lock(request: HttpRequest) -> HttpResponse:
    """Lock what the form names."""
    posted = _posted(request)
    subject = (posted.get("what", ""), posted.get("subject", ""))
    request.told = "lock {} {}".format(*subject)
    try:
        if not gate(request.user).there(subject[1]):
            raise Http404
        services_withheld.lock(USING, request.user, subject, posted.get("profession", ""), posted.get("reason", ""))
    except CheckUsage as refusal:
        tell(request, refusal)
    return back(request, "home")


def lift(request: HttpRequest) -> HttpResponse:
    """Lift the lock that the form names."""
    posted = _posted(request)
    subject = (posted.get("what", ""), posted.get("subject", ""))
    request.told = "lift {} {}".format(*subject)
    try:
        services_withheld.lift(USING, request.user, subject, posted.get("reason", ""))
    except CheckUsage as refusal:
        tell(request, refusal)
    return back(request, "privileged")


def _posted(request: HttpRequest) -> Any:
    if request.method != "POST":
        raise Http404
    return request.POST


def _words(found: Lock) -> list[dict[str, Any]]:
    """Words with time, sender and where they stand, in order of time."""
    here = desk()
    if found.what == withheld.REPORT:
        rows = rows_of(here.workspace, "texts", "report_id", [found.subject])
        told = {row["text_id"]: (None, row["account_id"], row["field"], row["text"], row["report_id"]) for row in rows}
    else:
        ids = [found.subject]
        if found.what == withheld.ACCOUNT:
            ids = sorted(conversations_of(here.run.shelf, ids))
        rows = rows_of(here.workspace, "messages", "conversation_id", ids)
        told = {
            row["message_id"]: (
                row["sent_at"],
                row["sender_account_id"],
                row["platform"],
                row["text"],
                row["conversation_id"],
            )
            for row in rows
        }
    names = ("at", "account_id", "where", "text", "subject")
    each = [dict(zip(names, one, strict=True)) for one in told.values()]
    return sorted(each, key=lambda row: (str(row["at"] or ""), str(row["where"]), str(row["text"])))
