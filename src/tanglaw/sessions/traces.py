"""What two parties left behind: pairs who pay, their messages, gaps and quotes, on one clock.

A pair is a payer, a payee and the host whom the payer calls: the payee, or somebody with whom the payee is in contact.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 1_440 * MINUTE

_SAID = """
        select e.pair, e.side, micros(m.sent_at) as ts, case when m.sent_at_assumed is null then 0 else 1 end as zoneless,
            case when regexp_matches(m.text, '[0-9][0-9]') then m.text end as text{}
        from messages m
        join ses_ends e on e.sender_account_id = m.sender_account_id and e.recipient_account_id = m.recipient_account_id
        where m.sent_at is not null and m.kind in ('message', 'attachment') and e.repeated = {}
"""

STEPS = (
    Sql(
        "ses_flows",
        """
        select p.payer, p.payee, count(*) as payments
        from ses_paid p
        join ses_inside f on f.n = p.payer
        join ses_inside t on t.n = p.payee
        group by p.payer, p.payee
        """,
        keep=True,
    ),
    Sql(
        # Of two who pay each other the one who pays more often is the payer.
        "ses_direct",
        """
        select a.payer, a.payee, a.payments
        from ses_flows a
        left join ses_flows b on b.payer = a.payee and b.payee = a.payer
        where b.payer is null or a.payments > b.payments or (a.payments = b.payments and a.payer < a.payee)
        """,
        keep=True,
    ),
    Sql(
        "ses_pairs",
        """
        select payer, payee, host, row_number() over (
            order by payer nulls last, payee nulls last, host nulls last) as pair
        from (
            select payer, payee, payee as host from ses_direct
            union
            select d.payer, d.payee, c.b as host
            from ses_direct d
            join (select one as a, two as b from ses_calls union select two, one from ses_calls) c on c.a = d.payer
            join ses_inside i on i.n = c.b
            join ses_contacts k on k.a = d.payee and k.b = c.b
            left join ses_flows f on f.payer = d.payer and f.payee = c.b
            left join ses_flows g on g.payer = c.b and g.payee = d.payer
            where c.b <> d.payee and f.payer is null and g.payer is null
        ) p
        """,
        keep=True,
    ),
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
        "ses_ends",
        """
        select t.sender_account_id, t.recipient_account_id, p.pair, 1 as side, t.repeated
        from ses_talks t
        join ses_pairs p on p.payer = t.one and (p.payee = t.two or p.host = t.two)
        union
        select t.sender_account_id, t.recipient_account_id, p.pair, 0, t.repeated
        from ses_talks t
        join ses_pairs p on p.payer = t.two and (p.payee = t.one or p.host = t.one)
        """,
        keep=True,
    ),
    Sql(
        # The exports of both parties hold the same message twice: said in one second, in the same words, it counts once.
        "ses_raw",
        f"""
        {_SAID.format("", "0")}
        union all
        select pair, side, ts, zoneless, text from (
            select distinct pair, side, floordiv(ts, 1000000) * 1000000 as ts, zoneless, text, words
            from ({_SAID.format(", m.text as words", "1")}) told
        ) once
        """,
        keep=True,
    ),
    Sql(
        # A pause in an exchange, or its end (no next): people on a video call do not write.
        "ses_pauses",
        f"""
        select pair, ts, case when next - ts <= {150 * MINUTE} then next end as next, zoneless from (
            select pair, ts, zoneless,
                lag(ts) over (partition by pair, zoneless order by ts nulls last) as last,
                lead(ts) over (partition by pair, zoneless order by ts nulls last) as next
            from ses_raw
        ) w
        where coalesce(next - ts, {DAY}) >= {5 * MINUTE} and ts - last <= {15 * MINUTE}
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
    """Make `ses_pairs`, `ses_messages`, `ses_gaps`, `ses_quotes`, `ses_pair_paid`, `ses_chats` and `ses_shifts`.

    Times are microseconds, UTC.
    """
    for step in STEPS:
        engine.run(step)
