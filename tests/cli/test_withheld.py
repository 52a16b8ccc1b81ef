"""What the pages withhold is withheld by the verbs too: protected selectors, restricted accounts, privileged words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanglaw.attach import attached
from tanglaw.casework import database, queries_withheld, services_duties, services_withheld
from tanglaw.casework.models import User
from tanglaw.config import Settings
from tanglaw.lookups.tables import derived
from tanglaw.lookups.withheld import gate_for
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES
from tests.casework.people import person
from tests.cli.conftest import AS_OF, Ended, tanglaw
from tests.flow.conftest import Rows, rows_of

EXAMPLES = Path(__file__).parents[1] / "sources" / "examples"
ROLES = ("keeper", "analyst", "filter")
Made = tuple[Path, str, dict[str, User]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A workspace over one example of each source, its casework database, and people of three roles."""
    folder = tmp_path_factory.mktemp("withheld") / "w"
    assert tanglaw("init", folder).code == 0
    assert tanglaw("run", EXAMPLES, "--workspace", folder, "--as-of", AS_OF).code == 0
    using = database.opened(folder)
    return folder, using, {role: person(using, role, role) for role in ROLES}


@pytest.fixture
def whole(made: Made) -> Iterator[Made]:
    """The same, with nothing withheld after the test."""
    yield made
    _, using, people = made
    for lock in queries_withheld.locks(using):
        services_withheld.lift(using, people["filter"], (lock.what, lock.subject), "the test is over")
    for entry in queries_withheld.entries(using):
        services_withheld.withdraw(using, people["keeper"], entry.number, "the test is over")


def seen(folder: Path, *names: str) -> dict[str, Rows]:
    """Current rows of tables as a verb sees them."""
    workspace = Workspace(folder)
    with attached(workspace.behind(gate_for(workspace, Settings())), Settings()) as engine:
        return {name: engine.rows(f"select * from {name}").to_pylist() for name in names}


def ask(folder: Path, *words: str) -> Ended:
    return tanglaw(*words, "--workspace", folder)


def cells(rows: list[dict[str, Any]]) -> set[str]:
    return {cell for row in rows for cell in row.values() if isinstance(cell, str)}


def test_what_is_protected_stands_in_no_table_and_is_found_by_no_verb(whole: Made) -> None:
    """A protected selector, its report and its account are in no table and in no answer; others are as before."""
    folder, using, people = whole
    one = next(row for row in rows_of(folder, "selectors") if row["type"] == "email" and row["report_id"])
    number = next(r["report_number"] for r in rows_of(folder, "reports") if r["report_id"] == one["report_id"])
    filled = [name for name in TABLES if any(part.rows for part in Workspace(folder).state.parts.get(name, ()))]
    before, queue = seen(folder, *filled), ask(folder, "queue", "--json", "--each").json
    entered = services_withheld.enter(using, people["keeper"], (one["type"], one["value"]), "an officer's")
    after = seen(folder, *filled)
    assert "reasons" in filled
    for name, rows in after.items():
        assert one["report_id"] not in cells(rows), name
        assert not any(one["value"] in cell for cell in cells(rows)), name
    assert len(after["reports"]) == len(before["reports"]) - 1
    assert 0 < len(after["selectors"]) < len(before["selectors"])
    told = ask(folder, "queue", "--json", "--each")
    assert told.json == [row for row in queue if row["report_number"] != number]
    assert "withheld" not in told.err
    assert ask(folder, "search", one["value"]).code == 1
    assert ask(folder, "explain", number).code == 2
    out = folder.parent / "reports.csv"
    assert ask(folder, "table", "reports", "--out", str(out)).code == 0
    assert one["report_id"] not in out.read_text(encoding="utf-8")
    services_withheld.withdraw(using, people["keeper"], int(entered.number), "over")
    assert cells(seen(folder, "reports")["reports"]) == cells(before["reports"])


def test_privileged_words_are_withheld_and_it_is_said(whole: Made) -> None:
    """Of a locked conversation each message stays without its words, and selectors of them are found no more."""
    folder, using, people = whole
    words = {row["message_id"]: row for row in rows_of(folder, "messages") if row["text"]}
    found = [row for row in rows_of(folder, "selectors") if row["table_name"] == "messages" and row["valid"]]
    one = next(row for row in found if row["record_id"] in words)
    talk = words[one["record_id"]]["conversation_id"]
    before, hits = seen(folder, "messages")["messages"], len(ask(folder, "search", one["value"], "--json").json)
    services_withheld.lock(using, people["analyst"], ("conversation", talk), "lawyer", "counsel")
    after = seen(folder, "messages", "selectors")
    assert len(after["messages"]) == len(before)
    assert {row["text"] for row in after["messages"] if row["conversation_id"] == talk} == {None}
    assert any(row["text"] for row in after["messages"] if row["conversation_id"] != talk)
    assert one["selector_id"] not in cells(after["selectors"])
    told = ask(folder, "search", one["value"], "--json")
    assert "privileged words are withheld" in told.err
    assert (len(told.json) if told.code == 0 else 0) < hits


def test_a_locked_account_and_a_locked_report_keep_their_words(whole: Made) -> None:
    """An account's lock covers each conversation it takes part in; a report's lock its texts and what came out of them."""
    folder, using, people = whole
    account = rows_of(folder, "participants")[0]["account_id"]
    talks = {row["conversation_id"] for row in rows_of(folder, "participants") if row["account_id"] == account}
    report = next(row["report_id"] for row in rows_of(folder, "texts") if row["text"])
    services_withheld.lock(using, people["analyst"], ("account", account), "doctor", "a practice")
    services_withheld.lock(using, people["analyst"], ("report", report), "doctor", "a practice")
    shown = seen(folder, "messages", "texts", "selectors")
    assert {row["text"] for row in shown["messages"] if row["conversation_id"] in talks} == {None}
    assert {row["text"] for row in shown["texts"] if row["report_id"] == report} == {None}
    assert not [row for row in shown["selectors"] if row["report_id"] == report and row["table_name"] == "texts"]
    gate = gate_for(Workspace(folder), Settings())
    for name in ("messages", "texts"):
        table = derived(Workspace(folder).behind(gate), name).to_pylist()
        assert [row for row in table if row["text"]] == [
            row for row in gate.passed(derived(Workspace(folder), name).to_pylist()) if row["text"]
        ]


def test_a_restricted_account_is_there_for_nobody(whole: Made) -> None:
    """A restricted account stands in no table; lifting the restriction brings it back."""
    folder, using, _ = whole
    account = rows_of(folder, "accounts")[0]["account_id"]
    services_duties.restrict(using, [account], "officer", "disputed")
    assert account not in cells(seen(folder, "accounts")["accounts"])
    services_duties.restrict(using, [account], "officer", "settled", lift=True)
    assert account in cells(seen(folder, "accounts")["accounts"])
