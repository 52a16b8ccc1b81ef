"""The audit, for auditors: what was read and done, and whether it is whole. It counts nobody's work."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from tanglaw.casework import audit
from tanglaw.casework.models import AuditRow
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.staff import COLLEAGUE, OWN
from tanglaw.workbench.state import USING, desk

_PAGE = 100


@dataclass(frozen=True)
class AuditPage:
    """Rows, newest first, before a number; `faults` once the whole was checked."""

    rows: list[AuditRow]
    text: str
    case: str
    staff: bool
    searches: int
    before: int
    next_before: int | None
    checked: bool
    faults: list[str]
    erasures: list[str]


def view(request: HttpRequest) -> HttpResponse:
    """Rows of a case, of a subject, or all; and the check of the whole if it is asked for."""
    text, case = request.GET.get("q", "").strip(), request.GET.get("case", "").strip()
    before = whole(request.GET.get("before"))
    rows = AuditRow.objects.using(USING).order_by("-number")
    if text:
        rows = rows.filter(subject__icontains=text)
    if case:
        rows = rows.filter(case=case)
    staff = bool(request.GET.get("staff"))
    of_staff = rows.filter(verb__in=(OWN, COLLEAGUE))
    if staff:
        rows = of_staff
    if before:
        rows = rows.filter(number__lt=before)
    found = list(rows[: _PAGE + 1])
    checked = bool(request.GET.get("check"))
    stones, broken = desk().workspace.tombstones() if checked else ([], [])
    faults = [*broken, *audit.verify(USING, desk().folder, audit.erased_rows(stones))] if checked else []
    more = found[_PAGE - 1].number if len(found) > _PAGE else None
    page = AuditPage(
        found[:_PAGE], text, case, staff, of_staff.count(), before, more, checked, faults, [one.told for one in stones]
    )
    request.told = "checked" if checked else " ".join(filter(None, (text, case)))
    return shown(request, "audit.html", page)
