"""TMK+PDQF videos of lists compared with each other, in two stages.

The cosine of the averages decides which pairs are worth the full comparison: the best alignment of both videos modulo any
period, from the Fourier features (Poullot et al., "Temporal Matching Kernel with Explicit Feature Maps", 2015). Both
thresholds are those that the hash is published with.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.tables.base import FLOAT, TEXT

FIRST_LEAST = FULL_LEAST = 0.7
Floats = npt.NDArray[np.float64]
_KEYS = ("list_a", "entry_a", "list_b", "entry_b")
PAIRS = pa.schema([(name, TEXT) for name in _KEYS] + [(name, FLOAT) for name in ("first_cosine", "alignment")])
# Videos whose full features are held at one time, twice.
_BLOCK = 64

_FEATURES = Sql(
    "standing_features",
    """
    select f.list_name, f.entry, f.part, f.place, f.period, f.weight, f.numbers
    from hash_features f
    join (select distinct list_name, entry from standing_videos where hash_type = 'tmk-pdqf') v
        on v.list_name = f.list_name and v.entry = f.entry
    """,
)


@dataclass(frozen=True)
class Video:
    """Features of one video: `periods` (p), `weights` (c), `cos` and `sin` (p, c, 256)."""

    periods: tuple[int, ...]
    weights: tuple[float, ...]
    cos: Floats
    sin: Floats


def alignment(a: Video, b: Video) -> float | None:
    """Best alignment of two videos, 1 for equal ones; None if their features are of other periods or weights."""
    if a.periods != b.periods or not np.allclose(a.weights, b.weights, rtol=1e-6, atol=0):
        return None
    even = (a.cos * b.cos).sum(axis=2) + (a.sin * b.sin).sum(axis=2)
    odd = (a.sin * b.cos).sum(axis=2) - (a.cos * b.sin).sum(axis=2)
    # The sine of frequency 0 is nothing.
    even[:, 0] = (a.cos[:, 0] * b.cos[:, 0]).sum(axis=1)
    best = max(
        float((cosines @ even[at] + sines @ odd[at]).max())
        for at, (cosines, sines) in enumerate(_waves(period, len(a.weights)) for period in a.periods)
    )
    return best / (a.weights[0] + 2 * sum(a.weights[1:]))


@lru_cache(maxsize=8)
def _waves(period: int, many: int) -> tuple[Floats, Floats]:
    """Cosine and sine (period, many) of each frequency at each offset."""
    angles = 2 * np.pi / period * np.outer(np.arange(period), np.arange(many))
    return np.cos(angles), np.sin(angles)


def tmk_pairs(engine: Engine) -> None:
    """Make `tmk_pairs` of all videos in `hash_features` that stand: those that pass both stages, three decimals."""
    engine.run(_FEATURES)
    found = engine.rows(
        "select list_name, entry, numbers from standing_features where part = 'average' "
        "order by list_name nulls first, entry nulls first"
    )
    names = [(row["list_name"], row["entry"]) for row in found.select(["list_name", "entry"]).to_pylist()]
    close = _first_stage(_vectors(found["numbers"])) if len(names) > 1 else []
    rows = []
    for left, right in sorted({(a // _BLOCK, b // _BLOCK) for a, b, _ in close}):
        part = [one for one in close if (one[0] // _BLOCK, one[1] // _BLOCK) == (left, right)]
        videos = _videos(engine, sorted({names[index] for a, b, _ in part for index in (a, b)}))
        for a, b, first in part:
            full = alignment(videos[names[a]], videos[names[b]])
            if full is not None and full >= FULL_LEAST:
                rows.append((*names[a], *names[b], round(first, 3), round(full, 3)))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(PAIRS)
    engine.put("tmk_pairs", pa.table([pa.array(c, f.type) for c, f in zip(columns, PAIRS, strict=True)], schema=PAIRS))


def _first_stage(averages: Floats) -> list[tuple[int, int, float]]:
    """Pairs of rows whose cosine is high enough, with it."""
    unit = averages / np.maximum(np.linalg.norm(averages, axis=1, keepdims=True), 1e-30)
    close = []
    for at in range(0, len(unit), 1024):
        cosines = unit[at : at + 1024] @ unit.T
        for a, b in np.argwhere(cosines >= FIRST_LEAST):
            if at + a < b:
                close.append((int(at + a), int(b), float(cosines[a, b])))
    return close


def _videos(engine: Engine, names: list[tuple[str, str]]) -> dict[tuple[str, str], Video]:
    """The full features of these videos."""
    engine.put("wanted_videos", pa.table({"list_name": [n for n, _ in names], "entry": [e for _, e in names]}))
    found = engine.rows(
        "select f.list_name, f.entry, f.part, f.place, f.period, f.weight, f.numbers from standing_features f "
        "join wanted_videos w on w.list_name = f.list_name and w.entry = f.entry where f.part <> 'average' "
        "order by f.list_name nulls first, f.entry nulls first, f.part nulls first, f.place nulls first"
    )
    vectors = _vectors(found["numbers"])
    by_name: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for index, row in enumerate(found.drop_columns(["numbers"]).to_pylist()):
        period, weight = map(int, row["place"].split("/"))
        by_name.setdefault((row["list_name"], row["entry"]), []).append(
            (row["part"], period, weight, row["period"], row["weight"], index)
        )
    return {name: _video(sorted(rows), vectors) for name, rows in by_name.items()}


def _video(rows: list[tuple[Any, ...]], vectors: Floats) -> Video:
    periods = tuple(row[3] for row in rows if row[0] == "cos" and row[2] == 0)
    weights = tuple(row[4] for row in rows if row[0] == "cos" and row[1] == 0)
    cos, sin = (
        vectors[[row[5] for row in rows if row[0] == part]].reshape(len(periods), len(weights), -1)
        for part in ("cos", "sin")
    )
    return Video(periods, weights, cos, sin)


def _vectors(column: pa.ChunkedArray[Any]) -> Floats:
    """Array (rows, 256) of vectors written as hex."""
    raw = b"".join(bytes.fromhex(str(text).replace(",", "")) for text in column.to_pylist())
    return np.frombuffer(raw, "<f4").reshape(len(column), -1).astype(np.float64)
