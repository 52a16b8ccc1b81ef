"""Whose pairs a change may alter: those that changed, and those of whom something counts otherwise now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tanglaw.linking.counts import EXACT
from tanglaw.linking.sides import NODE, VALUE, Rows, Side, nodes

_SPOT, _PORT = ["value", "slot"], ["value", "slot", "port"]
_COMBINED = ("born", "home", "ip", "skeleton")


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
    return found.with_columns(_proposes("holders", limits).alias("proposes")).drop("exact", "holders_max")


def _proposes(holders: str, limits: Limits) -> pl.Expr:
    few = pl.col(holders) <= limits.propose
    return few & (pl.col(holders) <= pl.col("holders_max").fill_null(pl.col(holders)))


def slots(sighted: Rows) -> Rows:
    """As the step `link_slots`, with ports: each sighting in its hour and in the next."""
    both = pl.concat([sighted.with_columns((pl.col("hour") + shift).alias("slot")) for shift in (0, 1)])
    return both.select([NODE, "value", "slot", "port"]).unique()


def present(side: Side, spots: Rows, by: list[str] = _SPOT) -> Rows:
    """account_id, value, slot, port: everybody in these slots (value, slot), or only at these ports of theirs."""
    wanted = spots.select(by).unique()
    hours = pl.concat([wanted.with_columns(hour=pl.col("slot") - shift).drop("slot") for shift in (0, 1)]).unique()
    return slots(side.spots(hours)).join(wanted, on=by, how="semi")


def combined(shared: Rows) -> Rows:
    """As the step `link_combined`: account_id, value."""
    names = shared.filter(pl.col("type") == "name").select([NODE, "value"])
    others = shared.filter(pl.col("type").is_in(_COMBINED) & ~pl.col("proposes")).select(
        NODE, (pl.lit("|") + pl.col("type") + "|" + pl.col("value")).alias("with")
    )
    return names.join(others, on=NODE).select(NODE, pl.col("value") + pl.col("with"))


@dataclass
class Touched:
    """Whom a change concerns: `nodes`, whose pairs are all weighed anew with what they hold (`shared`), and of all others
    the `pairs` (a, b) that were strong and may be so no more.

    Of two that did not change themselves a new holder of what they share takes weight, or what proposed them: only pairs
    that were strong are looked at. `skeletons` are those (type, value) whose count passed a step, `listing` the nodes
    that hold more than counts.
    """

    nodes: Rows
    shared: Rows
    pairs: Rows
    skeletons: Rows
    listing: Rows


def touched(old: Side, new: Side, changed: Rows, skeletons: Rows, limits: Limits) -> Touched:
    """From the nodes that changed themselves to all whose pairs may; counts and combinations are kept in `new`.

    `skeletons` (type, value) are commoner by now among accounts, which user names are weighed by.
    """
    moved = _moved(old, new, changed, limits)
    rarer, commoner = (moved.filter(pl.col("rarer") == which) for which in (True, False))
    holding = new.holders(pl.concat([commoner.select(VALUE), skeletons]).unique(), limited=False)
    calm, crowded = _crowds(old, new, changed, limits)
    listing = new.listing(nodes(holding[NODE]))
    found = nodes(changed[NODE], new.holders(rarer, limited=False)[NODE], calm[NODE], listing[NODE])
    beside = holding.join(commoner.filter("combines"), on=VALUE, how="semi")
    around = nodes(found[NODE], beside[NODE])
    shared = counted(new, _listed(new, found, around, limits), limits)
    again, common = _combinations(old, new, around, shared, limits)
    found = nodes(found[NODE], again[NODE])
    rest = found.join(around, on=NODE, how="anti")
    if rest.height:
        shared = pl.concat([shared, counted(new, new.within_limit(new.held(rest)), limits)])
    together = [(holding, VALUE), (crowded, [*_SPOT, "port"]), (common, ["value"])]
    crowds = nodes(holding.join(commoner.filter("crowds"), on=VALUE, how="semi")[NODE])
    pairs = pl.concat([*(_strong(old, rows, by) for rows, by in together), _with_end(old, crowds)]).unique()
    pairs = pairs.join(found, left_on="a", right_on=NODE, how="anti").join(
        found, left_on="b", right_on=NODE, how="anti"
    )
    listed = nodes(listing[NODE], new.listing(changed)[NODE])
    return Touched(
        found,
        shared.join(found, on=NODE, how="semi"),
        pairs,
        moved.filter(pl.col("type") == "skeleton").select(VALUE),
        listed,
    )


def _strong(old: Side, rows: Rows, by: list[str]) -> Rows:
    """a, b: strong pairs of the last run of which both stand in `rows` together."""
    rows = rows.select([NODE, *by]).unique()
    found = old.kept.find(f"pairs{old.look}", "a", rows.select(pl.col(NODE).alias("a"))).select("a", "b")
    both = found.join(rows, left_on="a", right_on=NODE).join(rows, left_on=["b", *by], right_on=[NODE, *by])
    return both.select("a", "b").unique()


def _with_end(old: Side, ends: Rows) -> Rows:
    """a, b: strong pairs of the last run with an end among these."""
    found = [old.kept.find(f"pairs{old.look}", end, ends.select(pl.col(NODE).alias(end))) for end in ("a", "b")]
    return pl.concat(found).select("a", "b").unique()


def _moved(old: Side, new: Side, changed: Rows, limits: Limits) -> Rows:
    """Values of which the number of holders passed a step: type, value, whether they are `rarer` now, whether they
    `combine` otherwise, and whether they are addresses that propose no more (`crowds`); the counts of all that changed
    are kept."""
    before, after = old.held(changed), new.held(changed)
    values = pl.concat([before.select(VALUE), after.select(VALUE)]).unique()
    known = old.counts(values)
    more = (
        pl.concat([after.select([*VALUE, pl.lit(1).alias("n")]), before.select([*VALUE, pl.lit(-1).alias("n")])])
        .group_by(VALUE)
        .agg(pl.col("n").sum().cast(pl.Int64))
    )
    both = values.join(known, on=VALUE, how="left").join(more, on=VALUE, how="left")
    both = both.with_columns(pl.col("exact").fill_null(0))
    both = both.with_columns((pl.col("exact") + pl.col("n")).alias("now"))
    look = pl.lit(new.look, pl.Int64).alias("look")
    new.kept.put(
        "counts",
        both.filter(pl.col("now") > 1).select(look, "type", "value", pl.col("now").alias("exact")),
        {"value": values.with_columns(look)},
    )
    both = both.with_columns(was=stepped(both["exact"]), steps=stepped(both["now"])).filter(
        pl.col("was") != pl.col("steps")
    )
    both = both.join(limits.types, on="type", how="left")
    # Shared by one, by few enough to propose, or by more.
    stands = [
        pl.when(pl.col(steps) < 2).then(0).when(_proposes(steps, limits)).then(1).otherwise(2)
        for steps in ("was", "steps")
    ]
    return both.select(
        *VALUE,
        rarer=pl.col("now") < pl.col("exact"),
        combines=pl.col("type").is_in(("name", *_COMBINED)) & (stands[0] != stands[1]),
        crowds=(pl.col("type") == "ip") & (stands[0] != stands[1]) & (stands[1] == 2),
    )


def _crowds(old: Side, new: Side, changed: Rows, limits: Limits) -> tuple[Rows, Rows]:
    """Everybody in an hour or at a port that is too crowded to propose no more; and who was in one (account_id, value,
    slot, port, -1 for all ports) that became so. The counts of crowded hours are kept."""
    seen = [slots(side.sighted(changed)) for side in (old, new)]
    spots = pl.concat(seen).select(_SPOT).unique()
    still = _still_crowded(old.crowds(spots), *seen).filter(pl.col("exact") > limits.propose)
    others = spots.join(still, on=_SPOT, how="anti")
    # Of an hour that was and stays crowded only the ports of those that changed tell more.
    ports = pl.concat(seen).join(still, on=_SPOT, how="semi").filter(pl.col("port") >= 1024)
    both = []
    for side in (old, new):
        there, beside = present(side, others), present(side, ports, _PORT)
        hours = there.with_columns(port=pl.lit(-1, pl.Int64))
        both.append(pl.concat([hours, there.filter(pl.col("port") >= 1024), beside]).select([NODE, *_PORT]).unique())
    were, are = (rows.group_by(_PORT).len("exact").filter(pl.col("exact") > limits.propose) for rows in both)
    calm = were.join(are, on=_PORT, how="anti")
    crowded = both[0].join(are, on=_PORT, how="semi").join(were, on=_PORT, how="anti")
    look = pl.lit(new.look, pl.Int64).alias("look")
    grown = are.filter(pl.col("port") == -1).select(*_SPOT, pl.col("exact").cast(pl.Int64))
    new.kept.put("crowds", pl.concat([still, grown]).with_columns(look), {"spot": spots.with_columns(look)})
    return nodes(*(rows.join(calm, on=_PORT, how="semi")[NODE] for rows in both)), crowded


def _still_crowded(known: Rows, before: Rows, after: Rows) -> Rows:
    """value, slot, exact: how many are in these crowded slots, once what some nodes did `before` is what they do `after`."""
    were, are = (
        rows.select([NODE, *_SPOT]).unique().group_by(_SPOT).len(name)
        for rows, name in ((before, "were"), (after, "are"))
    )
    both = known.join(were, on=_SPOT, how="left").join(are, on=_SPOT, how="left")
    more = pl.col("are").fill_null(0).cast(pl.Int64) - pl.col("were").fill_null(0).cast(pl.Int64)
    return both.select(*_SPOT, pl.col("exact") + more)


def _listed(new: Side, found: Rows, around: Rows, limits: Limits) -> Rows:
    """What all `around` hold without what does not count; what of that `found` hold is kept in `new` at the first look."""
    if new.look == 2:
        return new.held(around)
    held = new.held(found)
    many = held.filter(pl.len().over([NODE, "type"]) > limits.values)
    shared = counted(new, many, limits).sort(["holders", "value"])
    beyond = shared.filter(pl.int_range(pl.len()).over([NODE, "type"]) >= limits.values).select([NODE, *VALUE])
    new.kept.put("beyond", beyond, {"account": found})
    new.kept.put("listing", nodes(many[NODE]), {"account": found})
    rest = around.join(found, on=NODE, how="anti")
    return pl.concat([held.join(beyond, on=[NODE, *VALUE], how="anti"), new.within_limit(new.held(rest))])


def _combinations(old: Side, new: Side, found: Rows, shared: Rows, limits: Limits) -> tuple[Rows, Rows]:
    """Everybody with a combination that is too common to propose no more, and who had one (account_id, value) that became
    so; the combinations of `found` are kept."""
    before, after = old.combined(found), combined(shared)
    look = pl.lit(new.look, pl.Int64).alias("look")
    new.kept.put("combined", after.with_columns(look), {"account": found.with_columns(look)})
    both = [NODE, "value"]
    lost, won = before.join(after, on=both, how="anti"), after.join(before, on=both, how="anti")
    values = pl.concat([lost.select("value"), won.select("value")]).unique()
    was, now = old.combining(values), new.combining(values)
    were, are = (rows.group_by("value").len().filter(pl.col("len") > limits.propose) for rows in (was, now))
    calm = were.join(are, on="value", how="anti")
    again = nodes(*(rows.join(calm, on="value", how="semi")[NODE] for rows in (was, now)))
    return again, was.join(are, on="value", how="semi").join(were, on="value", how="anti")


def candidates(new: Side, of: Touched, same: Rows, limits: Limits) -> Rows:
    """a, b: every pair that is weighed, as the step `link_pairs`: with an end among the touched, and of its `pairs`
    those that something still proposes."""
    found = _compared(new, of.nodes, of.shared, same, limits)
    if not of.pairs.height:
        return found
    ends = nodes(of.pairs["a"], of.pairs["b"])
    held = new.held(ends)
    shared = counted(new, new.within_limit(held) if new.look == 1 else held, limits)
    mine = shared.filter(pl.col("proposes")).select([NODE, *VALUE])
    both = of.pairs.join(mine, left_on="a", right_on=NODE).join(mine, left_on=["b", *VALUE], right_on=[NODE, *VALUE])
    by_value = both.select("a", "b").unique()
    rest = of.pairs.join(by_value, on=["a", "b"], how="anti")
    one = nodes(rest["a"])
    otherwise = _compared(new, one, shared.join(one, on=NODE, how="semi"), same, limits)
    return pl.concat([found, by_value, rest.join(otherwise, on=["a", "b"], how="semi")])


def _compared(new: Side, of: Rows, shared: Rows, same: Rows, limits: Limits) -> Rows:
    """a, b: every pair that is compared and has an end in `of`, which hold `shared`."""
    mine = shared.filter(pl.col("proposes")).select([NODE, *VALUE])
    found = [_paired(mine, new.holders(mine.select(VALUE).unique()), VALUE)]
    own = slots(new.sighted(of))
    crowded = new.crowds(own.select(_SPOT).unique())
    hours = own.join(crowded, on=_SPOT, how="anti").select([NODE, *_SPOT]).unique()
    found.append(_paired(hours, present(new, hours).select([NODE, *_SPOT]).unique(), _SPOT))
    ports = own.join(crowded, on=_SPOT, how="semi").filter(pl.col("port") >= 1024)
    there = present(new, ports, _PORT)
    calm = there.group_by(_PORT).len().filter(pl.col("len") <= limits.propose)
    found.append(_paired(ports.join(calm, on=_PORT, how="semi"), there, _PORT))
    own = new.combined(of)
    all_ = new.combining(own.select("value").unique())
    rare = all_.group_by("value").len().filter(pl.col("len") <= limits.propose)
    found.append(_paired(own.join(rare, on="value", how="semi"), all_, ["value"]))
    found.append(_stated(new, of, limits))
    found.append(same.join(of.rename({NODE: "a"}), on="a", how="semi").select("a", "b"))
    found.append(same.join(of.rename({NODE: "b"}), on="b", how="semi").select("a", "b"))
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
