"""Trails forward against the truth of a `coins` world: which services were reached, and with how much.

A trail says two things apart: `service`, reached by the hand of the seed's address itself, and `beyond`, past other hands, of which
nothing is claimed. So the truth is read both ways: all that came to a service over any hands, and what came there in one hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
_COUNTS = ("known", "found", "right", "tied", "tied_found", "tied_right", "whole", "whole_right")
_Pair = tuple[str, str]
_Amounts = tuple[float, float, int]


@dataclass(frozen=True, slots=True)
class TrailScores:
    """`reached`: seeds and services that the truth ties, with `least_share` of the seed's coins or more; `known`: those
    whose service the list of tags names; `found`, `right`: of the known, named by a trail, and with the right amounts in
    proportion and by first in, first out; `tied`, `tied_found`, `tied_right`: of the known, those of which enough came to
    addresses that a listed one stands behind (`coin_tied`), and so on; `whole`, `whole_right`: of these, those of which no more
    than the tolerance came elsewhere, so that the amounts can be known. `own`, ...: the same of what the seed's hand brought
    there itself, against what trails say came in one hand. `not_reached`: named and not tied by the truth in any way,
    `wrong_tags`: of these, by tags that are wrong; `not_own`: named and reached by way of others alone. `by_service`: of each
    known service, with the way in which it keeps coins: reached, tied, found, right.
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
    own: int
    own_found: int
    own_right: int
    own_tied: int
    own_tied_found: int
    own_tied_right: int
    own_whole: int
    own_whole_right: int
    named: int
    not_reached: int
    wrong_tags: int
    not_own: int
    refused: int
    by_service: dict[str, tuple[int, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)

    def render(self) -> tuple[Section, ...]:
        """Two sections."""
        return (
            Section(
                f"Trails of {self.seeds} seeds to services (amounts right within {WITHIN:.0%})",
                ("what", "count", "share"),
                (
                    ("reached in truth", str(self.reached), ""),
                    ("of these, known to the list of tags", str(self.known), _share(self.known, self.reached)),
                    *self._parts(""),
                    ("known and reached in one hand", str(self.own), _share(self.own, self.known)),
                    *self._parts("own_"),
                    ("named", str(self.named), ""),
                    ("named and not reached", str(self.not_reached), _share(self.not_reached, self.named)),
                    ("of these, where a tag is wrong", str(self.wrong_tags), ""),
                    ("named and reached past other hands only", str(self.not_own), _share(self.not_own, self.named)),
                    ("seeds refused", str(self.refused), ""),
                ),
            ),
            Section(
                "Trails to services, by service",
                ("service", "reached", "tied", "found", "with the right amounts"),
                tuple((name, *map(str, counts)) for name, counts in self.by_service.items()),
            ),
        )

    def _parts(self, of: str) -> tuple[tuple[str, str, str], ...]:
        """What was found of all known trails, or of those in one hand."""
        n = {name: getattr(self, of + name) for name in _COUNTS[1:]}
        whole = self.own if of else self.known
        return (
            ("of these, found", str(n["found"]), _share(n["found"], whole)),
            ("of these, with the right amounts", str(n["right"]), _share(n["right"], whole)),
            ("of these, tied to a listed address", str(n["tied"]), _share(n["tied"], whole)),
            ("of the tied, found", str(n["tied_found"]), _share(n["tied_found"], n["tied"])),
            ("of the tied, with the right amounts", str(n["tied_right"]), _share(n["tied_right"], n["tied"])),
            ("tied with all that came there", str(n["whole"]), _share(n["whole"], whole)),
            ("of these, with the right amounts", str(n["whole_right"]), _share(n["whole_right"], n["whole"])),
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
    told = _truth(truth, least_share, "")
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
    counted: dict[str, int] = {}
    for of in ("", "own_"):
        truths = _truth(truth, least_share, of), _truth(truth, least_share, of, tied)
        wanted, ties, right, counts = _counted(truths, known, refused, found)
        counted |= {f"{of}{name}": count for name, count in zip(_COUNTS, counts, strict=True)}
        if not of:
            by_service = _by_service(truth, wanted, ties, wanted & found.keys(), right)
    counted["own"] = counted.pop("own_known")
    own = _truth(truth, least_share, "own_")
    false = {pair for pair in found if pair not in told}
    return TrailScores(
        seeds=len({seed for seed, _ in told}),
        reached=sum(amounts[2] > 0 for amounts in told.values()),
        **counted,
        named=len(found),
        not_reached=len(false),
        wrong_tags=len(false & wrong),
        not_own=sum(pair in own and not any(own[pair][:2]) for pair in found),
        refused=len(refused),
        by_service=by_service,
    )


def _counted(
    truths: tuple[dict[_Pair, _Amounts], dict[_Pair, _Amounts]],
    known: Collection[str],
    refused: Collection[str],
    found: Mapping[_Pair, Sequence[float]],
) -> tuple[set[_Pair], set[_Pair], set[_Pair], tuple[int, ...]]:
    """The pairs wanted, tied and right, and the counts of `_COUNTS`; `truths`: of all, and of what came to tied addresses."""
    told, told_tied = truths
    wanted = {pair for pair, amounts in told.items() if amounts[2] and pair[1] in known and pair[0] not in refused}
    right = {pair for pair in wanted & found.keys() if _right(told[pair], found[pair])}
    ties = {pair for pair in wanted & told_tied.keys() if told_tied[pair][2]}
    whole = {pair for pair in ties if _right(told[pair], told_tied[pair][:2])}
    named = wanted & found.keys()
    of = (wanted, named, right, ties, ties & named, ties & right, whole, whole & right)
    return wanted, ties, right, tuple(map(len, of))


def _by_service(truth: Path, wanted: set[_Pair], *parts: set[_Pair]) -> dict[str, tuple[int, ...]]:
    styles = _styles(truth)
    return {
        f"{name} ({styles.get(name, '')})": tuple(_at(name, part) for part in (wanted, *parts))
        for name in sorted({name for _, name in wanted})
    }


def _at(service: str, pairs: Collection[tuple[str, str]]) -> int:
    return sum(name == service for _, name in pairs)


def _right(truth: _Amounts, found: Sequence[float]) -> bool:
    return all(abs(one - other) <= WITHIN * one + 1_000 for one, other in zip(truth[:2], found, strict=True))


def _names(truth: Path) -> dict[str, str]:
    return {row["owner"]: row["service"] for row in _services(truth)}


def _styles(truth: Path) -> dict[str, str]:
    """How each service keeps its customers' coins: pooled, sweep or forward."""
    return {row["service"]: row["style"] for row in _services(truth)}


def _services(truth: Path) -> list[dict[str, str]]:
    return pl.read_csv(truth / "chain_services.csv", infer_schema_length=0).to_dicts()


def _truth(truth: Path, least_share: float, of: str, only: Collection[str] | None = None) -> dict[_Pair, _Amounts]:
    """By seed and service: in proportion, by first in, first out, and 1 if that is enough to be followed.

    Of all, or ("own_") of what the seed's hand brought itself; of what came to the addresses in `only`, if these are given."""
    rows = pl.read_csv(truth / "trails.csv", infer_schema_length=0).with_columns(
        pl.col("haircut", "fifo", "own_haircut", "own_fifo").cast(pl.Float64)
    )
    whole = {row["seed"]: row["haircut"] for row in rows.group_by("seed").agg(pl.sum("haircut")).iter_rows(named=True)}
    found: dict[_Pair, _Amounts] = {}
    ends = rows.filter(pl.col("end_kind") == "service")
    if only is not None:
        ends = ends.filter(pl.col("end_address").is_in(list(only)))
    services = ends.group_by("seed", "service").agg(pl.sum(f"{of}haircut", f"{of}fifo"))
    for row in services.iter_rows(named=True):
        haircut, fifo = row[f"{of}haircut"], row[f"{of}fifo"]
        found[row["seed"], row["service"]] = haircut, fifo, int(max(haircut, fifo) >= least_share * whole[row["seed"]])
    return found
