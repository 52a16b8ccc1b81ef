"""Writing about people: who uses the workbench, in which role and team; each change is an appended row."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import connections

from tanglaw.casework import people
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import Appointment, Team, User
from tanglaw.errors import CheckUsage

_FACTORS = "mfa_authenticator"
# Letters that nobody takes for each other, for a password that is read aloud or copied by hand once.
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Sixteen letters in groups of four, about 80 bits."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))


def add_user(using: str, name: str, role: str, stated: dict[str, str], reason: str) -> tuple[User, str]:
    """Add a person; returns them and the password to be given to them, which they must change at first.

    `stated` may hold `full_name`, `team` and `by`. Raises CheckUsage for an unknown role or a name that is taken.
    """
    if role not in people.ROLES:
        raise CheckUsage(f"a role is {', '.join(people.ROLES)}")
    login = said("the name", name, 100)
    if not login.replace(".", "").replace("-", "").replace("_", "").isalnum():
        raise CheckUsage("a log-in name has letters, digits, '.', '-' and '_' only")
    password = one_time_password()
    with alone(using, User, Appointment):
        if User.objects.using(using).filter(name__iexact=login).exists():
            raise CheckUsage(f"there is a user {login} already")
        team = stated.get("team", "").strip()
        named = Team.objects.using(using).get_or_create(name=said("the team", team, 100))[0] if team else None
        user = User(
            name=login,
            full_name=said("the full name", stated.get("full_name") or login, 200),
            role=role,
            team=named,
            password=make_password(password),
        )
        user.save(using=using)
        _appoint(using, user, people.MADE, role, stated.get("by", ""), reason)
    return user, password


def set_role(using: str, user: User, role: str, by: str, reason: str) -> None:
    """Give the user another role."""
    if role not in people.ROLES:
        raise CheckUsage(f"a role is {', '.join(people.ROLES)}")
    with alone(using, User, Appointment):
        user.role = role
        user.save(using=using, update_fields=["role"])
        _appoint(using, user, people.ROLE, role, by, reason)


def set_team(using: str, user: User, team: str, by: str, reason: str) -> None:
    """Put the user into a team, made if there is none of that name, or out of every team if it is empty."""
    name = said("the team", team, 100) if team.strip() else ""
    with alone(using, User, Team, Appointment):
        user.team = Team.objects.using(using).get_or_create(name=name)[0] if name else None
        user.save(using=using, update_fields=["team"])
        _appoint(using, user, people.TEAM, name, by, reason)


def block(using: str, user: User, by: str, reason: str, again: bool = False) -> None:
    """Let the user in no longer, or `again`; sessions end at the next request."""
    with alone(using, User, Appointment):
        user.is_active = again
        user.save(using=using, update_fields=["is_active"])
        _appoint(using, user, people.UNBLOCKED if again else people.BLOCKED, "", by, reason)


def new_password(using: str, user: User, by: str, reason: str) -> str:
    """Give the user a one-time password; sessions opened with the old one end, and the second factor is set up anew."""
    password = one_time_password()
    with alone(using, User, Appointment):
        _forget_second_factor(using, user)
        user.password, user.must_change = make_password(password), True
        user.save(using=using, update_fields=["password", "must_change"])
        _appoint(using, user, people.RESET, "", by, reason)
    return password


def found(using: str, name: str) -> User:
    """The user of that name. Raises CheckUsage if there is none."""
    user: User | None = User.objects.using(using).filter(name__iexact=name.strip()).first()
    if user is None:
        raise CheckUsage(f"there is no user {name}")
    return user


def _forget_second_factor(using: str, user: User) -> None:
    """Rows of the workbench's library, whose models are not known here; its table is there once it was served."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if _FACTORS in connection.introspection.table_names(cursor):
            cursor.execute(f"delete from {_FACTORS} where user_id = %s", [user.pk])


def _appoint(using: str, user: User, kind: str, value: str, by: str, reason: str) -> None:
    Appointment(
        user=user,
        kind=kind,
        value=value,
        stated_by=said("who says so", by, 200),
        reason=said("the reason", reason),
        at=stamp(None),
    ).save(using=using)
