"""The stage: ledger -> clusters -> trails -> payments and accounts -> alerts."""

from __future__ import annotations

from tanglaw import known
from tanglaw.chain import alerts, clusters, kept, ledger, paid, sites, tags, trace
from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.tables.chain import CHAIN_MADE


def run(engine: Engine, given: Given) -> None:
    """Make every table of CHAIN_MADE."""
    tags.claims(engine)
    earlier = kept.Kept(engine, given)
    if not earlier.taken(engine):
        extended = ledger.run(engine, earlier.ledger, earlier.begun())
        earlier.lay(engine)
        clusters.run(engine, earlier.decided if extended else None)
        earlier.keep(engine)
    tags.conflicts(engine)
    trace.run(engine, given)
    paid.run(engine, given.ids)
    known.views(engine)
    alerts.run(engine, given)
    sites.run(engine, given)


CHAIN = Stage(
    "chain",
    "Puts addresses under one control, follows coins from reports to services, and proposes alerts.",
    (
        "chain_blocks",
        "chain_transactions",
        "chain_outputs",
        "chain_inputs",
        "chain_transfers",
        "address_tags",
        "selectors",
        "watch_entries",
        "verified",
        "alert_records",
        "reports",
    ),
    tuple(table.name for table in CHAIN_MADE),
    run,
)
