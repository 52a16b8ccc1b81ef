"""Which rebuilt session is which true one: one to one, same payer and recipient (or arranger), overlapping, start near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

NEAR_SECONDS = 3_600
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision, recall and F1 when everything from each threshold on is claimed, thresholds falling."""

    thresholds: Floats
    precision: Floats
    recall: Floats

    @property
    def f1(self) -> Floats:
        total = self.precision + self.recall
        return np.divide(2 * self.precision * self.recall, total, out=np.zeros_like(total), where=total > 0)

    @property
    def best(self) -> tuple[float, float, float, float]:
        """Threshold, precision, recall and F1 where F1 is highest; zeros if nothing is claimed."""
        if not len(self.thresholds):
            return 0.0, 0.0, 0.0, 0.0
        at = int(np.argmax(self.f1))
        return tuple(float(values[at]) for values in (self.thresholds, self.precision, self.recall, self.f1))  # type: ignore[return-value]


def hits(found: pl.DataFrame, truth: pl.DataFrame) -> Flags:
    """For each row of `found` whether it is a true session that no likelier row has taken.

    `found`: buyer, seller, facilitator (actor keys of the truth, None where unknown), start, end (seconds),
    probability. `truth`: buyer, seller, facilitator, start, end. Rows are served from the likeliest on; each takes
    the free true session whose start is nearest.
    """
    numbered = found.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    real = truth.with_row_index("true").with_columns(pl.col("true").cast(pl.Int64))
    ends = pl.concat(
        [numbered.select("row", "buyer", pl.col(name).alias("other")) for name in ("seller", "facilitator")]
    )
    others = pl.concat(
        [real.select("true", "buyer", pl.col(name).alias("other")) for name in ("seller", "facilitator")]
    )
    known = pl.col("buyer").is_not_null() & pl.col("other").is_not_null() & (pl.col("other") != "")
    pairs = ends.filter(known).join(others.filter(known), on=["buyer", "other"]).select("row", "true").unique()
    both = (
        pairs.join(numbered.select("row", "start", "end", "probability"), on="row")
        .join(real.select("true", pl.col("start").alias("began"), pl.col("end").alias("ended")), on="true")
        .with_columns((pl.col("start") - pl.col("began")).abs().alias("apart"))
        .filter(
            (pl.col("apart") <= NEAR_SECONDS)
            & (pl.col("start") <= pl.col("ended"))
            & (pl.col("began") <= pl.col("end"))
        )
        .sort([pl.col("probability"), "row", "apart", "true"], descending=[True, False, False, False])
    )
    flags = np.zeros(found.height, dtype=bool)
    taken: set[int] = set()
    for row, true in both.select("row", "true").iter_rows():
        if not flags[row] and true not in taken:
            flags[row] = True
            taken.add(true)
    return flags


def curve(probability: Floats, right: Flags, wanted: int) -> Curve:
    """The curve over all thresholds. Equal probabilities are claimed together."""
    order = np.argsort(-probability, kind="stable")
    ranked, true = probability[order], np.cumsum(right[order])
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, True)) if len(ranked) else np.zeros(0, dtype=np.int64)
    claimed = last + 1.0
    return Curve(ranked[last], true[last] / np.maximum(claimed, 1), true[last] / max(wanted, 1))


def brier_skill(probability: Floats, right: Flags) -> tuple[float, float]:
    """Brier skill against always saying the prevalence, and that prevalence. Zero where nothing varies."""
    if not len(right):
        return 0.0, 0.0
    prevalence = float(right.mean())
    reference = prevalence * (1 - prevalence)
    if reference == 0:
        return 0.0, prevalence
    return 1 - float(np.mean((probability - right) ** 2)) / reference, prevalence
