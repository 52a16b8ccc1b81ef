"""A full disk ends in one clear error; the workspace stays whole, and the next run goes on."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import tanglaw
from tests.flow.conftest import AS_OF, Place, new_place, tables_of


class SmallDisk:
    """A file system in memory, of a size that can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, kib: int) -> None:
        _system("mount", "-o", f"remount,size={kib}k", str(self.folder))


def _system(*words: str) -> bool:
    program = shutil.which(words[0])
    return (
        program is not None and subprocess.run([program, *words[1:]], capture_output=True, check=False).returncode == 0
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk; skipped where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)):
        pytest.skip("this user may not mount a small disk")
    try:
        yield SmallDisk(folder)
    finally:
        # Indexes stay mapped for a while: the disk goes when they do.
        _system("umount", "--lazy", str(folder))


def one_line(err: str) -> bool:
    return err.startswith("tanglaw: ") and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize("kib", [96, 300])
def test_full_disk(disk: SmallDisk, taken: Place, kib: int) -> None:
    """Run out of space, a run ends with 6 and one line; with space again, it ends in the same tables."""
    disk.resize(kib)
    place = Place(new_place(disk.folder).folder, taken.inbox)
    told = tanglaw("run", place.inbox, "--workspace", place.folder, "--as-of", AS_OF)
    assert (told.code, told.out) == (6, "")
    assert one_line(told.err)
    assert "disk is full" in told.err
    told = tanglaw("custody", "verify", "--workspace", place.folder)
    assert (told.code, "nothing was changed" in told.out) == (0, True)
    disk.resize(20_000)
    place.run()
    assert tables_of(place.folder) == tables_of(taken.folder)
    assert tanglaw("custody", "verify", "--workspace", place.folder).code == 0


def test_export_to_a_full_disk(disk: SmallDisk, taken: Place) -> None:
    """An export that finds no space ends with 6 and leaves no half of a file, nor takes away an earlier one."""
    out = disk.folder / "selectors.csv"
    disk.resize(8)
    out.write_text("before")
    told = tanglaw("table", "selectors", "--out", out, "--workspace", taken.folder)
    assert told.code == 6
    assert one_line(told.err)
    assert [path.name for path in disk.folder.iterdir()] == ["selectors.csv"]
    assert out.read_text() == "before"


@pytest.mark.parametrize("most", [6_000, 40_000])
def test_files_may_not_grow(taken: Place, tmp_path: Path, most: int) -> None:
    """Where the system lets no file grow beyond a size, the run ends in one line, and goes on once it may."""
    place = Place(new_place(tmp_path).folder, taken.inbox)
    words = [sys.executable, "-m", "tanglaw", "run", place.inbox, "--workspace", place.folder, "--as-of", AS_OF]
    ended = subprocess.run(
        [str(word) for word in words],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 6, ended.stderr
    assert one_line(ended.stderr)
    assert tanglaw("custody", "verify", "--workspace", place.folder).code == 0
    place.run()
    assert tables_of(place.folder) == tables_of(taken.folder)


def test_something_in_the_way(taken: Place, tmp_path: Path) -> None:
    """A file where the workspace needs a folder is named in one line."""
    copy = shutil.copytree(taken.folder, tmp_path / "workspace")
    shutil.rmtree(copy / "spill")
    (copy / "spill").write_text("")
    for words in (("explain", "1"), ("table", "reports", "--out", tmp_path / "r.csv")):
        told = tanglaw(*words, "--workspace", copy)
        assert told.code == 6
        assert one_line(told.err)
        assert "spill" in told.err
