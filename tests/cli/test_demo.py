"""The demo: everything once, from nothing."""

from __future__ import annotations

import re
from pathlib import Path

from tanglaw.store.workspace import Workspace
from tests.cli.conftest import Demo, tanglaw

_ID = re.compile(r"\b[0-9a-f]{24}\b")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def test_shows_queue_explanation_quarantine_and_place(demo: Demo) -> None:
    """The demo shows the files, the queue, one report explained, what was set aside, and where the workspace is."""
    assert demo.first.code == 0
    for part in ("The files", "The queue", "The first report, explained", "What was set aside", "Where it is"):
        assert f"\n{part} ─" in f"\n{demo.first.out}"
    assert str(demo.folder.resolve()) in demo.first.out.replace("\n", "")
    assert "mapping-needed" in demo.first.out


def test_default_workspace(demo: Demo) -> None:
    """Without --workspace the workspace is ./tanglaw-workspace."""
    assert demo.folder.name == "tanglaw-workspace"
    assert (demo.folder / "workspace.json").is_file()


def test_twice_in_a_row(demo: Demo) -> None:
    """The second demo finds everything read and shows the same queue."""
    assert demo.second.code == 0
    assert demo.second.err == ""
    told = demo.second.json
    assert sorted(told) == ["explained", "quarantine", "queue", "workspace"]
    for row in told["queue"]:
        assert re.search(rf"^ +{row['rank']} +{row['report_number']} +{row['band']} ", demo.first.out, re.M)


def test_explains_the_first_of_the_queue(demo: Demo) -> None:
    """The explained report is the one that stands first."""
    told = demo.second.json
    assert told["explained"]["priority"]["rank"] == 1
    number = told["queue"][0]["report_number"]
    assert told["explained"]["report"]["report_number"] == number
    assert f"\nReport {number} ─" in demo.first.out


def test_readable(demo: Demo) -> None:
    """Lines are no wider than asked for, without control signs and without ids where a person reads."""
    for width in (100, 120, 140):
        shown = tanglaw("queue", "--workspace", demo.folder, width=width).out
        number = demo.second.json["queue"][0]["report_number"]
        shown += tanglaw("explain", number, "--workspace", demo.folder, width=width).out
        assert max(map(len, shown.splitlines())) <= width
        assert not _CONTROL.search(shown)
        assert not _ID.search(shown)


def test_a_workspace_of_ones_own_is_refused(folder: Path) -> None:
    """The demo touches no workspace that it did not make."""
    before = sorted(path.name for path in folder.iterdir())
    ended = tanglaw("demo", "--workspace", folder)
    assert ended.code == 2
    assert "workspace of your own" in ended.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_operational_workspace_is_refused(tmp_path: Path) -> None:
    """The demo refuses an operational workspace, also one that has a folder named demo."""
    assert tanglaw("init", tmp_path / "w", "--operational").code == 0
    (tmp_path / "w" / "demo").mkdir()
    assert tanglaw("demo", "--workspace", tmp_path / "w").code == 2
    assert Workspace(tmp_path / "w").state.commits == 0


def test_asks_nothing(demo: Demo) -> None:
    """The demo's workspace asks for no user, case or purpose, and keeps no audit."""
    assert tanglaw("queue", "--workspace", demo.folder).code == 0
    assert not (demo.folder / "audit.jsonl").exists()
