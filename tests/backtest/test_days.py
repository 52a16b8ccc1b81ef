"""A past queue knows nothing of what came later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tanglaw.backtest.days import ranked_at
from tanglaw.config import Settings
from tanglaw.policy import demo
from tanglaw.store.workspace import Workspace
from tanglaw.testing.documents import police_json
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place, new_place

AT = datetime(2026, 6, 22, tzinfo=UTC)
NUMBERS = range(900_000_001, 900_000_009)


def document(number: int, received: str, **more: object) -> bytes:
    """A report received then, all of one account name and city."""
    made = json.loads(police_json(number, **more).decode("utf-8-sig"))
    made["dateReceived"] = received
    return json.dumps(made).encode()


def day(number: int) -> str:
    return f"2026-06-{18 + number - NUMBERS[0]:02d}T08:00:00Z"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace with one report a day, one of them supplemented at the end, and a chat of that day."""
    place = new_place(tmp_path_factory.mktemp("whole"))
    for number in NUMBERS:
        place.put(f"{number}.json", document(number, day(number)))
    place.run()
    urgent = {"incidentSummary": {"incidentType": "Misleading Domain Name", "escalateToHighPriority": "see the note"}}
    place.put("more.json", document(NUMBERS[1], day(NUMBERS[-1]), **urgent))
    place.run()
    return place


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace of the same key that got only what was there by AT."""
    place = new_place(tmp_path_factory.mktemp("early"))
    for number in NUMBERS:
        if day(number) <= AT.isoformat():
            place.put(f"{number}.json", document(number, day(number)))
    told = tanglaw("run", place.inbox, "--workspace", place.folder, "--as-of", AT.isoformat())
    assert told.code == 0, told.err
    return place


def ranked(place: Place, at: datetime) -> list[dict[str, object]]:
    return ranked_at(Workspace(place.folder), Settings(), demo(), at, {}).to_pylist()


def test_a_past_queue_is_that_of_a_workspace_that_got_no_more(whole: Place, early: Place) -> None:
    """Same reports, same ranks as where the later reports and documents were never delivered."""
    found = ranked(whole, AT)
    assert len(found) == 4
    expected = {row["report_id"]: row["rank"] for row in early.rows("priorities")}
    assert {row["report_id"]: row["rank"] for row in found} == expected


def test_the_workspace_stays_as_it_is(whole: Place) -> None:
    """Nothing is written to its tables, and its last run stands."""
    before = Workspace(whole.folder).state
    ranked(whole, AT)
    after = Workspace(whole.folder).state
    assert (after.commits, after.head) == (before.commits, before.head)
    assert list((whole.folder / "spill").glob("backtest-*")) == []


def test_the_verb(whole: Place, tmp_path: Path) -> None:
    """Every report is placed; counts are rounded, and no report number is printed."""
    file = tmp_path / "outcomes.csv"
    lines = [f"{number},{'child' if number % 2 else 'none'},2026-08-01" for number in (*NUMBERS, 123)]
    file.write_text("\n".join(["number,outcome,date", *lines]), encoding="utf-8")
    told = tanglaw("backtest", file, "--workspace", whole.folder, "--every", "30", "--json")
    assert told.code == 0, told.err
    assert told.json["not_placed"]["not_in_workspace"] == "<5"
    assert [row["reports"] for row in told.json["outcomes"]] == ["<5", "0", "<5", "<5"]
    assert not any(str(number) in told.out for number in NUMBERS)
    shown = tanglaw("backtest", file, "--workspace", whole.folder, "--every", "30")
    assert "median place" in shown.out


def test_nothing_to_place(whole: Place, tmp_path: Path) -> None:
    """A file of other reports ends with 1; a bad file with 2 and its line."""
    file = tmp_path / "outcomes.csv"
    file.write_text("number,outcome,date\n5,child,2026-08-01\n", encoding="utf-8")
    assert tanglaw("backtest", file, "--workspace", whole.folder).code == 1
    file.write_text("number,outcome,date\n5,child,soon\n", encoding="utf-8")
    told = tanglaw("backtest", file, "--workspace", whole.folder)
    assert told.code == 2
    assert "line 2" in told.err
