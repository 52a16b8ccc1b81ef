"""Who bears wrong links, by country and by way to the net: the share of links that are false, and of accounts that have one.

The false-link rate is the share of links made that tie two actors, as record linkage counts false matches (Belin and Rubin
1995), among the links of a group's accounts: how far a link may be trusted, whomever it concerns. The share of accounts that
bear a false link tells beside it how many of a group are harmed. Both cannot be level for groups of which unequally many
links are found (Kleinberg and others 2016): who shows more evidence is linked more, rightly and wrongly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from tanglaw.evaluate.clusters import dense, joined
from tanglaw.evaluate.truth import Tables, known_accounts, table

TRAITS = ("country", "network")
MEASURES = ("links", "accounts")
_Z = 1.96
_DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Burden:
    """Of one group, by `measure`: joining links of its accounts and how many of them are false, or its accounts and how
    many bear a false link. `rate` is `wrong` of `count`, `low` and `high` bound it with 95 % confidence (Wilson 1927)."""

    measure: str
    trait: str
    group: str
    count: int
    wrong: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How many times the highest rate of a trait's groups is the lowest: as counted (`ratio`), and between which bounds
    that lies with 95 % confidence (`low`, `high`).

    Bounds are of a Poisson bootstrap (Chamandy and others 2012) over clumps: actors whom false links tie are one clump,
    since one mistake burdens all of them. Each group counts one more in each draw, so that few counts prove nothing.
    """

    measure: str
    trait: str
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """Burdens and their spreads, by MEASURES and TRAITS in this order."""

    burdens: tuple[Burden, ...]
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Borne:
    """One world: its known accounts (actor, wronged, and TRAITS), and how many joining links tie which actors' accounts
    (one, other, links, and for each end TRAITS as `one_country` and so on)."""

    accounts: pl.DataFrame
    links: pl.DataFrame


def borne(tables: Tables, truth: pl.DataFrame, actors: pl.DataFrame) -> Borne:
    """Who bears false links in one world; `actors` has actor and the columns of TRAITS."""
    known = known_accounts(table(tables, "accounts", ("account_id", "platform", "identifier")), truth)
    links = table(tables, "links", ("a", "b", "joins")).filter(pl.col("joins"))
    for end, name in (("a", "one"), ("b", "other")):
        links = links.join(known.rename({"account_id": end, "actor": name}), on=end)
    false = links.filter(pl.col("one") != pl.col("other"))
    wronged = pl.concat([false["a"], false["b"]]).unique().sort().to_list()
    accounts = known.join(actors, on="actor").select(
        "actor", pl.col("account_id").is_in(wronged).alias("wronged"), *TRAITS
    )
    tied = links.group_by("one", "other").agg(pl.len().alias("links"))
    for end in ("one", "other"):
        tied = tied.join(actors.select(pl.col("actor").alias(end), pl.col(TRAITS).name.prefix(f"{end}_")), on=end)
    return Borne(accounts, tied)


def score_fairness(worlds: Iterable[tuple[str, Borne]]) -> Fairness:
    """Burdens of all groups with links or accounts, over all these worlds together; empty without accounts.

    Worlds under one name hold the same people under other circumstances: what befalls them there counts as one clump.
    """
    named = [
        (world.accounts.with_columns(_under(name, "actor")), world.links.with_columns(_under(name, "one", "other")))
        for name, world in worlds
    ]
    if not named:
        return Fairness((), ())
    accounts = pl.concat([accounts for accounts, _ in named])
    links = pl.concat([links for _, links in named]).sort("one", "other")
    wrong = pl.col("one") != pl.col("other")
    clumps = _clumps(links.filter(wrong).select("one", "other").unique().sort("one", "other"))
    each = accounts.select("actor", *TRAITS, pl.lit(1).alias("count"), pl.col("wronged").cast(pl.Int64).alias("wrong"))
    burdens: list[Burden] = []
    spreads: list[Spread] = []
    for measure in MEASURES:
        for trait in TRAITS:
            rows = _of_links(links, wrong, trait) if measure == "links" else each
            rows = rows.select("actor", pl.col(trait).alias("group"), "count", "wrong")
            found = [
                _burden(measure, trait, *row)
                for row in rows.group_by("group").agg(pl.col("count", "wrong").sum()).sort("group").iter_rows()
            ]
            if found:
                burdens += found
                spreads.append(_spread(found, rows.filter(pl.col("wrong") > 0).join(clumps, on="actor")))
    return Fairness(tuple(burdens), tuple(spreads))


def _of_links(links: pl.DataFrame, wrong: pl.Expr, trait: str) -> pl.DataFrame:
    """actor, the trait, count, wrong: links under the group of one end, and of the other if that is another group."""
    rows = [
        links.filter(which).select(
            pl.col("one").alias("actor"),
            pl.col(f"{end}_{trait}").alias(trait),
            pl.col("links").cast(pl.Int64).alias("count"),
            pl.when(wrong).then(pl.col("links")).otherwise(0).cast(pl.Int64).alias("wrong"),
        )
        for end, which in (("one", pl.lit(True)), ("other", pl.col(f"one_{trait}") != pl.col(f"other_{trait}")))
    ]
    return pl.concat(rows)


def _under(name: str, *columns: str) -> list[pl.Expr]:
    return [pl.format("{} {}", pl.lit(name), pl.col(column)).alias(column) for column in columns]


def _clumps(tied: pl.DataFrame) -> pl.DataFrame:
    """actor, clump: 0, 1, ... for the components of these pairs of actors."""
    names = pl.concat([tied["one"], tied["other"]])
    numbers = dense(names.to_numpy())
    label = joined(int(numbers.max()) + 1 if len(numbers) else 0, numbers[: tied.height], numbers[tied.height :])
    return pl.DataFrame({"actor": names, "clump": dense(label[numbers])}).unique()


def _spread(burdens: list[Burden], wrong: pl.DataFrame) -> Spread:
    """How far these burdens of one measure and trait lie apart; `wrong` is what is wrong, with group and clump."""
    most, least = max(burdens, key=lambda one: one.rate), min(burdens, key=lambda one: one.rate)
    ratio = most.rate / least.rate if least.rate else math.inf if most.rate else 1.0
    low, high = _bounds(wrong, most, least)
    return Spread(most.measure, most.trait, ratio, low, high)


def _bounds(wrong: pl.DataFrame, most: Burden, least: Burden) -> tuple[float, float]:
    """Between which the rate of `most` over that of `least` lies."""
    if most.group == least.group:
        return 1.0, 1.0
    rng = np.random.default_rng(len(wrong))
    size = int(wrong["clump"].max()) + 1 if wrong.height else 0  # type: ignore[arg-type]
    weights = rng.poisson(1.0, (_DRAWS, size))
    rates = []
    for one in (most, least):
        held = wrong.filter(pl.col("group") == one.group)
        counts = np.bincount(held["clump"].to_numpy().astype(np.int64), held["wrong"].to_numpy(), size)
        rates.append((weights @ counts + rng.poisson(1.0, _DRAWS)) / one.count)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.where(rates[0] == rates[1], 1.0, rates[0] / rates[1])
    low, high = np.quantile(drawn, (0.025, 0.975), method="nearest")
    return float(low), float(high)


def _burden(measure: str, trait: str, group: str, count: int, wrong: int) -> Burden:
    rate = wrong / count
    middle = (rate + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z / (1 + _Z**2 / count) * math.sqrt(rate * (1 - rate) / count + _Z**2 / (4 * count**2))
    return Burden(measure, trait, group, count, wrong, rate, max(0.0, middle - half), middle + half)
