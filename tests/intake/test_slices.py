"""Workers read the members of a tar again from disk: the bytes that were digested, or none."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.errors import BadRecord
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.intake.places import stamp_of
from tanglaw.intake.tar import Slices, Tape, members
from tanglaw.intake.tasks import Piece, Task, read_task
from tanglaw.intake.walk import files_of, start_of, walk_file
from tanglaw.testing.documents import report_xml
from tests.intake.conftest import Bench, tar_of


def tape_of(file: Path) -> Tape:
    return Tape(str(file), stamp_of(file))


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(0, 3_000), min_size=1, max_size=8), order=st.randoms())
def test_slices_are_the_members(tmp_path_factory: pytest.TempPathFactory, sizes: list[int], order: object) -> None:
    """Read in any order, through one window or several, each slice is its member's bytes."""
    wanted = {f"{at}.txt": os.urandom(size) for at, size in enumerate(sizes)}
    file = tmp_path_factory.mktemp("tapes") / "some.tar"
    file.write_bytes(tar_of(wanted))
    found = list(members(io.BytesIO(file.read_bytes()), 1 << 20))
    order.shuffle(found)  # type: ignore[attr-defined]
    slices, tape = Slices(), tape_of(file)
    assert {one.name: slices.read(tape, one.offset, one.size) for one in found} == wanted


def test_slices_of_two_tapes_are_not_mixed_up(tmp_path: Path) -> None:
    """A window of one tape is not taken for another's, though the offsets are the same."""
    slices = Slices()
    for name in (b"one", b"two"):
        file = tmp_path / name.decode()
        file.write_bytes(tar_of({"a.txt": name}))
        assert slices.read(tape_of(file), 512, 3) == name


@pytest.mark.parametrize("change", ["longer", "cut", "touched"])
def test_a_tar_that_changed_is_not_read(tmp_path: Path, change: str) -> None:
    """Bytes that are no longer those that were digested are refused, not read as if they were."""
    file = tmp_path / "some.tar"
    file.write_bytes(tar_of({"a.txt": b"see you at noon"}))
    tape = tape_of(file)
    if change == "longer":
        file.write_bytes(tar_of({"a.txt": b"see you at one", "b.txt": b""}))
    elif change == "cut":
        file.write_bytes(file.read_bytes()[:520])
    else:
        os.utime(file, ns=(1, 1))
    with pytest.raises(BadRecord) as caught:
        Slices().read(tape, 512, 15)
    assert caught.value.code == "changed-while-read"


def test_a_member_of_a_changed_tar_is_set_aside(tmp_path: Path) -> None:
    """The worker writes a quarantine row with the reason, and goes on."""
    file = tmp_path / "some.tar"
    file.write_bytes(tar_of({"1/report.xml": report_xml("acc-1")}))
    ids = Ids(DEMO_KEY)
    piece = Piece("some.tar!/1/report.xml", 1, "d", "0" * 64, "s", 9, tape=Tape(str(file), (1, 1)), offset=512)
    other = Piece("2/report.xml", 2, "d", "1" * 64, "t", 9, data=report_xml("acc-2"))
    done = read_task(Task(1, ((piece,), (other,))), ids, Settings(), tmp_path)
    assert done.formats == {"quarantine": 1, "cybertipline-xml": 1}


def test_small_members_of_a_plain_tar_travel_as_places(bench: Bench) -> None:
    """What goes to a worker is where the bytes stand, so that the parent holds no document."""
    file = bench.put("some.tar", tar_of({"1/report.xml": report_xml("acc-1")}))
    (found,) = walk_file("some.tar", str(file), start_of(str(file)), Settings())
    assert found.tape == tape_of(file)  # type: ignore[union-attr]


def test_the_inbox_is_listed_in_a_fixed_order(bench: Bench) -> None:
    """Files of a folder first, by name, then its folders; links and odd names are told, not followed."""
    for name in ("b/2.xml", "b/1.xml", "a/3.xml", "c.xml"):
        bench.put(name, b"x")
    (bench.inbox / "a" / "link.xml").symlink_to(bench.inbox / "c.xml")
    Path(os.fsdecode(os.fsencode(bench.inbox) + b"/\xff.xml")).write_bytes(b"x")
    names = [one[0] for one in files_of(bench.inbox)]
    assert names == ["c.xml", "\ufffd.xml", "a/3.xml", "a/link.xml", "b/1.xml", "b/2.xml"]
    assert [one[0] for one in files_of(bench.inbox / "c.xml")] == ["c.xml"]
