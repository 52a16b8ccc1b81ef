"""Tables that stand by what changed of them: a past date shows what stood then, and what was erased is nowhere."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tanglaw.store import standing
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES
from tanglaw.testing.documents import police_json
from tests.cli.conftest import tanglaw
from tests.cli.test_erase import places
from tests.flow.conftest import Place, new_place

PHONE, WRITTEN = "+441174960838", "+44 117 496 0838"
CHANGED = ("links", "link_evidence", "actors", "proposals")
WHO = ("--by", "A. Cruz")


@dataclass
class Days:
    """A workspace after three runs: when each ended, what its tables held and what was answered."""

    place: Place
    pair: tuple[str, str] = ("", "")
    ended: list[str] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def ask(self, *words: str) -> Any:
        told = tanglaw(*words, "--workspace", self.place.folder, "--json")
        assert told.code == 0, told.err
        return told.json

    def run(self, *numbers: int) -> None:
        """Reports of one phone come, and a day ends."""
        for number in numbers:
            person = {"espUserId": f"user-{number}", "phones": [{"value": WRITTEN}]}
            self.place.put(f"{number}.json", police_json(number, reportedPeople={"reportedPersons": [person]}))
        self.place.run("--decisions-as-of", "2099-01-01")
        accounts = sorted({row["account_id"] for row in self.place.rows("accounts")})
        self.pair = self.pair if self.ended else (accounts[0], accounts[1])
        self.ended.append(Workspace(self.place.folder).state.derived_at)
        self.tables.append({name: self.place.rows(name) for name in CHANGED})
        self.answers.append(self.ask("explain-link", *self.pair))


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Two reports of one phone; a third one and a judgement; a fourth one. Every table is large enough to stand by changes."""
    days = Days(new_place(tmp_path_factory.mktemp("days")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "LEAST_ROWS", 0)
        patch.setattr(standing, "SHARE", 1_000_000)
        days.run(900_000_001, 900_000_002)
        told = ("--reason", "return 12/26", "--workspace", days.place.folder)
        assert tanglaw("decide", "same", *days.pair, *WHO, *told).code == 0
        days.run(900_000_003)
        days.run(900_000_004)
    parts = Workspace(days.place.folder).state.parts
    assert all({part.role for part in parts[name]} == {"", "added", "removed"} for name in CHANGED)
    return days


def stood(days: Days, name: str, day: int) -> list[str]:
    """Rows of a table that stood at the end of that day, as the workspace reads them without an engine."""
    past = Workspace(days.place.folder).at(datetime.fromisoformat(days.ended[day]))
    return sorted(map(repr, standing.read(past.standing(name), TABLES[name].schema).to_pylist()))


@pytest.mark.parametrize("day", [0, 1, 2])
def test_a_past_date_shows_what_stood_then(days: Days, day: int) -> None:
    """Links, evidence, actors and proposals of each day are those that its run left, and so is the answer about a pair."""
    held = [len(tables["links"]) for tables in days.tables]
    assert held == [1, 3, 6]
    for name in CHANGED:
        assert len(stood(days, name, day)) == len(days.tables[day][name]), name
    found = {(row["a"], row["b"]) for row in days.tables[day]["links"]}
    assert all(any(a in text and b in text for text in stood(days, "links", day)) for a, b in found)
    past = days.ask("explain-link", *days.pair, "--at", days.ended[day])
    assert past == days.answers[day]
    assert ("judged" in {one["type"] for one in past["evidence"]}) == bool(day)


def test_what_was_erased_is_nowhere(days: Days, tmp_path: Path) -> None:
    """Erased, a value is in no byte of base, added and removed parts and in no answer of any day; what stood and who is one
    hand stays as it was, custody verifies, and the next run goes on."""
    folder = Path(shutil.copytree(days.place.folder, tmp_path / "workspace"))
    roles = {
        part.role for part in Workspace(folder).state.parts["link_evidence"] if holds(folder / "tables" / part.file)
    }
    assert roles == {"", "added"}, "the value is in what was written first and in what was added"
    copy = replace(days, place=Place(folder, days.place.inbox))
    before = {name: [len(stood(copy, name, day)) for day in range(3)] for name in CHANGED}
    actors = [stood(copy, "actors", day) for day in range(3)]
    said = ("--workspace", folder)
    assert tanglaw("erase", "ask", PHONE, *WHO, "--ground", "order 12/26", *said).code == 0
    told = tanglaw("erase", "sign", "1", PHONE, "--by", "B. Lim", "--reason", "checked", *said)
    assert told.code == 0, told.err
    assert places(folder, PHONE) == places(folder, WRITTEN) == []
    for day in range(3):
        answer = copy.ask("explain-link", *days.pair, "--at", days.ended[day])
        assert PHONE not in str(answer) and WRITTEN not in str(answer)
        assert answer["same_actor"] == days.answers[day]["same_actor"]
        assert stood(copy, "actors", day) == actors[day]
    assert {name: [len(stood(copy, name, day)) for day in range(3)] for name in CHANGED} == before
    assert tanglaw("custody", "verify", *said).code == 0
    assert tanglaw("run", *said, "--as-of", "2026-06-30", "--decisions-as-of", "2099-01-01").code == 0
    assert places(folder, PHONE) == places(folder, WRITTEN) == []
    assert len(copy.place.rows("links")) < len(days.tables[2]["links"])


def holds(file: Path) -> bool:
    """Whether a part names the phone."""
    return any(PHONE in str(cell) for column in pq.read_table(file).columns for cell in column.to_pylist())


def test_forms_in_which_linking_compares_a_value_are_erased_with_it(tmp_path: Path) -> None:
    """A user name stands in what links rest on without its joints and digits: erased, it is there in neither form."""
    place = new_place(tmp_path)
    for number in (900_000_001, 900_000_002):
        person = {"espUserId": f"user-{number}", "screenName": "River.St0ne_88", "phones": [{"value": WRITTEN}]}
        place.put(f"{number}.json", police_json(number, reportedPeople={"reportedPersons": [person]}))
    place.run()
    assert {"riverst0ne88", "riverstone"} <= {row["value"] for row in place.rows("link_evidence")}
    said = ("--workspace", place.folder)
    assert tanglaw("erase", "ask", "River.St0ne_88", *WHO, "--ground", "order 12/26", *said).code == 0
    signed = tanglaw("erase", "sign", "1", "River.St0ne_88", "--by", "B. Lim", "--reason", "checked", *said)
    assert signed.code == 0, signed.err
    for form in ("river.st0ne_88", "riverst0ne88", "riverstone"):
        assert places(place.folder, form) == []
