"""What the parties of a pair left behind: meetings, payments, messages, gaps and quotes, on one clock."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.sessions.pairs import DAY, HOUR, MINUTE

STEPS = (
    Sql(
        "ses_met",
        """
        select p.pair, c.call_id, c.ts, c.seconds, c.kind, c.zoneless
        from ses_pairs p join ses_calls c on c.one = p.payer and c.two = p.host
        union all
        select p.pair, c.call_id, c.ts, c.seconds, c.kind, c.zoneless
        from ses_pairs p join ses_calls c on c.two = p.payer and c.one = p.host
        """,
        keep=True,
    ),
    Sql(
        "ses_pair_paid",
        """
        select p.pair, d.payment_id, d.ts, d.amount, d.currency, d.method, d.reference
        from ses_pairs p
        join ses_paid d on d.payer = p.payer and d.payee = p.payee
        """,
        keep=True,
    ),
    Sql(
        "ses_numbers_said",
        f"""
        select r.pair, r.ts, r.zoneless, r.text, floordiv(r.ts, {DAY}) + s.shift as day
        from ses_raw r
        cross join (select -2 as shift union all select -1 union all select 0 union all select 1) s
        where r.text is not null
        """,
    ),
    Sql(
        "ses_quotes",
        f"""
        select distinct q.pair, q.payment_id, q.ts, q.paid_at, q.zoneless, q.named
        from (
            select n.pair, d.payment_id, n.ts, d.ts as paid_at, n.zoneless,
                case when length(d.reference) >= 6 and contains(n.text, d.reference) then 1 else 0 end as named,
                case when d.amount >= 10 and contains(' ' || n.text || ' ', ' ' || amount_text(d.amount) || ' ')
                    then 1 else 0 end as summed
            from ses_numbers_said n
            join ses_pair_paid d on d.pair = n.pair and floordiv(d.ts, {DAY}) = n.day
        ) q
        where (q.named = 1 or q.summed = 1)
            and q.ts - q.paid_at between {-3 * HOUR} - q.zoneless * {13 * HOUR} and {30 * HOUR} + q.zoneless * {15 * HOUR}
        """,
        keep=True,
    ),
    Sql(
        # How many hours a chat without zone is off, by quotes that follow their payment and calls that fill a pause.
        "ses_votes",
        f"""
        select pair, hours, sum(votes) as votes from (
            select pair, floordiv(ts - paid_at, {HOUR}) as hours, 2 + 2 * named as votes
            from ses_quotes where zoneless = 1
            union all
            select g.pair, floordiv(g.ts - c.ts + {20 * MINUTE}, {HOUR}) as hours, 1 as votes
            from ses_pauses g
            join ses_met c on c.pair = g.pair
            where g.zoneless = 1 and c.zoneless = 0 and c.seconds is not null
                and g.ts - c.ts between {-13 * HOUR} and {15 * HOUR}
                and g.next - g.ts >= c.seconds * 1000000 - {2 * MINUTE}
        ) v
        where hours between -12 and 14
        group by pair, hours
        """,
        keep=True,
    ),
    Sql(
        "ses_shifts",
        """
        select pair, hours from (
            select pair, hours, votes,
                row_number() over (partition by pair order by votes desc nulls last, abs(hours) nulls last, hours nulls last)
                    as place,
                lead(votes) over (partition by pair order by votes desc nulls last, abs(hours) nulls last, hours nulls last)
                    as second
            from ses_votes
        ) v
        where place = 1 and votes >= 4 and 2 * votes >= 3 * coalesce(second, 0)
        """,
        keep=True,
    ),
    Sql(
        # On one clock; what stands in a zone that nobody knows is left out of every comparison of times.
        "ses_messages",
        f"""
        select r.pair, r.side, r.ts - r.zoneless * coalesce(s.hours, 0) * {HOUR} as ts
        from ses_raw r
        left join ses_shifts s on s.pair = r.pair
        where r.zoneless = 0 or s.pair is not null
        """,
        keep=True,
    ),
    Sql(
        "ses_gaps",
        f"""
        select g.pair, g.ts - g.zoneless * coalesce(s.hours, 0) * {HOUR} as ts,
            g.next - g.zoneless * coalesce(s.hours, 0) * {HOUR} as next
        from ses_pauses g
        left join ses_shifts s on s.pair = g.pair
        where g.zoneless = 0 or s.pair is not null
        """,
        keep=True,
    ),
    Sql(
        "ses_chats",
        """
        select r.pair, count(*) as messages, sum(r.zoneless) as zoneless,
            max(case when s.pair is null then 0 else 1 end) as on_clock, min(r.ts) as first, max(r.ts) as last
        from ses_raw r
        left join ses_shifts s on s.pair = r.pair
        group by r.pair
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `ses_met`, `ses_messages`, `ses_gaps`, `ses_quotes`, `ses_pair_paid`, `ses_chats` and `ses_shifts`.

    Times are microseconds, UTC.
    """
    for step in STEPS:
        engine.run(step)
