"""Scores a run against a simulated world's truth, beside baselines made from the same tables."""

from __future__ import annotations

from pathlib import Path

from tanglaw.evaluate.actors import score_actors, score_links
from tanglaw.evaluate.fairness import borne, score_fairness
from tanglaw.evaluate.queue import score_queue
from tanglaw.evaluate.report import Report, Section
from tanglaw.evaluate.truth import Tables, read_accounts, read_actors, read_reports, read_signs

READS = ("accounts", "actors", "flags", "links", "priorities", "reports", "selectors")

__all__ = ["READS", "Report", "Section", "evaluate"]


def evaluate(tables: Tables, truth: Path) -> Report:
    """Score the workspace's tables (those of READS) against `truth`, the folder with accounts.csv and reports.csv.

    Raises CheckUsage if that folder is not a simulated world's truth.
    """
    accounts, reports = read_accounts(truth), read_reports(truth)
    actors, account_counts = score_actors(tables, accounts)
    queue, report_counts = score_queue(tables, reports, read_signs(truth))
    fairness = score_fairness([("", borne(tables, accounts, read_actors(truth)))])
    return Report(actors, score_links(tables, accounts), queue, fairness, {**account_counts, **report_counts})
