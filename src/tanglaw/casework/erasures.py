"""Erasures as people asked for and signed them. The values are not kept, only their keyed digests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended

ASK, SIGN = "ask", "sign"


class Erasure(Appended):
    """One step: somebody asks to erase values on a ground, somebody else signs."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=[(one, one) for one in (ASK, SIGN)])
    # Keyed digests of the values, joined by blanks, sorted.
    values = models.TextField(blank=True, default="")
    about = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="signature")
    stated_by = models.CharField(max_length=200)
    ground = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order; each says who and on which ground."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(stated_by="") & ~Q(ground=""), name="erasure_says_who_and_why"),
            models.CheckConstraint(
                condition=Q(kind=ASK, about__isnull=True) & ~Q(values="")
                | Q(kind=SIGN, about__isnull=False, values=""),
                name="erasure_asks_or_signs",
            ),
        ]
