"""Clusters of addresses against the truth of a `coins` world, beside common inputs alone on the same transactions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tanglaw.engine.base import Engine
from tanglaw.errors import CheckUsage
from tanglaw.evaluate.clusters import Labels, Score, b_cubed, joined, pairwise
from tanglaw.evaluate.report import Section

PEOPLE = ("payer", "seller", "person", "merchant")


@dataclass(frozen=True, slots=True)
class Biggest:
    """The largest cluster of a method: addresses, and the share of them that one owner holds."""

    addresses: int
    purity: float


@dataclass(frozen=True, slots=True)
class ChainScores:
    """By method: pairwise over all addresses that took part in a transaction, pairwise over those of people (services
    aside), B-cubed, and the largest cluster. `rules`: by rule the joins and how many of them are one owner's."""

    addresses: int
    pairwise: dict[str, Score]
    pairwise_people: dict[str, Score]
    b_cubed: dict[str, Score]
    biggest: dict[str, Biggest]
    rules: dict[str, tuple[int, int]]
    refused: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)

    def render(self) -> tuple[Section, ...]:
        """Sections to show."""
        rows = []
        for method, biggest in self.biggest.items():
            cells: list[str] = []
            for score in (self.pairwise, self.pairwise_people, self.b_cubed):
                cells += [f"{score[method].precision:.4f}", f"{score[method].recall:.4f}"]
            rows.append((method, *cells, f"{biggest.addresses:,}", f"{biggest.purity:.3f}"))
        heads = (
            "method",
            "precision",
            "recall",
            "people prec.",
            "rec.",
            "B-cubed prec.",
            "rec.",
            "biggest",
            "one owner's",
        )
        return (
            Section(f"Clusters of {self.addresses:,} addresses (pairs)", heads, tuple(rows)),
            Section(
                "Joins by rule (a join by several counts for each)",
                ("rule", "joins", "of one owner"),
                tuple((rule, f"{n:,}", f"{right / n:.4f}") for rule, (n, right) in self.rules.items()),
            ),
            Section(
                "Joins refused", ("reason", "count"), tuple((why, f"{count:,}") for why, count in self.refused.items())
            ),
        )


def has_chain(folder: Path) -> bool:
    """True if the world was made with the scenario `coins`."""
    return (folder / "chain_addresses.csv").is_file()


def evaluate_chain(engine: Engine, folder: Path) -> ChainScores:
    """Scores of the last run's clusters. Raises CheckUsage if the truth cannot be read."""
    truth = _truth(folder)
    index = truth.select("address", "i", "owner")
    joins = _frame(engine, "select a, b, rule from chain_joins")
    methods = {
        "tanglaw": _labels(index, joins),
        "common inputs, shapes told apart": _labels(index, joins.filter(pl.col("rule") == "common-input")),
        "common inputs alone": _labels(index, _naive(engine)),
    }
    true = index["owner"].rank("dense").to_numpy().astype(np.int64)
    people = truth["role"].is_in(PEOPLE).to_numpy()
    return ChainScores(
        len(index),
        {name: pairwise(found, true) for name, found in methods.items()},
        {name: pairwise(found[people], true[people]) for name, found in methods.items()},
        {name: b_cubed(found, true) for name, found in methods.items()},
        {name: _biggest(found, true) for name, found in methods.items()},
        _rules(index, joins),
        _refused(engine),
    )


def _truth(folder: Path) -> pl.DataFrame:
    try:
        rows = pl.read_csv(folder / "chain_addresses.csv", schema_overrides={"service": pl.String})
        return rows.filter(pl.col("received") > 0).with_row_index("i")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CheckUsage("truth/chain_addresses.csv is missing or broken") from error


def _frame(engine: Engine, sql: str) -> pl.DataFrame:
    found = pl.from_arrow(engine.rows(sql))
    assert isinstance(found, pl.DataFrame)
    return found


def _labels(index: pl.DataFrame, joins: pl.DataFrame) -> Labels:
    place = index.select("address", "i")
    ends = joins.join(place, left_on="a", right_on="address").join(place, left_on="b", right_on="address", suffix="_b")
    return joined(len(index), *(ends[side].to_numpy().astype(np.int64) for side in ("i", "i_b")))


def _naive(engine: Engine) -> pl.DataFrame:
    """What joins if every transaction is taken for one hand's."""
    return _frame(
        engine,
        """
        select distinct m.low as a, i.address as b
        from chain_inputs i
        join (
            select network, txid, min(address) as low from chain_inputs where address is not null group by network, txid
        ) m on m.network = i.network and m.txid = i.txid
        where i.address <> m.low
        """,
    )


def _biggest(found: Labels, true: Labels) -> Biggest:
    names, sizes = np.unique(found, return_counts=True)
    members = true[found == names[np.argmax(sizes)]]
    return Biggest(int(sizes.max()), float(np.unique(members, return_counts=True)[1].max() / len(members)))


def _rules(index: pl.DataFrame, joins: pl.DataFrame) -> dict[str, tuple[int, int]]:
    owner = index.select("address", "owner")
    rows = (
        joins.join(owner, left_on="a", right_on="address")
        .join(owner, left_on="b", right_on="address", suffix="_b")
        .with_columns(pl.col("rule").str.split(" + "))
        .explode("rule")
        .group_by("rule")
        .agg(pl.len().alias("n"), (pl.col("owner") == pl.col("owner_b")).sum().alias("right"))
        .sort("n", "rule", descending=[True, False])
    )
    return {row["rule"]: (row["n"], row["right"]) for row in rows.to_dicts()}


def _refused(engine: Engine) -> dict[str, int]:
    rows = _frame(engine, "select reason from chain_refused")
    counted = rows.with_columns(pl.col("reason").str.split(":").list.first()).group_by("reason").len().sort("reason")
    return {row["reason"]: row["len"] for row in counted.to_dicts()}
