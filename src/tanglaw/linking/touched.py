"""Whose pairs a change may alter: those that changed, and those of whom something counts otherwise now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tanglaw.linking.counts import EXACT
from tanglaw.linking.sides import NODE, VALUE, Rows, Side, nodes

_SPOT = ["value", "slot"]
_COMBINED = ("born", "ip", "skeleton")


@dataclass(frozen=True)
class Limits:
    """`propose` and `values` of the policy, and by type how many may hold a value that proposes (type, holders_max)."""

    propose: float
    values: float
    types: Rows


def stepped(counts: pl.Series) -> pl.Series:
    """As `counts.stepped`, of a column."""
    numbers = counts.to_numpy()
    units = np.left_shift(1, np.maximum(np.frexp(np.maximum(numbers, 1))[1] - 4, 0))
    return pl.Series(np.where(numbers < EXACT, numbers, numbers // units * units), dtype=pl.Int64)


def counted(side: Side, held: Rows, limits: Limits) -> Rows:
    """As the step `link_shared`: what of this several hold, with holders and whether it proposes."""
    found = held.join(side.several(held), on=VALUE).filter(pl.col("exact") > 1)
    found = found.with_columns(stepped(found["exact"]).alias("holders")).join(limits.types, on="type", how="left")
    few = pl.col("holders") <= limits.propose
    return found.with_columns(
        (few & (pl.col("holders") <= pl.col("holders_max").fill_null(pl.col("holders")))).alias("proposes")
    ).drop("exact", "holders_max")


def slots(sighted: Rows) -> Rows:
    """As the step `link_slots`, with ports: each sighting in its hour and in the next."""
    both = pl.concat([sighted.with_columns((pl.col("hour") + shift).alias("slot")) for shift in (0, 1)])
    return both.select([NODE, "value", "slot", "port"]).unique()


def present(side: Side, spots: Rows) -> Rows:
    """account_id, value, slot, port: everybody in these slots (value, slot)."""
    wanted = spots.select(_SPOT).unique()
    hours = pl.concat([wanted.select("value", (pl.col("slot") - shift).alias("hour")) for shift in (0, 1)]).unique()
    return slots(side.spots(hours)).join(wanted, on=_SPOT, how="semi")


def combined(shared: Rows) -> Rows:
    """As the step `link_combined`: account_id, value."""
    names = shared.filter(pl.col("type") == "name").select([NODE, "value"])
    others = shared.filter(pl.col("type").is_in(_COMBINED) & ~pl.col("proposes")).select(
        NODE, (pl.lit("|") + pl.col("type") + "|" + pl.col("value")).alias("with")
    )
    return names.join(others, on=NODE).select(NODE, pl.col("value") + pl.col("with"))


@dataclass
class Touched:
    """`nodes` whose pairs are weighed anew, what they hold (`shared`), and the values whose count passed a step."""

    nodes: Rows
    shared: Rows
    moved: Rows
    listing: Rows


def touched(old: Side, new: Side, changed: Rows, also: Rows, limits: Limits) -> Touched:
    """From the nodes that changed themselves to all whose pairs may; counts and combinations are kept in `new`."""
    moved = _moved(old, new, changed)
    found = nodes(changed[NODE], also[NODE], new.holders(moved, limited=False)[NODE])
    found = nodes(found[NODE], _crowds(old, new, changed, limits)[NODE])
    held = new.held(found)
    listing = nodes()
    if new.look == 1:
        listing, held = _listed(new, found, held, limits)
    shared = counted(new, held, limits)
    more = _combinations(old, new, found, shared, limits)
    beside = more.join(found, on=NODE, how="anti")
    if beside.height:
        further = new.held(beside)
        further = new.within_limit(further) if new.look == 1 else further
        shared = pl.concat([shared, counted(new, further, limits)])
    return Touched(nodes(found[NODE], more[NODE]), shared, moved, listing)


def _moved(old: Side, new: Side, changed: Rows) -> Rows:
    """Values of which the number of holders passed a step; the counts of all that changed are kept."""
    before, after = old.held(changed), new.held(changed)
    values = pl.concat([before.select(VALUE), after.select(VALUE)]).unique()
    known = old.counts(values)
    more = (
        pl.concat([after.select([*VALUE, pl.lit(1).alias("n")]), before.select([*VALUE, pl.lit(-1).alias("n")])])
        .group_by(VALUE)
        .agg(pl.col("n").sum().cast(pl.Int64))
    )
    both = (
        values.join(known, on=VALUE, how="left")
        .join(more, on=VALUE, how="left")
        .with_columns(pl.col("exact").fill_null(0))
    )
    both = both.with_columns((pl.col("exact") + pl.col("n")).alias("now"))
    look = pl.lit(new.look, pl.Int64).alias("look")
    new.kept.put(
        "counts",
        both.filter(pl.col("now") > 1).select(look, "type", "value", pl.col("now").alias("exact")),
        {"value": values.with_columns(look)},
    )
    return both.filter(stepped(both["exact"]) != stepped(both["now"])).select(VALUE)


def _crowds(old: Side, new: Side, changed: Rows, limits: Limits) -> Rows:
    """Everybody in an hour or at a port that became too crowded to propose, or is so no more."""
    spots = pl.concat([slots(side.sighted(changed)).select(_SPOT) for side in (old, new)]).unique()
    before, after = present(old, spots), present(new, spots)
    found = [nodes()[NODE]]
    for by in (_SPOT, [*_SPOT, "port"]):
        sizes = [
            rows.filter(pl.col("port") >= 1024 if len(by) > len(_SPOT) else True)
            .select([NODE, *by])
            .unique()
            .group_by(by)
            .agg(crowded=pl.len() > limits.propose)
            for rows in (before, after)
        ]
        both = (
            sizes[0]
            .join(sizes[1], on=by, how="full", coalesce=True)
            .with_columns(pl.col("crowded").fill_null(False), pl.col("crowded_right").fill_null(False))
        )
        turned = both.filter(pl.col("crowded") != pl.col("crowded_right"))
        found += [rows.join(turned, on=by, how="semi")[NODE] for rows in (before, after)]
    return nodes(*found)


def _listed(new: Side, found: Rows, held: Rows, limits: Limits) -> tuple[Rows, Rows]:
    """Accounts with more values of a type than count, and what all hold without what does not count, kept in `new`."""
    many = held.filter(pl.len().over([NODE, "type"]) > limits.values)
    shared = counted(new, many, limits).sort(["holders", "value"])
    beyond = shared.filter(pl.int_range(pl.len()).over([NODE, "type"]) >= limits.values).select([NODE, *VALUE])
    new.kept.put("beyond", beyond, {"account": found})
    return nodes(many[NODE]), held.join(beyond, on=[NODE, *VALUE], how="anti")


def _combinations(old: Side, new: Side, found: Rows, shared: Rows, limits: Limits) -> Rows:
    """Everybody with a combination that became too common to propose, or is so no more; combinations are kept."""
    before, after = old.combined(found), combined(shared)
    look = pl.lit(new.look, pl.Int64).alias("look")
    new.kept.put("combined", after.with_columns(look), {"account": found.with_columns(look)})
    both = [NODE, "value"]
    lost, won = before.join(after, on=both, how="anti"), after.join(before, on=both, how="anti")
    values = pl.concat([lost.select("value"), won.select("value")]).unique()
    was, now = old.combining(values), new.combining(values)
    sizes = [rows.group_by("value").agg(crowded=pl.len() > limits.propose) for rows in (was, now)]
    whole = (
        sizes[0]
        .join(sizes[1], on="value", how="full", coalesce=True)
        .with_columns(pl.col("crowded").fill_null(False), pl.col("crowded_right").fill_null(False))
    )
    turned = whole.filter(pl.col("crowded") != pl.col("crowded_right"))
    return nodes(was.join(turned, on="value", how="semi")[NODE], now.join(turned, on="value", how="semi")[NODE])


def candidates(new: Side, of: Touched, same: Rows, limits: Limits) -> Rows:
    """a, b: every pair that is compared and has an end among the touched, as the step `link_pairs`."""
    mine = of.shared.filter(pl.col("proposes")).select([NODE, *VALUE])
    found = [_paired(mine, new.holders(mine.select(VALUE).unique()), VALUE)]
    own = slots(new.sighted(of.nodes))
    crowd = present(new, own)
    at_all, at_port = [NODE, *_SPOT], [NODE, *_SPOT, "port"]
    hours = crowd.select(at_all).unique()
    few = hours.group_by(_SPOT).len().filter(pl.col("len") <= limits.propose)
    found.append(_paired(own.select(at_all).unique().join(few, on=_SPOT, how="semi"), hours, _SPOT))
    ports = crowd.join(few, on=_SPOT, how="anti").filter(pl.col("port") >= 1024).select(at_port).unique()
    calm = ports.group_by(at_port[1:]).len().filter(pl.col("len") <= limits.propose)
    here = own.select(at_port).join(calm, on=at_port[1:], how="semi")
    found.append(_paired(here, ports, at_port[1:]))
    own = new.combined(of.nodes)
    all_ = new.combining(own.select("value").unique())
    rare = all_.group_by("value").len().filter(pl.col("len") <= limits.propose)
    found.append(_paired(own.join(rare, on="value", how="semi"), all_, ["value"]))
    found.append(_stated(new, of.nodes, limits))
    found.append(same.join(of.nodes.rename({NODE: "a"}), on="a", how="semi").select("a", "b"))
    found.append(same.join(of.nodes.rename({NODE: "b"}), on="b", how="semi").select("a", "b"))
    return pl.concat(found).unique()


def _paired(mine: Rows, theirs: Rows, by: list[str]) -> Rows:
    return ordered(
        mine.join(theirs, on=by, suffix="_other").select(pl.col(NODE).alias("a"), pl.col(f"{NODE}_other").alias("b"))
    )


def ordered(pairs: Rows) -> Rows:
    """a, b: each pair of two once, the smaller first."""
    return (
        pairs.filter(pl.col("a") != pl.col("b"))
        .select(pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b"))
        .unique()
    )


def _stated(new: Side, of: Rows, limits: Limits) -> Rows:
    stated = ordered(new.statements(of).select(pl.col("one").alias("a"), pl.col("other").alias("b")).drop_nulls())
    around = ordered(
        new.statements(nodes(stated["a"], stated["b"]))
        .select(pl.col("one").alias("a"), pl.col("other").alias("b"))
        .drop_nulls()
    )
    ends = pl.concat([around, around.select(pl.col("b").alias("a"), pl.col("a").alias("b"))])
    hubs = ends.group_by("a").len().filter(pl.col("len") >= limits.propose)["a"]
    return stated.filter(~pl.col("a").is_in(hubs.implode()) & ~pl.col("b").is_in(hubs.implode()))
