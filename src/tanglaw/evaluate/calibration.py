"""Are stated probabilities true? Brier score against the base rate, and a reliability table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements with a probability from `low` up to `high`: their number, mean stated probability, share true."""

    low: float
    high: float
    count: int
    stated: float
    true: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """`brier` is the mean squared error (Brier 1950), `skill` the part of the base rate's error that is gone (1 is
    perfect, 0 no better than always stating `base_rate`)."""

    count: int
    base_rate: float
    brier: float
    skill: float
    bins: tuple[Bin, ...]


def calibrate(stated: NDArray[np.float64], true: NDArray[np.bool_]) -> Calibration:
    """Scores of probabilities, each of a statement that is true or not; empty bins are left out."""
    if not len(stated):
        return Calibration(0, 0.0, 0.0, 0.0, ())
    base = float(true.mean())
    brier, chance = float(np.mean((stated - true) ** 2)), base * (1 - base)
    places = np.clip(np.searchsorted(BINS, stated, side="right") - 1, 0, len(BINS) - 2)
    bins = []
    for place in range(len(BINS) - 1):
        here = places == place
        if here.any():
            means = float(stated[here].mean()), float(true[here].mean())
            bins.append(Bin(BINS[place], BINS[place + 1], int(here.sum()), *means))
    return Calibration(len(stated), base, brier, 1 - brier / chance if chance else 0.0, tuple(bins))
