"""Alerts to services that can name an owner: what could be asked, what was released, and what must be taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tanglaw.casework import queries, rights, services
from tanglaw.casework.models import ACCOUNT_OPEN, ON_ALERTS, RECALL, RELEASE
from tanglaw.errors import CheckUsage
from tanglaw.lookups.alerts import STATES, alert, alerts, content, written
from tanglaw.policy import restored
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import shown, tell
from tanglaw.workbench.state import USING, desk

Row = dict[str, Any]


@dataclass(frozen=True)
class AlertsPage:
    """Alerts of one state, or all, and how many there are of each."""

    rows: list[Row]
    state: str
    counts: dict[str, int]


@dataclass(frozen=True)
class AlertPage:
    """One alert: what is written, with each transaction; who decided what; and what may be decided now."""

    row: Row
    facts: Row
    decided: list[Row]
    may: tuple[str, ...]
    answers: tuple[str, ...] = ACCOUNT_OPEN


def view(request: HttpRequest) -> HttpResponse:
    """The list; what must be taken back leads."""
    every = gate(request.user).passed(alerts(desk().workspace, _records()))
    state = request.GET.get("state", "")
    counts = {one: sum(row["state"] == one for row in every) for one in STATES}
    request.told = state
    return shown(
        request, "alerts.html", AlertsPage([row for row in every if state in ("", row["state"])], state, counts)
    )


def one(request: HttpRequest, alert_id: str) -> HttpResponse:
    """One alert. Of a decided one it shows what stood then."""
    row = _known(request, alert_id)
    request.told = f"alert {alert_id}"
    mine = [record for record in _records() if record["alert_id"] == alert_id]
    facts = written(mine[-1]) if mine else content(desk().workspace, row, _owner())
    return shown(request, "alert.html", AlertPage(row, facts, mine, _may(request, row)))


def act(request: HttpRequest, alert_id: str, kind: str) -> HttpResponse:
    """Release, refuse or recall, in the name of the person who is logged in."""
    if request.method != "POST" or kind not in ON_ALERTS:
        raise Http404
    row = _known(request, alert_id)
    request.told = f"alert {alert_id}: {kind}"
    posted, by = request.POST, request.user
    try:
        rights.demand(by, kind)
        if kind not in _possible(row):
            raise CheckUsage(f"this alert is {row['state']}: that cannot be decided now")
        mine = [record for record in _records() if record["alert_id"] == alert_id]
        stated = mine[-1]["content"] if kind == RECALL else json.dumps(content(desk().workspace, row, _owner()))
        answer = posted.get("account_open", "") if kind == RELEASE else ""
        services.alert(USING, kind, services.Written(alert_id, stated, answer), by.full_name, posted.get("reason", ""))
    except CheckUsage as refusal:
        tell(request, refusal)
    return redirect("alert", alert_id)


def _possible(row: Row) -> tuple[str, ...]:
    if row["state"] == "proposed":
        return tuple(kind for kind in ON_ALERTS if kind != RECALL)
    return (RECALL,) if row["state"] in ("released", "recall-due") else ()


def _may(request: HttpRequest, row: Row) -> tuple[str, ...]:
    return tuple(kind for kind in _possible(row) if request.user.role in rights.MAY[kind])


def _known(request: HttpRequest, alert_id: str) -> Row:
    try:
        found = gate(request.user).passed([alert(desk().workspace, _records(), alert_id)])
    except CheckUsage as refusal:
        raise Http404 from refusal
    if not found:
        raise Http404
    return found[0]


def _records() -> list[Row]:
    rows: list[Row] = queries.tables(USING)["alert_records"].to_pylist()
    return rows


def _owner() -> str:
    kept = desk().workspace.kept_policy()
    return restored(kept).owner if kept else ""
