"""Notes that a reported account's actor pays people with whom records show no family or household tie.

Outcome: no-known-tie. Three-valued: it fires only where records name both sides and they share no name, address, phone or e-mail;
where a side is not named nothing is known, and the reason says how often. Weak: it counts only beside another sign of danger.
Source: FINTRAC 2020 and AMLC (no apparent family or commercial link); the least number is the policy pack's.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="no_known_tie",
    criterion="T8.no-known-tie",
    source="untied_counts",
    subject="'recipients'",
    outcome="'no-known-tie'",
    reason="""
        cast(x.untied as varchar) || ' recipient(s) with whom records show no shared name, address, phone or e-mail; '
        || cast(x.unknown as varchar) || ' of whom records do not say'
    """,
    limits={"least": "others_min"},
    condition="x.untied >= n.least",
    reads=("persons", "selectors"),
)
_STEPS = (
    Sql(
        "tie_signs",
        """
        select distinct coalesce(t.actor_id, s.account_id) as actor_id, s.kind, s.sign
        from (
            select account_id, 'name' as kind, lower_ascii(word) as sign from (
                select account_id, unnest(string_split(coalesce(name, '') || ' ' || coalesce(last_name, ''), ' ')) as word
                from persons where account_id is not null
            ) w
            where length(word) >= 3
            union all
            select account_id, 'address', lower_ascii(address) from persons where account_id is not null and address <> ''
            union all
            select account_id, type, value from known_selectors
            where table_name in ('accounts', 'contacts') and type in ('phone', 'email') and valid and account_id is not null
        ) s
        left join actors t on t.account_id = s.account_id
        """,
        keep=True,
    ),
    Sql(
        "untied_counts",
        """
        select o.report_id,
            sum(case when d.actor_id is null and a.actor_id is not null and b.actor_id is not null then 1 else 0 end) as untied,
            sum(case when d.actor_id is null and (a.actor_id is null or b.actor_id is null) then 1 else 0 end) as unknown,
            joined(case when d.actor_id is null and a.actor_id is not null and b.actor_id is not null then o.evidence end)
                as evidence
        from (
            select report_id, actor_id, other_id, min(payment_id) as evidence from indicator_payments
            where side = 'paid' group by report_id, actor_id, other_id
        ) o
        left join (select distinct actor_id from tie_signs where kind = 'name') a on a.actor_id = o.actor_id
        left join (select distinct actor_id from tie_signs where kind = 'name') b on b.actor_id = o.other_id
        left join (
            select distinct p.actor_id, p.other_id
            from (select distinct actor_id, other_id from indicator_payments where side = 'paid') p
            join tie_signs x on x.actor_id = p.actor_id
            join tie_signs y on y.actor_id = p.other_id and y.kind = x.kind and y.sign = x.sign
        ) d on d.actor_id = o.actor_id and d.other_id = o.other_id
        group by o.report_id
        """,
    ),
)

NO_KNOWN_TIE = _INDICATOR.detector(__doc__ or "", *_STEPS)
