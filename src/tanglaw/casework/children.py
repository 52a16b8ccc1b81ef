"""Children come first: each has a status, an authority and a next step, and a case waits for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.cases import Case
from tanglaw.casework.people import User

UNIDENTIFIED, IDENTIFIED, SAFEGUARDED = "unidentified", "identified", "safeguarded"
STATUSES = (UNIDENTIFIED, IDENTIFIED, SAFEGUARDED)
OPEN = (UNIDENTIFIED, IDENTIFIED)


class Child(Appended):
    """A child that a case is about, by a pseudonym. No name, age, sex or origin is kept here."""

    number = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="children")
    pseudonym = models.CharField(max_length=100)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """A pseudonym stands for one child of a case."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(pseudonym="") & ~Q(reason=""), name="child_has_a_pseudonym"),
            models.UniqueConstraint(fields=["case", "pseudonym"], name="child_once_in_a_case"),
        ]

    def __str__(self) -> str:
        return f"child {self.pseudonym} of case {self.case_id}"


class ChildState(Appended):
    """What is known of a child from then on; the newest row counts. An open status names who acts next, and by when."""

    number = models.BigAutoField(primary_key=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="states")
    status = models.CharField(max_length=16, choices=[(one, one) for one in STATUSES])
    authority = models.CharField(max_length=200)
    due = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order; an open status has a next step."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="child_status_known"),
            models.CheckConstraint(
                condition=Q(status=SAFEGUARDED) | Q(due__isnull=False), name="child_open_has_next_step"
            ),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(reason=""), name="child_state_says_who_acts_and_why"
            ),
        ]


class Referral(Appended):
    """That a child was referred for protection: to whom and when, and nothing of the evidence."""

    number = models.BigAutoField(primary_key=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="referrals")
    authority = models.CharField(max_length=200)
    reference = models.CharField(max_length=100, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """In order; each names the authority."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=~Q(authority=""), name="referral_names_an_authority")
        ]
