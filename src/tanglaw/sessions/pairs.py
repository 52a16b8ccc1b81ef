"""Pairs who pay, what they wrote to each other, and where an exchange pauses.

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
        from ses_paid_read p
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
            join (select one as a, two as b from ses_calls_read union select two, one from ses_calls_read) c on c.a = d.payer
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
)


def run(engine: Engine) -> None:
    """Make `ses_pairs`, `ses_raw` (messages as stamped) and `ses_pauses`. Times are microseconds, UTC."""
    for step in STEPS:
        engine.run(step)
