"""Video hashes as lists give them: vPDQ frames in text, TMK+PDQF features in binary."""

from __future__ import annotations

import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.references.tmk import TmkVideo
from tanglaw.references.vpdq import VpdqVideo
from tanglaw.testing.hashes import pdq_of, tmk_file
from tanglaw.testing.rows import Found, collect, item_of


def vpdq(data: str, path: str = "inbox/list-a/clip.txt") -> Found:
    return collect(VpdqVideo(), data.encode(), path)


def tmk(data: bytes, path: str = "inbox/list-a/clip.tmk") -> Found:
    return collect(TmkVideo(), data, path)


def frames(count: int) -> list[str]:
    return [f"{n},{90 + n},{pdq_of(n)},{n / 30:.3f}" for n in range(count)]


def test_each_frame_is_a_row_and_the_video_an_entry() -> None:
    """Frames keep number, quality, hash in lower case and second; the entry is the file, its list the folder."""
    data = "\n".join(frames(3)).upper() + "\n"
    found = vpdq(data)
    assert [(r["frame"], r["quality"], r["value"], r["at_seconds"], r["locator"]) for r in found["hash_frames"]] == [
        (n, 90 + n, pdq_of(n), pytest.approx(n / 30, abs=1e-3), f"line {n + 1}") for n in range(3)
    ]
    (entry,) = found["hash_entries"]
    assert (entry["list_name"], entry["entry"], entry["hash_type"]) == ("list-a", "clip", "vpdq")
    assert entry["value"] == hashlib.sha256(data.encode()).hexdigest()
    assert {(r["list_name"], r["entry"]) for r in found["hash_frames"]} == {("list-a", "clip")}


def test_comments_state_what_the_file_cannot() -> None:
    """List, entry, category and withdrawal may stand in leading comments."""
    head = "# list: L\n# entry: e-7\n# category: A1\n# category_model: industry\n# version: 4\n# withdrawn: true\n"
    (entry,) = vpdq(head + "\n".join(frames(2)))["hash_entries"]
    names = ("list_name", "entry", "category", "category_model", "list_version", "withdrawn")
    assert [entry[name] for name in names] == ["L", "e-7", "A1", "industry", "4", True]


@pytest.mark.parametrize(
    "line",
    [
        f"3,100,{pdq_of(3)[:-1]},0.1",
        f"3,100,{pdq_of(3)}0,0.1",
        f"3,101,{pdq_of(3)},0.1",
        f"3,-1,{pdq_of(3)},0.1",
        f"3,100,{pdq_of(3)}",
        f"3,100,{pdq_of(3)},soon",
        "see you at noon",
    ],
)
def test_a_line_that_is_no_frame_is_set_aside(line: str) -> None:
    """A cut hash, a quality over 100 and a line of another shape are quarantined; the frames around them stay."""
    found = vpdq("\n".join([*frames(3), line, "9,100," + pdq_of(9) + ",0.3"]))
    assert [row["frame"] for row in found["hash_frames"]] == [0, 1, 2, 9]
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [("bad-hash", "line 4")]


def test_frames_out_of_order_are_said() -> None:
    """A frame number that does not rise becomes an issue; the frames stay."""
    found = vpdq("\n".join([*frames(3), frames(2)[1]]))
    assert len(found["hash_frames"]) == 4
    assert [row["code"] for row in found["issues"]] == ["frame-order"]


def test_a_table_of_pdq_hashes_is_no_video() -> None:
    """A plain list of PDQ hashes and a CSV list are left to their readers."""
    for data in ("\n".join(pdq_of(n) for n in range(9)), "pdq,quality\n" + pdq_of(1) + ",100\n"):
        assert not VpdqVideo().recognise(item_of(data.encode()))


def test_features_become_vectors_with_their_place() -> None:
    """A TMK file gives its average and, for each period and coefficient, a cosine and a sine vector."""
    found = tmk(tmk_file(1))
    rows = found["hash_features"]
    assert [row["part"] for row in rows] == ["average"] + ["cos"] * 6 + ["sin"] * 6
    assert [(row["place"], row["period"]) for row in rows[1:4]] == [("0/0", 31), ("0/1", 31), ("0/2", 31)]
    assert rows[2]["weight"] == pytest.approx(0.2)
    numbers = [struct.unpack("<f", bytes.fromhex(part))[0] for part in rows[0]["numbers"].split(",")]
    assert len(numbers) == 256
    assert sum(number * number for number in numbers) == pytest.approx(1, rel=1e-5)
    place = int(rows[0]["locator"].removeprefix("byte "))
    assert tmk_file(1)[place : place + 4].hex() == rows[0]["numbers"][:8]


def _patched(at: int, raw: bytes) -> bytes:
    data = bytearray(tmk_file(1))
    data[at : at + len(raw)] = raw
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        tmk_file(1)[:20],
        tmk_file(1)[:-1],
        tmk_file(1) + b"\x00",
        _patched(8, b"XXXX"),
        _patched(12, struct.pack("<i", -1)),
        _patched(16, struct.pack("<i", 2_000_000_000)),
        _patched(20, struct.pack("<i", 0)),
        _patched(24, struct.pack("<i", 128)),
        _patched(32, struct.pack("<i", 0)),
        _patched(32, struct.pack("<i", 2_000_000_000)),
        _patched(200, struct.pack("<f", float("nan"))),
        _patched(200, struct.pack("<f", float("inf"))),
    ],
)
def test_damaged_features_are_set_aside_whole(data: bytes) -> None:
    """A file cut short or too long, of absurd numbers or of none, is quarantined and gives no row."""
    found = tmk(data)
    assert [row["code"] for row in found["quarantine"]] == ["bad-hash"]
    assert set(found) == {"quarantine"}


@given(st.binary(max_size=400))
def test_any_bytes_behind_the_magic_end_in_quarantine(tail: bytes) -> None:
    """No header makes the reader fail or take much memory."""
    found = tmk(b"TMK1FVECPDQF" + tail)
    assert set(found) == {"quarantine"}


@given(st.lists(st.text(alphabet="0123456789abcdef,. #\n", max_size=90), max_size=6))
def test_any_lines_are_frames_or_set_aside(lines: list[str]) -> None:
    """Whatever stands in a vPDQ file, each line is blank, a comment, a frame or in quarantine."""
    text = "\n".join([*frames(1), *lines])
    found = vpdq(text)
    stated = [line for line in (part.strip() for part in text.split("\n")) if line and not line.startswith("#")]
    assert len(found["hash_frames"]) + len(found.get("quarantine", [])) == len(stated)
