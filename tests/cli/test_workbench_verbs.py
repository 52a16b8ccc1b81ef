"""`tanglaw user`, `audit` and the refusals of `serve`."""

from __future__ import annotations

import re
from pathlib import Path

from django.db import connections

from tanglaw.casework import audit, database
from tanglaw.casework.appended import unguard
from tanglaw.casework.audit import Said
from tests.cli.conftest import tanglaw


def test_a_user_is_added_listed_reset_and_blocked(folder: Path) -> None:
    """Each password is printed once and is another one; the list says who may log in."""
    here = ("--workspace", folder)
    first = tanglaw("user", "add", "cruz", "--role", "analyst", "--full-name", "A. Cruz", "--team", "north", *here)
    assert (first.code, first.err) == (0, "")
    second = tanglaw("user", "reset", "cruz", "--reason", "lost", *here)
    words = [re.findall(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b", one.out) for one in (first, second)]
    assert len(words[0]) == len(words[1]) == 1
    assert words[0] != words[1]
    assert tanglaw("user", "block", "cruz", *here).code == 0
    assert tanglaw("user", "list", "--json", *here).json == [
        {"name": "cruz", "full_name": "A. Cruz", "role": "analyst", "team": "north", "state": "blocked"}
    ]
    assert tanglaw("user", "block", "cruz", "--again", *here).code == 0
    assert "has not logged in yet" in tanglaw("user", "list", *here).out


def test_what_does_not_fit_is_refused_in_one_line(folder: Path) -> None:
    """A name that is taken, an unknown role and an unknown user exit with 2."""
    here = ("--workspace", folder)
    tanglaw("user", "add", "cruz", "--role", "analyst", *here)
    for words in (("add", "Cruz", "--role", "analyst"), ("add", "lim", "--role", "king"), ("reset", "nobody")):
        ended = tanglaw("user", *words, *here)
        assert ended.code == 2
        assert ended.err.count("\n") == 1


def test_the_audit_is_checked(folder: Path) -> None:
    """An untouched audit exits with 0, an altered row with 1 and its number."""
    here = ("--workspace", folder)
    using = database.opened(folder)
    for number in range(3):
        audit.append(using, Said("A. Cruz", "report", "analyst", str(number)))
    audit.seal(using, folder)
    whole = tanglaw("audit", "verify", *here)
    assert (whole.code, whole.out) == (0, "the audit is whole: checked 3 rows\n")
    with connections[using].schema_editor() as editor:
        unguard(editor, "casework_auditrow")
    with connections[using].cursor() as cursor:
        cursor.execute("update casework_auditrow set subject = 'x' where number = 2")
    altered = tanglaw("audit", "verify", "--json", *here)
    assert altered.code == 1
    assert altered.json["faults"][0] == "row 2 was altered"


def test_serve_says_every_reason_for_which_it_refuses(tmp_path: Path) -> None:
    """An operational workspace without names and TLS is not served: exit 5, both reasons in one line."""
    assert tanglaw("init", tmp_path / "w", "--operational").code == 0
    ended = tanglaw("serve", "--workspace", tmp_path / "w", "--host", "0.0.0.0")
    assert ended.code == 5
    assert "--name" in ended.err
    assert "in the clear" in ended.err
    assert tanglaw("serve", "--workspace", tmp_path / "nothing").code == 4
