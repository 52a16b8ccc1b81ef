"""The database is gone, the disk is full, the clock is set back: a clear page, and nothing lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client

from tanglaw.casework import audit, queries_cases
from tanglaw.casework.database import FILE
from tanglaw.workbench.settings import IDLE_SECONDS
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import LogIn, ask


@contextmanager
def gone(file: Path) -> Iterator[None]:
    """The database cannot be opened, as when its disk or server is away."""
    connections[USING].close()
    aside = file.with_name("aside")
    file.rename(aside)
    file.mkdir()
    try:
        yield
    finally:
        connections[USING].close()
        file.rmdir()
        aside.rename(file)


@contextmanager
def full() -> Iterator[None]:
    """The database may grow by no page more, which is what SQLite says of a full disk."""
    with connections[USING].cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    try:
        yield
    finally:
        with connections[USING].cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


@pytest.fixture
def client(log_in: LogIn, case: int) -> Client:
    """An analyst in a case, whose browser gets fault pages as they are."""
    made = log_in("analyst")
    ask(made, case)
    made.raise_request_exception = False
    return made


def notes(case: int) -> list[str]:
    return [act.value for act in queries_cases.opened(USING, case).standing.notes]


def test_a_database_that_is_gone_is_said_and_nothing_is_lost(client: Client, case: int) -> None:
    """Pages and forms say that the database does not answer, tell no path, and go on when it is back."""
    before = notes(case)
    with gone(desk().folder / FILE):
        for answer in (
            client.get("/queue/"),
            client.get("/in/"),
            client.post(f"/case/{case}/note/", {"text": "lost?"}),
        ):
            if answer.status_code != 200:
                assert answer.status_code == 503
                assert "does not answer" in answer.content.decode()
                assert str(desk().folder) not in answer.content.decode()
                assert answer["Retry-After"] == "60"
        assert client.get("/queue/").status_code == 503
    assert client.get("/queue/").status_code == 200
    assert notes(case) == before
    assert client.post(f"/case/{case}/note/", {"text": "kept"}).status_code == 302
    assert notes(case) == [*before, "kept"]
    assert audit.verify(USING, desk().folder) == []


def test_a_full_disk_is_said_and_what_stood_stands(client: Client, case: int) -> None:
    """What was not recorded is said as such; with space again the same form is recorded once."""
    before = notes(case)
    long = "see you at noon " * 600
    with full():
        answers = [client.post(f"/case/{case}/note/", {"text": long})]
        # Pages that were let go before are used up first.
        while answers[-1].status_code != 507 and len(answers) < 200:
            answers.append(client.post(f"/case/{case}/note/", {"text": long}))
        assert "disk of the server is full" in answers[-1].content.decode()
        kept = [one.status_code for one in answers].count(302)
    assert len(notes(case)) == len(before) + kept
    assert client.post(f"/case/{case}/note/", {"text": "afterwards"}).status_code == 302
    assert notes(case)[-1] == "afterwards"
    assert audit.verify(USING, desk().folder) == []


def test_a_clock_set_back_keeps_no_session_open(client: Client) -> None:
    """A session last seen in the future is seen now, and idles from now on."""
    session = client.session
    session["seen"] = time.time() + 10 * IDLE_SECONDS
    session.save()
    assert client.get("/queue/").status_code == 200
    assert client.session["seen"] <= time.time()
