"""People for tests, and a case that one of them opened."""

from __future__ import annotations

from tanglaw.casework import services_cases, services_people
from tanglaw.casework.models import Case, User

SAID = {"by": "set-up"}
MEMBERS = (("report", "r1"), ("report", "r2"), ("actor", "a1"))


def person(using: str, name: str, role: str, team: str = "north") -> User:
    """A user of that role in a team."""
    return services_people.add_user(using, name, role, {**SAID, "full_name": name.title(), "team": team}, "new")[0]


def case(using: str, by: User, members: tuple[tuple[str, str], ...] = MEMBERS) -> Case:
    """A case of three members."""
    return services_cases.open_case(using, by, "Harbour", ("proposal", "p1"), members, "one hand by their links")
