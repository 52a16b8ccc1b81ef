"""From ends and paths of both kinds of ledger to the tables `chain_trails`, `chain_hops` and `chain_coverage`."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Batches, Sql
from tanglaw.ids import Ids
from tanglaw.tables.base import TEXT, schema_of

_KEYED = schema_of(("model", TEXT), ("trail", pa.int64()), ("trail_id", TEXT))
_NONE = "cast(null as varchar)"
_ZERO = "cast(0 as decimal(38, 18))"
_PARTS = ("network", "seed_address", "direction", "end_kind", "end_address", "asset")

_ENDS = Sql(
    "trail_ends",
    f"""
    select 'coins' as model, trail, network, seed_address, report_id, case when forward then 'forward' else 'backward' end
        as direction, end_kind, end_address, asset, haircut, fifo, poison, hops, first_at, last_at, transactions
    from coin_ends
    union all
    select 'accounts', trail, network, seed_address, report_id, direction, end_kind, end_address, asset, haircut, fifo,
        poison, hops, first_at, last_at, transactions
    from account_ends
    union all
    select 'refused', row_number() over (order by f.network nulls first, f.address nulls first, d.direction nulls first),
        f.network, f.address, f.report_id, d.direction, 'refused', f.address, {_NONE}, {_ZERO}, {_ZERO}, {_ZERO}, 0,
        from_micros(cast(null as bigint)), from_micros(cast(null as bigint)), 0
    from (select * from coin_refused union all select * from account_refused) f
    cross join (select 'forward' as direction union all select 'backward') d
    """,
    keep=True,
)

_TABLES = (
    Sql(
        "chain_trails",
        """
        select i.trail_id, e.network, e.seed_address, e.report_id, e.direction, e.end_kind, e.end_address,
            coalesce(c.cluster_id, e.end_address) as end_cluster_id, s.service, s.category,
            case when s.attribution is null and e.end_kind = 'mixer' then 'shape of a CoinJoin' else s.attribution end
                as attribution,
            e.asset, e.haircut, e.fifo, e.poison, e.hops, e.first_at, e.last_at, e.transactions
        from trail_ends e
        join trail_ids i on i.model = e.model and i.trail = e.trail
        left join trace_stops s on s.network = e.network and s.address = e.end_address
            and e.end_kind in ('service', 'beyond', 'mixer', 'bridge', 'miner', 'refused')
        left join chain_clusters c on c.network = e.network and c.address = e.end_address
        """,
        keep=True,
    ),
    Sql(
        "chain_hops",
        """
        select i.trail_id, p.hop, p.txid, p.at, p.from_address, p.to_address, p.value, p.haircut, p.fifo, p.rule
        from (
            select 'coins' as model, c.trail, c.hop, c.txid, c.at, c.from_address, c.to_address, c.value, c.haircut, c.fifo, c.rule
            from coin_paths c
            union all
            select 'accounts', a.trail, a.hop, a.txid, a.at, a.from_address, a.to_address, a.value, a.haircut, a.fifo, 'transfer'
            from account_paths a
        ) p
        join trail_ids i on i.model = p.model and i.trail = p.trail
        """,
        keep=True,
    ),
    Sql(
        "chain_coverage",
        """
        select network, seed_address, case when forward then 'forward' else 'backward' end as direction, asset, end_kind,
            amount, share
        from coin_shares
        union all
        select network, seed_address, direction, asset, end_kind, amount, share from account_shares
        """,
        keep=True,
    ),
)


def keyed(batch: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    """The keyed id of each trail: of network, seed, direction, end and asset."""
    rows = zip(*(batch.column(name).to_pylist() for name in _PARTS), strict=True)
    found = pa.array([ids.of("trail", *row) for row in rows], TEXT)
    return pa.record_batch([batch.column("model"), batch.column("trail"), found], schema=_KEYED)


def run(engine: Engine, ids: Ids) -> None:
    """Make the three tables from `coin_ends`, `coin_paths`, `coin_shares`, `coin_refused` and those of accounts."""
    engine.run(_ENDS)
    engine.run(Batches("trail_ids", "trail_ends", partial(keyed, ids=ids), _KEYED))
    for step in _TABLES:
        engine.run(step)
