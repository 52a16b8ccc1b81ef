"""What most people may not read: conversations locked for privilege, and what the protected list holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended
from tanglaw.casework.people import User

CONVERSATION, ACCOUNT, REPORT = "conversation", "account", "report"
LOCKABLE = (CONVERSATION, ACCOUNT, REPORT)
PROFESSIONS = ("lawyer", "doctor", "clergy", "journalist")
LOCK, LIFT = "lock", "lift"
LOCKS = (LOCK, LIFT)
ENTER, WITHDRAW, LET, HOLD = "enter", "withdraw", "let", "hold"
PROTECTIONS = (ENTER, WITHDRAW, LET, HOLD)
_ON_ENTRY = (WITHDRAW, LET, HOLD)


class Lock(Appended):
    """That the text of a conversation, of every conversation of an account, or of a report is privileged; or is not after all."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in LOCKS])
    what = models.CharField(max_length=16, choices=[(one, one) for one in LOCKABLE])
    subject = models.CharField(max_length=64)
    profession = models.CharField(max_length=16, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order; the newest row of a subject counts."""

        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["what", "subject"], name="lock_by_subject")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=LOCKS, what__in=LOCKABLE), name="lock_kind_known"),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(reason=""), name="lock_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(kind=LOCK, profession__in=PROFESSIONS) | Q(kind=LIFT, profession=""),
                name="lock_names_a_profession",
            ),
        ]


class Protection(Appended):
    """A row of the protected list: a selector entered or withdrawn, or a decision on a report or conversation that it holds."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in PROTECTIONS])
    # Of an entry: the selector, normalised as the extraction does.
    type = models.CharField(max_length=16, blank=True, default="")
    value = models.TextField(blank=True, default="")
    about = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    # Of a decision: the report or conversation that the entry holds.
    subject = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order, and what a row of each kind must have."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=PROTECTIONS) & ~Q(reason=""), name="protection_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=ENTER, about__isnull=True) & ~Q(type="") & ~Q(value="")
                | Q(kind__in=_ON_ENTRY, about__isnull=False, type="", value=""),
                name="protection_is_or_has_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(LET, HOLD)) & ~Q(subject="") | Q(kind__in=(ENTER, WITHDRAW), subject=""),
                name="protection_decides_on_what_is_held",
            ),
            models.UniqueConstraint(fields=["about"], condition=Q(kind=WITHDRAW), name="protection_withdrawn_once"),
        ]


class OwnSelector(Appended):
    """That a selector is a staff member's own: its keyed digest only, so that a search for it can be told to the auditor."""

    number = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="own_selectors")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """Once for each person."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="own_selector_once")
        ]
