"""Lawful erasure: the value is gone from every byte, what was decided stays explainable, and the tombstone verifies."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tanglaw.casework import audit, database, queries_cases, services_cases, services_people
from tanglaw.casework.audit import Said
from tanglaw.casework.models import AuditRow
from tanglaw.cli.shared import instant
from tanglaw.config import Settings
from tanglaw.errors import CheckUsage
from tanglaw.ids import DEMO_KEY
from tanglaw.lookups.desk.layout import shelf_of
from tanglaw.lookups.tables import derived
from tanglaw.pipeline import run
from tanglaw.policy import demo
from tanglaw.simulate import Plan, simulate
from tanglaw.store.erase import Eraser
from tanglaw.store.workspace import Workspace
from tests.cli.conftest import AS_OF, Ended, tanglaw

WHO = ("--by", "A. Cruz")
SIGNED = ("--by", "B. Lim", "--reason", "checked against the order")
# Kills itself, as kill -9 would, when it is about to put the Nth file into the place of another.
DIES = """
import os, signal, sys
left = int(sys.argv.pop(1))
def told(event, _given):
    global left
    left -= event == "os.rename"
    if not left:
        # To kill is an event too.
        left = -1
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(told)
from tanglaw.cli import main
main()
"""


def invoke(folder: Path, *words: str) -> Ended:
    return tanglaw(*words, "--workspace", folder, width=400)


def places(folder: Path, text: str) -> list[str]:
    """Files in which the text stands, in any case of letters: in their bytes, and in every cell of Parquet."""
    wanted = text.lower()
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        read = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            read += "\n".join(str(cell) for column in pq.read_table(path).columns for cell in column.to_pylist())
        if wanted in read.lower():
            found.append(path.relative_to(folder).as_posix())
    return found


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A workspace with a shelf, a case, an audit and a log that all name a phone, which was then erased; and what it was."""
    home = tmp_path_factory.mktemp("erase")
    simulate(home / "world", Plan(30, 200, 6, 2, 1))
    folder = home / "workspace"
    run(Workspace.create(folder, key=DEMO_KEY), home / "world" / "inbox", Settings(), demo(), instant(AS_OF))
    workspace = Workspace(folder)
    rows = [
        row
        for row in derived(workspace, "selectors").to_pylist()
        if row["type"] == "phone" and row["table_name"] == "contacts"
    ]
    value = rows[0]["value"]
    shelf_of(workspace, Settings()).close()
    workspace.audit("A. Cruz", "12/26", "return 12/26", "search", value)
    workspace.audit("A. Cruz", "12/26", "return 12/26", "queue", "")
    using = database.opened(folder)
    analyst = services_people.add_user(using, "cruz", "analyst", {"by": "set-up"}, "new")[0]
    case = services_cases.open_case(using, analyst, "Harbour", ("report", "r1"), [("report", "r1")], f"{value} in both")
    services_cases.note(using, analyst, case.number, f"asked the holder of {value.upper()} by letter 44")
    for subject in (value, "another"):
        audit.append(using, Said("A. Cruz", "search", subject=subject))
    audit.seal(using, folder)
    assert len(places(folder, value)) == 5
    assert invoke(folder, "erase", "ask", value, *WHO, "--ground", "order 12/26 of the court").code == 0
    facts = {
        "value": value,
        "original": rows[0]["original"],
        "case": str(case.number),
        "account": rows[0]["account_id"],
    }
    assert places(folder, value), "asking erases nothing"
    shutil.copytree(folder, home / "asked")
    done = invoke(folder, "erase", "sign", "1", value, *SIGNED)
    assert done.code == 0, done.err
    return folder, facts


def test_an_erased_value_is_found_in_no_byte_of_the_workspace(erased: tuple[Path, dict[str, str]]) -> None:
    """Every file, and every cell of every Parquet part, also of earlier states; in any spelling that the evidence had."""
    folder, facts = erased
    assert places(folder, facts["value"]) == []
    assert places(folder, facts["original"]) == []


def test_custody_and_audit_verify_and_name_the_tombstone(erased: tuple[Path, dict[str, str]]) -> None:
    """Both checks pass afterwards, and say who erased on which ground."""
    folder, _ = erased
    for verb in (("custody", "verify"), ("audit", "verify")):
        answer = invoke(folder, *verb)
        assert answer.code == 0, answer.err
        assert "by A. Cruz and B. Lim" in " ".join((answer.out + answer.err).split())
        assert "order 12/26 of the court" in " ".join((answer.out + answer.err).split())
    assert "A. Cruz" in invoke(folder, "erase", "list", "--json").out


def test_what_was_decided_stays_explainable(erased: tuple[Path, dict[str, str]]) -> None:
    """The case, its acts and who did what when stay; only the value is no longer in their texts. Rows cannot be changed after."""
    folder, facts = erased
    using = database.opened(folder)
    found = queries_cases.opened(using, int(facts["case"]))
    note = found.standing.notes[0]
    assert note.value == f"asked the holder of {'#' * len(facts['value'])} by letter 44"
    assert (note.by.name, [act.kind for act in found.acts]) == ("cruz", ["add", "assign", "note"])
    with pytest.raises(Exception, match="appended"):
        AuditRow.objects.using(using).update(subject="x")


def test_a_run_after_an_erasure_brings_nothing_back(erased: tuple[Path, dict[str, str]]) -> None:
    """Everything is made anew from what is left; the account keeps its id, and the value stays gone."""
    folder, facts = erased
    run(Workspace(folder), None, Settings(), demo(), instant(AS_OF))
    workspace = Workspace(folder)
    shelf_of(workspace, Settings()).close()
    assert places(folder, facts["value"]) == []
    assert facts["account"] in derived(workspace, "contacts").column("account_id").to_pylist()
    assert invoke(folder, "custody", "verify").code == 0


def test_a_change_behind_a_tombstone_is_found(erased: tuple[Path, dict[str, str]]) -> None:
    """A part that is changed after its erasure, and a tombstone that is changed or cut off, are named."""
    folder, _ = erased
    stone = Workspace(folder).tombstones()[0][0]
    for path in (folder / "tables" / stone.parts[0].name, folder / "tombstones.jsonl"):
        before = path.read_bytes()
        path.write_bytes(before.replace(b"order 12", b"order 13") if path.suffix == ".jsonl" else before + b"x")
        answer = invoke(folder, "custody", "verify")
        assert answer.code == 1
        assert path.name[:12] in "".join((answer.out + answer.err).split())
        path.write_bytes(before)
    assert invoke(folder, "custody", "verify").code == 0


def test_two_people_and_the_same_values_are_needed(erased: tuple[Path, dict[str, str]]) -> None:
    """Who asked does not sign; other values, another number or a third signature are refused; the ground keeps no value."""
    folder, _ = erased
    value = "somebody@example.org"
    assert invoke(folder, "erase", "ask", value, *WHO, "--ground", f"about {value}").code == 2
    assert invoke(folder, "erase", "ask", value, *WHO, "--ground", "order 13/26").code == 0
    for number, what, by in (("2", value, "a. cruz"), ("2", "other@example.org", "B. Lim"), ("9", value, "B. Lim")):
        answer = invoke(folder, "erase", "sign", number, what, "--by", by, "--reason", "checked")
        assert answer.code != 0, (number, what, by)
    assert len(Workspace(folder).tombstones()[0]) == 1


def test_short_values_are_refused() -> None:
    """What stands in other words by chance is not erased, and neither is nothing."""
    for values in (["ana"], [""], []):
        with pytest.raises(CheckUsage, match="at least"):
            Eraser(values)


def test_places_in_a_text_stay() -> None:
    """In a text each character becomes a mark, so that offsets of other selectors hold; bytes of a file stay as many."""
    eraser = Eraser(["jürgen@example.org"])
    text = "see JÜRGEN@example.org at noon"
    assert eraser.text(text) == f"see {'#' * 18} at noon"
    assert len(eraser.raw(text.encode())) == len(text.encode())
    assert eraser.raw(b"\xff" + text.encode()).startswith(b"\xffsee #")


@pytest.mark.parametrize("at", [1, 2, 4])
def test_an_erasure_that_was_killed_is_told_and_finished_by_signing_again(
    erased: tuple[Path, dict[str, str]], tmp_path: Path, at: int
) -> None:
    """Killed once the stone is written, before the first part and amid the parts: `custody verify` says that something is open, and
    the same words again finish it, with nothing left of the value."""
    folder = Path(shutil.copytree(erased[0].parent / "asked", tmp_path / "w"))
    words = ("erase", "sign", "1", erased[1]["value"], *SIGNED, "--workspace", str(folder))
    killed = subprocess.run(
        [sys.executable, "-c", DIES, str(at), *words], capture_output=True, check=False, timeout=120
    )
    assert killed.returncode == -signal.SIGKILL
    assert places(folder, erased[1]["value"])
    assert invoke(folder, "custody", "verify").code == 1
    done = invoke(folder, *words[:4], *SIGNED)
    assert done.code == 0, done.err
    assert places(folder, erased[1]["value"]) == []
    assert invoke(folder, "custody", "verify").code == 0
    assert invoke(folder, "audit", "verify").code == 0
