"""Actors against the truth, and against what exact matching alone would have found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tanglaw.evaluate.calibration import Calibration, calibrate
from tanglaw.evaluate.clusters import Labels, Score, b_cubed, dense, in_groups, joined, pairwise
from tanglaw.evaluate.truth import Tables, known_accounts, table

# A selector in one of these roles is not the account's own.
NOT_OWN = ("mentioned", "reporter")
FROM_TEXT = ("messages", "payments", "texts")


@dataclass(frozen=True, slots=True)
class ActorScores:
    """Scores of one way to group accounts. The `_several` ones look at actors with two accounts or more:
    pairwise among their accounts alone, B-cubed as the mean over their accounts with all groups whole."""

    pairwise: Score
    b_cubed: Score
    pairwise_several: Score
    b_cubed_several: Score


@dataclass(frozen=True, slots=True)
class LinkScores:
    """How many links tie accounts that the truth knows, and which share of them ties accounts of one actor; how true
    their probabilities are (all candidate pairs that were written; a link of groups says nothing of its two alone and
    is left out); and of the groups of two or more accounts, the share that holds accounts of several actors."""

    links: int
    true_share: float
    joining: int
    true_share_joining: float
    calibration: Calibration
    false_merges: float


def score_actors(tables: Tables, truth: pl.DataFrame) -> tuple[dict[str, ActorScores], dict[str, int]]:
    """Scores by method, Tanglaw first, then the baselines; and counts of accounts and actors."""
    accounts = table(tables, "accounts", ("account_id", "platform", "identifier"))
    known = known_accounts(accounts, truth)
    ids, true = known["account_id"], dense(known["actor"].to_numpy())
    methods = {
        "tanglaw": _found(tables, ids),
        "same e-mail or phone": _exact(tables, ids, pl.col("type").is_in(["email", "phone"]) & _in_fields()),
        "any shared selector": _exact(tables, ids, pl.lit(True)),
        "no linking": np.arange(len(ids), dtype=np.int64),
    }
    several = in_groups(true) if len(true) else np.zeros(0, dtype=bool)
    counts = {
        "accounts_in_both": len(ids),
        "accounts_only_in_workspace": accounts["account_id"].n_unique() - len(ids),
        "accounts_only_in_truth": max(truth.height - len(ids), 0),
        "actors": len(np.unique(true)),
        "actors_with_several_accounts": len(np.unique(true[several])),
        "accounts_of_those": int(several.sum()),
    }
    return {name: _scores(found, true, several) for name, found in methods.items()}, counts


def score_links(tables: Tables, truth: pl.DataFrame) -> LinkScores:
    """The links between accounts that the truth knows."""
    known = known_accounts(table(tables, "accounts", ("account_id", "platform", "identifier")), truth)
    links = (
        table(tables, "links", ("a", "b", "joins", "probability", "grouped"))
        .join(known.rename({"account_id": "a", "actor": "actor_a"}), on="a")
        .join(known.rename({"account_id": "b", "actor": "actor_b"}), on="b")
        .with_columns((pl.col("actor_a") == pl.col("actor_b")).alias("same"))
    )
    joining = links.filter(pl.col("joins"))
    weighed = links.filter(~pl.col("grouped").fill_null(False)).drop_nulls("probability")
    calibration = calibrate(
        weighed["probability"].to_numpy().astype(np.float64), weighed["same"].to_numpy().astype(np.bool_)
    )
    shares = _share(links["same"]), _share(joining["same"])
    return LinkScores(links.height, shares[0], joining.height, shares[1], calibration, _false_merges(tables, known))


def _false_merges(tables: Tables, known: pl.DataFrame) -> float:
    actors = table(tables, "actors", ("account_id", "actor_id")).unique("account_id", keep="first")
    groups = (
        known.join(actors, on="account_id")
        .group_by("actor_id")
        .agg(pl.len().alias("accounts"), pl.col("actor").n_unique().alias("true_actors"))
        .filter(pl.col("accounts") > 1)
    )
    return float((groups["true_actors"] > 1).sum() / groups.height) if groups.height else 0.0


def _scores(found: Labels, true: Labels, several: np.ndarray) -> ActorScores:
    return ActorScores(
        pairwise(found, true),
        b_cubed(found, true),
        pairwise(found[several], true[several]),
        b_cubed(found, true, several),
    )


def _found(tables: Tables, ids: pl.Series) -> Labels:
    """The workspace's actors; an account without an actor row stands alone."""
    actors = table(tables, "actors", ("account_id", "actor_id")).unique("account_id", keep="first")
    placed = ids.to_frame("account_id").join(actors, on="account_id", how="left", maintain_order="left")
    return dense(placed.select(pl.coalesce("actor_id", "account_id"))["actor_id"].to_numpy())


def _exact(tables: Tables, ids: pl.Series, which: pl.Expr) -> Labels:
    """Union-find over equal values, over all accounts of the workspace, as seen by the accounts of `ids`."""
    columns = ("account_id", "type", "value", "table_name", "role", "valid")
    own = ~pl.col("role").fill_null("unknown").is_in(list(NOT_OWN))
    held = (
        table(tables, "selectors", columns)
        .filter(pl.col("valid") & pl.col("account_id").is_not_null() & own & which)
        .select("account_id", "type", "value")
        .unique()
    )
    nodes = pl.concat([ids.to_frame("account_id"), held.select("account_id")]).unique(maintain_order=True)
    numbered = nodes.with_row_index("node")
    edges = held.join(numbered, on="account_id").with_columns(pl.col("node").min().over("type", "value").alias("first"))
    label = joined(nodes.height, _ints(edges["node"]), _ints(edges["first"]))
    return label[: len(ids)]


def _in_fields() -> pl.Expr:
    return ~pl.col("table_name").fill_null("").is_in(list(FROM_TEXT))


def _ints(values: pl.Series) -> Labels:
    return values.to_numpy().astype(np.int64)


def _share(same: pl.Series) -> float:
    return float(same.sum() / len(same)) if len(same) else 1.0
