"""One account with all that is known around it; two accounts with what speaks for and against one hand; one inferred session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tanglaw.casework import rights
from tanglaw.casework.models import Decision
from tanglaw.casework.queries_decisions import on_accounts, on_inferences
from tanglaw.lookups.desk import accounts as asked
from tanglaw.lookups.desk import events
from tanglaw.lookups.desk.talk import named
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import shown
from tanglaw.workbench.state import USING, desk
from tanglaw.workbench.timeline import leads_to

Rows = list[dict[str, Any]]
_AROUND = timedelta(hours=2)


@dataclass(frozen=True)
class AccountPage:
    """One account; `decided` are decisions in force on its roles by role, and on it with others."""

    account: asked.Account
    judged: list[Decision]
    decided: dict[tuple[str, str], Decision]
    roles: list[tuple[dict[str, Any], Decision | None]]
    judges: bool


@dataclass(frozen=True)
class PairPage:
    """Two accounts, and the judgements in force on them."""

    one: dict[str, Any]
    other: dict[str, Any]
    pair: asked.Pair
    for_it: Rows
    against_it: Rows
    happened: Rows
    judged: list[Decision]
    judges: bool


@dataclass(frozen=True)
class SessionPage:
    """An inferred session: its row, what weighed, what happened around it, and the decision in force on it."""

    row: dict[str, Any]
    people: dict[str, dict[str, Any]]
    parts: list[tuple[str, dict[str, Any]]]
    weighed: list[tuple[str, str]]
    missing: list[str]
    story: Rows
    more: bool
    decided: Decision | None
    judges: bool


def one_account(request: HttpRequest, account_id: str) -> HttpResponse:
    """The page of an account."""
    found = asked.account(desk().run.shelf, account_id) if gate(request.user).there(account_id) else None
    if found is None:
        raise Http404
    for rows in (found.sightings, found.links, found.ties, found.talks, found.episodes):
        rows[:] = gate(request.user).passed(rows)
    request.told = f"account {account_id}"
    decided = on_inferences(USING, [account_id])
    page = AccountPage(
        found,
        on_accounts(USING, account_id),
        decided,
        [(row, decided.get((account_id, row["role"]))) for row in found.roles],
        request.user.role in rights.MAY[rights.JUDGE],
    )
    return shown(request, "account.html", page)


def pair(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """The page of two accounts."""
    shelf = desk().run.shelf
    found = asked.pair(shelf, one, other) if gate(request.user).there(one) and gate(request.user).there(other) else None
    if found is None:
        raise Http404
    request.told = f"accounts {one} and {other}"
    evidence = gate(request.user).passed(found.evidence)
    page = PairPage(
        found.people[one],
        found.people[other],
        found,
        [row for row in evidence if row["bits"] >= 0],
        [row for row in evidence if row["bits"] < 0],
        gate(request.user).passed(events.between(shelf, one, other)),
        [row for row in on_accounts(USING, one) if other in (row.a, row.b)],
        request.user.role in rights.MAY[rights.JUDGE],
    )
    return shown(request, "pair.html", page)


def session(request: HttpRequest, session_id: str) -> HttpResponse:
    """The page of an inferred session, or of a contact of an account that may be a child's."""
    shelf = desk().run.shelf
    row = asked.episode(shelf, session_id)
    if row is None or not gate(request.user).passed([row]):
        raise Http404
    request.told = f"session {session_id}"
    parties = asked.parties_of(shelf, row)
    rows, more = events.around(shelf, sorted(parties), row["start_at"] - _AROUND, row["end_at"] + _AROUND)
    told = weighed(str(row["evidence"] or ""))
    # What the evidence names may lie further away: a payment of the day after, say.
    ids = [word for words, weight in told if not weight for word in words.split()]
    once = {(one["kind"], one["record_id"]): one for one in (*rows, *events.by_record(shelf, sorted(parties), ids))}
    ordered = sorted(once.values(), key=lambda one: (one["happened_at"], one["kind"], one["record_id"]))
    rows = [one for one in gate(request.user).passed(ordered) if one["record_id"] != session_id]
    people = named(shelf, [*parties, *(one["other"] for one in rows)])
    payers = [one for one, part in parties.items() if part == "payer"]
    talk = asked.talk_between(shelf, payers, [one for one in parties if one not in payers])
    page = SessionPage(
        {**row, "conversation_id": talk},
        people,
        [(part, people[row[part]]) for part in ("payer", "recipient", "arranger") if row[part]],
        told,
        [one for one in str(row["missing"] or "").split("; ") if one],
        [
            {**one, "part": parties.get(one["account_id"], ""), "href": leads_to({**one, "conversation_id": None})}
            for one in rows
        ],
        more,
        on_inferences(USING, [session_id]).get((session_id, "")),
        request.user.role in rights.MAY[rights.JUDGE],
    )
    return shown(request, "session.html", page)


def weighed(evidence: str) -> list[tuple[str, str]]:
    """What weighed for and against, as words and weight in nats; parts without a weight, such as ids, have an empty one."""
    found = []
    for part in evidence.split("; "):
        words, _, weight = part.rpartition(" (")
        if words and weight.endswith(")") and weight[:1] in "+-":
            found.append((words, weight[:-1]))
        elif part:
            found.append((part, ""))
    return found
