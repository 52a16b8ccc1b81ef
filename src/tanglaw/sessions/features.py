"""What speaks for and against each candidate, as named features in bins; the policy pack says what each bin weighs.

No feature knows a country, language, age, sex or the wording of a message.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.sessions.pairs import DAY, HOUR, MINUTE

_WEEK = 7 * DAY
_ECHO = 40 * MINUTE


def bins(value: str, edges: tuple[float, ...], names: tuple[str, ...]) -> str:
    """SQL that names the bin of a number: the first edge above it. There is one name more than edges."""
    cases = " ".join(f"when {value} < {edge} then '{name}'" for edge, name in zip(edges, names, strict=False))
    return f"case {cases} else '{names[-1]}' end"


def delay_bin(delta: str) -> str:
    """SQL that names the bin of a delay in microseconds."""
    edges = (-DAY, -6 * HOUR, -HOUR, 0, 15 * MINUTE, HOUR, 3 * HOUR, 12 * HOUR, 36 * HOUR)
    names = (
        "1d+ after",
        "6-24h after",
        "1-6h after",
        "0-1h after",
        "0-15min",
        "15-60min",
        "1-3h",
        "3-12h",
        "12-36h",
        "36h+",
    )
    return bins(delta, edges, names)


METHOD = "case when {0} in ('e-wallet', 'card', 'crypto') then 'quick' when {0} in ('bank') then 'bank' else 'remittance' end"
_SHARES = ("under 0.2", "0.2-0.35", "0.35-0.5", "0.5-0.7", "0.7+")
_AMOUNTS = ("under 0.2", "0.2-0.4", "0.4-0.6", "0.6-0.8", "0.8+")
_COUNTS = ("0", "1-2", "3-5", "6-10", "11+")
_COUNT_EDGES = (1, 3, 6, 11)
_RATIOS = ("under 0.6", "0.6-1.2", "1.2-2.5", "2.5+")
_LENGTHS = ("under 10 min", "10-20 min", "20-35 min", "35-65 min", "65 min+")
_LENGTH_EDGES = (600_000_000, 1_200_000_000, 2_100_000_000, 3_900_000_000)

PAIRS = (
    Sql(
        "ses_rates",
        f"""
        select pair, messages, zoneless, on_clock, cast(messages as double) * {DAY} / nullif(last - first + {DAY}, 0) as daily
        from ses_chats
        """,
        keep=True,
    ),
    Sql(
        "ses_payers",
        "select payee, count(distinct payer) as payers from ses_direct group by payee",
        keep=True,
    ),
    Sql(
        "ses_forwarders",
        "select payer as n, max(payments) as most from ses_direct group by payer",
    ),
    Sql(
        # Money that comes every fortnight or month.
        "ses_rhythm",
        f"""
        select payer, payee, count(*) as gaps,
            sum(case when gap between {11 * DAY} and {17 * DAY} or gap between {25 * DAY} and {35 * DAY} then 1 else 0 end)
                as even
        from (
            select payer, payee, ts - lag(ts) over (partition by payer, payee order by ts nulls last, payment_id nulls last)
                as gap
            from ses_paid
        ) g
        where gap is not null
        group by payer, payee
        """,
    ),
    Sql(
        "ses_variety",
        """
        select payer, payee, count(*) as payments, count(distinct coalesce(currency, '') || amount_text(amount)) as amounts
        from ses_paid group by payer, payee
        """,
    ),
    Sql("ses_meetings", "select pair, count(*) as calls from ses_call_episodes group by pair"),
    Sql(
        "ses_pair_features",
        f"""
        select p.pair,
            {bins("coalesce(r.daily, 0)", (0.01, 0.7, 2, 5), ("no chat", "under 0.7", "0.7-2", "2-5", "5+"))} as rate,
            {bins("coalesce(y.payers, 1)", (2, 5, 15, 40), ("1", "2-4", "5-14", "15-39", "40+"))} as fan_in,
            {bins("d.payments", (2, 3, 6, 16), ("1", "2", "3-5", "6-15", "16+"))} as payments,
            cast(i.steps as varchar) as payee_steps,
            case when coalesce(f.most, 0) >= 3 then 'yes' else 'no' end as passes_on,
            case when coalesce(h.gaps, 0) < 4 then 'few' else
                {bins("cast(h.even as double) / nullif(h.gaps, 0)", (0.34, 0.67), ("irregular", "mixed", "regular"))} end as rhythm,
            case when m.calls is null then 'none' else
                {bins("cast(m.calls as double) / nullif(d.payments, 0)", (0.6, 1.2, 2.5), _RATIOS)}
                end as calls_per_payment,
            case when coalesce(v.payments, 0) < 3 then 'few' else
                {bins("cast(v.amounts as double) / nullif(v.payments, 0)", (0.2, 0.4, 0.6, 0.8), _AMOUNTS)}
                end as amounts,
            case when p.host = p.payee then 'payee' else 'other' end as host,
            coalesce(r.messages, 0) as messages, coalesce(r.zoneless, 0) as zoneless, coalesce(r.on_clock, 0) as on_clock
        from ses_pairs p
        join ses_direct d on d.payer = p.payer and d.payee = p.payee
        join ses_inside i on i.n = p.payee
        left join ses_rates r on r.pair = p.pair
        left join ses_payers y on y.payee = p.payee
        left join ses_forwarders f on f.n = p.payee
        left join ses_rhythm h on h.payer = p.payer and h.payee = p.payee
        left join ses_meetings m on m.pair = p.pair
        left join ses_variety v on v.payer = p.payer and v.payee = p.payee
        """,
        keep=True,
    ),
)

EPISODES = (
    Sql(
        "ses_hours",
        f"""
        select c, pair, ts, until, floordiv(ts, {HOUR}) + s.shift as hour
        from ses_candidates
        cross join (select -1 as shift union all select 0 union all select 1 union all select 2 union all select 3) s
        """,
    ),
    Sql(
        "ses_said",
        f"""
        select h.c,
            sum(case when m.ts between h.ts - {HOUR} and h.ts then 1 else 0 end) as before,
            sum(case when m.ts between h.ts - {5 * HOUR // 60} and h.ts then 1 else 0 end) as just_before,
            sum(case when m.ts > h.ts + {MINUTE} and m.ts < h.until - {MINUTE} then 1 else 0 end) as during,
            sum(case when m.ts between h.until and h.until + {HOUR} then 1 else 0 end) as after
        from ses_hours h
        join ses_messages m on m.pair = h.pair and floordiv(m.ts, {HOUR}) = h.hour
        where m.ts between h.ts - {HOUR} and h.until + {HOUR}
        group by h.c
        """,
        keep=True,
    ),
    Sql(
        # Other meetings of the pair at the same hour of the week: lessons have them.
        "ses_echoes",
        f"""
        select a.c, count(distinct b.c) as echoes
        from (
            select c, pair, ts, ts % {_WEEK} as phase, floordiv(ts % {_WEEK}, {_ECHO}) + s.shift as bucket
            from ses_candidates
            cross join (select -1 as shift union all select 0 union all select 1) s
        ) a
        join (
            select c, pair, ts, ts % {_WEEK} as phase, floordiv(ts % {_WEEK}, {_ECHO}) as bucket from ses_candidates
        ) b on b.pair = a.pair and b.bucket = a.bucket
        where b.c <> a.c and abs(a.phase - b.phase) <= {_ECHO} and abs(a.ts - b.ts) between {5 * DAY} and {40 * DAY}
        group by a.c
        """,
        keep=True,
    ),
    Sql(
        # How many meetings the pair has within those days: what echoes are to be expected.
        "ses_near",
        f"""
        select a.c, count(*) as near
        from (
            select c, pair, ts, floordiv(ts, {40 * DAY}) + s.shift as bucket from ses_candidates
            cross join (select -1 as shift union all select 0 union all select 1) s
        ) a
        join (select c, pair, ts, floordiv(ts, {40 * DAY}) as bucket from ses_candidates) b
            on b.pair = a.pair and b.bucket = a.bucket
        where b.c <> a.c and abs(a.ts - b.ts) between {5 * DAY} and {40 * DAY}
        group by a.c
        """,
        keep=True,
    ),
    Sql(
        # How often each logs in at all: one who does so all day tells nothing by doing it.
        "ses_presence",
        f"""
        select n, cast(count(*) as double) * {DAY} / nullif(max(ts) - min(ts) + {30 * DAY}, 0) as daily
        from ses_online group by n
        """,
        keep=True,
    ),
    Sql(
        # How many other meetings of the pair are at about the same hour of the day: habit.
        "ses_clock_hours",
        f"""
        select pair, floordiv(ts, {HOUR}) % 24 as hour, count(*) as meetings from ses_candidates
        group by pair, floordiv(ts, {HOUR}) % 24
        """,
        keep=True,
    ),
    Sql(
        "ses_habits",
        """
        select a.pair, a.hour, sum(case when abs(a.hour - b.hour) <= 3 or abs(a.hour - b.hour) >= 21 then b.meetings else 0 end)
            - 1 as alike, sum(b.meetings) - 1 as others
        from ses_clock_hours a
        join ses_clock_hours b on b.pair = a.pair
        group by a.pair, a.hour
        """,
        keep=True,
    ),
    Sql(
        "ses_logins",
        f"""
        select w.c, max(w.side) as host_on, max(1 - w.side) as payer_on, joined_distinct(o.moved) as moved
        from (
            select c, ts, payer as n, 0 as side, floordiv(ts, {HOUR}) as hour from ses_candidates
            union all select c, ts, payer, 0, floordiv(ts, {HOUR}) - 1 from ses_candidates
            union all select c, ts, host, 1, floordiv(ts, {HOUR}) from ses_candidates
            union all select c, ts, host, 1, floordiv(ts, {HOUR}) - 1 from ses_candidates
        ) w
        join ses_online o on o.n = w.n and floordiv(o.ts, {HOUR}) = w.hour
        where o.ts between w.ts - {45 * MINUTE} and w.ts + {10 * MINUTE}
        group by w.c
        """,
        keep=True,
    ),
    Sql(
        "ses_lengths",
        """
        select pair, kind, median(until - ts) as usual from ses_candidates group by pair, kind
        """,
    ),
    Sql(
        "ses_episode_features",
        f"""
        select c.c,
            c.kind || case when f.host = 'other' then ' to another' else '' end as kind,
            case when c.kind = 'payment' then 'none' else c.kind || ' ' ||
                {bins("c.until - c.ts", _LENGTH_EDGES, _LENGTHS)}
                end as length,
            {bins("coalesce(s.before, 0)", _COUNT_EDGES, _COUNTS)} as before,
            {bins("coalesce(s.just_before, 0)", (1, 3), ("0", "1-2", "3+"))} as just_before,
            {bins("coalesce(s.during, 0)", (1, 3), ("0", "1-2", "3+"))} as during,
            {bins("coalesce(s.after, 0)", (1, 3, 8), ("0", "1-2", "3-7", "8+"))} as after,
            {bins("coalesce(e.echoes, 0) - 0.05e0 * coalesce(n.near, 0)", (0.01, 1, 2), ("0", "few", "1", "2+"))} as echoes,
            {bins("coalesce(n.near, 0)", (1, 3, 8, 20), ("0", "1-2", "3-7", "8-19", "20+"))} as near,
            case when coalesce(l.payer_on, 0) = 0 then 'no' else 'yes, on ' ||
                {bins("g.daily", (0.2, 1), ("rarely", "now and then", "often"))} end as payer_online,
            case when coalesce(l.host_on, 0) = 1 then 'yes' else 'no' end as host_online,
            case when h.others < 3 then 'few' else
                {bins("cast(h.alike as double) / nullif(h.others, 0)", (0.2, 0.35, 0.5, 0.7), _SHARES)} end as habit
        from ses_candidates c
        join ses_pair_features f on f.pair = c.pair
        left join ses_said s on s.c = c.c
        left join ses_echoes e on e.c = c.c
        left join ses_near n on n.c = c.c
        left join ses_logins l on l.c = c.c
        left join ses_presence g on g.n = c.payer
        join ses_habits h on h.pair = c.pair and h.hour = floordiv(c.ts, {HOUR}) % 24
        """,
        keep=True,
    ),
)

PAYMENT = (
    Sql(
        # How many others pay the same recipient the same amount: its price points.
        "ses_prices",
        """
        select payee, currency, amount, count(distinct payer) as payers
        from ses_paid group by payee, currency, amount
        """,
        keep=True,
    ),
    Sql("ses_quoted", "select distinct pair, payment_id from ses_quotes", keep=True),
    Sql(
        "ses_edge_features",
        f"""
        select e.c, e.payment_id, e.delta,
            case when c.kind in ('log', 'chat') then 'call ' else '' end || {METHOD.format("e.method")} || ' '
                || {delay_bin("e.delta")} as delay,
            {bins("coalesce(x.payers, 1)", (2, 4, 10), ("1", "2-3", "4-9", "10+"))} as price,
            case when q.payment_id is null then 'no' else 'yes' end as quoted
        from ses_edges e
        join ses_candidates c on c.c = e.c
        left join ses_prices x on x.payee = c.payee and x.currency = e.currency and x.amount = e.amount
        left join ses_quoted q on q.pair = c.pair and q.payment_id = e.payment_id
        """,
        keep=True,
    ),
)

STEPS = (*PAIRS, *EPISODES, *PAYMENT)
PAIR_NAMES = ("rate", "fan_in", "payments", "payee_steps", "passes_on", "rhythm", "calls_per_payment", "amounts")
EPISODE_NAMES = (
    "kind",
    "length",
    "before",
    "just_before",
    "during",
    "after",
    "echoes",
    "near",
    "payer_online",
    "host_online",
    "habit",
)
EDGE_NAMES = ("delay", "price", "quoted")


def run(engine: Engine) -> None:
    """Make `ses_pair_features`, `ses_episode_features` and `ses_edge_features`: one column a feature, its bin as text."""
    for step in STEPS:
        engine.run(step)
