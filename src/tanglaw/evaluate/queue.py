"""The queue against the true danger, and against orders that need no thought."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from tanglaw.evaluate.ranking import Ranking, by_chance, most_dangerous, score
from tanglaw.evaluate.signs import MODERATE, support
from tanglaw.evaluate.truth import Tables, table

PLACES = 100


def score_queue(tables: Tables, truth: pl.DataFrame, signs: pl.DataFrame) -> tuple[dict[str, Ranking], dict[str, int]]:
    """Scores by order of work, Tanglaw first, then the baselines; and counts of reports.

    `signs` are those that the truth says the files hold. One baseline is no order of work: every sign read without error
    and weighed by how often it is right in this very world, about the best that its files allow. A report has
    evidence on file if its signs make danger MODERATE times as likely or more.

    Only reports that both the workspace and the truth know are ranked. Ties of a baseline stand in order of
    arrival, then of report number.
    """
    reports = (
        table(tables, "reports", ("report_id", "report_number", "received_at"))
        .join(truth.unique("report_number", keep="first", maintain_order=True), on="report_number")
        .join(table(tables, "priorities", ("report_id", "rank")), on="report_id", how="left")
        .join(_flag_counts(tables), on="report_id", how="left")
        .with_columns(pl.col("flags").fill_null(0))
        .sort("received_at", "report_number", nulls_last=True)
    )
    reports = reports.with_columns(pl.Series("support", support(reports, signs)))
    reports = reports.with_columns((pl.col("support") >= math.log(MODERATE)).alias("shown"))
    orders = {
        "tanglaw": reports.sort("rank", nulls_last=True, maintain_order=True),
        "arrival": reports,
        "flag count": reports.sort("flags", descending=True, maintain_order=True),
    }
    if signs.height:
        orders["all signs, no error"] = reports.sort("support", descending=True, maintain_order=True)
    scores = {
        name: score(_gains(order), PLACES, _bools(order, "dangerous"), _bools(order, "shown"))
        for name, order in orders.items()
    }
    most = most_dangerous(_gains(reports), PLACES)
    scores["chance"] = by_chance(_gains(reports), PLACES, _bools(reports, "dangerous"))
    counts = {
        "reports_in_both": reports.height,
        "reports_only_in_truth": max(truth["report_number"].n_unique() - reports.height, 0),
        "reports_without_rank": reports["rank"].null_count(),
        "dangerous_reports": int(reports["dangerous"].sum()),
        "dangerous_with_evidence": int((reports["dangerous"] & reports["shown"]).sum()),
        "reports_with_evidence": int(reports["shown"].sum()),
        "most_dangerous": int(most.sum()),
        "most_dangerous_with_evidence": int((most & _bools(reports, "shown")).sum()),
        "urgent_reports": int(reports["urgent_true"].sum()),
        "urgent_in_first_places": int(orders["tanglaw"]["urgent_true"].head(PLACES).sum()),
    }
    return scores, counts


def _flag_counts(tables: Tables) -> pl.DataFrame:
    flags = table(tables, "flags", ("report_id", "file_id", "name")).unique()
    return flags.group_by("report_id").agg(pl.len().cast(pl.Int64).alias("flags"))


def _gains(order: pl.DataFrame) -> np.ndarray:
    return order["danger_true"].to_numpy().astype(np.float64)


def _bools(order: pl.DataFrame, column: str) -> np.ndarray:
    return order[column].to_numpy().astype(np.bool_)
