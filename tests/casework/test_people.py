"""Users: named, one role each, every change on record."""

from __future__ import annotations

import pytest

from tanglaw.casework import services_people
from tanglaw.casework.models import Appointment
from tanglaw.errors import CheckUsage
from tests.casework.people import SAID, person


def test_a_user_gets_a_password_to_change_at_first(using: str) -> None:
    """The password printed once is the only one that opens, is stored as a hash, and must be changed."""
    user, password = services_people.add_user(using, "cruz", "analyst", {**SAID, "full_name": "A. Cruz"}, "new")
    assert user.check_password(password)
    assert password not in user.password
    assert user.must_change
    again = services_people.new_password(using, user, "set-up", "forgotten")
    assert not services_people.found(using, "CRUZ").check_password(password)
    assert services_people.found(using, "cruz").check_password(again)


def test_names_are_one_whatever_their_case(using: str) -> None:
    """`Cruz` cannot be added beside `cruz`; an unknown role and odd signs are refused."""
    person(using, "cruz", "analyst")
    for name, role in (("Cruz", "analyst"), ("lim", "king"), ("a b", "analyst"), ("x\u202ey", "analyst")):
        with pytest.raises(CheckUsage):
            services_people.add_user(using, name, role, SAID, "new")


def test_every_change_of_a_user_is_a_row(using: str) -> None:
    """Role, blocking and passwords are appended with who and why."""
    user = person(using, "cruz", "triage")
    services_people.set_role(using, user, "analyst", "ong", "trained")
    services_people.block(using, user, "ong", "left")
    assert not services_people.found(using, "cruz").is_active
    services_people.block(using, user, "ong", "back", again=True)
    rows = Appointment.objects.using(using).filter(user=user)
    assert [(row.kind, row.value, row.stated_by) for row in rows] == [
        ("made", "triage", "set-up"),
        ("role", "analyst", "ong"),
        ("blocked", "", "ong"),
        ("unblocked", "", "ong"),
    ]
