"""What data protection asks of records: a day on which a case is looked at again, and restriction of what is disputed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.cases import Case
from tanglaw.casework.people import User

RESTRICT, LIFT = "restrict", "lift"
# Without another day a case is looked at again half a year after it was opened.
REVIEW_DAYS = 183


class Review(Appended):
    """That a case was looked at, why it is still needed, and the day of the next look; the newest row counts."""

    number = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    due = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order; each says why."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="review_says_why")
        ]


class Restriction(Appended):
    """That what is held of an account is disputed and shown to nobody, or is shown again."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in (RESTRICT, LIFT)])
    account_id = models.CharField(max_length=64)
    stated_by = models.CharField(max_length=200)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order; the newest row of an account counts."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=(RESTRICT, LIFT)), name="restriction_kind_known"),
            models.CheckConstraint(
                condition=~Q(account_id="") & ~Q(stated_by="") & ~Q(reason=""), name="restriction_says_who_and_why"
            ),
        ]
