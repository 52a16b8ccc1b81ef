"""Trails forward against the truth of a `coins` world: which services were reached, and with how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from tanglaw.evaluate.report import Section

NAMED = ("service", "mixer", "bridge", "miner")
# An amount is right within so much of it; where a service's own address is not known, its sweep takes a fee on the way.
WITHIN = 0.05
_COIN = 100_000_000


@dataclass(frozen=True, slots=True)
class TrailScores:
    """`reached`: seeds and services that the truth ties, with `least_share` of the seed's coins or more; `known`: those
    whose service the list of tags names; `found`, `right`: of the known, named by a trail, and with the right amounts in
    proportion and by first in, first out; `tied`, `tied_found`, `tied_right`: of the known, those of which enough came to
    addresses that a listed one stands behind (`coin_tied`), and so on; `whole`, `whole_right`: of these, those of which no more
    than the tolerance came elsewhere, so that the amounts can be known. `not_reached`: named and not tied by the truth in
    any way, `wrong_tags`: of these, by tags that are wrong. `by_service`: of each known service, with the way in which it
    keeps coins: reached, tied, found, right.
    """

    seeds: int
    reached: int
    known: int
    found: int
    right: int
    tied: int
    tied_found: int
    tied_right: int
    whole: int
    whole_right: int
    named: int
    not_reached: int
    wrong_tags: int
    refused: int
    by_service: dict[str, tuple[int, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)

    def render(self) -> tuple[Section, ...]:
        """One section."""
        return (
            Section(
                f"Trails of {self.seeds} seeds to services (amounts right within {WITHIN:.0%})",
                ("what", "count", "share"),
                (
                    ("reached in truth", str(self.reached), ""),
                    ("of these, known to the list of tags", str(self.known), _share(self.known, self.reached)),
                    ("of these, found", str(self.found), _share(self.found, self.known)),
                    ("of these, with the right amounts", str(self.right), _share(self.right, self.known)),
                    ("known and tied to a listed address", str(self.tied), _share(self.tied, self.known)),
                    ("of these, found", str(self.tied_found), _share(self.tied_found, self.tied)),
                    ("of these, with the right amounts", str(self.tied_right), _share(self.tied_right, self.tied)),
                    ("tied with all that came there", str(self.whole), _share(self.whole, self.known)),
                    ("of these, with the right amounts", str(self.whole_right), _share(self.whole_right, self.whole)),
                    ("named", str(self.named), ""),
                    ("named and not reached", str(self.not_reached), _share(self.not_reached, self.named)),
                    ("of these, where a tag is wrong", str(self.wrong_tags), ""),
                    ("seeds refused", str(self.refused), ""),
                ),
            ),
            Section(
                "Trails to services, by service",
                ("service", "reached", "tied", "found", "with the right amounts"),
                tuple((name, *map(str, counts)) for name, counts in self.by_service.items()),
            ),
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def has_trails(truth: Path) -> bool:
    """Whether the world's truth speaks of trails."""
    return (truth / "trails.csv").is_file()


def evaluate_trails(
    trails: pa.Table, tags: pa.Table, tied: Collection[str], truth: Path, least_share: float
) -> TrailScores:
    """Scores rows of `chain_trails` with those of `address_tags` that they went by and the tied addresses (`coin_tied`)."""
    names = _names(truth)
    told = _truth(truth, least_share)
    owners = {
        row["address"]: row["service"]
        for row in pl.read_csv(truth / "chain_addresses.csv", infer_schema_length=0).iter_rows(named=True)
        if row["service"]
    }
    known = {owners[one] for one in tags.column("address").to_pylist() if one in owners}
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    wrong: set[tuple[str, str]] = set()
    refused = set()
    for row in trails.to_pylist():
        if row["end_kind"] == "refused":
            refused.add(row["seed_address"])
        if row["direction"] != "forward" or row["end_kind"] not in NAMED or row["service"] is None:
            continue
        pair = row["seed_address"], names.get(row["service"], row["service"])
        found[pair][0] += float(row["haircut"]) * _COIN
        found[pair][1] += float(row["fifo"]) * _COIN
        if owners.get(row["end_address"], pair[1]) != pair[1]:
            wrong.add(pair)
    wanted = {
        pair: amounts for pair, amounts in told.items() if amounts[2] and pair[1] in known and pair[0] not in refused
    }
    right = {pair for pair, amounts in wanted.items() if pair in found and _right(amounts, found[pair])}
    told_tied = _truth(truth, least_share, tied)
    tied_pairs = {pair for pair in wanted.keys() & told_tied.keys() if told_tied[pair][2]}
    whole = {pair for pair in tied_pairs if _right(wanted[pair], told_tied[pair][:2])}
    styles = _styles(truth)
    false = {pair for pair in found if pair not in told}
    return TrailScores(
        len({seed for seed, _ in told}),
        sum(amounts[2] > 0 for amounts in told.values()),
        len(wanted),
        sum(pair in found for pair in wanted),
        len(right),
        len(tied_pairs),
        len(tied_pairs & found.keys()),
        len(tied_pairs & right),
        len(whole),
        len(whole & right),
        len(found),
        len(false),
        len(false & wrong),
        len(refused),
        {
            f"{name} ({styles.get(name, '')})": (
                _at(name, wanted),
                _at(name, tied_pairs),
                _at(name, wanted.keys() & found.keys()),
                _at(name, right),
            )
            for name in sorted({name for _, name in wanted})
        },
    )


def _at(service: str, pairs: Collection[tuple[str, str]]) -> int:
    return sum(name == service for _, name in pairs)


def _right(truth: tuple[float, float, int], found: Sequence[float]) -> bool:
    return all(abs(one - other) <= WITHIN * one + 1_000 for one, other in zip(truth[:2], found, strict=True))


def _names(truth: Path) -> dict[str, str]:
    return {row["owner"]: row["service"] for row in _services(truth)}


def _styles(truth: Path) -> dict[str, str]:
    """How each service keeps its customers' coins: pooled, sweep or forward."""
    return {row["service"]: row["style"] for row in _services(truth)}


def _services(truth: Path) -> list[dict[str, str]]:
    return pl.read_csv(truth / "chain_services.csv", infer_schema_length=0).to_dicts()


def _truth(
    truth: Path, least_share: float, only: Collection[str] | None = None
) -> dict[tuple[str, str], tuple[float, float, int]]:
    """By seed and service: in proportion, by first in, first out, and 1 if that is enough to be followed.

    Of what came to the addresses in `only`, if these are given."""
    rows = pl.read_csv(truth / "trails.csv", infer_schema_length=0).with_columns(
        pl.col("haircut", "fifo").cast(pl.Float64)
    )
    whole = {row["seed"]: row["haircut"] for row in rows.group_by("seed").agg(pl.sum("haircut")).iter_rows(named=True)}
    found: dict[tuple[str, str], tuple[float, float, int]] = {}
    ends = rows.filter(pl.col("end_kind") == "service")
    if only is not None:
        ends = ends.filter(pl.col("end_address").is_in(list(only)))
    services = ends.group_by("seed", "service").agg(pl.sum("haircut", "fifo"))
    for row in services.iter_rows(named=True):
        enough = max(row["haircut"], row["fifo"]) >= least_share * whole[row["seed"]]
        found[row["seed"], row["service"]] = row["haircut"], row["fifo"], int(enough)
    return found
