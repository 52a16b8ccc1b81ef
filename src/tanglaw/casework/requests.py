"""Requests to providers and carriers: drafted by a person, out of a proposal of the run or by hand.

What became of one (sent, answered, lapsed) is a `Decision` on its `request_id` and window, which the next run reads.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.cases import Case
from tanglaw.casework.people import User


class Draft(Appended):
    """A request that somebody took up: to whom, for what, from when to when, and until when the holder keeps it."""

    number = models.BigAutoField(primary_key=True)
    request_id = models.CharField(max_length=64)
    holder = models.CharField(max_length=200)
    data = models.TextField()
    covers_from = models.DateTimeField()
    covers_to = models.DateTimeField()
    due = models.DateTimeField(null=True, blank=True)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts")
    report_id = models.CharField(max_length=64, blank=True, default="")
    account_id = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order of drafting; a window of a request is drafted once."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(request_id="") & ~Q(holder="") & ~Q(data="") & ~Q(reason=""),
                name="draft_says_what_and_why",
            ),
            models.CheckConstraint(condition=Q(covers_to__gte=F("covers_from")), name="draft_window_in_order"),
            models.UniqueConstraint(fields=["request_id", "covers_from", "covers_to"], name="draft_once_for_a_window"),
        ]
