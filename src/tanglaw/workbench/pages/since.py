"""What happened to a case since somebody opened its page: acts of others, and a run that says something else of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tanglaw.casework import cases
from tanglaw.casework.models import Act
from tanglaw.casework.queries_cases import Opened, visible
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk.changed import marks
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.state import USING, desk

_WORDS = {
    "values": _("danger, lane or clock"),
    "links": _("links"),
    "proposals": _("what is proposed to belong together"),
    "reports": _("versions of its reports"),
}


@dataclass(frozen=True)
class SincePage:
    """Acts of others since the page was opened, and what a newer run says differently."""

    number: int
    acts: list[Act]
    changed: list[Any]


def known(found: Opened) -> str:
    """What a page shows of the case, as the part of an address by which it asks for what came since."""
    reports = [subject for what, subject in found.members if what == cases.REPORT]
    run = desk().run
    return urlencode({"act": found.standing.last, "run": run.run_id, **marks(run.shelf, reports)})


def view(request: HttpRequest, number: int) -> HttpResponse:
    """A notice, or nothing where nothing happened."""
    try:
        found = visible(USING, request.user, number)
    except CheckUsage as refusal:
        raise Http404 from refusal
    seen = whole(request.GET.get("act"))
    acts = [act for act in found.acts if act.number > seen and act.by_id != request.user.pk]
    changed: list[Any] = []
    run = desk().run
    if run.run_id != request.GET.get("run"):
        reports = [subject for what, subject in found.members if what == cases.REPORT]
        changed = [_WORDS[name] for name, mark in marks(run.shelf, reports).items() if mark != request.GET.get(name)]
    if not acts and not changed:
        return HttpResponse(status=204)
    return shown(request, "since.html", SincePage(number, acts, changed))
