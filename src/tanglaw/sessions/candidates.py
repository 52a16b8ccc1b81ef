"""Candidate episodes of each pair: calls in records, calls in chats, pauses in an exchange and its end, quick payments.

None is a session yet. A pause counts only where no call stands and a payment is near, the end of an exchange only when a
meeting would be due by the payment's method; a payment alone only where nothing else is near and its method is quick.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.sessions.pairs import DAY, HOUR, MINUTE

# From five days before the start (bank transfers) to three days after it.
BEFORE_DAYS, AFTER_DAYS = 5, 3

STEPS = (
    Sql(
        "ses_dated",
        f"""
        select m.pair, m.call_id, m.ts - m.zoneless * coalesce(s.hours, 0) * {HOUR} as ts,
            cast(floor(coalesce(m.seconds, 1200e0)) as bigint) * 1000000 as length, m.kind
        from ses_met m
        left join ses_shifts s on s.pair = m.pair
        where m.zoneless = 0 or s.pair is not null
        """,
        keep=True,
    ),
    Sql(
        # One call in several records: the log's clock is its service's, so it stands.
        "ses_call_episodes",
        f"""
        select a.pair, a.ts, a.ts + a.length as until, a.kind, a.call_id
        from ses_dated a
        left join (
            select distinct a.pair, a.call_id
            from ses_dated a
            join ses_dated b on b.pair = a.pair and b.call_id <> a.call_id and abs(a.ts - b.ts) <= {15 * MINUTE}
                and (b.kind = 'log' and a.kind = 'chat'
                    or b.kind = a.kind and (b.length > a.length or b.length = a.length and b.call_id < a.call_id))
        ) d on d.pair = a.pair and d.call_id = a.call_id
        where d.pair is null
        """,
        keep=True,
    ),
    Sql(
        "ses_hours_met",
        f"""
        select distinct c.pair, floordiv(c.ts, {HOUR}) + s.shift as hour, c.ts, c.until
        from ses_call_episodes c
        cross join (select -2 as shift union all select -1 union all select 0 union all select 1 union all select 2) s
        """,
    ),
    Sql(
        "ses_free_gaps",
        f"""
        select g.pair, g.ts, g.next
        from ses_gaps g
        left join (
            select distinct g.pair, g.ts
            from ses_gaps g
            join ses_hours_met h on h.pair = g.pair and h.hour = floordiv(g.ts, {HOUR})
                and g.ts between h.ts - {60 * MINUTE} and h.until + {30 * MINUTE}
        ) c on c.pair = g.pair and c.ts = g.ts
        where c.pair is null
        """,
    ),
    Sql(
        "ses_paid_days",
        f"""
        select distinct pair, floordiv(ts, {DAY}) + s.shift as day
        from ses_pair_paid
        cross join ({" union all ".join(f"select {n} as shift" for n in range(-AFTER_DAYS, BEFORE_DAYS + 1))}) s
        """,
    ),
    Sql(
        # When a meeting would be due after a payment, by its method.
        "ses_due",
        f"""
        select pair, floordiv(first, {DAY}) + s.shift as day, first, last from (
            select pair,
                ts + case when method in ('e-wallet', 'card', 'crypto') then 0 when method = 'bank' then {3 * HOUR}
                    else {20 * MINUTE} end as first,
                ts + case when method in ('e-wallet', 'card', 'crypto') then {3 * HOUR} when method = 'bank' then {3 * DAY}
                    else {36 * HOUR} end as last
            from ses_pair_paid
        ) d
        cross join (select 0 as shift union all select 1 union all select 2 union all select 3) s
        """,
    ),
    Sql(
        "ses_gap_episodes",
        f"""
        select distinct g.pair, 'gap' as kind, g.ts, g.next as until
        from ses_free_gaps g
        join ses_pairs p on p.pair = g.pair and p.payee = p.host
        join ses_paid_days d on d.pair = g.pair and d.day = floordiv(g.ts, {DAY})
        where g.next is not null
        union all
        select distinct g.pair, 'end' as kind, g.ts, g.ts + {25 * MINUTE} as until
        from ses_free_gaps g
        join ses_pairs p on p.pair = g.pair and p.payee = p.host
        join ses_due d on d.pair = g.pair and d.day = floordiv(g.ts, {DAY})
        where g.next is null and g.ts between d.first and d.last
        """,
        keep=True,
    ),
    Sql(
        "ses_taken_hours",
        f"""
        select distinct e.payer, e.payee, floordiv(e.ts, {HOUR}) + s.shift as hour
        from (
            select p.payer, p.payee, c.ts from ses_call_episodes c join ses_pairs p on p.pair = c.pair
            union all
            select p.payer, p.payee, g.ts from ses_gap_episodes g join ses_pairs p on p.pair = g.pair
        ) e
        cross join (select -3 as shift union all select -2 union all select -1 union all select 0 union all select 1) s
        """,
    ),
    Sql(
        "ses_quick_episodes",
        f"""
        select d.pair, d.ts + {20 * MINUTE} as ts, d.ts + {40 * MINUTE} as until
        from ses_pair_paid d
        join ses_pairs p on p.pair = d.pair and p.payee = p.host
        left join ses_taken_hours t on t.payer = p.payer and t.payee = p.payee and t.hour = floordiv(d.ts, {HOUR})
        where d.method in ('e-wallet', 'card', 'crypto') and t.payer is null
        """,
    ),
    Sql(
        "ses_candidates",
        """
        select e.pair, e.kind, e.ts, e.until, e.call_id, p.payer, p.payee, p.host,
            row_number() over (order by e.pair nulls last, e.ts nulls last, e.until nulls last, e.kind nulls last,
                e.call_id nulls last) as c
        from (
            select pair, kind, ts, until, call_id from ses_call_episodes
            union all
            select pair, kind, ts, until, cast(null as varchar) as call_id from ses_gap_episodes
            union all
            select pair, 'payment' as kind, ts, until, cast(null as varchar) as call_id
            from (select distinct pair, ts, until from ses_quick_episodes) q
        ) e
        join ses_pairs p on p.pair = e.pair
        """,
        keep=True,
    ),
    Sql(
        # Every payment that could belong to a candidate, and how long before its start it was made.
        "ses_edges",
        f"""
        select d.c, p.payment_id, d.ts - p.ts as delta, p.method, p.amount, p.currency
        from (
            select c, pair, ts, floordiv(ts, {DAY}) - s.shift as day
            from ses_candidates
            cross join ({" union all ".join(f"select {n} as shift" for n in range(-AFTER_DAYS - 1, BEFORE_DAYS + 2))}) s
        ) d
        join ses_pair_paid p on p.pair = d.pair and floordiv(p.ts, {DAY}) = d.day
        where d.ts - p.ts between {-AFTER_DAYS * DAY} and {BEFORE_DAYS * DAY}
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `ses_candidates` (c, pair, kind, at, until, call_id, payer, payee, host) and `ses_edges` (c, payment_id,
    delta, method, amount, currency); delta above 0 means paid before the start."""
    for step in STEPS:
        engine.run(step)
