"""Public sample hashes with a known answer, beside the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.hashes import pdq
from tanglaw.hashes.words import words
from tanglaw.references.vpdq import VpdqVideo
from tanglaw.testing.rows import collect

SHARED = Path(__file__).parents[3] / "shared" / "data" / "hashes"
pytestmark = pytest.mark.shared


def rows(name: str) -> Any:
    return words(pa.array((SHARED / name).read_text(encoding="utf-8").split()), "pdq")


def test_needles_are_found_in_the_haystack_exactly() -> None:
    """The pairs within 31 bits, with their distances, are those of the published oracle."""
    found = pdq.in_memory(rows("haystack.txt")).search(rows("needles.txt"))
    oracle = (SHARED / "oracle_needles_haystack_le31.csv").read_text(encoding="utf-8").split()[1:]
    assert len(oracle) == 250
    assert list(zip(*(part.tolist() for part in found), strict=True)) == sorted(
        tuple(map(int, line.split(","))) for line in oracle
    )


def test_sample_videos_match_their_family_and_nothing_else(staged: Any) -> None:
    """The ten encodings of the test pattern fall into three families by what is laid over the picture; each video is
    kin to every other of its family and to none outside."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((SHARED / "vpdq-sample-hashes").iterdir()):
        for name, given in collect(VpdqVideo(), path.read_bytes(), f"inbox/samples/{path.name}").items():
            tables.setdefault(name, []).extend(given)
    assert len(tables["hash_entries"]) == 10
    families = {
        "plain": [e["entry"] for e in tables["hash_entries"] if "no-bar" in e["entry"]],
        "bar": [e["entry"] for e in tables["hash_entries"] if "grey" in e["entry"] or "small-logo" in e["entry"]],
        "logo": [e["entry"] for e in tables["hash_entries"] if "large-logo" in e["entry"]],
    }
    expected = {(a, b) for names in families.values() for a in names for b in names if a < b}
    found = staged(**tables)["hash_kin"]
    assert {(k["entry_a"], k["entry_b"]) for k in found} == expected
    assert min(max(k["share_a"], k["share_b"]) for k in found) > 0.8
