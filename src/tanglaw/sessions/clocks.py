"""How far the clocks of call logs, log-ins and payments are off against the chats, estimated and taken away.

An origin is a kind of record of one service in one file. Its events are set against the pauses of the chats of the same pair
(log-ins: of the same party), within 14 hours, in steps of a quarter of an hour: one origin, one offset. It counts when it stands
out against chance, against every other offset and against none; else the clock stays. Chats without zone take no part.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.sessions.pairs import MINUTE

QUARTER = 15 * MINUTE
MOST = 56
_OFFSETS = 2 * MOST + 1
# At most so many events of one pair or party count for an offset: nobody's habit moves a clock.
_EACH = 5
# Squared distance from chance, in standard deviations of a Poisson count.
_CLEAR = 36
# By kind: how many steps an event may come before (below 0) or after a pause begins, and the least offset that is taken
# for a wrong clock: money comes hours early by habit, too.
_KINDS = {"call log": (-1, 1, 2), "log-ins": (-2, 0, 3), "payments": (-3, 0, 8)}
_WINDOWS = " union all ".join(
    f"select '{kind}' as kind, {w} as w, {least} as least"
    for kind, (low, high, least) in _KINDS.items()
    for w in range(low, high + 1)
)
_ORIGIN = "kind, service, source_id"
_SAME = "{0}.kind = {1}.kind and {0}.service = {1}.service and {0}.source_id = {1}.source_id"


def _moved(rows: str, columns: str, kind: str, condition: str = "") -> str:
    """SQL of `rows` with `ts` on the chats' clock and `moved`, the sentence about it, if it was moved."""
    return f"""
        select {columns}, x.ts - coalesce(k.minutes, 0) * {MINUTE} as ts,
            case when x.zoneless = 1 and k.minutes is null then 1 else 0 end as zoneless,
            case when k.minutes <> 0 then k.told end as moved
        from {rows} x
        left join ses_clocks k on k.kind = '{kind}' and k.service = x.service and k.source_id = x.source_id {condition}
    """


STEPS = (
    Sql(
        "ses_online_read",
        """
        select p.n, c.capture_id, micros(c.at) as ts, '' as service, coalesce(c.source_id, '') as source_id,
            case when c.at_assumed is null then 0 else 1 end as zoneless
        from captures c
        join ses_parties p on p.account_id = c.account_id
        join (select payer as n from ses_pairs union select host from ses_pairs) l on l.n = p.n
        where c.at is not null and coalesce(c.event, 'Login') in ('Login', 'Registration', 'Other', 'Unknown')
        """,
        keep=True,
    ),
    Sql(
        # Where an exchange ends nobody knows how long a call after it lasted: calls are set against pauses that end.
        "ses_clock_marks",
        f"""
        select distinct scope, k, quarter, floordiv(quarter, {MOST}) as bucket from (
            select 'pair' as scope, pair as k, floordiv(ts, {QUARTER}) as quarter from ses_pauses where zoneless = 0
            union all
            select 'call', pair, floordiv(ts, {QUARTER}) from ses_pauses where zoneless = 0 and next is not null
            union all
            select 'party', e.n, floordiv(g.ts, {QUARTER})
            from ses_pauses g
            join (select pair, payer as n from ses_pairs union select pair, host from ses_pairs) e on e.pair = g.pair
            where g.zoneless = 0
        ) m
        """,
    ),
    Sql(
        "ses_clock_events",
        f"""
        select kind, service, source_id, scope, k, event, floordiv(ts, {QUARTER}) as quarter from (
            select 'call log' as kind, c.service, c.source_id, 'call' as scope, p.pair as k, c.call_id as event, c.ts
            from ses_pairs p join ses_calls_read c on c.one = p.payer and c.two = p.host where c.kind = 'log'
            union all
            select 'call log', c.service, c.source_id, 'call', p.pair, c.call_id, c.ts
            from ses_pairs p join ses_calls_read c on c.two = p.payer and c.one = p.host where c.kind = 'log'
            union all
            select 'payments', d.service, d.source_id, 'pair', p.pair, d.payment_id, d.ts
            from ses_pairs p join ses_paid_read d on d.payer = p.payer and d.payee = p.payee
            where d.method in ('e-wallet', 'card', 'crypto')
            union all
            select 'log-ins', service, source_id, 'party', n, capture_id, ts from ses_online_read
        ) e
        """,
    ),
    Sql(
        # A call to an arranger's host stands in several pairs and counts for one.
        "ses_clock_steps",
        f"""
        select e.kind, e.service, e.source_id, e.event, e.quarter - m.quarter as step, min(e.k) as k
        from (
            select x.*, floordiv(x.quarter, {MOST}) + s.shift as bucket from ses_clock_events x
            cross join (select -2 as shift union all select -1 union all select 0 union all select 1 union all select 2) s
        ) e
        join ses_clock_marks m on m.scope = e.scope and m.k = e.k and m.bucket = e.bucket
        where e.quarter - m.quarter between {-MOST - 3} and {MOST + 3}
        group by e.kind, e.service, e.source_id, e.event, e.quarter - m.quarter
        """,
    ),
    Sql(
        "ses_clock_scores",
        f"""
        select {_ORIGIN}, least, offs, sum(votes) as score from (
            select t.kind, t.service, t.source_id, w.least, t.k, t.step - w.w as offs,
                least(count(distinct t.event), {_EACH}) as votes
            from ses_clock_steps t
            join ({_WINDOWS}) w on w.kind = t.kind
            where t.step - w.w between {-MOST} and {MOST}
            group by t.kind, t.service, t.source_id, w.least, t.k, t.step - w.w
        ) v
        group by {_ORIGIN}, least, offs
        """,
        keep=True,
    ),
    Sql(
        # Zones are whole hours, or halves: of offsets that fit about as well such a one is taken, then the smallest.
        "ses_clock_best",
        f"""
        select {_ORIGIN}, least, offs, score, whole, none from (
            select {_ORIGIN}, least, offs, score, sum(score) over (partition by {_ORIGIN}) as whole,
                max(case when offs = 0 then score else 0 end) over (partition by {_ORIGIN}) as none,
                row_number() over (partition by {_ORIGIN} order by
                    score * case when offs % 4 = 0 then 22 when offs % 2 = 0 then 21 else 20 end desc nulls last,
                    abs(offs) nulls last, offs nulls last)
                    as place
            from ses_clock_scores
        ) r
        where place = 1
        """,
        keep=True,
    ),
    Sql(
        # `minutes`: how far the clock is ahead; 0 is a clear finding, too: a log without zone is then on the clock. What
        # stands above chance at the offset is at least twice what does at none.
        "ses_clocks",
        f"""
        select {_ORIGIN}, minutes, 'clock of ' || kind || case when service <> '' then ' of ' || service
                when source_id <> '' then ' in ' || source_id else '' end || ' moved by '
            || case when minutes > 0 then '-' else '+' end || cast(floordiv(abs(minutes), 60) as varchar)
            || case when minutes % 60 <> 0 then ':' || cast(abs(minutes) % 60 as varchar) else '' end || ' h' as told
        from (
            select b.kind, b.service, b.source_id, case when abs(b.offs) >= b.least then b.offs * 15 else 0 end as minutes
            from ses_clock_best b
            cross join ses_numbers n
            left join (
                select b.kind, b.service, b.source_id, max(s.score) as score
                from ses_clock_best b
                join ses_clock_scores s on {_SAME.format("s", "b")}
                where abs(s.offs - b.offs) > 6
                group by b.kind, b.service, b.source_id
            ) o on {_SAME.format("o", "b")}
            where b.score >= n.clock_matches_min and {_OFFSETS} * b.score > b.whole
                and ({_OFFSETS} * b.score - b.whole) * ({_OFFSETS} * b.score - b.whole)
                    >= {_CLEAR * _OFFSETS} * greatest(b.whole, {_OFFSETS})
                and 2 * b.score >= 3 * coalesce(o.score, 0) and (abs(b.offs) < b.least
                    or {_OFFSETS} * (b.score - 2 * b.none) + b.whole >= 0)
        ) c
        """,
        keep=True,
    ),
    Sql(
        "ses_calls",
        _moved("ses_calls_read", "x.call_id, x.one, x.two, x.seconds, x.kind", "call log", "and x.kind = 'log'"),
        keep=True,
    ),
    Sql(
        "ses_paid",
        _moved(
            "ses_paid_read", "x.payment_id, x.payer, x.payee, x.amount, x.currency, x.method, x.reference", "payments"
        ),
        keep=True,
    ),
    Sql("ses_online", _moved("ses_online_read", "x.n", "log-ins"), keep=True),
)


def run(engine: Engine) -> None:
    """Make `ses_clocks` (kind, service, source_id, minutes, told), and by it `ses_calls`, `ses_paid` and `ses_online`
    with `moved`. The tables that were read keep their times."""
    for step in STEPS:
        engine.run(step)
