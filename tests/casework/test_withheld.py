"""Locks for privilege and the protected list: rows of named people in the roles that may; on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from tanglaw.casework import queries_withheld, services_withheld
from tanglaw.casework.models import Lock, Protection, User
from tanglaw.errors import CheckUsage
from tests.casework.people import person

TALK = ("conversation", "c1")


@pytest.fixture
def keeper(using: str) -> User:
    return person(using, "reyes", "keeper")


def test_anybody_at_work_locks_and_the_filter_role_alone_lifts(using: str) -> None:
    """A lock stands until the filter role lifts it; both are rows that stay."""
    triage, filters = person(using, "cruz", "triage"), person(using, "lim", "filter")
    services_withheld.lock(using, triage, TALK, "lawyer", "writes as counsel")
    assert [(one.what, one.subject, one.profession) for one in queries_withheld.locks(using)] == [(*TALK, "lawyer")]
    with pytest.raises(CheckUsage, match="locked already"):
        services_withheld.lock(using, filters, TALK, "doctor", "again")
    with pytest.raises(CheckUsage, match="for privilege filter"):
        services_withheld.lift(using, triage, TALK, "not needed")
    services_withheld.lift(using, filters, TALK, "a namesake")
    assert queries_withheld.locks(using) == []
    with pytest.raises(CheckUsage, match="not locked"):
        services_withheld.lift(using, filters, TALK, "twice")
    assert Lock.objects.using(using).count() == 2


def test_a_lock_names_a_profession_and_something(using: str) -> None:
    """Other professions and other things are refused, and so are people who do not work cases."""
    triage = person(using, "cruz", "triage")
    for subject, profession in ((TALK, "friend"), (("case", "1"), "lawyer"), (("report", ""), "lawyer")):
        with pytest.raises(CheckUsage):
            services_withheld.lock(using, triage, subject, profession, "because")
    with pytest.raises(CheckUsage, match="not for a"):
        services_withheld.lock(using, person(using, "sy", "auditor"), TALK, "lawyer", "because")


def test_the_protected_list_is_its_keepers(using: str, keeper: User) -> None:
    """Nobody else enters, withdraws or decides; an entry stands once, and the newest decision counts."""
    entry = services_withheld.enter(using, keeper, ("email", "field@example.org"), "an officer's")
    with pytest.raises(CheckUsage, match="already"):
        services_withheld.enter(using, keeper, ("email", "field@example.org"), "again")
    with pytest.raises(CheckUsage, match="keeper"):
        services_withheld.enter(using, person(using, "ong", "supervisor"), ("email", "b@example.org"), "mine")
    services_withheld.decide(using, keeper, entry.number, "hold", "r1", "ours")
    services_withheld.decide(using, keeper, entry.number, "let", "r1", "over")
    assert queries_withheld.decisions(using)[entry.number, "r1"].kind == "let"
    services_withheld.withdraw(using, keeper, entry.number, "over")
    assert queries_withheld.entries(using) == []
    with pytest.raises(CheckUsage, match="does not stand"):
        services_withheld.decide(using, keeper, entry.number, "let", "r2", "late")


def test_the_database_refuses_to_change_a_lock_or_an_entry(using: str, keeper: User) -> None:
    """Rows of both tables are appended only."""
    services_withheld.lock(using, person(using, "cruz", "triage"), TALK, "clergy", "confession")
    services_withheld.enter(using, keeper, ("email", "field@example.org"), "an officer's")
    for model in (Lock, Protection):
        with pytest.raises(DatabaseError), transaction.atomic(using=using):
            model.objects.using(using).update(reason="other")
        with pytest.raises(DatabaseError), transaction.atomic(using=using):
            model.objects.using(using).all().delete()
