"""The tables of sessions: what is listed, what was looked at, and what goes to the safeguarding lane instead."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        # Whoever a report calls a victim, or a record states to be under eighteen: the whole hand is protected.
        "ses_young",
        """
        select p.n, min(y.reason) as reason from (
            select account_id, 'a report names the account as a victim''s' as reason
            from known_accounts where role = 'victim' and account_id is not null
            union all
            select s.account_id, 'a record states an age under 18' as reason
            from persons s
            cross join run_facts r
            where s.account_id is not null and (s.age < 18 or (length(s.date_of_birth) = 10
                and s.date_of_birth > cast(extract(year from r.as_of) - 18 as varchar) || substr(iso_day(r.as_of), 5, 6)))
            union all
            select s.account_id, 'a report names its holder as a victim' as reason
            from persons s where s.role = 'victim' and s.account_id is not null
        ) y
        join ses_parties p on p.account_id = y.account_id
        group by p.n
        """,
        keep=True,
    ),
    Sql(
        # A rejection takes nothing out of the safeguarding lane: a contact of who may be a child stays in it.
        "ses_listed",
        """
        select t.session_id, t.buyer, t.seller, t.facilitator, t.payer, t.host, t.payee, t.start_at, t.end_at, t.amount,
            t.currency, t.model, t.features, t.evidence, t.missing, t.young, t.young_reason, n.shown_from,
            case when t.stays = 1 then t.model else t.probability end as probability,
            case when t.confirmed = 1 then 1 when t.confirmed = 0 and t.stays = 0 then 0 else t.stands end as stands,
            case when t.probability >= n.shown_from then 1 else 0 end as shown,
            case when t.probability >= n.kept_from then 1 else 0 end as kept
        from (
            select t.*,
                case when b.n is not null then b.n when h.n is not null then h.n when f.n is not null then f.n end as young,
                coalesce(b.reason, h.reason, f.reason) as young_reason,
                case when t.confirmed = 0 and (b.n is not null or h.n is not null or f.n is not null) then 1 else 0 end as stays
            from ses_told t
            left join ses_young b on b.n = t.payer
            left join ses_young h on h.n = t.host
            left join ses_young f on f.n = t.payee
        ) t
        cross join ses_numbers n
        """,
        keep=True,
    ),
    Sql(
        "sessions",
        """
        select session_id, buyer as buyer_account_id, seller as seller_account_id, facilitator as facilitator_account_id,
            start_at, end_at, amount, currency, probability, evidence, missing
        from ses_listed where stands = 1 and kept = 1 and young is null
        """,
        keep=True,
    ),
    Sql(
        "session_candidates",
        """
        select session_id, buyer as buyer_account_id, seller as seller_account_id, facilitator as facilitator_account_id,
            start_at, end_at, model as probability, stands = 1 as stands, young is not null as protected, features
        from ses_listed
        """,
        keep=True,
    ),
    Sql(
        "protected_contacts",
        """
        select l.session_id, y.actor as protected_account_id,
            case when l.young <> l.payer then l.buyer else l.seller end as other_account_id,
            l.young_reason as reason, l.start_at, l.end_at, l.amount, l.currency, l.probability, l.evidence
        from ses_listed l
        join ses_actors y on y.n = l.young
        where l.stands = 1
        """,
        keep=True,
    ),
    Sql(
        # What may be shown: the parties of each shown session, by their part in it.
        "ses_parts",
        """
        select session_id, payer as n, buyer as account_id, 'payer' as part, probability from ses_listed
        where stands = 1 and shown = 1 and young is null
        union all
        select session_id, host, seller, 'recipient', probability from ses_listed
        where stands = 1 and shown = 1 and young is null
        union all
        select session_id, payee, facilitator, 'arranger', probability from ses_listed
        where stands = 1 and shown = 1 and young is null and facilitator is not null
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `sessions`, `session_candidates` and `protected_contacts`, and `ses_parts` for what follows."""
    for step in STEPS:
        engine.run(step)
