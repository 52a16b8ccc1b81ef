"""The machine's clock is set back between two acts: the order of appending rules, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tanglaw.casework import cases, queries, queries_cases, services, services_cases, services_watches
from tanglaw.casework.models import Act, Decision, User, Watch
from tanglaw.errors import CheckUsage
from tanglaw.ids import Ids
from tanglaw.store.commits import DERIVE, Commit
from tanglaw.store.workspace import Workspace
from tests.casework.conftest import BY
from tests.casework.people import case, person

NOW = datetime.now(UTC).replace(microsecond=0)
AHEAD = NOW + timedelta(days=400)
MAIL = ("email", "someone@example.org")


@pytest.fixture
def analyst(using: str) -> User:
    return person(using, "cruz", "analyst")


def test_a_decision_after_the_clock_was_set_back_can_be_withdrawn_in_its_turn(using: str) -> None:
    """Decided ahead of time, decided and withdrawn after: the list and the state of each instant follow the order of
    appending, and no withdrawal comes before what it withdraws."""
    Decision(kind="same", a="a", b="b", stated_by="x", reason="y", at=AHEAD).save(using=using)
    second = services.judge(using, "not-same", ("b", "c"), *BY)
    services.withdraw(using, 1, *BY)
    third = services.judge(using, "same", ("b", "d"), *BY)
    services.withdraw(using, third.number, *BY)
    assert [row["number"] for row in queries.decisions(using)] == [5, 4, 3, 2, 1]
    assert [row["withdrawn_by"] for row in reversed(queries.decisions(using))] == [3, None, None, 5, None]
    assert [row.number for row in queries.in_force(using)] == [second.number]
    assert [row.number for row in queries.in_force(using, AHEAD)] == [second.number]
    assert queries.in_force(using, NOW) == []
    with pytest.raises(CheckUsage, match="withdrawn already"):
        services.withdraw(using, 1, *BY)


def test_rows_of_a_restored_copy_keep_the_order_of_appending(using: str) -> None:
    """Stamps that fall from row to row, as no service writes them: state and list go by number, and no row is lost."""
    for day, kind, b in ((3, "same", "b"), (2, "not-same", "c"), (1, "same", "d")):
        at = NOW - timedelta(days=10 - day)
        Decision(kind=kind, a="a", b=b, stated_by="x", reason="y", at=at).save(using=using)
    assert queries.tables(using)["judgements"].column("decision_id").to_pylist() == [1, 2, 3]
    assert [row["number"] for row in queries.decisions(using)] == [3, 2, 1]
    assert queries.tables(using, NOW - timedelta(days=9))["judgements"].column("b").to_pylist() == ["d"]


def test_acts_on_a_case_follow_their_order_whatever_their_stamps(using: str, analyst: User) -> None:
    """A member taken out by an act that is stamped before the one that put it in is out, is back when that is undone, and no
    later act is stamped earlier."""
    made = case(using, analyst)
    put = Act(case=made, kind=cases.ADD, what="report", subject="r7", by=analyst, reason="same device", at=AHEAD)
    put.save(using=using)
    gone = services_cases.remove(using, analyst, made.number, ("report", "r7"), "another household")
    assert gone.at == AHEAD
    early = Act(case=made, kind=cases.REMOVE, what="report", subject="r1", by=analyst, reason="another household")
    early.at = NOW - timedelta(days=900)
    early.save(using=using)
    found = queries_cases.opened(using, made.number)
    assert [act.number for act in found.acts] == sorted(act.number for act in found.acts)
    assert {subject for _, subject in found.members} == {"r2", "a1"}
    for act in (gone, early):
        services_cases.undo(using, analyst, made.number, act.number, "it was the same household")
    assert {subject for _, subject in queries_cases.opened(using, made.number).members} == {"r1", "r2", "a1", "r7"}
    assert len(queries_cases.member_rows(using)) == 4
    assert {row["member_id"] for row in queries_cases.member_rows(using, AHEAD)} == {"r1", "r2", "a1", "r7"}


def test_a_watch_placed_again_after_the_clock_was_set_back_stands(using: str, analyst: User) -> None:
    """The entry appended last counts, also if the one that was withdrawn bears a later stamp."""
    made = case(using, analyst)
    day = NOW.date() + timedelta(days=30)
    first = Watch(kind="place", type=MAIL[0], value=MAIL[1], expires=day, case=made, by=analyst, reason="x", at=AHEAD)
    first.save(using=using)
    services_watches.withdraw(using, analyst, first.number, "of another household")
    again = services_watches.place(using, analyst, made.number, MAIL, day, "of this one after all")
    assert [one.number for one in services_watches.in_force(using, analyst)] == [again.number]
    for instant in (None, NOW + timedelta(days=1), AHEAD + timedelta(days=1)):
        rows = queries.tables(using, instant, Ids(b"k"))["placed_watches"].to_pylist()
        assert [(row["decision_id"], row["expires_at"].date()) for row in rows] == [(again.number, day)], instant


def test_a_past_state_is_the_last_one_appended_by_its_stamp(tmp_path: Path) -> None:
    """Runs committed at 12, 11 and 13 o'clock, for the clock was set back: `--at` never shows an earlier run than the last
    that had ended by then, and before the first stamp it says that there was none."""
    workspace = Workspace.create(tmp_path / "w")
    with workspace.writing():
        for number, hour in enumerate((12, 11, 13), 1):
            at = f"2026-06-30T{hour}:00:00.000000Z"
            commit = Commit(number, workspace.state.head, f"run{number}", at, DERIVE, ())
            workspace.state.fold(commit, workspace.log.append(commit))
    found = {hour: workspace.at(datetime(2026, 6, 30, hour, 30, tzinfo=UTC)).state.derived for hour in (11, 12, 13)}
    assert found == {11: "run2", 12: "run2", 13: "run3"}
    with pytest.raises(CheckUsage, match="no run"):
        workspace.at(datetime(2026, 6, 30, 10, 30, tzinfo=UTC))
