"""Who is looked at: accounts of a report, a watch list or a verified fact, and those in contact with them within a few steps.

Nobody else is scored. Parties are actors (accounts of one hand), numbered so that joins are cheap.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

DEFAULT_STEPS, DEFAULT_CONTACTS, DEFAULT_MATCHES = 2, 2_000, 12

STEPS = (
    Sql(
        "ses_accounts",
        """
        select account_id from known_accounts where account_id is not null
        union select from_account_id from known_payments where from_account_id is not null
        union select to_account_id from known_payments where to_account_id is not null
        union select caller_account_id from calls where caller_account_id is not null
        union select callee_account_id from calls where callee_account_id is not null
        union select account_id from participants where account_id is not null
        """,
        keep=True,
    ),
    Sql(
        "ses_hands",
        """
        select s.account_id, coalesce(t.actor_id, s.account_id) as actor
        from ses_accounts s
        left join actors t on t.account_id = s.account_id
        """,
        keep=True,
    ),
    Sql(
        # A payment's reference that one account tells another: whose payment it is.
        "ses_references",
        """
        select distinct r.value, p.payment_id, x.actor as teller, y.actor as told, f.actor as payer, t.actor as payee
        from (
            select value, min(record_id) as payment_id from known_selectors
            where table_name = 'payments' and type = 'remittance' and valid
            group by value having min(record_id) = max(record_id)
        ) r
        join known_payments p on p.payment_id = r.payment_id
        join known_selectors s on s.value = r.value and s.type = 'remittance' and s.table_name = 'messages' and s.valid
        join messages m on m.message_id = s.record_id
        join ses_hands x on x.account_id = m.sender_account_id
        join ses_hands y on y.account_id = m.recipient_account_id
        join ses_hands f on f.account_id = p.from_account_id
        join ses_hands t on t.account_id = p.to_account_id
        """,
        keep=True,
    ),
    Sql(
        # Whose hand a payment account is by that: told twice, or told once by two of whom the other side is known.
        "ses_owners",
        """
        select actor, min(owner) as owner from (
            select payer as actor, teller as owner, count(distinct payment_id) as payments,
                max(case when told = payee then 1 else 0 end) as known
            from ses_references where teller <> payer and told <> payer and teller <> payee group by payer, teller
            union all
            select payee, told, count(distinct payment_id), max(case when teller = payer then 1 else 0 end)
            from ses_references where told <> payee and teller <> payee and told <> payer group by payee, told
        ) o
        where payments >= 2 or known = 1
        group by actor
        having min(owner) = max(owner)
        """,
        keep=True,
    ),
    Sql(
        "ses_holders",
        """
        select h.account_id, case when n.actor is null then coalesce(o.owner, h.actor) else h.actor end as actor
        from ses_hands h
        left join ses_owners o on o.actor = h.actor
        left join (select distinct actor from ses_owners) n on n.actor = o.owner
        """,
        keep=True,
    ),
    Sql(
        "ses_actors",
        "select actor, row_number() over (order by actor nulls last) as n from (select distinct actor from ses_holders) d",
        keep=True,
    ),
    Sql(
        "ses_parties",
        "select h.account_id, a.n from ses_holders h join ses_actors a on a.actor = h.actor",
        keep=True,
    ),
    Sql(
        "ses_paid_read",
        """
        select p.payment_id, f.n as payer, t.n as payee, micros(p.paid_at) as ts, p.amount, p.currency,
            coalesce(p.method, '') as method, coalesce(p.reference, '') as reference,
            coalesce(p.provider, '') as service, coalesce(p.source_id, '') as source_id,
            case when p.paid_at_assumed is null then 0 else 1 end as zoneless
        from known_payments p
        join ses_parties f on f.account_id = p.from_account_id
        join ses_parties t on t.account_id = p.to_account_id
        where p.counted and p.paid_at is not null and f.n <> t.n
        """,
        keep=True,
    ),
    Sql(
        "ses_talks",
        """
        select m.sender_account_id, m.recipient_account_id, s.n as one, r.n as two, m.messages,
            case when m.first = m.last then 0 else 1 end as repeated
        from (
            select sender_account_id, recipient_account_id, count(*) as messages, min(conversation_id) as first,
                max(conversation_id) as last
            from messages
            where sender_account_id is not null and recipient_account_id is not null
            group by sender_account_id, recipient_account_id
        ) m
        join ses_parties s on s.account_id = m.sender_account_id
        join ses_parties r on r.account_id = m.recipient_account_id
        where s.n <> r.n
        """,
        keep=True,
    ),
    Sql(
        # A call that the chat names and no call record repeats.
        "ses_named",
        """
        select m.message_id as call_id, m.sender_account_id as caller_account_id,
            m.recipient_account_id as callee_account_id, micros(m.sent_at) as ts, cast(null as double) as seconds,
            'chat' as kind, case when m.sent_at_assumed is null then 0 else 1 end as zoneless
        from messages m
        left join (select distinct conversation_id, started_at from calls where conversation_id is not null) c
            on c.conversation_id = m.conversation_id and c.started_at = m.sent_at
        where m.kind = 'call' and m.sent_at is not null and c.conversation_id is null
        """,
    ),
    Sql(
        "ses_calls_read",
        """
        select c.call_id, s.n as one, r.n as two, c.ts, c.seconds, c.kind, c.zoneless, c.service, c.source_id
        from (
            select call_id, caller_account_id, callee_account_id, micros(started_at) as ts, seconds,
                case when conversation_id is null then 'log' else 'chat' end as kind,
                case when started_at_assumed is null then 0 else 1 end as zoneless,
                coalesce(platform, '') as service, coalesce(source_id, '') as source_id
            from calls
            where started_at is not null and coalesce(seconds, 300e0) >= 60
                and coalesce(outcome, '') not in ('missed', 'declined', 'busy', 'cancelled')
            union all
            select call_id, caller_account_id, callee_account_id, ts, seconds, kind, zoneless, '', '' from ses_named
        ) c
        join ses_parties s on s.account_id = c.caller_account_id
        join ses_parties r on r.account_id = c.callee_account_id
        where s.n <> r.n
        """,
        keep=True,
    ),
    Sql(
        "ses_contacts",
        """
        select distinct a, b from (
            select payer as a, payee as b from ses_paid_read
            union select payee, payer from ses_paid_read
            union select one, two from ses_talks
            union select two, one from ses_talks
            union select one, two from ses_calls_read
            union select two, one from ses_calls_read
        ) c
        """,
        keep=True,
    ),
    Sql("ses_degrees", "select a, count(*) as contacts from ses_contacts group by a", keep=True),
    Sql(
        # What open cases watch for; the host of a watched link, which thousands share, is not watched.
        "ses_watched",
        """
        select distinct s.type, s.value
        from known_selectors s
        join watch_entries w on w.watch_id = s.record_id
        cross join run_facts r
        where s.table_name = 'watch_entries' and s.value <> '' and (s.type <> 'domain' or w.type = 'domain')
            and (w.expires_at is null or w.expires_at >= r.as_of)
        """,
    ),
    Sql(
        "ses_seeds",
        """
        select distinct p.n, 0 as steps from (
            select account_id from known_accounts
            where report_id is not null and coalesce(role, 'unknown') not in ('reporter', 'mentioned')
                and coalesce(identifier_kind, 'none') <> 'none'
            union
            select s.account_id from known_selectors s
            join ses_watched w on w.type = s.type and w.value = s.value
            where s.table_name in ('accounts', 'contacts') and s.account_id is not null
                and coalesce(s.role, '') not in ('mentioned', 'reporter')
            union
            select account_id from verified
        ) a
        join ses_parties p on p.account_id = a.account_id
        """,
        keep=True,
    ),
    Sql(
        "ses_numbers",
        f"""
        select
            cast(floor(coalesce(max(case when name = 'sessions.steps' then number end), {DEFAULT_STEPS})) as bigint) as steps,
            cast(floor(coalesce(max(case when name = 'sessions.contacts_max' then number end), {DEFAULT_CONTACTS})) as bigint)
                as contacts_max,
            cast(floor(coalesce(max(case when name = 'sessions.clock_matches_min' then number end), {DEFAULT_MATCHES})) as bigint)
                as clock_matches_min,
            coalesce(max(case when name = 'sessions.shown_from' then number end), 1e0) as shown_from,
            coalesce(max(case when name = 'sessions.kept_from' then number end), 1e0) as kept_from
        from policy_numbers
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `ses_inside` (n, steps): the parties looked at, and how many contacts away from a seed each stands.

    A party with more contacts than `sessions.contacts_max` is inside, but nobody is reached through it.
    """
    for step in STEPS:
        engine.run(step)
    wanted = int(engine.rows("select steps from ses_numbers").to_pylist()[0]["steps"])
    inside = "ses_seeds"
    for number in range(1, wanted + 1):
        engine.run(
            Sql(
                f"ses_inside_{number}",
                f"""
                select n, min(steps) as steps from (
                    select n, steps from {inside}
                    union all
                    select c.b, {number} from {inside} i
                    join ses_degrees d on d.a = i.n
                    cross join ses_numbers s
                    join ses_contacts c on c.a = i.n
                    where i.steps = {number - 1} and (d.contacts <= s.contacts_max or i.steps = 0)
                ) f
                group by n
                """,
                keep=True,
            )
        )
        inside = f"ses_inside_{number}"
    engine.run(Sql("ses_inside", f"select n, steps from {inside}"))
