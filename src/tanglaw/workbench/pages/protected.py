"""The protected list: selectors of covert accounts and sources, and what they hold; for its keeper alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tanglaw.casework import services_withheld, withheld
from tanglaw.casework.models import Protection
from tanglaw.casework.queries_withheld import decisions, entries
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk.withheld import hits
from tanglaw.workbench.entered import entered
from tanglaw.workbench.pages.shown import shown, tell, whole
from tanglaw.workbench.state import USING, desk


@dataclass(frozen=True)
class Held:
    """A report or conversation that an entry holds: what is known of it in brief, and the keeper's decision if there is one."""

    subject: str
    report: dict[str, Any]
    decision: Protection | None


@dataclass(frozen=True)
class ProtectedPage:
    """Entries that stand, each with what it holds."""

    entries: list[tuple[Protection, list[Held]]]


def view(request: HttpRequest) -> HttpResponse:
    """The list. The audit has that it was read, not what stands on it."""
    shelf = desk().run.shelf
    decided = decisions(USING)
    found = []
    for entry in entries(USING):
        subjects = sorted(
            {report or conversation for report, conversation, _ in hits(shelf, entry.type, entry.value)} - {""}
        )
        reports = shelf.among(
            "select report_id, report_number, esp, incident_type, received_at from reports where report_id in ({these})",
            subjects,
        )
        by_id = {row["report_id"]: row for row in reports}
        held = [Held(one, by_id.get(one, {}), decided.get((entry.number, one))) for one in subjects]
        found.append((entry, held))
    return shown(request, "protected.html", ProtectedPage(found))


def act(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter a selector, withdraw an entry, let a report through or hold it."""
    if request.method != "POST" or kind not in withheld.PROTECTIONS:
        raise Http404
    posted, by = request.POST, request.user
    number, reason = whole(posted.get("entry")), posted.get("reason", "")
    request.told = f"{kind} {number or ''}".strip()
    try:
        if kind == withheld.ENTER:
            _enter(request, posted.get("selector", ""), reason)
        elif kind == withheld.WITHDRAW:
            services_withheld.withdraw(USING, by, number, reason)
        else:
            services_withheld.decide(USING, by, number, kind, posted.get("subject", ""), reason)
    except CheckUsage as refusal:
        tell(request, refusal)
    return redirect("protected")


def _enter(request: HttpRequest, text: str, reason: str) -> None:
    for one in entered(text):
        services_withheld.enter(USING, request.user, one, reason)
