"""People who use the workbench: named, each with one role and a team."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from tanglaw.casework.appended import Appended

TRIAGE, ANALYST, SUPERVISOR, ADMINISTRATOR, AUDITOR = "triage", "analyst", "supervisor", "administrator", "auditor"
FILTER, KEEPER = "filter", "keeper"
ROLES = {
    TRIAGE: "triage officer",
    ANALYST: "analyst",
    SUPERVISOR: "supervisor",
    ADMINISTRATOR: "administrator",
    AUDITOR: "auditor",
    FILTER: "privilege filter",
    KEEPER: "keeper of the protected list",
}
MADE, ROLE, TEAM, BLOCKED, UNBLOCKED, RESET = "made", "role", "team", "blocked", "unblocked", "reset"
APPOINTMENTS = (MADE, ROLE, TEAM, BLOCKED, UNBLOCKED, RESET)


class Team(models.Model):  # type: ignore[misc]
    """People who share their cases."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return str(self.name)


class Users(BaseUserManager):  # type: ignore[misc]
    """Finds people by name, whatever the case of its letters, so that no two names look alike."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person of that log-in name."""
        found: User = self.get(name__iexact=username)
        return found


class User(AbstractBaseUser):  # type: ignore[misc]
    """A named person. What is said here is the present state; `Appointment` says who made it so, when and why."""

    name = models.CharField(max_length=100, unique=True)
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=16, choices=list(ROLES.items()))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    # The password was given by somebody else: the first thing asked is one of the person's own.
    must_change = models.BooleanField(default=True)
    zone = models.CharField(max_length=64, blank=True, default="UTC")
    theme = models.CharField(max_length=8, blank=True, default="")
    # Empty: what the browser asks for.
    language = models.CharField(max_length=8, blank=True, default="")

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]
    objects = Users()

    class Meta:
        """Known roles only."""

        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="user_role_known")
        ]

    def __str__(self) -> str:
        return str(self.full_name)

    def get_full_name(self) -> str:
        """The name that stands beside what the person did."""
        return str(self.full_name)

    def has_perm(self, *_: Any) -> bool:
        """Rights hang on the role and the case (`casework.rights`), never on Django's permissions."""
        return False


class Appointment(Appended):
    """What was said of a user: made, given a role or team, blocked, unblocked, given a new password."""

    number = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in APPOINTMENTS])
    value = models.CharField(max_length=100, blank=True, default="")
    stated_by = models.CharField(max_length=200)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """In order; each says who and why."""

        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.CheckConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=APPOINTMENTS), name="appointment_kind_known"),
            models.CheckConstraint(condition=~Q(stated_by="") & ~Q(reason=""), name="appointment_says_who_and_why"),
        ]
