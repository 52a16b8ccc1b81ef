"""How well accounts were grouped: pairwise and B-cubed scores from contingency counts, never from pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, each 0 to 1. Nothing claimed is precision 1; nothing to find
    is recall 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def dense(values: NDArray[np.generic]) -> Labels:
    """Labels 0, 1, ... that are equal where the values are."""
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)


def pairwise(found: Labels, true: Labels) -> Score:
    """Share of found pairs that are true, and of true pairs that are found."""
    both = _pairs(np.unique(_cells(found, true), return_counts=True)[1])
    claimed, wanted = _pairs(np.bincount(dense(found))), _pairs(np.bincount(dense(true)))
    return Score(both / claimed if claimed else 1.0, both / wanted if wanted else 1.0)


def b_cubed(found: Labels, true: Labels, of: NDArray[np.bool_] | None = None) -> Score:
    """Mean over items (Bagga and Baldwin 1998): of the item's found group the share that is truly its own, and of
    its true group the share found with it. `of` takes the mean over those items only; groups stay whole."""
    if not len(found):
        return Score(1.0, 1.0)
    cells, place = np.unique(_cells(found, true), return_inverse=True)
    together = np.bincount(place, minlength=len(cells))[place]
    chosen = np.ones(len(found), dtype=bool) if of is None else of
    if not chosen.any():
        return Score(1.0, 1.0)
    found_sizes, true_sizes = _sizes(found), _sizes(true)
    return Score(
        float(np.mean(together[chosen] / found_sizes[chosen])),
        float(np.mean(together[chosen] / true_sizes[chosen])),
    )


def in_groups(true: Labels) -> NDArray[np.bool_]:
    """Which items have at least one other of their true group."""
    return _sizes(true) > 1


def joined(size: int, one: Labels, other: Labels) -> Labels:
    """Union-find over `size` items and edges `one`-`other`: the smallest item of each item's component.

    Label propagation with pointer jumping, whole arrays at a time.
    """
    label = np.arange(size, dtype=np.int64)
    while True:
        before = label.copy()
        low = np.minimum(label[one], label[other])
        # Roots take the smallest label that any of their members sees, so long chains close in few rounds.
        np.minimum.at(label, before[one], low)
        np.minimum.at(label, before[other], low)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(label, before):
            return label


def _sizes(labels: Labels) -> Labels:
    tight = dense(labels)
    return np.bincount(tight)[tight].astype(np.int64)


def _cells(found: Labels, true: Labels) -> Labels:
    tight_found, tight_true = dense(found), dense(true)
    width = int(tight_true.max()) + 1 if len(tight_true) else 1
    return tight_found * width + tight_true


def _pairs(sizes: NDArray[np.generic]) -> float:
    whole = sizes.astype(np.float64)
    return float(np.sum(whole * (whole - 1) / 2))
