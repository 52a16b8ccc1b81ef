"""Hits are one to one; the rule that they are compared with is tuned; a small world runs from files to scores."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tanglaw.evaluate.session_baseline import best_rule
from tanglaw.evaluate.session_hits import brier_skill, curve, hits

HOUR = 3_600


def rows(*given: tuple) -> pl.DataFrame:
    """buyer, seller, facilitator, start, end, probability."""
    return pl.DataFrame(
        given,
        schema={
            "buyer": pl.String,
            "seller": pl.String,
            "facilitator": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "probability": pl.Float64,
        },
        orient="row",
    )


TRUE = rows(("a", "s", None, 0, HOUR, 1.0), ("a", "s", "f", 10 * HOUR, 11 * HOUR, 1.0))


def test_each_true_session_is_hit_once() -> None:
    """Of two rows on one session the likelier hits; the other is wrong."""
    found = rows(("a", "s", None, 60, HOUR, 0.4), ("a", "s", None, 120, HOUR, 0.9))
    assert hits(found, TRUE).tolist() == [False, True]


def test_the_arranger_counts_as_the_pair() -> None:
    """A session told with its arranger as recipient is a hit."""
    assert hits(rows(("a", "f", None, 10 * HOUR, 11 * HOUR, 0.5)), TRUE).tolist() == [True]


@pytest.mark.parametrize(
    "row",
    (
        ("b", "s", None, 0, HOUR, 0.9),
        ("a", "t", None, 0, HOUR, 0.9),
        ("a", "s", None, HOUR + 1, 2 * HOUR, 0.9),
        ("a", None, None, 0, HOUR, 0.9),
    ),
)
def test_others_and_other_times_are_no_hits(row: tuple) -> None:
    """Another payer, another recipient, no overlap or an unknown party: wrong."""
    assert hits(rows(row), TRUE).tolist() == [False]


def test_curve_and_skill_of_a_perfect_and_a_useless_score() -> None:
    """A perfect score has F1 and skill 1, always saying the prevalence has skill 0."""
    right = np.array([True, True, False, False])
    assert curve(np.array([0.9, 0.8, 0.1, 0.1]), right, 2).best[3] == 1.0
    assert brier_skill(right.astype(float), right) == (1.0, 0.5)
    assert brier_skill(np.full(4, 0.5), right) == (0.0, 0.5)


def test_the_baseline_takes_its_best_window() -> None:
    """A call half an hour after its payment is found by a window of half an hour or more."""
    contacts = pl.DataFrame({"buyer": ["a"], "seller": ["s"], "at": [5 * HOUR], "seconds": [1_200]})
    payments = pl.DataFrame({"buyer": ["a"], "seller": ["s"], "at": [5 * HOUR - 1_700]})
    truth = rows(("a", "s", None, 5 * HOUR, 6 * HOUR, 1.0))
    found = best_rule(contacts, payments, truth)
    assert (found["f1"], found["minutes"]) == (1.0, 30.0)
