"""Watch entries that people place for a case: a selector, until a day; withdrawn by a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.cases import Case
from tanglaw.casework.people import User

PLACE, WITHDRAW = "place", "withdraw"
# Nothing is watched for longer without being looked at again.
DAYS_MAX = 366


class Watch(Appended):
    """That a case watches for a selector until the end of a day, or does so no longer."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in (PLACE, WITHDRAW)])
    # Of an entry: the selector, normalised as the extraction does, and the last day on which it holds.
    type = models.CharField(max_length=16, blank=True, default="")
    value = models.TextField(blank=True, default="")
    expires = models.DateField(null=True, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    about = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawn")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order, and what a row of each kind must have."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="watch_says_why"),
            models.CheckConstraint(
                condition=Q(kind=PLACE, about__isnull=True, expires__isnull=False) & ~Q(type="") & ~Q(value="")
                | Q(kind=WITHDRAW, about__isnull=False, expires__isnull=True, type="", value=""),
                name="watch_is_or_has_an_entry",
            ),
        ]
