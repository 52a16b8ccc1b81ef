"""What lies on a shelf about accounts: names, links, ties, conversations, events and sessions; SQL in DuckDB's dialect.

A table may read those laid out before it, as `shelf.<name>`.
"""

from __future__ import annotations

from tanglaw.engine.shelf import Laid, keyed
from tanglaw.lookups.desk.near import CROWD, LEAST, LONGEST, PARTS

_TOLD = """
    select account_id, max(platform) as platform, max(coalesce(handle, identifier)) as account,
        max(display_name) as display_name, count(distinct report_id) as reports, min(report_id) as report_id
    from known_accounts group by account_id
"""
_SIGHTINGS = """
    select a.account_id, a.report_id, a.role, a.handle, a.display_name, a.country, r.report_number, r.esp, r.incident_at, q.rank
    from accounts a
    join reports r on r.report_id = a.report_id
    left join priorities q on q.report_id = a.report_id
"""
_ACCOUNT_LINKS = """
    select e.one, e.a, e.b, e.other, e.bits, e.probability, e.evidence, e.joins, o.platform, o.account, o.reports,
        o.report_id as other_report_id, r.report_number as other_number
    from (select a as one, b as other, l.* from links l union all select b, a, l.* from links l) e
    left join shelf.told o on o.account_id = e.other
    left join reports r on r.report_id = o.report_id
"""
# Who wrote to, called or paid whom: each pair from both sides.
_TIES = """
    with pairs as (
        select sender_account_id as a, recipient_account_id as b, 'messages' as kind, 'messages' as back,
            null as currency, null as amount, sent_at as happened_at, conversation_id from messages
        union all
        select caller_account_id, callee_account_id, 'calls', 'calls', null, null, started_at, null from calls
        union all
        select from_account_id, to_account_id, 'paid', 'paid by', currency, amount, paid_at, null
        from known_payments where counted
    ),
    each as (
        select a as one, b as other, kind, currency, amount, happened_at, conversation_id from pairs
        union all select b, a, back, currency, amount, happened_at, conversation_id from pairs
    )
    select one, other, kind, currency, count(*) as n, sum(amount) as amount,
        min(happened_at) as first_at, max(happened_at) as last_at, min(conversation_id) as conversation_id
    from each where one is not null and other is not null and one <> other group by one, other, kind, currency
"""
_TALK = """
    select m.conversation_id, row_number() over (partition by m.conversation_id order by m.sent_at nulls last,
            m.source_path nulls last, m.source_index nulls last, m.message_id) as place,
        m.message_id, m.sent_at, m.sent_at_original, m.sent_at_assumed, m.sender_account_id, m.kind, m.text,
        m.edited_at, m.reply_to, m.attachments, m.source_id, m.locator, coalesce(n.exports, 1) as exports
    from messages m
    left join (select message_id, count(distinct source_id) as exports from all_messages group by message_id
        having count(distinct source_id) > 1) n on n.message_id = m.message_id
    where m.conversation_id is not null
"""
_TALKS = """
    select c.conversation_id, max(c.platform) as platform, max(c.kind) as kind, max(c.title) as title,
        coalesce(max(t.messages), 0) as messages, max(t.first_at) as first_at, max(t.last_at) as last_at
    from conversations c
    left join (select conversation_id, count(*) as messages, min(sent_at) as first_at, max(sent_at) as last_at
        from shelf.talk group by conversation_id) t on t.conversation_id = c.conversation_id
    group by c.conversation_id
"""
_TALKS_OF = """
    select distinct p.account_id, t.* from (
        select account_id, conversation_id from participants
        union select sender_account_id, conversation_id from shelf.talk
    ) p
    join shelf.talks t on t.conversation_id = p.conversation_id
    where p.account_id is not null
"""
_TALK_SOURCES = """
    select m.conversation_id, s.path, m.source_id, min(s.sha256) as sha256, count(distinct m.message_id) as messages
    from all_messages m
    join sources s on s.source_id = m.source_id and s.format <> 'copy'
    where m.conversation_id is not null group by m.conversation_id, s.path, m.source_id
"""
_TALK_SELECTORS = """
    select p.conversation_id, p.place, s.selector_id, s.type, s.value, s.original, s.start, s."end", s.valid
    from selectors s
    join shelf.places p on p.message_id = s.record_id
    where s.table_name = 'messages' and s.field = 'text'
"""
_EPISODES = """
    select session_id, 'session' as kind, buyer_account_id as payer, seller_account_id as recipient,
        facilitator_account_id as arranger, start_at, end_at, amount, currency, probability, evidence,
        missing, null as reason from sessions
    union all
    select session_id, 'protected', other_account_id, protected_account_id, null, start_at, end_at, amount, currency,
        probability, evidence, null, reason from protected_contacts
    union all
    select c.session_id, 'rejected', c.buyer_account_id, c.seller_account_id, c.facilitator_account_id, c.start_at, c.end_at,
        null, null, c.probability, null, null, null
    from session_candidates c
    join assessments a on a.inference = c.session_id and a.kind = 'reject-session'
    where not c.protected
"""
# Parties are named by their hand: each account of it has the episode.
_EPISODES_OF = """
    select distinct coalesce(h.account_id, p.party) as account_id, e.session_id, e.kind, e.start_at, e.probability, p.party,
        p.other
    from (
        select session_id, payer as party, recipient as other from shelf.episodes
        union all select session_id, recipient, payer from shelf.episodes
        union all select session_id, arranger, payer from shelf.episodes
    ) p
    join shelf.episodes e on e.session_id = p.session_id
    left join actors h on h.actor_id = p.party
    where p.party is not null
"""
_PAYMENT = """'payment', cast(amount as double) || ' ' || coalesce(currency, '') || coalesce(', ' || method, '')
    || case when counted then '' else ', ' || coalesce(status, 'not counted') end, payment_id"""
_CALL = "'call', coalesce(kind, 'call') || coalesce(', ' || cast(floor(seconds / 60) as bigint) || ' min', ''), call_id"
_EVENTS = f"""
    select account_id, captures.at as happened_at, 'capture' as kind, coalesce(event, 'capture') || coalesce(' ' || ip, '') as text,
        capture_id as record_id, report_id, null as other, null as conversation_id, source_id, locator
    from captures where captures.at is not null and account_id is not null
    union all select from_account_id, paid_at, {_PAYMENT}, null, to_account_id, null, source_id, locator
        from known_payments where paid_at is not null and from_account_id is not null
    union all select to_account_id, paid_at, {_PAYMENT}, null, from_account_id, null, source_id, locator
        from known_payments where paid_at is not null and to_account_id is not null
    union all select sender_account_id, sent_at, 'message', kind, message_id, null, recipient_account_id, conversation_id,
        null, null from messages where sent_at is not null and sender_account_id is not null
    union all select recipient_account_id, sent_at, 'message', kind, message_id, null, sender_account_id, conversation_id,
        null, null from messages where sent_at is not null and recipient_account_id is not null
    union all select caller_account_id, started_at, {_CALL}, null, callee_account_id, conversation_id, source_id, locator
        from calls where started_at is not null and caller_account_id is not null
    union all select callee_account_id, started_at, {_CALL}, null, caller_account_id, conversation_id, source_id, locator
        from calls where started_at is not null and callee_account_id is not null
    union all select account_id, start_at, kind, 'probability ' || probability, session_id, null, other, null, null, null
        from shelf.episodes_of where kind <> 'rejected'
"""
# Names of persons and accounts stand beside selectors, so that one search finds both.
_NAMES = """
    select 'name' as type, lower(name) as value, name as original, 'persons' as table_name, 'name' as field, true as valid,
        role, null as "at", report_id, null as account_id, person_id as record_id, null as selector_id
    from persons where name is not null
    union all
    select 'name', lower(display_name), display_name, 'accounts', 'display_name', true, role, null, report_id, account_id,
        account_id, null
    from known_accounts where display_name is not null
"""
_OCCURRENCES = f"""
    select {keyed("s.value")} as key, s.*, r.report_number, c.platform, c.account, t.actor_id, q.rank, p.conversation_id
    from (
        select type, value, original, table_name, field, valid, role, "at", report_id, account_id, record_id, selector_id
        from known_selectors
        union all {_NAMES}
    ) s
    left join reports r on r.report_id = s.report_id
    left join actors t on t.account_id = s.account_id
    left join shelf.told c on c.account_id = s.account_id
    left join priorities q on q.report_id = s.report_id
    left join shelf.places p on s.table_name = 'messages' and p.message_id = s.record_id
"""
# A condition on `occurrences`; takes the key of the value, the value and the type.
OF_VALUE = "key = ? and value = ? and type = ?"
_TERMS = f"""
    select {keyed("term")} as key, * from (select distinct term, kind, type, value from (
        select value as term, type as kind, type, value from shelf.occurrences
        union all select lower(original), 'any', type, value from shelf.occurrences
        union all select value, 'any', type, value from shelf.occurrences
        union all select ltrim(substr(value, strpos(value, ':') + 1), '@'), 'name', type, value from shelf.occurrences
            where type = 'handle'
        union all select value, 'name', type, value from shelf.occurrences where type = 'name'
    ))
"""
# Each name by each of its parts, with its length: `lookups.desk.near` says why.
_NEAR = f"""
    with names as (
        select lower(t.term) as name, sum(o.n) as n, length(lower(t.term)) as size
        from shelf.terms t
        join (select type, value, count(*) as n from shelf.occurrences where type in ('handle', 'name') group by all) o
            on o.type = t.type and o.value = t.value
        where t.kind = 'name' and length(t.term) between {LEAST} and {LONGEST}
        group by lower(t.term)
    ),
    cut as (
        select name, n, size, p.part, size // {PARTS} as base, {PARTS} - size % {PARTS} as short
        from names cross join (select unnest(range({PARTS})) as part) p
    ),
    keyed as (
        select size || ':' || part || ':' || substr(name, part * base + greatest(0, part - short) + 1,
            base + case when part >= short then 1 else 0 end) as key, name, n
        from cut
    )
    select k.* from keyed k
    join (select key from keyed group by key having count(*) <= {CROWD}) c on c.key = k.key
"""

ABOUT_ACCOUNTS: tuple[Laid, ...] = (
    Laid("told", _TOLD, ("account_id",)),
    Laid("sightings", _SIGHTINGS, ("account_id", "rank", "report_id")),
    Laid("hands", "select actor_id, account_id from actors", ("actor_id", "account_id")),
    Laid("account_links", _ACCOUNT_LINKS, ("one", "other")),
    Laid("link_evidence", "select * from link_evidence", ("a", "b")),
    Laid("ties", _TIES, ("one", "other", "kind")),
    Laid("talk", _TALK, ("conversation_id", "place")),
    Laid("places", "select message_id, conversation_id, place from shelf.talk", ("message_id",)),
    Laid("talks", _TALKS, ("conversation_id",)),
    Laid("talks_of", _TALKS_OF, ("account_id", "conversation_id")),
    Laid("talk_sources", _TALK_SOURCES, ("conversation_id", "path")),
    Laid("talk_selectors", _TALK_SELECTORS, ("conversation_id", "place", "start")),
    Laid("episodes", _EPISODES, ("session_id",)),
    Laid("episodes_of", _EPISODES_OF, ("account_id", "start_at")),
    Laid("roles", "select * from roles", ("account_id",)),
    Laid("events", _EVENTS, ("account_id", "happened_at")),
    Laid("occurrences", _OCCURRENCES, ("key", "type", "value", "rank")),
    Laid("terms", _TERMS, ("key", "term", "kind", "type", "value")),
    Laid("near", _NEAR, ("key", "name")),
)
