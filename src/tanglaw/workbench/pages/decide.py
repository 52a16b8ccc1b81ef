"""Decisions on what the machine found: same or not same hand, a corrected selector, a session or role confirmed or rejected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tanglaw.casework import rights, services
from tanglaw.casework.models import ON_PAIRS, ON_ROLES, ON_SESSIONS, User
from tanglaw.errors import CheckUsage
from tanglaw.lookups.desk import accounts
from tanglaw.lookups.subjects import normalised
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import back, done, tell, whole
from tanglaw.workbench.state import USING, desk


def act(request: HttpRequest, kind: str) -> HttpResponse:
    """One decision, a row in the casework database; the next run keeps to it. What is refused is said on the page it came from."""
    if request.method != "POST" or kind not in ACTS:
        raise Http404
    request.told = kind
    try:
        rights.demand(request.user, rights.JUDGE)
        request.told = f"{kind}: {ACTS[kind](request, request.POST, kind)}"
    except CheckUsage as refusal:
        tell(request, refusal)
    return back(request, "home")


def _pair(request: HttpRequest, posted: Any, kind: str) -> str:
    one, other = posted.get("a", ""), posted.get("b", "")
    if accounts.pair(desk().run.shelf, one, other) is None or not (
        gate(request.user).there(one) and gate(request.user).there(other)
    ):
        raise CheckUsage("name two accounts of this workspace")
    row = services.judge(USING, kind, (one, other), _who(request.user), posted.get("reason", ""))
    done(request, f"decision {row.number} stands; the next run links by it")
    return str(row)


def _corrected(request: HttpRequest, posted: Any, _kind: str) -> str:
    """Every place of one report in which the selector stands so."""
    here = desk()
    rows = here.run.shelf.rows(
        "select selector_id, type from selectors where report_id = ? and type = ? and value = ? order by selector_id limit 100",
        posted.get("report", ""),
        posted.get("type", ""),
        posted.get("old", ""),
    )
    if not rows or not gate(request.user).there(posted.get("report", "")):
        raise CheckUsage("there is no such selector in this report")
    value = normalised(rows[0]["type"], posted.get("value", ""), here.settings.default_country)
    ids = [row["selector_id"] for row in rows]
    made = [services.correct(USING, one, value, _who(request.user), posted.get("reason", "")) for one in ids]
    done(
        request,
        f"{len(made)} places are corrected by decisions {made[0].number} to {made[-1].number}; the next run keeps to it",
    )
    return ", ".join(map(str, made))


def _session(request: HttpRequest, posted: Any, kind: str) -> str:
    session_id = posted.get("session", "")
    found = accounts.episode(desk().run.shelf, session_id)
    if found is None or not gate(request.user).passed([found]):
        raise CheckUsage("there is no such session in the last run")
    # Who may be a child is nobody's verified fact.
    parts = ("payer", "recipient", "arranger") if found["kind"] != "protected" else ()
    assessed = services.Inference(session_id, parties=tuple(found[part] for part in parts if found[part]))
    row = services.assess(USING, kind, assessed, _who(request.user), posted.get("reason", ""))
    done(request, f"decision {row.number} stands; the next run keeps to it")
    return str(row)


def _role(request: HttpRequest, posted: Any, kind: str) -> str:
    account, role = posted.get("account", ""), posted.get("role", "")
    known = desk().run.shelf.rows("select role from roles where account_id = ? and role = ?", account, role)
    if not known or not gate(request.user).there(account):
        raise CheckUsage("the last run assesses no such role")
    assessed = services.Inference(account, role)
    row = services.assess(USING, kind, assessed, _who(request.user), posted.get("reason", ""))
    done(request, f"decision {row.number} stands; the next run keeps to it")
    return str(row)


def _withdrawn(request: HttpRequest, posted: Any, _kind: str) -> str:
    row = services.withdraw(USING, whole(posted.get("decision")), _who(request.user), posted.get("reason", ""))
    done(request, f"decision {row.withdraws_id} no longer stands")
    return str(row)


def _who(user: User) -> str:
    return str(user.full_name)


ACTS: dict[str, Callable[[HttpRequest, Any, str], str]] = {
    **dict.fromkeys(ON_PAIRS, _pair),
    **dict.fromkeys(ON_SESSIONS, _session),
    **dict.fromkeys(ON_ROLES, _role),
    "correct": _corrected,
    "withdraw": _withdrawn,
}
