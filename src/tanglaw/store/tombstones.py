"""Tombstones: what was lawfully erased from the workspace, by whom and on which ground; each sealed with its key.

A tombstone names every part and line that was rewritten with its digest before and after, so that the rest stays provable. It
holds no erased value, only its keyed digest.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from tanglaw.store.chain import append_line, check_lines

FILE = "tombstones.jsonl"


class Rewritten(msgspec.Struct, frozen=True):
    """A part (relative to `tables`), a line of a chained file (`name:line`), or a row of the casework database (`table:key`):
    its digest before and after, and how many cells were erased."""

    name: str
    before: str
    after: str
    cells: int


class Tombstone(msgspec.Struct, frozen=True):
    """One erasure: its number, who asked and who signed, the ground, keyed digests of the values, and what was rewritten."""

    number: int
    at: str
    by: str
    signed_by: str
    ground: str
    values: tuple[str, ...]
    parts: tuple[Rewritten, ...] = ()
    lines: tuple[Rewritten, ...] = ()
    rows: tuple[Rewritten, ...] = ()
    seal: str = ""

    @property
    def told(self) -> str:
        """The erasure in one sentence, for whoever verifies."""
        cells = sum(one.cells for one in (*self.parts, *self.lines, *self.rows))
        where = f"{len(self.parts)} parts, {len(self.lines)} lines and {len(self.rows)} rows"
        return f"erasure {self.number} of {self.at[:10]} by {self.by} and {self.signed_by}: {cells} cells in {where}; {self.ground}"


def sealed(stone: Tombstone, key: bytes) -> Tombstone:
    """The tombstone with the workspace's seal over everything else in it."""
    return msgspec.structs.replace(stone, seal=_seal_of(stone, key))


def append(folder: Path, stone: Tombstone) -> None:
    """Append one to the workspace's chained file, for good."""
    append_line(folder / FILE, msgspec.to_builtins(stone))


def tombstones(folder: Path, key: bytes) -> tuple[list[Tombstone], list[str]]:
    """Every tombstone in order, and what is wrong with their file: chain, end or seals."""
    path = folder / FILE
    faults = check_lines(path)
    if faults or not path.exists():
        return [], faults
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        stone = msgspec.convert(
            {name: value for name, value in _decoded(line).items() if name != "previous"}, Tombstone
        )
        if stone.seal != _seal_of(stone, key):
            faults.append(f"{FILE}: line {number} does not bear this workspace's seal")
        else:
            found.append(stone)
    return found, faults


def digests(stones: list[Tombstone], what: str) -> dict[str, list[str]]:
    """By name the digests that `parts`, `lines` or `rows` had, in order: first as it was written, last as it is now."""
    found: dict[str, list[str]] = {}
    for stone in stones:
        for one in getattr(stone, what):
            found.setdefault(one.name, [one.before]).append(one.after)
    return found


def erased_lines(stones: list[Tombstone], file: str) -> dict[int, list[str]]:
    """The same for the lines of one chained file, by their number."""
    mine = ((name.rpartition(":"), each) for name, each in digests(stones, "lines").items())
    return {int(number): each for (name, _, number), each in mine if name == file}


def _decoded(line: bytes) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(line)
    return decoded


def _seal_of(stone: Tombstone, key: bytes) -> str:
    plain = msgspec.json.encode(msgspec.structs.replace(stone, seal=""), order="sorted")
    return hashlib.blake2b(plain, key=key, digest_size=16).hexdigest()
