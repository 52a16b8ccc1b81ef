"""TMK+PDQF videos in two stages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tanglaw.hashes import kin
from tanglaw.references.tmk import TmkVideo
from tanglaw.testing.hashes import tmk_file
from tanglaw.testing.rows import collect


def listed(**files: bytes) -> dict[str, list[dict[str, Any]]]:
    """The tables that the reader gives for these files, all of list `alpha`."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, data in files.items():
        for table, rows in collect(TmkVideo(), data, f"inbox/alpha/{name}.tmk").items():
            tables.setdefault(table, []).extend(rows)
    return tables


def pairs(kin_rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(k["entry_a"], k["entry_b"], k["first_cosine"], k["alignment"]) for k in kin_rows]


@pytest.mark.spark
def test_equal_and_similar_videos_are_kin(staged_on_both: Any) -> None:
    """The same features align with 1, slightly changed ones above the bound, others are no pair."""
    found = staged_on_both(**listed(a=tmk_file(1), b=tmk_file(1), c=tmk_file(1, 0.3), d=tmk_file(2)))["hash_kin"]
    assert [pair[:2] for pair in pairs(found)] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert pairs(found)[0][2:] == (1.0, pytest.approx(1.0, abs=0.002))
    assert all(0.7 <= value < 1 for value in pairs(found)[1][2:])
    assert {row["hash_type"] for row in found} == {"tmk-pdqf"}


def test_the_full_comparison_decides(staged: Any) -> None:
    """Videos whose averages agree and whose features do not are no pair."""
    raw = bytearray(tmk_file(1))
    start = 32 + 4 * 5
    raw[start : start + 1024] = tmk_file(2)[start : start + 1024]
    assert staged(**listed(a=bytes(raw), b=tmk_file(2)))["hash_kin"] == []


def test_a_withdrawn_video_has_no_kin(staged: Any) -> None:
    """A tombstone takes the pair away."""
    tables = listed(a=tmk_file(1), b=tmk_file(1))
    gone = {"list_name": "alpha", "entry": "a", "hash_type": "", "value": "", "withdrawn": True}
    tables["hash_entries"].append(gone)
    assert staged(**tables)["hash_kin"] == []


def test_blocks_give_the_same_pairs(staged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many videos are held at a time, the pairs are the same."""
    tables = listed(**{f"v{n}": tmk_file(n % 3, 0.1, n) for n in range(7)})
    whole = pairs(staged(**tables)["hash_kin"])
    monkeypatch.setattr(kin, "_BLOCK", 2)
    assert pairs(staged(**tables)["hash_kin"]) == whole
    assert [pair[:2] for pair in whole] == [("v0", "v3"), ("v0", "v6"), ("v1", "v4"), ("v2", "v5"), ("v3", "v6")]


def _video(shift: int, seed: int = 1, periods: tuple[int, ...] = (31, 47)) -> kin.Video:
    """Features of a made-up film of 20 frames, from frame `shift`, as the method makes them."""
    weights = np.array([0.4, 0.2, 0.1])
    frames = np.random.default_rng(seed).normal(size=(20, 256))
    frames /= np.linalg.norm(frames, axis=1, keepdims=True)
    times = np.arange(20) + shift
    parts = []
    for wave in (np.cos, np.sin):
        rows = [[wave(2 * np.pi * j * times / period) @ frames for j in range(3)] for period in periods]
        vectors = np.array(rows)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=2, keepdims=True), 1e-30)
        parts.append(vectors * np.sqrt(weights)[None, :, None])
    return kin.Video(periods, tuple(weights), *parts)


def test_a_film_aligns_with_itself_later_on() -> None:
    """A video that begins some frames later aligns well; another film does not; it is the same both ways."""
    here, later, other = _video(0), _video(9), _video(0, seed=2)
    found, strange = kin.alignment(here, later), kin.alignment(here, other)
    assert found is not None
    assert strange is not None
    assert found > 0.7 > strange
    assert kin.alignment(later, here) == pytest.approx(found, abs=1e-9)
    assert kin.alignment(here, here) == pytest.approx(1.0)


def test_features_of_other_periods_are_not_compared() -> None:
    """Videos hashed with other periods have no alignment."""
    assert kin.alignment(_video(0), _video(0, periods=(31, 53))) is None
