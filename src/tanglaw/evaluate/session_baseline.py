"""The rule that is used today: contact and payment within a fixed window make a session. Tuned on the same world.

Two forms are tried, each with every window, and the better one stands as the baseline: an exchange (messages and calls
without a longer break than the window) with a payment within the window; and a call with a payment within the window.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tanglaw.evaluate.session_hits import curve, hits

WINDOWS_MINUTES = (5, 15, 30, 60, 120, 240, 480, 1_440, 2_880)


def best_rule(contacts: pl.DataFrame, payments: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float | str]:
    """Name, window in minutes, precision, recall and F1 of the best form and window.

    `contacts`: buyer, seller (actor keys), at (seconds), seconds (None for a message), for pairs with payments.
    `payments`: buyer, seller, at. `truth` as in `hits`.
    """
    best: dict[str, float | str] = {"rule": "none", "minutes": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    calls = contacts.filter(pl.col("seconds").is_not_null()).with_columns(
        (pl.col("at") + pl.col("seconds")).alias("end")
    )
    calls = calls.select("buyer", "seller", pl.col("at").alias("start"), "end")
    for minutes in WINDOWS_MINUTES:
        for rule, episodes in (("exchange", _exchanges(contacts, 60 * minutes)), ("call", calls)):
            claimed = _paid(episodes, payments, 60 * minutes).with_columns(
                pl.lit(None, pl.String).alias("facilitator"), pl.lit(1.0).alias("probability")
            )
            right = hits(claimed, truth)
            _, precision, recall, f1 = curve(np.ones(len(right)), right, truth.height).best
            if f1 > float(best["f1"]):
                best = {"rule": rule, "minutes": float(minutes), "precision": precision, "recall": recall, "f1": f1}
    return best


def _exchanges(contacts: pl.DataFrame, window: int) -> pl.DataFrame:
    """Runs of contact without a break longer than the window."""
    ends = pl.col("at") + pl.col("seconds").fill_null(0)
    ordered = contacts.sort("buyer", "seller", "at").with_columns(ends.alias("until"))
    fresh = (pl.col("at") - pl.col("until").cum_max().over("buyer", "seller").shift(1).over("buyer", "seller")) > window
    runs = ordered.with_columns(fresh.fill_null(True).cast(pl.Int64).cum_sum().alias("run"))
    return runs.group_by("buyer", "seller", "run", maintain_order=True).agg(
        pl.col("at").min().alias("start"), pl.col("until").max().alias("end")
    )


def _paid(episodes: pl.DataFrame, payments: pl.DataFrame, window: int) -> pl.DataFrame:
    """The episodes with a payment of the pair from `window` seconds before their start to `window` after their end."""
    rows = episodes.with_row_index("row")
    by = ["buyer", "seller"]
    paid = payments.select("buyer", "seller", pl.col("at").alias("paid")).sort("paid")
    first = rows.with_columns((pl.col("start") - window).alias("from")).sort("from")
    near = first.join_asof(paid, left_on="from", right_on="paid", by=by, strategy="forward", check_sortedness=False)
    kept = near.filter(pl.col("paid") <= pl.col("end") + window)
    return kept.sort("row").select("buyer", "seller", "start", "end")
