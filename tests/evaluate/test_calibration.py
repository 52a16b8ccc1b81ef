"""Whether stated probabilities are true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.evaluate.calibration import calibrate


def test_perfect_and_useless_statements() -> None:
    """Certainty that is right has skill 1; always stating the base rate has none; certainty that is wrong has less."""
    true = np.array([True, False, False, False])
    assert calibrate(true.astype(float), true).skill == 1
    assert calibrate(np.full(4, 0.25), true).skill == pytest.approx(0)
    assert calibrate(1 - true.astype(float), true).skill < -1


def test_bins_hold_every_statement_once() -> None:
    """A statement stands in the bin that it begins; certainty stands in the last one."""
    found = calibrate(np.array([0.0, 0.05, 0.97, 1.0]), np.array([False, False, True, True]))
    assert [(one.low, one.count, one.true) for one in found.bins] == [
        (0.0, 1, 0),
        (0.05, 1, 0),
        (0.95, 1, 1),
        (0.99, 1, 1),
    ]


def test_nothing_stated() -> None:
    """No statement has no skill and no bins."""
    assert calibrate(np.zeros(0), np.zeros(0, dtype=bool)).bins == ()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_bins_add_up(pairs: list[tuple[float, bool]]) -> None:
    """The bins count each statement, and their shares give the base rate."""
    stated, true = (np.array(column) for column in zip(*pairs, strict=True))
    found = calibrate(stated.astype(float), true.astype(bool))
    assert sum(one.count for one in found.bins) == found.count == len(pairs)
    assert sum(one.count * one.true for one in found.bins) == pytest.approx(found.base_rate * found.count)
