"""Who bears wrong links: the share of accounts joined with somebody else's, by country and by way to the net."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from tanglaw.evaluate.clusters import dense, joined
from tanglaw.evaluate.truth import Tables, known_accounts, table

TRAITS = ("country", "network")
_Z = 1.96
_DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Burden:
    """Accounts of one group that the truth knows, and how many of them a joining link ties to another actor's; `low`
    and `high` bound their share with 95 % confidence (Wilson 1927)."""

    trait: str
    group: str
    accounts: int
    wronged: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """Burdens by trait and group, and by trait how many times the highest rate is the lowest: as counted (`ratio`), and
    between which bounds that lies with 95 % confidence (`low`, `high`).

    Bounds are of a Poisson bootstrap (Chamandy and others 2012) over clumps: actors whom wrong links tie are one clump,
    since one mistake burdens all of them. Each group counts one account more in each draw, so that few counts prove nothing.
    """

    burdens: tuple[Burden, ...]
    ratio: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]


@dataclass(frozen=True, slots=True)
class Borne:
    """One world: its known accounts (actor, wronged, and TRAITS) and which actors wrong links tie (one, other)."""

    accounts: pl.DataFrame
    tied: pl.DataFrame


def borne(tables: Tables, truth: pl.DataFrame, actors: pl.DataFrame) -> Borne:
    """Who bears wrong links in one world; `actors` has actor and the columns of TRAITS."""
    known = known_accounts(table(tables, "accounts", ("account_id", "platform", "identifier")), truth)
    links = (
        table(tables, "links", ("a", "b", "joins"))
        .filter(pl.col("joins"))
        .join(known.rename({"account_id": "a", "actor": "one"}), on="a")
        .join(known.rename({"account_id": "b", "actor": "other"}), on="b")
        .filter(pl.col("one") != pl.col("other"))
    )
    wronged = pl.concat([links["a"], links["b"]]).unique().sort().to_list()
    accounts = known.join(actors, on="actor").select(
        "actor", pl.col("account_id").is_in(wronged).alias("wronged"), *TRAITS
    )
    return Borne(accounts, links.select("one", "other").unique())


def score_fairness(worlds: Iterable[tuple[str, Borne]]) -> Fairness:
    """Burdens of all groups with accounts, over all these worlds together; empty without accounts.

    Worlds under one name hold the same people under other circumstances: what befalls them there counts as one clump.
    """
    named = [
        (world.accounts.with_columns(_under(name, "actor")), world.tied.with_columns(_under(name, "one", "other")))
        for name, world in worlds
    ]
    if not named:
        return Fairness((), {}, {}, {})
    accounts = pl.concat([accounts for accounts, _ in named])
    clumps = _clumps(pl.concat([tied for _, tied in named]).unique().sort("one", "other"))
    found: list[Burden] = []
    ratio: dict[str, float] = {}
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for trait in TRAITS:
        groups = accounts.group_by(trait).agg(pl.len(), pl.col("wronged").sum()).sort(trait)
        burdens = [_burden(trait, *row) for row in groups.iter_rows()]
        found += burdens
        if burdens:
            most, least = max(burdens, key=lambda one: one.rate), min(burdens, key=lambda one: one.rate)
            ratio[trait] = most.rate / least.rate if least.rate else math.inf if most.rate else 1.0
            low[trait], high[trait] = _bounds(accounts.filter("wronged").join(clumps, on="actor"), most, least)
    return Fairness(tuple(found), ratio, low, high)


def _under(name: str, *columns: str) -> list[pl.Expr]:
    return [pl.format("{} {}", pl.lit(name), pl.col(column)).alias(column) for column in columns]


def _clumps(tied: pl.DataFrame) -> pl.DataFrame:
    """actor, clump: 0, 1, ... for the components of these pairs of actors."""
    names = pl.concat([tied["one"], tied["other"]])
    numbers = dense(names.to_numpy())
    label = joined(int(numbers.max()) + 1 if len(numbers) else 0, numbers[: tied.height], numbers[tied.height :])
    return pl.DataFrame({"actor": names, "clump": dense(label[numbers])}).unique()


def _bounds(wronged: pl.DataFrame, most: Burden, least: Burden) -> tuple[float, float]:
    """Between which the rate of `most` over that of `least` lies; `wronged` are accounts with their clump."""
    if most.group == least.group:
        return 1.0, 1.0
    rng = np.random.default_rng(len(wronged))
    size = int(wronged["clump"].max()) + 1 if wronged.height else 0  # type: ignore[arg-type]
    weights = rng.poisson(1.0, (_DRAWS, size))
    rates = []
    for one in (most, least):
        held = wronged.filter(pl.col(one.trait) == one.group)["clump"].to_numpy()
        counts = weights @ np.bincount(held.astype(np.int64), minlength=size) + rng.poisson(1.0, _DRAWS)
        rates.append(counts / one.accounts)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.where(rates[0] == rates[1], 1.0, rates[0] / rates[1])
    low, high = np.quantile(drawn, (0.025, 0.975), method="nearest")
    return float(low), float(high)


def _burden(trait: str, group: str, accounts: int, wronged: int) -> Burden:
    rate = wronged / accounts
    middle = (rate + _Z**2 / (2 * accounts)) / (1 + _Z**2 / accounts)
    half = _Z / (1 + _Z**2 / accounts) * math.sqrt(rate * (1 - rate) / accounts + _Z**2 / (4 * accounts**2))
    return Burden(trait, group, accounts, wronged, rate, max(0.0, middle - half), middle + half)
