"""The rows: decisions, appended and never changed. Triggers of the database hold that (migration 0002).

People, cases, children and the audit have modules of their own and are made known to Django from here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from tanglaw.casework.audit_rows import AuditRow, AuditSeal
from tanglaw.casework.cases import Act, Case
from tanglaw.casework.children import Child, ChildState, Referral
from tanglaw.casework.duties import Restriction, Review
from tanglaw.casework.erasures import Erasure
from tanglaw.casework.people import Appointment, Team, User
from tanglaw.casework.requests import Draft
from tanglaw.casework.runs import RunOrder, RunStep
from tanglaw.casework.watches import Watch
from tanglaw.casework.withheld import Lock, OwnSelector, Protection
from tanglaw.casework.worklist import ReportAct, SavedView

__all__ = [
    "Act",
    "Appointment",
    "AuditRow",
    "AuditSeal",
    "Case",
    "Child",
    "ChildState",
    "Decision",
    "Draft",
    "Erasure",
    "Lock",
    "OwnSelector",
    "Protection",
    "Referral",
    "ReportAct",
    "Restriction",
    "Review",
    "RunOrder",
    "RunStep",
    "SavedView",
    "Team",
    "User",
    "Watch",
]

SAME, NOT_SAME, CORRECT, LEAVE_OUT, WITHDRAW = "same", "not-same", "correct", "leave-out", "withdraw"
VERIFY, SENT, ANSWERED, LAPSED = "verify", "sent", "answered", "lapsed"
RELEASE, REFUSE, RECALL = "release-alert", "refuse-alert", "recall-alert"
CONFIRM_SESSION, REJECT_SESSION = "confirm-session", "reject-session"
CONFIRM_ROLE, REJECT_ROLE = "confirm-role", "reject-role"
ON_PAIRS = (SAME, NOT_SAME)
ON_REQUESTS = (SENT, ANSWERED, LAPSED)
ON_ALERTS = (RELEASE, REFUSE, RECALL)
ON_SESSIONS = (CONFIRM_SESSION, REJECT_SESSION)
ON_ROLES = (CONFIRM_ROLE, REJECT_ROLE)
KINDS = (*ON_PAIRS, CORRECT, LEAVE_OUT, VERIFY, *ON_REQUESTS, *ON_ALERTS, *ON_SESSIONS, *ON_ROLES, WITHDRAW)
ACCOUNT_OPEN = ("yes", "no", "asked")


class Decision(models.Model):  # type: ignore[misc]
    """One act of one person: on accounts, a selector, a source, a request, an alert, an inference, or the withdrawal of an
    earlier one."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    # Judgements: account ids, the smaller first.
    a = models.CharField(max_length=64, blank=True, default="")
    b = models.CharField(max_length=64, blank=True, default="")
    # Corrections: the selector and the value that counts from now on; empty says that it is no selector.
    selector_id = models.CharField(max_length=64, blank=True, default="")
    value = models.TextField(blank=True, default="")
    # What is left out: a source, with every row that was read from it.
    source_id = models.CharField(max_length=64, blank=True, default="")
    # Verified facts: the account.
    account_id = models.CharField(max_length=64, blank=True, default="")
    # What became of a request: when, and the window that was asked for.
    request_id = models.CharField(max_length=64, blank=True, default="")
    happened_at = models.DateTimeField(null=True, blank=True)
    covers_from = models.DateTimeField(null=True, blank=True)
    covers_to = models.DateTimeField(null=True, blank=True)
    # Alerts: which, what was written (JSON), and for releases whether the account should stay open.
    alert_id = models.CharField(max_length=64, blank=True, default="")
    account_open = models.CharField(max_length=8, blank=True, default="")
    content = models.TextField(blank=True, default="")
    # What was inferred: a session's id, or the account whose role it is and the role.
    inference = models.CharField(max_length=64, blank=True, default="")
    role = models.CharField(max_length=32, blank=True, default="")
    # Of a confirmed session: accounts of its parties, by blanks; they count as verified facts.
    parties = models.TextField(blank=True, default="")
    # Withdrawals: what no longer stands.
    withdraws = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="withdrawn_by"
    )
    stated_by = models.CharField(max_length=200)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """Order of deciding, and what a row of each kind must have."""

        ordering: ClassVar[list[str]] = ["number"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["a"], name="decision_by_a"),
            models.Index(fields=["b"], name="decision_by_b"),
            models.Index(fields=["selector_id"], name="decision_by_selector"),
            models.Index(fields=["inference"], name="decision_by_inference"),
        ]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="decision_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind__in=ON_PAIRS) & ~Q(a="") & Q(a__lt=F("b"))) | (~Q(kind__in=ON_PAIRS) & Q(a="", b="")),
                name="decision_pair_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(kind=CORRECT) & ~Q(selector_id="")) | (~Q(kind=CORRECT) & Q(selector_id="", value="")),
                name="decision_corrects_a_selector",
            ),
            models.CheckConstraint(
                condition=(Q(kind=LEAVE_OUT) & ~Q(source_id="")) | (~Q(kind=LEAVE_OUT) & Q(source_id="")),
                name="decision_leaves_out_a_source",
            ),
            models.CheckConstraint(
                condition=(Q(kind=VERIFY) & ~Q(account_id="")) | (~Q(kind=VERIFY) & Q(account_id="")),
                name="decision_verifies_an_account",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        kind__in=ON_REQUESTS,
                        happened_at__isnull=False,
                        covers_from__isnull=False,
                        covers_to__isnull=False,
                    )
                    & ~Q(request_id="")
                )
                | (
                    ~Q(kind__in=ON_REQUESTS)
                    & Q(request_id="", happened_at__isnull=True, covers_from__isnull=True, covers_to__isnull=True)
                ),
                name="decision_records_a_request",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=ON_ALERTS) & ~Q(alert_id="") & ~Q(content=""))
                | (~Q(kind__in=ON_ALERTS) & Q(alert_id="", content="")),
                name="decision_is_on_an_alert",
            ),
            models.CheckConstraint(
                condition=Q(kind=RELEASE, account_open__in=ACCOUNT_OPEN) | (~Q(kind=RELEASE) & Q(account_open="")),
                name="decision_releases_after_a_check",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=ON_SESSIONS, role="") & ~Q(inference=""))
                | (Q(kind__in=ON_ROLES) & ~Q(inference="") & ~Q(role=""))
                | (~Q(kind__in=(*ON_SESSIONS, *ON_ROLES)) & Q(inference="", role="")),
                name="decision_is_on_an_inference",
            ),
            models.CheckConstraint(
                condition=Q(kind=CONFIRM_SESSION) | Q(parties=""), name="decision_names_parties_of_a_session"
            ),
            models.CheckConstraint(
                condition=Q(kind=WITHDRAW, withdraws__isnull=False) | (~Q(kind=WITHDRAW) & Q(withdraws__isnull=True)),
                name="decision_withdraws_one",
            ),
            models.CheckConstraint(condition=~Q(stated_by="") & ~Q(reason=""), name="decision_says_who_and_why"),
        ]

    def __str__(self) -> str:
        withdrawn = f"decision {self.withdraws_id}" if self.kind == WITHDRAW else ""
        return f"decision {self.number} ({self.kind} {withdrawn or self.subject})"

    @property
    def subject(self) -> str:
        """What it is about; empty for a withdrawal."""
        named = (self.a, self.b, self.selector_id, self.source_id, self.account_id, self.request_id, self.alert_id)
        return " ".join(filter(None, (*named, self.inference, self.role)))

    def save(self, **given: Any) -> None:
        """Append the row. A row that is there already is never written again."""
        super().save(**{**given, "force_insert": True})
