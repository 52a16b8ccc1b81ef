"""The tar reader gives what Python's own gives, and ends cleanly where an archive is damaged."""

from __future__ import annotations

import contextlib
import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.intake.tar import TarDamaged, members

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00/"), min_size=1, max_size=60)
PATHS = st.lists(NAMES.filter(lambda n: n not in (".", "..")), min_size=1, max_size=6).map("/".join)


def packed(files: dict[str, bytes], kind: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = 1234567890.25 if kind == tarfile.PAX_FORMAT else 1234567890
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(raw: bytes, inline: int = 1 << 20) -> list[tuple[str, bytes]]:
    found = []
    for member in members(io.BytesIO(raw), inline):
        data = member.data
        found.append((member.name, raw[member.offset : member.offset + member.size] if data is None else data))
    return found


@settings(max_examples=80, deadline=None)
@given(
    files=st.dictionaries(PATHS, st.binary(max_size=2_000), max_size=8),
    kind=st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    inline=st.sampled_from([0, 100, 1 << 20]),
)
def test_same_members_as_the_library(files: dict[str, bytes], kind: int, inline: int) -> None:
    """Names of any length and alphabet, contents of any size, in both common formats."""
    raw = packed(files, kind)
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        expected = [(info.name, archive.extractfile(info).read()) for info in archive]  # type: ignore[union-attr]
    assert read(raw, inline) == expected


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_archive_ends_cleanly(data: st.DataObject) -> None:
    """Cut anywhere or with any byte changed: members, or TarDamaged, and nothing else."""
    raw = bytearray(packed({"a/one.xml": b"1" * 700, "b" * 120: b"2" * 40, "c.txt": b""}, tarfile.GNU_FORMAT))
    cut = data.draw(st.integers(0, len(raw)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(TarDamaged):
        read(bytes(raw[:cut]))


def test_links_and_folders_are_told_apart() -> None:
    """A link is not regular, a folder is one, and neither has data."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("folder", tarfile.DIRTYPE), ("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "elsewhere"
            archive.addfile(info)
    found = {m.name.rstrip("/"): (m.regular, m.folder) for m in members(io.BytesIO(out.getvalue()), 10)}
    assert found == {"folder": (False, True), "link": (False, False), "hard": (False, False)}


@pytest.mark.parametrize("size", [1 << 62, 1 << 40])
def test_an_absurd_size_is_damage_not_memory(size: int) -> None:
    """A member that claims more bytes than there are is damage."""
    info = tarfile.TarInfo("big")
    info.size = size
    raw = info.tobuf(tarfile.GNU_FORMAT) + b"x" * 512
    with pytest.raises(TarDamaged):
        read(raw)
