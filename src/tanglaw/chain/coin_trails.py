"""From the nodes of traces over coins to `coin_ends` (one row per run and end), `coin_shares` and `coin_paths`."""

from __future__ import annotations

from tanglaw.chain.coins import ASSET, amount_of
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

# Ends that lists name: all of them are kept.
NAMED = ("service", "beyond", "mixer", "bridge", "miner")


_ENDS = (
    # One coin reached over ways of several lengths is one coin.
    Sql(
        "coin_ended",
        """
        select r, forward, end_kind, coalesce(a, -1) as a, via, k, value, min(hop) as hop, sum(haircut) as haircut,
            sum(fifo) as fifo, at_micros
        from coin_nodes
        where end_kind is not null and end_kind <> 'back'
        group by r, forward, end_kind, coalesce(a, -1), via, k, value, at_micros
        """,
        keep=True,
    ),
    Sql(
        "coin_shares",
        f"""
        select e.r, c.network, c.address as seed_address, e.forward, {ASSET.format("c.network")} as asset, e.end_kind,
            {amount_of("e.haircut")} as amount,
            cast(CAST(floor(10000e0 * e.haircut / nullif(t.haircut, 0) + 0.5e0) AS BIGINT) as double) / 10000 as share
        from (
            select r, forward, end_kind, CAST(sum(haircut) AS BIGINT) as haircut from coin_ended group by r, forward, end_kind
        ) e
        join (select r, CAST(sum(haircut) AS BIGINT) as haircut from coin_ended group by r) t on t.r = e.r
        join coin_runs c on c.r = e.r
        where e.haircut > 0
        """,
        keep=True,
    ),
    Sql(
        "coin_best",
        f"""
        select p.* from (
            select g.*, row_number() over (
                partition by r, named order by fifo desc nulls last, haircut desc nulls last, end_kind nulls last, a nulls last
            ) as place
            from (
                select r, forward, end_kind, a, end_kind in {NAMED} as named, sum(haircut) as haircut, sum(fifo) as fifo,
                    sum(value) as poison, min(hop) as hops, min(at_micros) as first_at, max(at_micros) as last_at,
                    count(distinct via) as transactions
                from coin_ended
                where end_kind <> 'fee'
                group by r, forward, end_kind, a
            ) g
            where fifo > 0 or haircut > 0
        ) p
        cross join trace_limits l
        where p.named or p.place <= l.unnamed_max
        """,
        keep=True,
    ),
    Sql(
        "coin_ends",
        f"""
        select row_number() over (order by b.r nulls first, b.end_kind nulls first, b.a nulls first) as trail,
            c.network, c.address as seed_address, c.report_id, b.forward, b.end_kind, d.address as end_address,
            {ASSET.format("c.network")} as asset, {amount_of("b.haircut")} as haircut,
            {amount_of("b.fifo")} as fifo, {amount_of("b.poison")} as poison, b.hops,
            from_micros(b.first_at) as first_at, from_micros(b.last_at) as last_at, b.transactions, b.r, b.a
        from coin_best b
        join coin_runs c on c.r = b.r
        left join led_addr d on d.a = b.a
        """,
        keep=True,
    ),
    # The coin by which most arrived, over the hop by which most of it came.
    Sql(
        "coin_last",
        """
        select t.trail, t.r, n.hop, n.via, n.k
        from coin_ends t
        join (
            select r, end_kind, coalesce(a, -1) as a, hop, via, k, row_number() over (
                partition by r, end_kind, coalesce(a, -1)
                order by fifo desc nulls last, haircut desc nulls last, hop nulls last, via nulls last, k nulls last
            ) as place
            from coin_nodes
            where end_kind is not null and end_kind <> 'back'
        ) n on n.r = t.r and n.end_kind = t.end_kind and n.a = t.a and n.place = 1
        """,
        keep=True,
    ),
)


def _back(hop: int, last: bool) -> Sql:
    """The nodes at this hop on the way of each trail."""
    before = "" if last else f"union all select p.trail, p.r, p.p_via, p.p_k from trace_way_{hop + 1} p"
    return Sql(
        f"trace_way_{hop}",
        f"""
        select w.trail, n.r, n.hop, n.forward, n.via, n.k, n.t, n.n, n.a, n.value,
            n.haircut, n.fifo, n.p_via, n.p_k, n.at_micros, n.x is null as stays
        from (select trail, r, via, k from coin_last where hop = {hop} {before}) w
        join trace_hop_{hop} n on n.r = w.r and n.via = w.via and n.k = w.k
        """,
        keep=True,
    )


# A peel leaves the smaller of two outputs behind while the larger goes on.
_PATHS = (
    Sql(
        "coin_way_outs",
        """
        select o.t, count(*) as outputs, min(o.value) as least, max(o.value) as most,
            sum(case when o.spent_t is null then 1 else 0 end) as unspent
        from led_out o
        join (select distinct via from coin_way where hop > 0) w on w.via = o.t
        where o.value > 0
        group by o.t
        """,
        keep=True,
    ),
    Sql(
        "coin_paths",
        f"""
        select h.trail, h.hop, l.txid, l.at, case when h.forward then x.address else y.address end as from_address,
            case when h.forward then y.address else x.address end as to_address, {amount_of("h.paid")} as value,
            {amount_of("h.haircut")} as haircut, {amount_of("h.fifo")} as fifo,
            case when coalesce(p.cluster_id, x.address) = coalesce(q.cluster_id, y.address) then 'change'
                when o.outputs = 2 and h.paid = o.least and o.least < o.most
                    and o.unspent = case when h.unspent then 1 else 0 end then 'peel'
                else 'spend' end as rule
        from (
            select w.trail, w.hop, w.forward, w.via, w.haircut, w.fifo, b.a as before_a, w.a as here_a,
                case when w.forward then w.value else b.value end as paid,
                case when w.forward then w.stays else false end as unspent
            from coin_way w
            join coin_way b on b.trail = w.trail and b.hop = w.hop - 1
        ) h
        join led_tx l on l.t = h.via
        left join led_addr x on x.a = h.before_a
        left join led_addr y on y.a = h.here_a
        left join chain_clusters p on p.network = x.network and p.address = x.address
        left join chain_clusters q on q.network = y.network and q.address = y.address
        left join coin_way_outs o on o.t = h.via
        """,
        keep=True,
    ),
)


def run(engine: Engine, hops: int) -> None:
    """Make `coin_ends` (trail, ...), `coin_shares` and `coin_paths` (trail, hop, ...) of traces that went `hops` far."""
    for step in _ENDS:
        engine.run(step)
    for hop in range(hops, -1, -1):
        engine.run(_back(hop, hop == hops))
    engine.run(Sql("coin_way", " union all ".join(f"select * from trace_way_{hop}" for hop in range(hops + 1))))
    for step in _PATHS:
        engine.run(step)
