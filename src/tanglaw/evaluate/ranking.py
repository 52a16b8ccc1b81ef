"""How well a queue puts what is dangerous first: NDCG, precision, and where the most dangerous stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FRONT = 0.02
CAPACITY = 200
_HOURS = 24 / CAPACITY


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of one queue. `ndcg` looks at its first places, `precision` is the share of truly dangerous reports
    among them; `percentile` is where the most dangerous (`most_dangerous`) stand on average, in percent of the
    queue (0 the very front, 50 chance); `front` is the share of them in the first 2 percent. `ndcg_far` is NDCG at ten
    times the places; `hours` how long the most dangerous wait on average for a first look, by an office that opens
    CAPACITY reports a day in this order. `front_shown` is `front` among those of the most dangerous with evidence on
    file."""

    ndcg: float
    ndcg_far: float
    precision: float
    percentile: float
    front: float
    hours: float
    front_shown: float


def ndcg(gains: Floats, places: int) -> float:
    """Normalised discounted cumulative gain of the first `places` (Järvelin and Kekäläinen 2002), `gains` in
    queue order, none negative; 1 if there is nothing to gain."""
    best = _discounted(np.sort(gains)[::-1], places)
    return _discounted(gains, places) / best if best > 0 else 1.0


def expected_ndcg(gains: Floats, places: int) -> float:
    """What a random order reaches on average: every place holds the mean gain."""
    best = _discounted(np.sort(gains)[::-1], places)
    return _discounted(np.full(len(gains), gains.mean()), places) / best if best > 0 else 1.0


def score(gains: Floats, places: int, dangerous: NDArray[np.bool_], shown: NDArray[np.bool_]) -> Ranking:
    """Scores of a queue, first place first: what each report gains, which reports are truly dangerous, and which have
    evidence of it on file."""
    most = most_dangerous(gains, places)
    stands = np.flatnonzero(most)
    if not len(stands):
        return Ranking(ndcg(gains, places), ndcg(gains, 10 * places), 0.0, 0.0, 1.0, 0.0, 1.0)
    first = stands < max(FRONT * len(gains), 1)
    return Ranking(
        ndcg(gains, places),
        ndcg(gains, 10 * places),
        float(dangerous[:places].mean()),
        float(100 * stands.mean() / max(len(gains) - 1, 1)),
        float(np.mean(first)),
        float(stands.mean() * _HOURS),
        float(np.mean(first[shown[stands]])) if shown[stands].any() else 1.0,
    )


def by_chance(gains: Floats, places: int, dangerous: NDArray[np.bool_]) -> Ranking:
    """What a random order reaches on average."""
    if not gains.any():
        return Ranking(1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0)
    expected = expected_ndcg(gains, places), expected_ndcg(gains, 10 * places)
    front = min(1.0, max(FRONT, 1 / len(gains)))
    return Ranking(*expected, float(dangerous.mean()), 50.0, front, (len(gains) - 1) / 2 * _HOURS, front)


def most_dangerous(gains: Floats, places: int) -> NDArray[np.bool_]:
    """Which reports count as the most dangerous: the `places` with the highest gain, and all equal to the last
    of them, if above zero."""
    if not len(gains):
        return np.zeros(0, dtype=bool)
    edge = np.sort(gains)[::-1][min(places, len(gains)) - 1]
    return np.asarray((gains >= edge) & (gains > 0), dtype=np.bool_)


def _discounted(gains: Floats, places: int) -> float:
    head = gains[:places]
    return float(np.sum(head / np.log2(np.arange(2, len(head) + 2))))
