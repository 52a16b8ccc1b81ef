"""What people do on the queue itself: views that they keep, and acts on single reports; a row each, taken back by a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.cases import ASSIGN, ESCALATE, UNASSIGN, UNDO
from tanglaw.casework.people import Team, User

KEEP, DROP = "keep", "drop"
ON_REPORTS = (ASSIGN, UNASSIGN, ESCALATE, UNDO)


class SavedView(Appended):
    """Filters of the queue under a name, for one person or a team; `drop` takes an earlier row back."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in (KEEP, DROP)])
    name = models.CharField(max_length=80, blank=True, default="")
    query = models.CharField(max_length=500, blank=True, default="")
    # Nobody else's unless a team is named.
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="dropped_by")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """In order; a view has a name, a dropping names a view."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(
                condition=(Q(kind=KEEP, about__isnull=True) & ~Q(name="")) | Q(kind=DROP, about__isnull=False, name=""),
                name="saved_view_kept_or_dropped",
            )
        ]


class ReportAct(Appended):
    """One act of one person on one report of the queue, outside of any case."""

    number = models.BigAutoField(primary_key=True)
    report_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in ON_REPORTS])
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order of doing, and what a row of each kind must have."""

        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["report_id"], name="report_act_by_report")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=ON_REPORTS), name="report_act_kind_known"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(report_id=""), name="report_act_says_why"),
            models.CheckConstraint(
                condition=Q(kind__in=(ASSIGN, UNASSIGN), person__isnull=False)
                | ~Q(kind__in=(ASSIGN, UNASSIGN)) & Q(person__isnull=True),
                name="report_act_on_a_person",
            ),
            models.CheckConstraint(
                condition=Q(kind=UNDO, about__isnull=False) | ~Q(kind=UNDO) & Q(about__isnull=True),
                name="report_act_undoes_one",
            ),
            models.UniqueConstraint(fields=["about"], condition=Q(kind=UNDO), name="report_act_undone_once"),
        ]
