"""One hop of a trace over coins with outputs, as SQL: which coins end, and how those that go on cross their transaction.

A node is a coin (an output) that carries something of a run's seed: `haircut` units in proportion, `fifo` units by first in,
first out, the latter as pieces, ranges of its smallest units. Forward a coin crosses the transaction that spends it, backward the
one that made it; each side of a transaction is laid out in order of number, so that unit i of the inputs is unit i
of the outputs, and what no output takes is the fee. All amounts are whole numbers: in proportion, coin j of the far side
takes floor(T * end_j / all) - floor(T * start_j / all) of the T units that enter, so that nothing is lost or made.

`hands` counts the payments by which coins came to another hand, on the way by which most of them came. A transaction is no such
payment if it has one output besides those at services (unless such an output may be the service's own change), or if clusters hold
both addresses together.
"""

from __future__ import annotations

from tanglaw.engine.steps import Sql
from tanglaw.policy_parts import Tracing

# Values that no earlier transaction tells: the first unknown input takes what the outputs have more than the known ones.
_SIDES = (
    Sql("trace_crossed", "select distinct x from trace_here where end_kind is null"),
    # What comes to a service may be its own change: paid once, of the one kind of the inputs, not spent otherwise than they were.
    # What the service collects, whole and in a transaction that pays nobody else, was deposited.
    Sql(
        "trace_returned",
        """
        select o.t, o.n
        from led_out o
        join (
            select i.t, min(i.kind) as kind, max(i.kind) as kind_to, min(i.sequence) as sequence
            from led_in i join trace_crossed c on c.x = i.t
            group by i.t
        ) i on i.t = o.t and i.kind = o.kind and i.kind_to = o.kind
        join trace_stop_addresses s on s.a = o.a and s.kind = 'service'
        join trace_uses u on u.a = o.a and u.uses = 1
        join led_tx x on x.t = o.t
        left join led_tx y on y.t = o.spent_t
        left join led_in z on z.t = o.spent_t and z.n = o.spent_n
        left join led_out w on w.t = y.t and w.n = 0 and y.outputs = 1
        left join trace_hands p on p.a = o.a
        left join trace_hands q on q.a = w.a
        where y.t is null or y.version = x.version and z.sequence = i.sequence
            and case when y.lock_time > 0 then 1 else 0 end = case when x.lock_time > 0 then 1 else 0 end
            and coalesce(p.hand <> q.hand, true)
        """,
    ),
    Sql(
        "trace_outs",
        """
        select o.t as x, o.n, o.n as k, o.t, o.value, o.a, o.spent_t as next_x, o.spent_n as next_n,
            sum(o.value) over (partition by o.t order by o.n nulls first) as hi,
            case when o.value > 0 and (coalesce(s.kind, '') <> 'service' or b.t is not null) then 1 else 0 end as loose
        from led_out o
        join trace_crossed c on c.x = o.t
        left join trace_stop_addresses s on s.a = o.a
        left join trace_returned b on b.t = o.t and b.n = o.n
        """,
        keep=True,
    ),
    Sql("trace_out_sums", "select x, max(hi) as hi, sum(loose) as loose from trace_outs group by x"),
    Sql(
        "trace_ins",
        """
        select v.*, sum(v.value) over (partition by v.x order by v.n nulls first) as hi
        from (
            select i.t as x, i.n, i.n as k, i.prev_t as t, i.a, i.prev_t as next_x, i.prev_n as next_n,
                coalesce(i.value, case when row_number() over (
                    partition by i.t order by case when i.value is null then 0 else 1 end nulls first, i.n nulls first
                ) = 1 then greatest(o.hi - coalesce(sum(i.value) over (partition by i.t), 0), 0) else 0 end) as value
            from led_in i
            join trace_crossed c on c.x = i.t
            join trace_out_sums o on o.x = i.t
        ) v
        """,
        keep=True,
    ),
    Sql(
        "trace_sums",
        """
        select o.x, o.hi as outs, coalesce(i.hi, 0) as ins, greatest(o.hi, coalesce(i.hi, 0)) as whole_sum, o.loose
        from trace_out_sums o
        left join (select x, max(hi) as hi from trace_ins group by x) i on i.x = o.x
        """,
        keep=True,
    ),
    Sql(
        "trace_near",
        """
        select true as forward, x, n, hi - value as lo from trace_ins
        union all
        select false, x, n, hi - value from trace_outs
        """,
    ),
    Sql(
        "trace_far",
        """
        select f.*, s.whole_sum, s.loose
        from (
            select true as forward, x, k, t, n, a, value, hi - value as lo, hi, next_x, next_n from trace_outs
            where value > 0
            union all
            select true, x, -1, cast(null as bigint), cast(null as bigint), cast(null as bigint), whole_sum - outs, outs,
                whole_sum, cast(null as bigint), cast(null as bigint)
            from trace_sums where whole_sum > outs
            union all
            select false, x, k, t, next_n, a, value, hi - value, hi, next_x, next_n from trace_ins where value > 0
            union all
            select false, x, -1, cast(null as bigint), cast(null as bigint), cast(null as bigint), whole_sum - ins, ins,
                whole_sum, cast(null as bigint), cast(null as bigint)
            from trace_sums where whole_sum > ins
        ) f
        join trace_sums s on s.x = f.x
        """,
        keep=True,
    ),
)

_MOVED = (
    Sql(
        "trace_parts",
        """
        select g.r, g.x, f.k, greatest(g.lo, f.lo) - f.lo as lo, least(g.hi, f.hi) - f.lo as hi, g.p_via, g.p_k
        from (
            select d.r, d.forward, d.x, d.via as p_via, d.k as p_k, e.lo + p.lo as lo, e.lo + p.hi as hi
            from trace_here d
            join trace_pieces p on p.r = d.r and p.via = d.via and p.k = d.k
            join trace_near e on e.forward = d.forward and e.x = d.x and e.n = d.xn
            where d.end_kind is null
        ) g
        join trace_far f on f.forward = g.forward and f.x = g.x and f.lo < g.hi and f.hi > g.lo
        """,
        keep=True,
    ),
    Sql(
        "trace_best",
        """
        select r, x, k, fifo, p_via, p_k from (
            select r, x, k, p_via, p_k, sum(units) over (partition by r, x, k) as fifo, row_number() over (
                partition by r, x, k order by units desc nulls last, p_via nulls last, p_k nulls last
            ) as place
            from (select r, x, k, p_via, p_k, sum(hi - lo) as units from trace_parts group by r, x, k, p_via, p_k) u
        ) b
        where place = 1
        """,
        keep=True,
    ),
    Sql(
        "trace_entered",
        """
        select r, forward, x, at_micros, sum(haircut) as haircut, min(case when place = 1 then via end) as p_via,
            min(case when place = 1 then k end) as p_k
        from (
            select r, forward, x, x_micros as at_micros, haircut, via, k, row_number() over (
                partition by r, x order by haircut desc nulls last, fifo desc nulls last, via nulls last, k nulls last
            ) as place
            from trace_here where end_kind is null
        ) b
        group by r, forward, x, at_micros
        """,
        keep=True,
    ),
    Sql(
        "trace_found",
        """
        select e.r, e.forward, e.x as via, f.k, f.t, f.n, f.a, f.value,
            share_of(e.haircut, f.hi, f.whole_sum) - share_of(e.haircut, f.lo, f.whole_sum) as haircut,
            coalesce(b.fifo, 0) as fifo, coalesce(b.p_via, e.p_via) as p_via, coalesce(b.p_k, e.p_k) as p_k, e.at_micros,
            f.next_x as x, f.next_n as xn, h.hands as hands_before,
            h.hands + case when f.loose <= 1 or coalesce(p.hand, h.a) = coalesce(q.hand, f.a) then 0 else 1 end as hands
        from trace_entered e
        join trace_far f on f.forward = e.forward and f.x = e.x
        left join trace_best b on b.r = e.r and b.x = e.x and b.k = f.k
        join trace_here h on h.r = e.r and h.via = coalesce(b.p_via, e.p_via) and h.k = coalesce(b.p_k, e.p_k)
        left join trace_hands p on p.a = h.a
        left join trace_hands q on q.a = f.a
        """,
        keep=True,
    ),
    # Pieces that touch are one, or those of many payments put together would never grow fewer.
    Sql(
        "trace_pieces",
        """
        select r, via, k, min(lo) as lo, max(hi) as hi
        from (
            select r, via, k, lo, hi, sum(begins) over (partition by r, via, k order by lo nulls first) as island
            from (
                select r, x as via, k, lo, hi, case when lo = lag(hi) over (partition by r, x, k order by lo nulls first)
                    then 0 else 1 end as begins
                from trace_parts
            ) b
        ) i
        group by r, via, k, island
        """,
        keep=True,
    ),
)
CROSS = (*_SIDES, *_MOVED)

# What is known of the transactions that coins would cross next.
AHEAD = Sql(
    "trace_ahead",
    """
    select l.t as x, micros(l.at) as x_micros, l.inputs, l.outputs, coalesce(l.coinbase, false) as coinbase
    from led_tx l
    join (select distinct x from trace_found where x is not null) c on c.x = l.t
    """,
    keep=True,
)


def judged(hop: int, limits: Tracing) -> Sql:
    """The nodes of a hop with what ends them: empty for those that go on. `back` (at the seed again) counts nowhere:
    it is part of what the seed's own coins carry."""
    first = hop == 0
    return Sql(
        f"trace_hop_{hop}",
        f"""
        select d.*, {hop} as hop, a.x_micros, case
                {"" if first else "when d.a = b.a then 'back'"}
                when d.k = -1 and d.forward then 'fee'
                when s.kind in ('service', 'mixer', 'bridge') and d.hands_before > b.hands_max then 'beyond'
                when s.kind is not null {"and d.forward" if first else ""} then s.kind
                when d.x is null then case when d.forward and d.a is not null then 'unspent' else 'unknown' end
                when a.coinbase and not d.forward then 'mined'
                when a.x is null then 'unknown'
                when sum(d.haircut) over (partition by d.r, d.x) < b.least and sum(d.fifo) over (partition by d.r, d.x) < b.least
                    then 'value'
                when a.x_micros < b.since_micros or a.x_micros > b.until_micros then 'time'
                when m.t is not null then 'mixer'
                when d.forward and a.outputs > b.fan_out_max then 'hub'
                when not d.forward and a.inputs > b.fan_in_max then 'hub'
                {"" if first else "when h.a is not null then 'hub'"}
                {"else 'depth'" if hop >= limits.depth else ""}
            end as end_kind
        from trace_found d
        join trace_bounds b on b.r = d.r
        left join trace_ahead a on a.x = d.x
        left join trace_stop_addresses s on s.a = d.a
        left join trace_hubs h on h.a = d.a
        left join trace_mixed m on m.t = d.x
        """,
        keep=True,
    )
