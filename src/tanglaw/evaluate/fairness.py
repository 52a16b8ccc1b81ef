"""Who bears wrong links: the share of accounts joined with somebody else's, by country and by way to the net."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from tanglaw.evaluate.truth import Tables, known_accounts, table

TRAITS = ("country", "network")
_Z = 1.96


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
    the least that the counts leave no doubt of (`sure`: lower bound of the highest over upper bound of the lowest, at
    least 1)."""

    burdens: tuple[Burden, ...]
    ratio: dict[str, float]
    sure: dict[str, float]


def score_fairness(tables: Tables, truth: pl.DataFrame, actors: pl.DataFrame) -> Fairness:
    """Burdens of all groups with accounts; `actors` has actor and the columns of TRAITS. Empty without rows there."""
    known = known_accounts(table(tables, "accounts", ("account_id", "platform", "identifier")), truth)
    wronged = _wronged(tables, known)
    accounts = known.join(actors, on="actor").with_columns(pl.col("account_id").is_in(wronged).alias("wronged"))
    found: list[Burden] = []
    ratio: dict[str, float] = {}
    sure: dict[str, float] = {}
    for trait in TRAITS:
        groups = accounts.group_by(trait).agg(pl.len(), pl.col("wronged").sum()).sort(trait)
        burdens = [_burden(trait, *row) for row in groups.iter_rows()]
        found += burdens
        if burdens:
            most, least = max(burdens, key=lambda one: one.rate), min(burdens, key=lambda one: one.rate)
            ratio[trait] = most.rate / least.rate if least.rate else math.inf if most.rate else 1.0
            sure[trait] = max(1.0, most.low / least.high) if least.high else 1.0
    return Fairness(tuple(found), ratio, sure)


def _wronged(tables: Tables, known: pl.DataFrame) -> list[str]:
    """Accounts that a joining link ties to an account of another actor."""
    links = (
        table(tables, "links", ("a", "b", "joins"))
        .filter(pl.col("joins"))
        .join(known.rename({"account_id": "a", "actor": "actor_a"}), on="a")
        .join(known.rename({"account_id": "b", "actor": "actor_b"}), on="b")
        .filter(pl.col("actor_a") != pl.col("actor_b"))
    )
    return pl.concat([links["a"], links["b"]]).unique().sort().to_list()


def _burden(trait: str, group: str, accounts: int, wronged: int) -> Burden:
    rate = wronged / accounts
    middle = (rate + _Z**2 / (2 * accounts)) / (1 + _Z**2 / accounts)
    half = _Z / (1 + _Z**2 / accounts) * math.sqrt(rate * (1 - rate) / accounts + _Z**2 / (4 * accounts**2))
    return Burden(trait, group, accounts, wronged, rate, max(0.0, middle - half), middle + half)
