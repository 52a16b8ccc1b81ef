"""Finds payments between a reported account's actor and an account that another report, a watch list or a verified fact names.

Outcome: with-verified (somebody verified a fact on it), with-watched or with-reported. A payment as such says nothing: most
are families and friends; what counts is the counterpart. Source: AIC cohort design (direct payment to a known facilitator).
Rejected and reversed payments do not count.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, REPORTED_HANDS, WATCHED, WATCHED_HANDS, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    WATCHED,
    Sql(
        "payment_actors",
        """
        select p.payment_id, coalesce(f.actor_id, p.from_account_id) as payer, coalesce(t.actor_id, p.to_account_id) as payee
        from known_payments p
        left join actors f on f.account_id = p.from_account_id
        left join actors t on t.account_id = p.to_account_id
        where p.counted and p.from_account_id is not null and p.to_account_id is not null
        """,
    ),
    Sql(
        "payment_contacts",
        """
        select payer as actor_id, payee as other_id, payment_id from payment_actors where payer <> payee
        union all
        select payee as actor_id, payer as other_id, payment_id from payment_actors where payer <> payee
        """,
        keep=True,
    ),
    REPORTED_HANDS,
    WATCHED_HANDS,
    Sql(
        "verified_hands",
        """
        select distinct coalesce(t.actor_id, v.account_id) as actor_id
        from verified v left join actors t on t.account_id = v.account_id
        """,
    ),
    Sql(
        "found_payment_contact",
        f"""
        select report_id, {NO_TEXT} as account_id, outcome as subject,
            case when outcome = 'with-reported' then 'T8' else 'T8.watched' end as criterion, outcome,
            cast(count(distinct payment_id) as varchar) || ' payment(s) between the account''s actor and '
                || case outcome when 'with-watched' then 'an account on the watch list'
                    when 'with-verified' then 'an account on which a person verified a fact'
                    else 'an account of another report' end as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(payment_id) as evidence
        from (
            select h.report_id, c.payment_id, 'with-watched' as outcome
            from reported_hands h
            join payment_contacts c on c.actor_id = h.actor_id
            join watched_hands w on w.actor_id = c.other_id
            union all
            select h.report_id, c.payment_id, 'with-verified' as outcome
            from reported_hands h
            join payment_contacts c on c.actor_id = h.actor_id
            join verified_hands v on v.actor_id = c.other_id
            union all
            select h.report_id, c.payment_id, 'with-reported' as outcome
            from reported_hands h
            join payment_contacts c on c.actor_id = h.actor_id
            join (
                select actor_id, min(report_id) as one, max(report_id) as another from reported_hands group by actor_id
            ) o on o.actor_id = c.other_id and (o.one <> h.report_id or o.another <> h.report_id)
        ) p
        group by report_id, outcome
        """,
    ),
)

PAYMENT_CONTACT = Detector(
    "payment_contact",
    __doc__ or "",
    ("payments", "accounts", "actors", "selectors", "verified", "watch_entries"),
    _STEPS,
)
