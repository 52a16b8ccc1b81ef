"""Writing on the queue: views kept and dropped, single reports assigned and escalated; each a row of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from tanglaw.casework import cases, rights
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import ReportAct, SavedView, User
from tanglaw.casework.people import SUPERVISOR
from tanglaw.casework.queries_worklist import Standing, standing_of, views_of
from tanglaw.casework.worklist import DROP, KEEP
from tanglaw.errors import CheckUsage

# So many reports are marked at once at most.
MOST = 500


def keep_view(using: str, by: User, name: str, query: str, for_team: bool) -> SavedView:
    """Keep filters of the queue under a name. Raises CheckUsage for a name that this person sees already, or without filters."""
    rights.demand(by, rights.OPEN)
    called = said("the name", name, 80)
    if not query or len(query) > 500:
        raise CheckUsage("choose filters first: the view would show the whole queue")
    if for_team and by.team is None:
        raise CheckUsage("you are in no team")
    with alone(using, SavedView):
        if any(one.name.casefold() == called.casefold() for one in views_of(using, by)):
            raise CheckUsage("there is a view of that name: drop it first, or choose another")
        row = SavedView(
            kind=KEEP, name=called, query=query, team=by.team if for_team else None, by=by, at=stamp(_newest(using))
        )
        row.save(using=using)
    return row


def drop_view(using: str, by: User, number: int) -> SavedView:
    """Drop a view of one's own, or as a supervisor one of the team. Raises CheckUsage if there is none such."""
    with alone(using, SavedView):
        found = next((one for one in views_of(using, by) if one.number == number), None)
        if found is None:
            raise CheckUsage("there is no such view")
        if found.by_id != by.pk and by.role != SUPERVISOR:
            raise CheckUsage("who kept a view drops it, or a supervisor of the team")
        row = SavedView(kind=DROP, about=found, by=by, at=stamp(_newest(using)))
        row.save(using=using)
    return row


def assign_reports(using: str, by: User, reports: Iterable[str], person: User, reason: str) -> list[ReportAct]:
    """Put a person on reports; those they are on already are passed over. Raises CheckUsage if the person cannot work on any."""
    if not person.is_active or person.role not in rights.MAY[cases.NOTE]:
        raise CheckUsage("only who works on reports can be put on one")
    return _each(using, by, (cases.ASSIGN, person), reports, reason, lambda one: person.pk not in one.assigned)


def unassign_report(using: str, by: User, report: str, person: User, reason: str) -> list[ReportAct]:
    """Take a person off a report. Raises CheckUsage if they are not on it."""
    found = _each(using, by, (cases.UNASSIGN, person), [report], reason, lambda one: person.pk in one.assigned)
    if not found:
        raise CheckUsage(f"{person} is not on this report")
    return found


def escalate_reports(using: str, by: User, reports: Iterable[str], reason: str) -> list[ReportAct]:
    """Say that reports need a supervisor's eye; those escalated already are passed over."""
    return _each(using, by, (cases.ESCALATE, None), reports, reason, lambda one: one.escalated is None)


def undo_report_act(using: str, by: User, number: int, reason: str) -> ReportAct:
    """Take an act on a report back. The same role is needed as for the act; Raises CheckUsage if it does not stand."""
    why = said("the reason", reason)
    with alone(using, ReportAct):
        row = ReportAct.objects.using(using).filter(number=number).first()
        if row is None or row.kind == cases.UNDO:
            raise CheckUsage("there is no such act")
        rights.demand(by, row.kind)
        if row.answers.exists():
            raise CheckUsage("that is undone already")
        return _put(using, row.report_id, cases.UNDO, by, why, about=row)


def _each(
    using: str,
    by: User,
    what: tuple[str, User | None],
    reports: Iterable[str],
    reason: str,
    fits: Callable[[Standing], bool],
) -> list[ReportAct]:
    kind, person = what
    rights.demand(by, kind)
    why = said("the reason", reason)
    chosen = sorted(set(reports))
    if not chosen:
        raise CheckUsage("mark at least one report")
    if len(chosen) > MOST:
        raise CheckUsage(f"mark {MOST} reports at most, not {len(chosen)}")
    with alone(using, ReportAct):
        known = standing_of(using, chosen)
        wanted = [one for one in chosen if fits(known.get(one, Standing()))]
        return [_put(using, one, kind, by, why, person=person) for one in wanted]


def _put(using: str, report: str, kind: str, by: User, why: str, **fields: Any) -> ReportAct:
    last = ReportAct.objects.using(using).order_by("-number").first()
    row = ReportAct(
        report_id=report, kind=kind, by=by, reason=why, at=stamp(last.at if last is not None else None), **fields
    )
    row.save(using=using)
    return row


def _newest(using: str) -> datetime | None:
    last = SavedView.objects.using(using).order_by("-number").first()
    return last.at if last is not None else None
