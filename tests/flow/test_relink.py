"""Deliveries one after the other: linking takes in what came, and says so; the tables are those of linking anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanglaw.linking import LINKING
from tanglaw.store import standing
from tanglaw.store.verify import verify
from tanglaw.store.workspace import Workspace
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place, new_place, tables_of


@pytest.fixture(scope="module", autouse=True)
def tables_are_large() -> Iterator[None]:
    """Every table is written by what changed of it, however small it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "LEAST_ROWS", 0)
        patch.setattr(standing, "SHARE", 1_000_000)
        yield


@pytest.fixture(scope="module")
def delivered(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace that took in half of a world's files."""
    place = new_place(tmp_path_factory.mktemp("halves"))
    files = sorted(path for path in world.rglob("*") if path.is_file())
    for number, path in enumerate(files):
        target = (place.folder.parent / "later" if number % 2 else place.inbox) / path.relative_to(world)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    place.run()
    return place


def linked(place: Place, *words: str | Path) -> tuple[str, dict[str, object]]:
    """What a run says of linking, and the tables that linking wrote."""
    told = place.run("--json", *words).json
    found = tables_of(place.folder)
    assert {name: told["rows"][name] for name in LINKING.writes} == {name: found[name][0] for name in LINKING.writes}
    return told["notes"]["linking"], {name: found[name] for name in LINKING.writes}


def test_nothing_new_changes_nothing(delivered: Place) -> None:
    """A run without new files looks at nothing anew, and gives what linking anew gives."""
    said, tables = linked(delivered)
    assert said == "only what changed"
    again, anew = linked(delivered, "--relink")
    assert again == "everything: it was asked for"
    assert tables == anew


def test_a_judgement_is_taken_in_alone(delivered: Place) -> None:
    """After a decision only its accounts are linked anew, and withdrawn it leaves no trace."""
    before = linked(delivered)[1]
    two = sorted({row["account_id"] for row in delivered.rows("accounts")})[:2]
    told = tanglaw("decide", "same", *two, "--by", "A. Analyst", "--reason", "met", "--workspace", delivered.folder)
    assert told.code == 0, told.err
    ruled = ("--decisions-as-of", "2100-01-01T00:00:00Z")
    said, tables = linked(delivered, *ruled)
    assert said == "only what changed"
    assert tables != before
    assert {part.role for part in Workspace(delivered.folder).state.parts["actors"]} == {"", "added", "removed"}
    assert verify(delivered.folder)[0] == []
    assert tables == linked(delivered, "--relink", *ruled)[1]
    assert linked(delivered) == ("only what changed", before)


def test_a_delivery_is_taken_in(delivered: Place) -> None:
    """A second delivery is linked as if both had come at once, whichever way it is taken in."""
    later = delivered.folder.parent / "later"
    shutil.copytree(later, delivered.inbox, dirs_exist_ok=True)
    said, tables = linked(delivered)
    assert said.startswith(("only what changed", "everything: "))
    assert tables == linked(delivered, "--relink")[1]
