"""The stage: parties -> pairs -> clocks -> traces -> candidates -> features -> payments -> probability -> the rest."""

from __future__ import annotations

from tanglaw import known
from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.sessions import (
    candidates,
    clocks,
    features,
    match,
    network,
    pairs,
    parties,
    requests,
    results,
    roles,
    score,
    traces,
)
from tanglaw.tables.sessions import SESSION_TABLES

READS = (
    "accounts",
    "actors",
    "assessments",
    "calls",
    "captures",
    "chain_accounts",
    "chain_payments",
    "messages",
    "participants",
    "payments",
    "persons",
    "proposals",
    "request_records",
    "selectors",
    "verified",
    "watch_entries",
)


def run(engine: Engine, given: Given) -> None:
    """Make every table of SESSIONS from evidence and actors. Without weights in the pack nothing is kept."""
    known.views(engine)
    for part in (parties, pairs, clocks, traces, candidates, features, match):
        part.run(engine)
    score.run(engine, given)
    for last in (results, roles, network):
        last.run(engine)
    requests.run(engine, given)


SESSION_STAGE = Stage(
    "sessions",
    "Rebuilds paid sessions around reports and watch lists from payments, chats, log-ins and calls, with roles and network.",
    READS,
    tuple(table.name for table in SESSION_TABLES),
    run,
)
