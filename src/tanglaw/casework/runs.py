"""Runs that were asked for, and what became of each: appended rows, so that a crash in between loses none."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.people import User

INBOX, REBUILD = "inbox", "rebuild"
WHAT = (INBOX, REBUILD)
TAKEN, STOP, DONE, FAILED, STOPPED = "taken", "stop", "done", "failed", "stopped"
STEPS = (TAKEN, STOP, DONE, FAILED, STOPPED)
ENDS = (DONE, FAILED, STOPPED)


class RunOrder(Appended):
    """Somebody asked for a run: to read the configured inbox and rebuild, or to rebuild alone."""

    number = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=16, choices=[(one, one) for one in WHAT])
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In the order of asking."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=Q(what__in=WHAT), name="run_order_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="run_order_says_why"),
        ]

    def __str__(self) -> str:
        return f"run order {self.number}"


class RunStep(Appended):
    """The worker took an order, somebody wants it stopped, or it ended; `told` says what came of it."""

    number = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(RunOrder, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16, choices=[(one, one) for one in STEPS])
    # Who wants it stopped; the worker's own steps have nobody.
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    told = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        """In order; an order ends once, and is stopped by somebody who says why."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=STEPS), name="run_step_known"),
            models.CheckConstraint(
                condition=(Q(kind=STOP, by__isnull=False) & ~Q(told="")) | (~Q(kind=STOP) & Q(by__isnull=True)),
                name="run_step_says_who_stops",
            ),
            models.UniqueConstraint(fields=["order"], condition=Q(kind__in=ENDS), name="run_order_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of run order {self.order_id}"
