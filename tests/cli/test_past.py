"""What a past run left can be shown as it was: queue, report, link and search at a date."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tanglaw.store.workspace import Workspace
from tanglaw.testing.documents import police_json
from tests.cli.conftest import Ended, tanglaw
from tests.flow.conftest import new_place

OFFERS = (
    ("queue", "--top", "0"),
    ("explain", "900000001"),
    ("explain", "900000002"),
    ("search", "900000001"),
)


def ran(folder: Path, inbox: Path, *words: str | Path) -> str:
    """Run; gives the instant at which it ended, as `--at` takes it."""
    told = tanglaw("run", inbox, "--workspace", folder, "--as-of", "2026-06-30", *words)
    assert told.code == 0, told.err
    return Workspace(folder).state.derived_at


def asked(folder: Path, *words: str) -> Ended:
    return tanglaw(*words, "--workspace", folder, "--json")


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[tuple[str, ...], Any]]:
    """A workspace after a second run that changed much, when the first ended, and what the first showed."""
    place = new_place(tmp_path_factory.mktemp("days"))
    for number in (900_000_001, 900_000_002):
        place.put(f"{number}.json", police_json(number))
    first = ran(place.folder, place.inbox)
    a, b = sorted({row["account_id"] for row in place.rows("accounts")})[:2]
    shown = {words: asked(place.folder, *words).json for words in (*OFFERS, ("explain-link", a, b))}
    told = ("--by", "A. Cruz", "--reason", "return 12/26", "--workspace", place.folder)
    assert tanglaw("decide", "same", a, b, *told).code == 0
    place.put("900000003.json", police_json(900_000_003))
    (place.folder / "policy").mkdir(exist_ok=True)
    shutil.copytree("src/tanglaw/policies/demo", place.folder / "policy", dirs_exist_ok=True)
    policy = place.folder / "policy" / "policy.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace('name = "demo"', 'name = "other"'), encoding="utf-8")
    ran(place.folder, place.inbox, "--decisions-as-of", "2099-01-01")
    return place.folder, first, shown


def test_everything_is_shown_as_it_was(two_days: tuple[Path, str, dict[tuple[str, ...], Any]]) -> None:
    """After more evidence, a decision and another policy pack, each verb shows at the earlier instant what it showed then."""
    folder, first, shown = two_days
    for words, then in shown.items():
        past = asked(folder, *words, "--at", first)
        assert past.json == then, words
        assert f"as the run that ended {first[:16].replace('T', ' ')} UTC left it" in past.err
    assert asked(folder, "queue", "--top", "0").json != shown["queue", "--top", "0"]
    link = next(words for words in shown if words[0] == "explain-link")
    assert "decision 1" in asked(folder, *link).json["verdict"]


def test_a_run_is_explained_by_its_own_policy_pack(two_days: tuple[Path, str, dict[tuple[str, ...], Any]]) -> None:
    """The pack that a run went by is kept with it, whatever stands in the folder now."""
    folder, first, _ = two_days
    assert {row["policy"] for row in asked(folder, "queue", "--top", "0").json} == {"other 1"}
    assert {row["policy"] for row in asked(folder, "queue", "--top", "0", "--at", first).json} == {"demo 1"}
    packs = {file.stem for file in (folder / "runs" / "policies").glob("*.json")}
    assert len(packs) == 2
    workspace = Workspace(folder).at(datetime.fromisoformat(first))
    assert workspace.run_record()["policy"]["digest"] in packs


def test_a_day_means_its_end(two_days: tuple[Path, str, dict[tuple[str, ...], Any]]) -> None:
    """A bare day shows what its last run left; before the first run there is nothing, and it is said."""
    folder, _, _ = two_days
    today = datetime.now(UTC).date()
    assert asked(folder, "queue", "--at", (today + timedelta(1)).isoformat()).json == asked(folder, "queue").json
    before = asked(folder, "queue", "--at", "2020-01-01")
    assert before.code == 2
    assert "no run of this workspace had ended by 2020-01-01T23:59:59.999999Z" in before.err.replace("\n", " ")
    wrong = asked(folder, "queue", "--at", "soon")
    assert (wrong.code, "--at is an ISO 8601 instant" in wrong.err.replace("\n", " ")) == (2, True)
