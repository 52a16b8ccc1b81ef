"""The network: who pays whom, which recipients one hand runs, what would explain most sessions, and which countries."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

KEYS = 20
MOST_ROUNDS = 30

STEPS = (
    Sql(
        "ses_pair_sessions",
        """
        select payer, payee, sum(case when stands = 1 then shown else 0 end) as sessions, max(probability) as probability
        from ses_listed where young is null group by payer, payee
        """,
    ),
    Sql(
        "network_edges",
        """
        select f.actor as payer_account_id, t.actor as recipient_account_id, p.currency, count(*) as payments,
            sum(p.amount) as amount, from_micros(min(p.ts)) as first_at, from_micros(max(p.ts)) as last_at,
            coalesce(max(s.sessions), 0) as sessions, max(s.probability) as probability
        from ses_paid p
        join ses_flows w on w.payer = p.payer and w.payee = p.payee
        join ses_actors f on f.n = p.payer
        join ses_actors t on t.n = p.payee
        left join ses_pair_sessions s on s.payer = p.payer and s.payee = p.payee
        left join ses_young y on y.n = p.payee
        left join ses_young z on z.n = p.payer
        where y.n is null and z.n is null
        group by f.actor, t.actor, p.currency
        """,
        keep=True,
    ),
    Sql(
        "ses_recipients",
        "select distinct n, account_id from ses_parts where part <> 'payer'",
        keep=True,
    ),
    Sql(
        # One arranger is paid for both, or money of both goes on to the same account.
        "ses_ties",
        """
        select a.n as one, b.n as two
        from ses_parts a
        join ses_parts b on b.session_id = a.session_id
        where a.part = 'recipient' and b.part = 'arranger'
        union
        select a.payer, b.payer
        from ses_direct a
        join ses_direct b on b.payee = a.payee
        join ses_recipients r on r.n = a.payer
        join ses_recipients s on s.n = b.payer
        join (select payee from ses_direct group by payee having count(*) <= 20) few on few.payee = a.payee
        where a.payer < b.payer and a.payments >= 3 and b.payments >= 3
        """,
        keep=True,
    ),
    Sql("ses_tied", "select one as a, two as b from ses_ties union select two, one from ses_ties", keep=True),
    Sql("ses_group_0", "select n, n as low from ses_recipients", keep=True),
    Sql(
        "network_countries",
        """
        select coalesce(c.country, 'not stated') as country, p.part as side, count(distinct p.n) as accounts,
            count(distinct p.session_id) as sessions
        from ses_parts p
        left join (
            select s.n, min(x.country) as country from (
                select account_id, country from known_accounts where country is not null and country <> ''
                union all
                select account_id, country from persons where country is not null and country <> '' and account_id is not null
            ) x
            join ses_parties s on s.account_id = x.account_id
            group by s.n
        ) c on c.n = p.n
        group by coalesce(c.country, 'not stated'), p.part
        """,
        keep=True,
    ),
    Sql(
        "ses_touches",
        """
        select distinct session_id, 'account' as kind, account_id as value from ses_parts
        union
        select distinct p.session_id, 'address' as kind, c.ip as value
        from ses_parts p
        join ses_parties s on s.n = p.n
        join captures c on c.account_id = s.account_id
        join (
            select ip from captures where ip is not null and ip <> '' group by ip having count(distinct account_id) <= 20
        ) rare on rare.ip = c.ip
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `network_edges`, `recipient_groups`, `network_keys` and `network_countries`."""
    for step in STEPS:
        engine.run(step)
    engine.run(Sql("recipient_groups", _groups(engine), keep=True))
    engine.run(Sql("network_keys", _keys(engine), keep=True))


def _groups(engine: Engine) -> str:
    """Connected recipients, by the smallest number that reaches each of them."""
    last = 0
    for number in range(1, MOST_ROUNDS + 1):
        engine.run(
            Sql(
                f"ses_group_{number}",
                f"""
                select g.n, least(g.low, coalesce(min(o.low), g.low)) as low
                from ses_group_{number - 1} g
                left join ses_tied t on t.a = g.n
                left join ses_group_{number - 1} o on o.n = t.b
                group by g.n, g.low
                """,
                keep=True,
            )
        )
        last = number
        moved = f"select count(*) as n from ses_group_{number} g join ses_group_{number - 1} o on o.n = g.n where o.low <> g.low"
        if not engine.rows(moved).to_pylist()[0]["n"]:
            break
    return f"""
        select r.account_id, a.actor as group_id, s.members
        from ses_recipients r
        join ses_group_{last} g on g.n = r.n
        join (select low, count(*) as members from ses_group_{last} group by low having count(*) > 1) s on s.low = g.low
        join ses_actors a on a.n = g.low
    """


def _keys(engine: Engine) -> str:
    """The account or address that touches most sessions, then the one that adds most to it, and so on."""
    rows = []
    left = "ses_touches"
    for number in range(1, KEYS + 1):
        found = engine.rows(
            f"""
            select kind, value, count(*) as gained from {left} group by kind, value
            order by count(*) desc nulls last, kind nulls last, value nulls last limit 1
            """
        ).to_pylist()
        if not found:
            break
        best = f"ses_key_{number}"
        engine.run(
            Sql(
                best,
                f"""
                select kind, value, count(*) as gained from {left} group by kind, value
                qualify row_number() over (
                    order by count(*) desc nulls last, kind nulls last, value nulls last) = 1
                """,
                keep=True,
            )
        )
        engine.run(
            Sql(
                f"ses_untouched_{number}",
                f"""
                select t.session_id, t.kind, t.value from {left} t
                left join (
                    select distinct x.session_id from {left} x join {best} b on b.kind = x.kind and b.value = x.value
                ) d on d.session_id = t.session_id
                where d.session_id is null
                """,
                keep=True,
            )
        )
        left = f"ses_untouched_{number}"
        rows.append(f"select {number} as rank, kind, value, gained from {best}")
    if not rows:
        return "select 0 as rank, kind, value, 0 as sessions, 0 as gained from ses_touches"
    return f"""
        select k.rank, k.kind, k.value, s.sessions, k.gained
        from ({" union all ".join(rows)}) k
        join (select kind, value, count(*) as sessions from ses_touches group by kind, value) s
            on s.kind = k.kind and s.value = k.value
    """
