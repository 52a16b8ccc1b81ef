"""The rows of the audit: each carries the digest of the one before; seals are signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended


class AuditRow(Appended):
    """Who did or read what, when, to which purpose, and who received it. `digest` is over all else of the row."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=200)
    role = models.CharField(max_length=16, blank=True, default="")
    verb = models.CharField(max_length=64)
    subject = models.TextField(blank=True, default="")
    case = models.CharField(max_length=64, blank=True, default="")
    purpose = models.TextField(blank=True, default="")
    recipient = models.CharField(max_length=200, blank=True, default="")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        """Each row names who and what. No index by person: the audit ranks nobody."""

        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case"], name="audit_by_case")]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=~Q(who="") & ~Q(verb=""), name="audit_says_who_and_what")
        ]


class AuditSeal(Appended):
    """The audit up to row `row`, signed with the key that lies outside of the database."""

    row = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        """In order of rows."""

        ordering: ClassVar[list[str]] = ["row"]
