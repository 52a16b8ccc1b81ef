"""The workspace: whole commits or nothing, one writer, and a log whose end cannot be cut off unseen."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.errors import CheckWorkspace, FreeSpace, InitWorkspace, WaitForOtherRun
from tanglaw.store.chain import append_line, check_lines
from tanglaw.store.parts import PartWriter, disk_error
from tanglaw.store.verify import verify
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import TABLES


def commit_issues(workspace: Workspace, *reasons: str, replaces: tuple[str, ...] = ()) -> None:
    """One commit with one part of `issues`."""
    with workspace.writing():
        folder = workspace.staging("test")
        writer = PartWriter(folder, f"p{workspace.state.commits}")
        rows = [{"file": "f", "locator": "1", "code": "c", "reason": r, "source_id": "s"} for r in reasons]
        writer.write("issues", pa.Table.from_pylist(rows, schema=TABLES["issues"].schema))
        workspace.commit("run", Batch("intake", [(folder / p.file, p) for p in writer.parts], replaces))


def reasons(workspace: Workspace) -> list[str]:
    return [row["reason"] for file in workspace.files("issues") for row in pq.read_table(file).to_pylist()]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    commit_issues(made, "first")
    commit_issues(made, "second", "third")
    return made


def test_what_was_committed_is_there_when_opened_again(workspace: Workspace) -> None:
    """A second opening sees the same state."""
    again = Workspace(workspace.folder)
    assert reasons(again) == ["first", "second", "third"]
    assert again.state.head == workspace.state.head


def test_a_replaced_table_keeps_only_its_new_parts(workspace: Workspace) -> None:
    """`replaces` ends the earlier parts; the files stay for earlier states, which can still be folded."""
    commit_issues(workspace, "new", replaces=("issues",))
    assert reasons(workspace) == ["new"]
    workspace.state = workspace.log.state(upto=2)
    assert reasons(workspace) == ["first", "second", "third"]


def test_the_key_is_secret_and_random(tmp_path: Path) -> None:
    """Two workspaces have two keys, readable by the owner alone, and so two ids for one input."""
    one, two = Workspace.create(tmp_path / "a"), Workspace.create(tmp_path / "b")
    assert (tmp_path / "a" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0
    assert one.ids.of("account", "x") != two.ids.of("account", "x")


def test_no_workspace_where_there_is_none(tmp_path: Path) -> None:
    """Opening an empty folder says how to make one; making one among other files is refused."""
    with pytest.raises(InitWorkspace, match="tanglaw init"):
        Workspace(tmp_path)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(CheckWorkspace, match="not empty"):
        Workspace.create(tmp_path)


def test_one_writer_at_a_time(workspace: Workspace) -> None:
    """A second writer is told to wait."""
    with workspace.writing(), pytest.raises(WaitForOtherRun), Workspace(workspace.folder).writing():
        pass


def test_leftovers_of_a_killed_run_are_cleared(workspace: Workspace) -> None:
    """Files that a killed run left, in staging or moved but not committed, are gone at the next one."""
    (workspace.folder / "staging" / "dead").mkdir()
    (workspace.folder / "staging" / "dead" / "part.parquet").write_bytes(b"half")
    moved = workspace.files("issues")[0].with_name("f" * 32 + ".parquet")
    moved.write_bytes(b"moved but not committed")
    with Workspace(workspace.folder).writing():
        assert not (workspace.folder / "staging" / "dead").exists()
    assert verify(workspace.folder)[0] == []
    assert reasons(Workspace(workspace.folder)) == ["first", "second", "third"]


def test_a_kill_between_commit_and_seal_is_mended(workspace: Workspace) -> None:
    """The commit was written but its seal was not: the next writer seals it, and verify finds nothing."""
    before = (workspace.folder / "head.json").read_bytes()
    commit_issues(workspace, "fourth")
    (workspace.folder / "head.json").write_bytes(before)
    with Workspace(workspace.folder).writing():
        pass
    assert verify(workspace.folder)[0] == []


def test_verify_finds_a_changed_row(workspace: Workspace) -> None:
    """One value changed inside a part, the part written again: named by table and file."""
    file = workspace.files("issues")[1]
    table = pq.read_table(file)
    changed = table.set_column(3, "reason", pa.array(["second", "thirds"]))
    pq.write_table(changed, file)
    (fault,) = verify(workspace.folder)[0]
    assert file.name in fault and "changed" in fault and "issues" in fault


def test_verify_finds_a_missing_and_a_smuggled_part(workspace: Workspace) -> None:
    """A part that is gone and one that no commit knows are both named."""
    first, second = workspace.files("issues")
    shutil.copy(first, first.with_name("0" * 32 + ".parquet"))
    second.unlink()
    faults = verify(workspace.folder)[0]
    assert any(second.name in fault and "missing" in fault for fault in faults)
    assert any("0" * 32 in fault and "no commit knows" in fault for fault in faults)


def test_verify_finds_a_cut_tail(workspace: Workspace) -> None:
    """The last commit removed: verify says how many were sealed, and a writer refuses to go on."""
    workspace.log.path(2).unlink()
    assert any("tail was cut" in fault for fault in verify(workspace.folder)[0])
    with pytest.raises(CheckWorkspace, match="tail was cut"), Workspace(workspace.folder).writing():
        pass


def test_verify_finds_a_cut_tail_with_a_forged_end(workspace: Workspace) -> None:
    """Whoever shortens the end as well cannot seal it without the key."""
    head = json.loads((workspace.folder / "head.json").read_text())
    workspace.log.path(2).unlink()
    (workspace.folder / "head.json").write_text(json.dumps({**head, "commits": 1, "head": Workspace.__name__}))
    assert any("seal" in fault for fault in verify(workspace.folder)[0])


def test_verify_finds_a_changed_commit(workspace: Workspace) -> None:
    """A commit edited in the middle breaks the chain at the one after it."""
    path = workspace.log.path(1)
    path.write_bytes(path.read_bytes().replace(b'"rows":1', b'"rows":2'))
    assert any("00000002" in fault for fault in verify(workspace.folder)[0])


def test_audit_rows_are_chained(tmp_path: Path) -> None:
    """A changed or missing audit row is found at its line."""
    path = tmp_path / "audit.jsonl"
    for number in range(5):
        append_line(path, {"number": number})
    assert check_lines(path) == []
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert check_lines(path) == ["audit.jsonl: line 3 does not follow the line before it"]


def test_a_cut_tail_of_audit_rows_is_found(tmp_path: Path) -> None:
    """Rows taken off the end are missed, and so is the whole file; a row that lacks its seal is sound."""
    path, seal = tmp_path / "audit.jsonl", tmp_path / "audit.head.json"
    for number in range(4):
        append_line(path, {"number": number})
    earlier = seal.read_bytes()
    append_line(path, {"number": 4})
    whole = path.read_bytes()
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[:3]))
    assert check_lines(path) == ["audit.jsonl: ends after line 3 but more was sealed: its tail was cut"]
    path.unlink()
    assert "missing" in check_lines(path)[0]
    path.write_bytes(whole)
    seal.write_bytes(earlier)
    assert check_lines(path) == []
    append_line(path, {"number": 5})
    assert check_lines(path) == []
    seal.unlink()
    assert check_lines(path) == ["audit.head.json is missing: the end of audit.jsonl is not sealed"]


def test_a_full_disk_is_said_as_such() -> None:
    """ENOSPC becomes the error that tells the user what to do."""
    assert isinstance(disk_error(OSError(errno.ENOSPC, "No space left on device")), FreeSpace)
    assert not isinstance(disk_error(OSError(errno.EACCES, "denied")), FreeSpace)
