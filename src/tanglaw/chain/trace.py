"""Tracing: from seeds to `chain_trails`, `chain_hops` and `chain_coverage`, over coins with outputs and over accounts."""

from __future__ import annotations

import msgspec

from tanglaw.chain import accounts, coin_trails, coins, ends, seeds, trails
from tanglaw.engine.base import Engine, Given
from tanglaw.ids import Ids
from tanglaw.policy_parts import Tracing
from tanglaw.tables.chain import CHAIN_COVERAGE, CHAIN_HOPS, CHAIN_TRAILS


def limits_of(engine: Engine) -> Tracing | None:
    """The limits in the policy pack; None where it has none, so that nothing is traced."""
    found = {
        row["name"]: row["number"]
        for row in engine.rows(
            "select name, number from policy_numbers where starts_with(name, 'tracing.')"
        ).to_pylist()
    }
    if not found:
        return None
    # The pack's numbers stand as floats; whole ones fit either kind of field.
    whole = {name.partition(".")[2]: int(n) if n.is_integer() else n for name, n in found.items()}
    return msgspec.convert(whole, Tracing)


def run(engine: Engine, given: Given) -> None:
    """Make the three tables for the addresses that reports, watch lists and verified facts name."""
    ends.run(engine)
    seeds.run(engine)
    limits = limits_of(engine)
    if limits is None or not engine.rows("select count(*) as n from trace_seeds").column("n")[0].as_py():
        for table in (CHAIN_TRAILS, CHAIN_HOPS, CHAIN_COVERAGE):
            engine.put(table.name, table.schema.empty_table())
        return
    follow(engine, limits, given.ids)


def follow(engine: Engine, limits: Tracing, ids: Ids) -> None:
    """As `run`, for what stands in `trace_seeds`."""
    hops = coins.run(engine, limits)
    coin_trails.run(engine, hops)
    accounts.run(engine, limits)
    trails.run(engine, ids)
