"""Cases and what was done in them: one row per act, appended; undoing is an act too."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.people import Team, User

PROPOSAL, REPORT, SPLIT = "proposal", "report", "split"
ORIGINS = (PROPOSAL, REPORT, SPLIT)
ACTOR = "actor"

ADD, REMOVE, MERGE = "add", "remove", "merge"
ASSIGN, UNASSIGN, NOTE, TASK, DONE = "assign", "unassign", "note", "task", "done"
ESCALATE, REFER, DUPLICATE, INSUFFICIENT, SAFEGUARDING, CLOSE = (
    "escalate",
    "refer",
    "duplicate",
    "insufficient",
    "safeguarding",
    "close",
)
SIGN, OUTCOME, REOPEN, UNDO = "sign", "outcome", "reopen", "undo"
ON_MEMBERS = (ADD, REMOVE)
ON_PEOPLE = (ASSIGN, UNASSIGN)
DECIDED = (ESCALATE, REFER, DUPLICATE, INSUFFICIENT, SAFEGUARDING, CLOSE, REOPEN)
# These count only once a second person has signed them.
SIGNED = (REFER, INSUFFICIENT, CLOSE)
OUTCOMES = ("unlocatable", "referred", "child safeguarded", "arrest", "conviction")
KINDS = (*ON_MEMBERS, MERGE, *ON_PEOPLE, NOTE, TASK, DONE, *DECIDED, SIGN, OUTCOME, UNDO)
_ON_ACTS = (DONE, SIGN, UNDO)


class Case(Appended):
    """A case exists because a person opened it, from a proposal, from a report, or out of another case."""

    number = models.BigAutoField(primary_key=True)
    title = models.CharField(max_length=200)
    origin = models.CharField(max_length=16, choices=[(one, one) for one in ORIGINS])
    origin_id = models.CharField(max_length=64)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order of opening."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="case_origin_known"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(reason="") & ~Q(origin_id=""), name="case_says_what_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"


class Act(Appended):
    """One act of one person in one case."""

    number = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    # Members: report or actor, and its id. Outcomes: the report's number, if it is of one.
    what = models.CharField(max_length=16, blank=True, default="")
    subject = models.CharField(max_length=64, blank=True, default="")
    # A jurisdiction, the case or report that it repeats, an outcome, the text of a note or task.
    value = models.TextField(blank=True, default="")
    other = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="merged_by")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    # When an outcome came about, or until when a task is due.
    on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order of doing, and what a row of each kind must have."""

        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "kind"], name="act_by_case"),
            models.Index(fields=["what", "subject"], name="act_by_subject"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="act_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="act_says_why"),
            models.CheckConstraint(
                condition=~Q(kind__in=ON_MEMBERS) | (Q(what__in=(REPORT, ACTOR)) & ~Q(subject="")),
                name="act_on_a_member",
            ),
            models.CheckConstraint(
                condition=Q(kind=MERGE, other__isnull=False) & ~Q(other=F("case"))
                | ~Q(kind=MERGE) & Q(other__isnull=True),
                name="act_merges_another_case",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ON_PEOPLE, person__isnull=False) | ~Q(kind__in=ON_PEOPLE) & Q(person__isnull=True),
                name="act_on_a_person",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_ON_ACTS, about__isnull=False) | ~Q(kind__in=_ON_ACTS) & Q(about__isnull=True),
                name="act_about_an_act",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=(NOTE, TASK, REFER, DUPLICATE, OUTCOME)) | ~Q(value=""),
                name="act_says_what",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OUTCOME) | Q(value__in=OUTCOMES, on__isnull=False), name="act_outcome_known"
            ),
            models.UniqueConstraint(fields=["about"], condition=Q(kind=UNDO), name="act_undone_once"),
            models.UniqueConstraint(fields=["about"], condition=Q(kind=SIGN), name="act_signed_once"),
        ]

    def __str__(self) -> str:
        return f"act {self.number} ({self.kind}) of case {self.case_id}"
