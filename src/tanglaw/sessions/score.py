"""Probability, evidence and what is missing for each candidate; of several that overlap the likeliest stands."""

from __future__ import annotations

import math
from functools import partial

import pyarrow as pa

from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Batches, Sql
from tanglaw.ids import Ids
from tanglaw.sessions.features import EDGE_NAMES, EPISODE_NAMES, PAIR_NAMES, bins
from tanglaw.sessions.match import weighed
from tanglaw.sessions.pairs import HOUR, MINUTE

FIRST_NAMES = (*EPISODE_NAMES, *PAIR_NAMES, *EDGE_NAMES)
NAMES = (*FIRST_NAMES, "company")
# Weights below this (thousandths of a nat) are left out of the evidence text.
TOLD = 200
STEP, MOST = 20, 500
_COMPANY = ("under 0.05", "0.05-0.15", "0.15-0.3", "0.3-0.5", "0.5+")
_FIRST, _FIRST_JOINS = weighed(FIRST_NAMES, "x")
_TOTAL, _JOINS = weighed(NAMES, "x", "ses_weights")
_BASE = "cross join (select coalesce(max(milli), 0) as milli from policy_session_weights where feature = 'base') o"
_TEXT = pa.string()
_COLUMNS: list[tuple[str, pa.DataType]] = [("c", pa.int64()), ("session_id", _TEXT)]
_KEYED = pa.schema(_COLUMNS)
_WORDS = {
    "kind": "trace",
    "before": "messages in the hour before",
    "just_before": "messages in the five minutes before",
    "during": "messages meanwhile",
    "after": "messages in the hour after",
    "echoes": "same hour of the week",
    "near": "meetings within 40 days",
    "payer_online": "log-in of the payer near",
    "host_online": "log-in of the recipient near",
    "rate": "messages a day",
    "fan_in": "payers of the recipient",
    "payments": "payments of the pair",
    "payee_steps": "contacts from a report or watch list",
    "passes_on": "recipient pays others too",
    "rhythm": "fortnightly or monthly money",
    "calls_per_payment": "calls for each payment",
    "amounts": "different amounts for each payment",
    "habit": "other meetings at about this hour",
    "delay": "payment",
    "price": "payers of the same amount",
    "quoted": "payment quoted in the chat",
    "company": "sessions of other payers of the recipient, mean of their best",
}


_KINDS = ("log", "chat", "gap", "end")
_PLAIN = {
    "kind": (
        ("log", "call log"),
        ("chat", "call named in the chat"),
        ("gap", "pause in the chat"),
        ("end", "end of an exchange"),
        ("payment", "payment alone"),
    ),
    "length": tuple((f"{kind} ", "") for kind in _KINDS),
    "delay": (
        ("call ", ""),
        ("quick", "e-wallet or card"),
        ("none", "none found"),
        ("shared", "shared with another call"),
    ),
}


def _step(milli: str) -> str:
    return f"greatest({-MOST}, least({MOST}, floordiv({milli} + {STEP // 2}, {STEP})))"


def logistic() -> pa.Table:
    """`ses_logistic` (step, probability): the probability at log odds of step * 20 thousandths, three decimals, never 0 or 1."""
    steps = list(range(-MOST, MOST + 1))
    exact = (1 / (1 + math.exp(-step * STEP / 1000)) for step in steps)
    return pa.table({"step": steps, "probability": [min(0.999, max(0.001, round(p, 3))) for p in exact]})


def keyed(batch: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    """The keyed id of each candidate, from payer, payee, host, trace, start and end."""
    columns = ("buyer", "payee", "seller", "kind", "ts", "until")
    parts = zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
    made = [ids.of("session", *row) for row in parts]
    return pa.record_batch([batch.column("c"), pa.array(made, _TEXT)], schema=_KEYED)


def _plain() -> str:
    """SQL of a weight's bin as the analyst reads it."""
    cases = []
    for name, words in _PLAIN.items():
        text = "bin"
        for word, plain in words:
            text = f"replace({text}, '{word}', '{plain}')"
        cases.append(f"when '{name}' then {text}")
    return f"case feature {' '.join(cases)} else bin end"


_NAMED = " ".join(f"when '{name}' then '{words}'" for name, words in _WORDS.items())
_EVIDENCE = " || ".join(f"coalesce(w_{name}.told, '')" for name in NAMES)
# More than evidence ever weighs, in thousandths of nats.
_CONFIRMED = 1_000_000_000
STEPS = (
    Sql(
        "ses_whole",
        """
        select k.*, case when k.kind in ('log', 'chat') then 'call ' else '' end ||
                case when m.c is not null then '' when s.c is not null then 'shared' else 'none' end
                || case when m.c is null then '' when k.kind in ('log', 'chat') then substr(e.delay, 6) else e.delay end as delay,
            coalesce(e.price, 'none') as price,
            case when m.c is not null then e.quoted else 'none' end as quoted,
            m.payment_id, s.payment_id as shared_id
        from ses_known k
        left join ses_matched m on m.c = k.c
        left join ses_edge_features e on e.c = m.c and e.payment_id = m.payment_id
        left join ses_shared s on s.c = k.c
        """,
        keep=True,
    ),
    Sql(
        "ses_first",
        f"""
        select x.c, p.payer, p.payee, o.milli + {_FIRST} as milli
        from ses_whole x
        join ses_pairs p on p.pair = x.pair
        {_BASE}
        {_FIRST_JOINS}
        """,
    ),
    Sql(
        # How likely the best episode of each pair is by itself, in thousandths.
        "ses_pair_best",
        f"""
        select f.payer, f.payee, max(cast(floor(l.probability * 1000 + 0.5e0) as bigint)) as best
        from ses_first f
        join ses_logistic l on l.step = {_step("f.milli")}
        group by f.payer, f.payee
        """,
        keep=True,
    ),
    Sql(
        # What the recipient's other payers look like: whom many meet in the same way is hardly met by chance.
        "ses_company",
        f"""
        select d.payer, d.payee,
            case when a.others <= 1 then 'nobody else' else
                {bins("(a.whole - coalesce(b.best, 0)) / nullif(a.others - 1, 0)", (50, 150, 300, 500), _COMPANY)} end
                as company
        from ses_direct d
        join (
            select d.payee, count(*) as others, sum(coalesce(b.best, 0)) as whole
            from ses_direct d
            left join ses_pair_best b on b.payer = d.payer and b.payee = d.payee
            group by d.payee
        ) a on a.payee = d.payee
        left join ses_pair_best b on b.payer = d.payer and b.payee = d.payee
        """,
        keep=True,
    ),
    Sql(
        "ses_complete",
        """
        select x.*, coalesce(k.company, 'nobody else') as company
        from ses_whole x
        join ses_pairs p on p.pair = x.pair
        left join ses_company k on k.payer = p.payer and k.payee = p.payee
        """,
    ),
    Sql(
        # What each weight says in words: written out once, and not in each of the many joins to it.
        "ses_weights",
        f"""
        select feature, bin, milli,
            case when abs(milli) >= {TOLD} then '; ' || case feature {_NAMED} else feature end || ': ' || {_plain()} || ' ('
                || case when milli > 0 then '+' else '' end || text3(cast(milli as double) / 1000) || ')' else '' end as told
        from policy_session_weights
        """,
        keep=True,
    ),
    Sql(
        "ses_odds",
        f"""
        select x.c, x.payment_id, x.shared_id, o.milli + {_TOTAL} as milli, substr({_EVIDENCE}, 3) as evidence,
            {" || '; ' || ".join(f"'{n}=' || x.{n}" for n in NAMES)} as features
        from ses_complete x
        {_BASE}
        {_JOINS}
        """,
        keep=True,
    ),
    Sql(
        "ses_scored",
        f"""
        select c.*, o.payment_id, o.shared_id, o.milli, o.evidence, o.features, l.probability
        from ses_candidates c
        join ses_odds o on o.c = c.c
        join ses_logistic l on l.step = {_step("o.milli")}
        """,
        keep=True,
    ),
    Sql(
        # Nobody is in two meetings at once: of two of one payer that overlap or nearly so, the likelier stands. What a person
        # confirmed is likelier than all, and what one rejected takes no other's place.
        "ses_beaten",
        f"""
        select distinct a.c
        from (
            select c, payer, ts, milli, floordiv(ts, {HOUR}) + s.shift as hour from ses_scored
            cross join (select -1 as shift union all select 0 union all select 1) s
        ) a
        join (
            select s.c, s.payer, s.ts, case when j.confirmed = 1 then {_CONFIRMED} else s.milli end as milli,
                floordiv(s.ts, {HOUR}) as hour
            from ses_scored s
            left join ses_judged j on j.c = s.c
            where coalesce(j.confirmed, 1) = 1
        ) b
            on b.payer = a.payer and b.hour = a.hour
        where b.c <> a.c and abs(a.ts - b.ts) <= {45 * MINUTE} and (b.milli > a.milli or b.milli = a.milli and b.c < a.c)
        """,
        keep=True,
    ),
    Sql(
        "ses_sums",
        """
        select s.c, p.currency, sum(p.amount) as amount, joined_distinct(p.payment_id) as payments
        from (
            select c, payment_id from ses_matched
            union all select c, payment_id from ses_added
            union all select c, payment_id from ses_shared
        ) s
        join (select distinct payment_id, amount, currency from ses_paid) p on p.payment_id = s.payment_id
        group by s.c, p.currency
        """,
    ),
    Sql(
        # Payments in several currencies are not added up: the first by name is shown, all ids are told.
        "ses_amounts",
        """
        select c, min(currency) as currency, first_by(amount, coalesce(currency, '')) as amount, joined(payments) as payments
        from ses_sums group by c
        """,
        keep=True,
    ),
    Sql(
        "ses_lacking",
        """
        select c.c,
            case when c.kind = 'log' then '' else '; call log' end
            || case when f.messages = 0 then '; chat' when f.zoneless > 0 and f.on_clock = 0 then '; zone of the chat' else '' end
            || case when a.c is null then '; payment' else '' end
            || case when e.payer_online = 'no' then '; log-in of the payer' else '' end
            || case when e.host_online = 'no' then '; log-in of the recipient' else '' end as missing
        from ses_candidates c
        join ses_pair_features f on f.pair = c.pair
        join ses_episode_features e on e.c = c.c
        left join ses_amounts a on a.c = c.c
        """,
    ),
    Sql(
        # What stands at another time than its record says.
        "ses_moved",
        """
        select c, joined_distinct(moved) as moved from (
            select c.c, m.moved from ses_candidates c join ses_calls m on m.call_id = c.call_id where m.moved is not null
            union all
            select s.c, m.moved
            from (
                select c, payment_id from ses_matched
                union all select c, payment_id from ses_added
                union all select c, payment_id from ses_shared
            ) s
            join ses_paid m on m.payment_id = s.payment_id
            where m.moved is not null
            union all
            select c, moved from ses_logins where moved is not null
        ) m
        group by c
        """,
        keep=True,
    ),
)


# By candidate whether a person confirmed (1) or rejected it (0), and who said so; nothing for the others.
_JUDGED = Sql(
    "ses_judged",
    """
    select i.c, case when a.kind = 'confirm-session' then 1 else 0 end as confirmed,
        'confirmed by ' || a.stated_by || ', decision ' || cast(a.decision_id as varchar) as said
    from ses_ids i
    join assessments a on a.inference = i.session_id
    where a.kind in ('confirm-session', 'reject-session')
    """,
    keep=True,
)


def run(engine: Engine, given: Given) -> None:
    """Make `ses_told`: one row a candidate with id, parties (numbers), times, amount, probability, evidence, missing."""
    engine.put("ses_logistic", logistic())
    engine.run(
        Sql(
            "ses_keys",
            """
            select c.c, p.actor as buyer, f.actor as payee, h.actor as seller, c.kind, c.ts, c.until
            from ses_candidates c
            join ses_actors p on p.n = c.payer
            join ses_actors h on h.n = c.host
            join ses_actors f on f.n = c.payee
            """,
        )
    )
    engine.run(Batches("ses_ids", "ses_keys", partial(keyed, ids=given.ids), _KEYED))
    engine.run(_JUDGED)
    for step in STEPS:
        engine.run(step)
    engine.run(
        Sql(
            "ses_told",
            """
            select i.session_id, p.actor as buyer, h.actor as seller, case when s.host <> s.payee then f.actor end as facilitator,
                s.payer, s.host, s.payee, from_micros(s.ts) as start_at, from_micros(s.until) as end_at, a.amount, a.currency,
                case when j.confirmed = 1 then 1e0 when j.confirmed = 0 then 0e0 else s.probability end as probability,
                s.probability as model, j.confirmed, case when b.c is null then 1 else 0 end as stands, s.features,
                case when j.confirmed = 1 then j.said || '; ' else '' end || s.evidence
                    || case when a.payments is not null then '; payments ' || a.payments else '' end
                    || case when s.call_id is not null then '; call ' || s.call_id else '' end
                    || coalesce('; ' || m.moved, '') as evidence,
                case when l.missing = '' then cast(null as varchar) else substr(l.missing, 3) end as missing
            from ses_scored s
            join ses_ids i on i.c = s.c
            join ses_actors p on p.n = s.payer
            join ses_actors h on h.n = s.host
            join ses_actors f on f.n = s.payee
            join ses_lacking l on l.c = s.c
            left join ses_amounts a on a.c = s.c
            left join ses_beaten b on b.c = s.c
            left join ses_moved m on m.c = s.c
            left join ses_judged j on j.c = s.c
            """,
            keep=True,
        )
    )
