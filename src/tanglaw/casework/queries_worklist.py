"""Reading what people did on the queue: views in force, and who is on which report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from tanglaw.casework import cases, rights
from tanglaw.casework.models import ReportAct, SavedView, User
from tanglaw.casework.worklist import KEEP


@dataclass(frozen=True)
class Standing:
    """Acts on one report that are in force: who is `assigned` by their key, the escalation, and all `acts` in order."""

    assigned: Mapping[int, ReportAct] = field(default_factory=dict)
    escalated: ReportAct | None = None
    acts: tuple[ReportAct, ...] = ()
    undone: frozenset[int] = frozenset()

    @property
    def people(self) -> tuple[str, ...]:
        """Full names of those who are on it."""
        return tuple(act.person.full_name for act in self.assigned.values())


def workers(using: str) -> list[User]:
    """Who can be put on reports and cases, by name."""
    return list(User.objects.using(using).filter(is_active=True, role__in=rights.MAY[cases.NOTE]).order_by("full_name"))


def views_of(using: str, user: User) -> list[SavedView]:
    """Views that this user may use: own ones, and those of the team; by name."""
    whose = Q(by=user, team__isnull=True) | Q(team=user.team_id) if user.team_id else Q(by=user, team__isnull=True)
    rows = SavedView.objects.using(using).select_related("by", "team").filter(whose, kind=KEEP, dropped_by__isnull=True)
    return sorted(rows, key=lambda one: (one.name.casefold(), one.number))


def standing_of(using: str, reports: Iterable[str]) -> dict[str, Standing]:
    """By report, what stands; reports on which nothing was done are left out."""
    return _folded(_rows(using).filter(report_id__in=list(reports)))


def reports_on(using: str, user: User) -> list[str]:
    """Reports that this user is on by themselves, outside of cases."""
    named = ReportAct.objects.using(using).filter(kind=cases.ASSIGN, person=user).values_list("report_id", flat=True)
    found = standing_of(using, set(named))
    return sorted(report for report, one in found.items() if user.pk in one.assigned)


def escalated(using: str) -> list[str]:
    """Reports that somebody escalated, outside of cases."""
    named = ReportAct.objects.using(using).filter(kind=cases.ESCALATE).values_list("report_id", flat=True)
    return sorted(report for report, one in standing_of(using, set(named)).items() if one.escalated is not None)


def _rows(using: str) -> QuerySet[ReportAct]:
    return ReportAct.objects.using(using).select_related("by", "person", "about").order_by("number")


def _folded(rows: Iterable[ReportAct]) -> dict[str, Standing]:
    each: dict[str, list[ReportAct]] = {}
    for row in rows:
        each.setdefault(row.report_id, []).append(row)
    found = {}
    for report, acts in each.items():
        undone = frozenset(act.about_id for act in acts if act.kind == cases.UNDO)
        assigned: dict[int, ReportAct] = {}
        up = None
        for act in acts:
            if act.number in undone:
                continue
            if act.kind == cases.ASSIGN:
                assigned[act.person_id] = act
            elif act.kind == cases.UNASSIGN:
                assigned.pop(act.person_id, None)
            elif act.kind == cases.ESCALATE:
                up = act
        found[report] = Standing(assigned, up, tuple(acts), undone)
    return found
