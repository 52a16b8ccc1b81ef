"""Decisions as an input of a run: taken over, on record, and gone without a trace when withdrawn."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tanglaw.casework import database, services, services_watches
from tanglaw.casework.models import Decision
from tanglaw.store.workspace import Workspace
from tanglaw.tables import RECEIVED, TABLES
from tanglaw.testing.documents import police_json, report_xml
from tests.casework.people import case, person
from tests.cli.conftest import Ended, tanglaw
from tests.flow.conftest import Place, new_place, tables_of

DERIVED = [name for name in TABLES if name not in RECEIVED]
NUMBERS = (900_000_001, 900_000_002, 900_000_003)
AS_OF = "2099-01-01"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace with four reports."""
    place = new_place(tmp_path_factory.mktemp("template"))
    for number in NUMBERS:
        place.put(f"{number}.json", police_json(number))
    place.put("other.xml", report_xml())
    rebuilt(place.folder, place.inbox)
    return place


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    """A workspace of its own with four reports."""
    return Place(shutil.copytree(template.folder, tmp_path / "workspace"), template.inbox)


def rebuilt(folder: Path, *words: str | Path) -> dict[str, Any]:
    """Run; gives the run record."""
    told = tanglaw("run", *words, "--workspace", folder, "--as-of", AS_OF, "--json")
    assert told.code == 0, told.err
    record: dict[str, Any] = json.loads((folder / "runs" / f"{told.json['run_id']}.json").read_text(encoding="utf-8"))
    return record


def decide(folder: Path, *words: str) -> Ended:
    """`tanglaw decide` by somebody for a reason."""
    return tanglaw("decide", *words, "--by", "A. Cruz", "--reason", "return 12/26", "--workspace", folder)


def accounts(place: Place) -> list[str]:
    return sorted({row["account_id"] for row in place.rows("accounts")})


def derived(folder: Path) -> dict[str, tuple[int, str]]:
    found = tables_of(folder)
    return {name: found[name] for name in DERIVED}


def test_decisions_are_on_record_with_the_run(place: Place) -> None:
    """The run record says how many decisions were in force and their digest; another decision, another digest.
    `--decisions-as-of` takes over what was in force then; the default is `--as-of`."""
    a, b, c = accounts(place)[:3]
    none = Workspace(place.folder).run_record()["decisions"]
    assert none["in_force"] == 0
    assert decide(place.folder, "same", a, b).code == 0
    one = rebuilt(place.folder)["decisions"]
    assert one["in_force"] == 1
    assert rebuilt(place.folder)["decisions"] == one
    assert rebuilt(place.folder, "--decisions-as-of", "2026-01-01")["decisions"] == none
    assert decide(place.folder, "not-same", a, c).code == 0
    two = rebuilt(place.folder)["decisions"]
    assert len({none["digest"], one["digest"], two["digest"]}) == 3
    assert [(row["kind"], row["a"]) for row in place.rows("judgements")] == [
        ("same", min(a, b)),
        ("not-same", min(a, c)),
    ]


def test_withdrawn_means_never_made(place: Place) -> None:
    """Judgement, correction and source left out, each withdrawn: every derived table is as before."""
    before = derived(place.folder)
    a, b = accounts(place)[:2]
    email = next(row for row in place.rows("selectors") if row["type"] == "email")
    source = place.rows("sources")[0]["source_id"]
    for words in (("same", a, b), ("correct", email["selector_id"], "someone@example.org"), ("leave-out", source)):
        assert decide(place.folder, *words).code == 0
    rebuilt(place.folder)
    assert derived(place.folder) != before
    for number in ("1", "2", "3"):
        assert decide(place.folder, "withdraw", number).code == 0
    rebuilt(place.folder)
    assert derived(place.folder) == before


def test_a_corrected_selector_counts_as_corrected(place: Place) -> None:
    """The row keeps id and original; value and reading say what counts now. Corrected to nothing, it is gone."""
    row = next(row for row in place.rows("selectors") if row["type"] == "email")
    assert decide(place.folder, "correct", row["selector_id"], "Someone@Example.org").code == 0
    rebuilt(place.folder)
    found = next(one for one in place.rows("selectors") if one["selector_id"] == row["selector_id"])
    assert found["value"] == "someone@example.org"
    assert found["original"] == row["original"]
    assert found["reading"] == "corrected, decision 1"
    assert decide(place.folder, "withdraw", "1").code == 0
    assert decide(place.folder, "correct", row["selector_id"], "").code == 0
    rebuilt(place.folder)
    assert row["selector_id"] not in {one["selector_id"] for one in place.rows("selectors")}


def test_a_source_left_out_is_as_if_never_delivered(place: Place, tmp_path: Path) -> None:
    """Reports, selectors, links and ranks are those of a workspace that never got the file; custody still knows it."""
    without = new_place(tmp_path / "without")
    for number in NUMBERS[:2]:
        without.put(f"{number}.json", police_json(number))
    without.put("other.xml", report_xml())
    rebuilt(without.folder, without.inbox)
    gone = next(row for row in place.rows("reports") if row["report_number"] == str(NUMBERS[2]))
    assert decide(place.folder, "leave-out", gone["source_id"]).code == 0
    rebuilt(place.folder)
    expected = derived(without.folder)
    found = derived(place.folder)
    assert {name for name in DERIVED if found[name] != expected[name]} == {"left_out"}
    assert gone["source_id"] in {row["source_id"] for row in place.rows("sources")}
    assert place.rows("texts") == without.rows("texts")


def test_a_clock_that_ran_ahead_loses_no_decision(place: Place) -> None:
    """Decided under a clock that was years ahead and then set right: the next run takes over both decisions, in the order in
    which they were made; a run that states an instant goes by their stamps."""
    a, b, c = accounts(place)[:3]
    using, by = database.opened(place.folder), {"by": "A. Cruz", "reason": "return 12/26"}
    ahead = datetime(2098, 1, 1, tzinfo=UTC)
    Decision(kind="same", a=a, b=b, stated_by="A. Cruz", reason="return 12/26", at=ahead).save(using=using)
    services.judge(using, "not-same", (c, a), **by)
    assert tanglaw("run", "--workspace", place.folder).code == 0
    found = [(row["decision_id"], row["kind"], row["at"]) for row in place.rows("judgements")]
    assert [row[:2] for row in sorted(found)] == [(1, "same"), (2, "not-same")]
    assert {row[2][:4] for row in found} == {"2098"}
    told = tanglaw("run", "--workspace", place.folder, "--as-of", "2097-01-01", "--json")
    assert told.json["rows"]["judgements"] == 0


def test_words_that_do_not_fit(place: Place) -> None:
    """Unknown accounts, selectors, sources, values of another type: exit 2, and nothing is written."""
    a = accounts(place)[0]
    email = next(row for row in place.rows("selectors") if row["type"] == "email")["selector_id"]
    for words in (
        ("same", a, "nobody"),
        ("not-same", a, a),
        ("correct", "nothing", "x@example.org"),
        ("correct", email, "not an address"),
        ("leave-out", "nothing"),
        ("withdraw", "1"),
    ):
        ended = decide(place.folder, *words)
        assert (ended.code, ended.out) == (2, ""), words
    assert tanglaw("decisions", "--workspace", place.folder).code == 1


def test_decisions_are_listed(place: Place) -> None:
    """Newest first, with who, why, when and what withdrew them, as a table and as JSON."""
    a, b = accounts(place)[:2]
    decide(place.folder, "same", a, b)
    decide(place.folder, "withdraw", "1")
    rows = tanglaw("decisions", "--workspace", place.folder, "--json").json
    assert [(row["number"], row["kind"], row["withdrawn_by"]) for row in rows] == [
        (2, "withdraw", None),
        (1, "same", 2),
    ]
    shown = tanglaw("decisions", "--workspace", place.folder).out
    assert "A. Cruz" in shown
    assert tanglaw("decisions", "--workspace", place.folder, "--as-of", "2026-01-01").code == 1


def test_an_operational_workspace_asks_who_and_why(tmp_path: Path) -> None:
    """There, deciding and listing demand user, case and purpose like every other verb."""
    folder = tmp_path / "office"
    assert tanglaw("init", folder, "--operational").code == 0
    assert decide(folder, "withdraw", "1").code == 2
    assert tanglaw("decisions", "--workspace", folder).code == 2
    assert not (Workspace(folder).folder / "casework.sqlite3").exists()


def test_what_a_case_watches_for_reaches_the_next_run(place: Place) -> None:
    """An entry placed on a page is met without any file, beside those of lists, on record; withdrawn, its finding is gone."""
    using = database.opened(place.folder)
    analyst = person(using, "cruz", "analyst")
    number = case(using, analyst).number
    mail = next(row["value"] for row in place.rows("selectors") if row["type"] == "email" and row["report_id"])
    before = rebuilt(place.folder)
    day = datetime.now(UTC).date() + timedelta(days=300)
    entry = services_watches.place(using, analyst, number, ("email", mail), day, "return 12/26")
    told = tanglaw("run", "--workspace", place.folder, "--json")
    assert told.code == 0, told.err
    met = [row for row in place.rows("findings") if row["criterion"] == "T5.watch-list"]
    assert met and f"is watched for case {number} (placed by Cruz)" in met[0]["reason"]
    assert [row["locator"] for row in place.rows("watch_entries")] == [f"watch {entry.number}"]
    record = json.loads((place.folder / "runs" / f"{told.json['run_id']}.json").read_text(encoding="utf-8"))
    assert record["decisions"]["digest"] != before["decisions"]["digest"]
    services_watches.withdraw(using, analyst, entry.number, "of another household")
    assert tanglaw("run", "--workspace", place.folder, "--as-of", "2098-01-01").code == 0
    assert not [row for row in place.rows("findings") if row["criterion"] == "T5.watch-list"]
