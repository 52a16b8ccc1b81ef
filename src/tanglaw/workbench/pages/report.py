"""One report: why it stands where it stands, every field with its original and its place, and what is around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tanglaw.casework import rights, services_cases
from tanglaw.casework.models import User
from tanglaw.casework.queries_decisions import on_selectors
from tanglaw.casework.queries_lists import Standing, cases_with
from tanglaw.casework.queries_worklist import Standing as Worked
from tanglaw.casework.queries_worklist import standing_of, workers
from tanglaw.errors import CheckUsage
from tanglaw.lookups.beside import Beside
from tanglaw.lookups.desk import queue as asked
from tanglaw.lookups.desk import report as reports
from tanglaw.lookups.desk.report import Told
from tanglaw.tables import TABLES
from tanglaw.workbench.gate import Gate, gate
from tanglaw.workbench.pages import requests
from tanglaw.workbench.pages.queue import filters_of, wanted
from tanglaw.workbench.pages.requests import Requests
from tanglaw.workbench.pages.shown import shown, tell
from tanglaw.workbench.state import USING, desk

Rows = list[dict[str, Any]]
# Parts of a report with their table, in the order in which they are shown, and the columns of each in brief.
_PARTS = (
    ("accounts", _("Accounts"), "accounts", ("role", "platform", "handle", "identifier", "display_name", "country")),
    ("persons", _("People"), "persons", ("role", "name", "age", "date_of_birth", "city", "country")),
    ("contacts", _("Contacts"), "contacts", ("role", "kind", "value", "use", "verified")),
    ("files", _("Files"), "files", ("name", "viewed_by_esp", "classification", "labels", "uploaded_at")),
    ("hashes", _("Hashes of files"), "file_hashes", ("hash_type", "value", "valid")),
    ("hits", _("Entries of hash lists"), "hash_hits", ("list_name", "hash_type", "category", "distance", "weak")),
    ("captures", _("Log-ins and other captures"), "captures", ("at", "event", "ip", "port", "role", "proxy")),
    ("devices", _("Devices"), "devices", ("kind", "value", "event", "at")),
    ("pages", _("Web pages"), "web_pages", ("kind", "url", "third_party")),
    ("associations", _("Stated associations"), "associations", ("kind", "value")),
    ("versions", _("What later documents changed"), "report_versions", ("version", "field", "before", "after")),
)
_KEYS = {"accounts": "account_id", "persons": "person_id", "files": "file_id", "captures": "capture_id"}
_SHOWN_AT = {"url", "profile_url", "location", "value"}
# What a row is by itself is said in the list; ids and place stand in the fields of the row.
_VALUES = ("danger", "lane", "order", "actionability", "clock", "gate")
_MOST_MEMBERS = 30


@dataclass(frozen=True)
class Field:
    """One stated field: column, what it means, its value, and the original where that is kept beside it."""

    name: str
    meaning: str
    value: Any
    original: Any = None


@dataclass(frozen=True)
class Row:
    """One row of a part: its label in this report and where that leads, its cells in brief, all its stated fields, and where it
    stands."""

    label: str
    address: str
    cells: tuple[tuple[str, Any], ...]
    fields: tuple[Field, ...]
    place: str


@dataclass(frozen=True)
class Section:
    """One part of a report: name, title, columns, rows, and how many there are if not all are here."""

    name: str
    title: Any
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    whole: int = 0


@dataclass(frozen=True)
class ReportPage:
    """Everything about one report; `before` and `after` are its neighbours in the queue as it was filtered."""

    told: Told
    fields: tuple[Field, ...]
    reasons: tuple[tuple[str, Rows], ...]
    missing: Rows
    sections: tuple[Section, ...]
    flags: dict[str, list[str]]
    selectors: Rows
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    cases: list[Standing]
    members: Rows
    more_members: int
    query: str
    opens: bool
    locked: bool
    locks: bool
    requests: Requests
    judges: bool
    corrected: dict[str, Any]
    people: list[User]
    standing: Worked


@dataclass(frozen=True)
class BesidePage:
    """Two reports side by side: what differs."""

    one: dict[str, Any]
    other: dict[str, Any]
    beside: Beside


def view(request: HttpRequest, report_id: str) -> HttpResponse:
    """The page of a report by its id."""
    shelf = desk().run.shelf
    mine = gate(request.user)
    found = _passed(reports.told(shelf, report_id), mine)
    if found is None:
        raise Http404
    request.told = f"report {found.report['report_number'] or report_id}"
    chosen = {name: value for name, value in request.GET.items() if filters_of(f"{name}={value}")}
    rank = found.priority.get("rank")
    before, after = asked.beside(shelf, wanted(request, chosen), rank) if rank else (None, None)
    members = [row for row in found.proposal if row["report_id"] != report_id]
    page = ReportPage(
        found,
        _fields("reports", found.report),
        _reasons(found),
        [row for row in found.parts["reasons"] if row["value"] == "missing"],
        tuple(
            _section(name, title, table, columns, found) for name, title, table, columns in _PARTS if found.parts[name]
        ),
        _flags(found),
        _distinct(found.parts["selectors"]),
        before,
        after,
        cases_with(USING, request.user, [report_id]).get(report_id, []),
        members[:_MOST_MEMBERS],
        max(0, len(members) - _MOST_MEMBERS),
        urlencode(chosen),
        request.user.role in rights.MAY[rights.OPEN],
        report_id in mine.locked_reports,
        request.user.role in rights.MAY[rights.LOCK],
        requests.around(request.user, _reported(found), report_id=report_id),
        request.user.role in rights.MAY[rights.JUDGE],
        on_selectors(USING, [row["selector_id"] for row in found.parts["selectors"]]),
        workers(USING),
        standing_of(USING, [report_id]).get(report_id, Worked()),
    )
    return shown(request, "report.html", page)


def by_number(request: HttpRequest) -> HttpResponse:
    """To the report of that number."""
    found = gate(request.user).passed(reports.ids_of(desk().run.shelf, request.GET.get("number", "")))
    request.told = request.GET.get("number", "")
    if not found:
        raise Http404
    return HttpResponseRedirect(reverse("report", args=[found[0]["report_id"]]))


def beside(request: HttpRequest, report_id: str, other: str) -> HttpResponse:
    """Two reports side by side."""
    shelf = desk().run.shelf
    rows = gate(request.user).passed(
        shelf.among("select * from reports where report_id in ({these})", [report_id, other])
    )
    each = {row["report_id"]: row for row in rows}
    if len(each) != 2:
        raise Http404
    request.told = f"reports {each[report_id]['report_number']} and {each[other]['report_number']}"
    return shown(
        request, "beside.html", BesidePage(each[report_id], each[other], reports.compare(shelf, report_id, other))
    )


def open_case(request: HttpRequest, report_id: str) -> HttpResponse:
    """Open a case from this report, or from the proposal that it stands in."""
    shelf = desk().run.shelf
    found = shelf.rows("select report_id, report_number from reports where report_id = ?", report_id)
    mine = gate(request.user)
    if not found or request.method != "POST" or not mine.there(report_id):
        raise Http404
    request.told = f"report {found[0]['report_number'] or report_id}"
    proposal = shelf.rows("select proposal_id from proposal_of where report_id = ?", report_id)
    origin, members = ("report", report_id), [("report", report_id)]
    if request.POST.get("whole") and proposal:
        origin = ("proposal", proposal[0]["proposal_id"])
        members = [("report", row["report_id"]) for row in mine.passed(reports.members_of(shelf, origin[1]))]
    posted = request.POST
    try:
        case = services_cases.open_case(
            USING, request.user, posted.get("title", ""), origin, members, posted.get("reason", "")
        )
    except CheckUsage as refusal:
        tell(request, refusal)
        return HttpResponseRedirect(reverse("report", args=[report_id]))
    return HttpResponseRedirect(reverse("case", args=[case.number]))


def _reported(found: Told) -> list[str]:
    return sorted({row["account_id"] for row in found.parts["accounts"] if row["role"] == "reported"})


def _passed(found: Told | None, mine: Gate) -> Told | None:
    """What of the report is this person's to read; None if it is not there for them."""
    if found is None or not mine.there(found.report["report_id"]):
        return None
    return replace(
        found,
        report=(mine.passed([found.report]) or [{**found.report, "text": None}])[0],
        parts={name: mine.passed(rows) for name, rows in found.parts.items()},
        proposal=mine.passed(found.proposal),
        near=[one for one in found.near if mine.there(one.other)],
        same_number=mine.passed(found.same_number),
    )


def _reasons(found: Told) -> tuple[tuple[str, Rows], ...]:
    each = ((value, [row for row in found.parts["reasons"] if row["value"] == value]) for value in _VALUES)
    return tuple((value, rows) for value, rows in each if rows)


def _section(name: str, title: Any, table: str, columns: tuple[str, ...], found: Told) -> Section:
    rows = found.parts[name]
    kept = tuple(column for column in columns if any(row.get(column) not in (None, "") for row in rows))
    made = tuple(
        Row(
            found.labels.get(row.get(_KEYS.get(name, ""), ""), ""),
            reverse("account_of", args=[row["account_id"]]) if name == "accounts" else "",
            tuple((column, row.get(column)) for column in kept),
            _fields(table, row),
            str(row.get("locator") or ""),
        )
        for row in rows
    )
    return Section(name, title, kept, made, found.cut.get(name, 0))


def _fields(table: str, row: dict[str, Any]) -> tuple[Field, ...]:
    """Every stated field of a row; where an instant has its original beside it, both in one."""
    told = []
    for column in TABLES[table].columns:
        value = row.get(column.name)
        if value in (None, "") or column.name.endswith("_original"):
            continue
        told.append(
            Field(column.name, column.meaning, value, row.get(f"{column.name}_original") or row.get("original"))
        )
    return tuple(told)


def _flags(found: Told) -> dict[str, list[str]]:
    """Flags by the label of their file; of the report itself under an empty label."""
    flags: dict[str, list[str]] = {}
    for row in found.parts["flags"]:
        flags.setdefault(found.labels.get(row["file_id"] or "", ""), []).append(row["name"])
    return flags


def _distinct(rows: Rows) -> Rows:
    """Each selector once, with the fields it stands in."""
    once: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        one = once.setdefault((row["type"], row["value"]), {**row, "fields": []})
        place = f"{row['table_name']}.{row['field']}"
        if place not in one["fields"]:
            one["fields"].append(place)
    return list(once.values())
