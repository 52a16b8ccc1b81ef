"""Same input, same policy, same as-of: same ids, rows and ranks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tanglaw.store.workspace import Workspace
from tanglaw.tables import RECEIVED, TABLES
from tests.cli.conftest import tanglaw
from tests.flow.conftest import AS_OF, Place, new_place, rows_of, tables_of

_OTHER_WORLDS = {"SESSIONS", "CHAIN", "CLUSTERS", "TRAILS", "TRANSACTIONS", "CASEWORK"}
_DERIVED = tuple(name for name in TABLES if name not in RECEIVED)


@pytest.fixture(scope="module")
def again(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A second workspace of the same key that has taken the same world in, in many small batches."""
    place = Place(new_place(tmp_path_factory.mktemp("again")).folder, world)
    place.run(TANGLAW_BATCH_BYTES="20000", TANGLAW_FLUSH_ROWS="500", TANGLAW_THREADS="1")
    return place


def test_two_workspaces_are_equal(taken: Place, again: Place) -> None:
    """Two workspaces of one key, in batches of different size, hold equal rows in every table."""
    assert tables_of(taken.folder) == tables_of(again.folder)
    assert len(Workspace(again.folder).state.parts["accounts"]) >= len(Workspace(taken.folder).state.parts["accounts"])


def test_the_world_reaches_every_kind_of_table(taken: Place) -> None:
    """The comparison is not one of empty tables."""
    counts = {name: count for name, (count, _) in tables_of(taken.folder).items()}
    empty = {name for name, count in counts.items() if not count}
    assert empty <= {
        "associations",
        "devices",
        "superseded",
        "report_versions",
        "issues",
        "web_pages",
        # A demo world has neither livestreams nor a ledger, which have worlds of their own, and nobody has decided.
        *(name for name in counts if TABLES[name].group in _OTHER_WORLDS),
        *(
            "address_tags",
            "hash_frames",
            "hash_features",
            "hash_kin",
            "files_together",
            "proposal_ties",
        ),
    }
    assert counts["priorities"] == counts["reports"] > 50


def test_second_run_adds_nothing(again: Place) -> None:
    """The same files again are a no-op for what was received, and give the same ranks."""
    before, ranks = Workspace(again.folder).state.parts, again.rows("priorities")
    told = again.run("--json").json
    assert set(told["files"]) <= {"unchanged"}
    assert told["known"] > 10
    after = Workspace(again.folder).state.parts
    assert {name: after.get(name) for name in RECEIVED} == {name: before.get(name) for name in RECEIVED}
    assert again.rows("priorities") == ranks


def test_same_bytes_elsewhere_are_copies(again: Place, tmp_path: Path) -> None:
    """The same files in another folder change no table but `sources` and `deliveries`."""
    copy = shutil.copytree(again.folder, tmp_path / "workspace")
    before = tables_of(copy)
    shutil.copytree(again.inbox, tmp_path / "other" / "inside")
    Place(copy, tmp_path / "other").run()
    after = tables_of(copy)
    changed = {name for name in TABLES if before[name] != after[name]}
    assert changed <= {"sources", "deliveries", "quarantine"}


def test_as_of_moves_clocks_only(again: Place, tmp_path: Path) -> None:
    """Another as-of changes what clocks say, and the order only through them; it is on record with the run."""
    copy = shutil.copytree(again.folder, tmp_path / "workspace")
    before = tables_of(copy)
    told = tanglaw("run", "--workspace", copy, "--as-of", "2026-07-20T00:00:00Z", "--json")
    assert told.code == 0
    after = tables_of(copy)
    assert {name for name in TABLES if before[name] != after[name]} <= {"findings", "reasons", "priorities"}
    record = json.loads((copy / "runs" / f"{told.json['run_id']}.json").read_text(encoding="utf-8"))
    assert record["as_of"] == "2026-07-20T00:00:00+00:00"
    told = tanglaw("run", "--workspace", copy, "--as-of", AS_OF)
    assert told.code == 0
    assert tables_of(copy) == before


def test_order_of_deliveries_changes_no_id(world: Path, taken: Place, tmp_path: Path) -> None:
    """The world in three deliveries, the last one first, gives the same reports, accounts, links and actors."""
    parts = sorted(world.iterdir())
    assert len(parts) > 3
    ids = {
        "reports": ("report_id", "report_number"),
        "accounts": ("account_id", "platform", "identifier"),
        "messages": ("message_id", "conversation_id", "text"),
        "payments": ("payment_id", "reference"),
        "files": ("file_id", "esp_file_id"),
        "actors": ("account_id", "actor_id"),
        "links": ("a", "b", "bits", "joins"),
    }
    place = new_place(tmp_path)
    for number in (2, 1, 0):
        delivery = tmp_path / f"delivery-{number}"
        for part in parts[number::3]:
            copied = shutil.copytree if part.is_dir() else shutil.copy
            copied(part, (delivery / part.name if part.is_dir() else _made(delivery)))
        place.run(inbox=delivery)
    for name, columns in ids.items():
        found = {tuple(row[column] for column in columns) for row in place.rows(name)}
        assert found == {tuple(row[column] for column in columns) for row in rows_of(taken.folder, name)}, name


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def test_another_key_gives_other_ids(world: Path, tmp_path: Path) -> None:
    """Ids of a workspace say nothing in another: no id of the one occurs in the other."""
    small = world / "police"
    ids = []
    for name, key in (("a", b"one"), ("b", b"two")):
        place = new_place(tmp_path / name, key)
        place.run(inbox=small)
        ids.append(
            {row["account_id"] for row in place.rows("accounts")} | {r["report_id"] for r in place.rows("reports")}
        )
    assert ids[0]
    assert not ids[0] & ids[1]
