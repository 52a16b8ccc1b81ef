"""What each shared value weighs: `link_bits`, one row per pair and value, in thousandths of a bit."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Batches, Sql, Step
from tanglaw.linking.spelled import KEYS, sound_keys
from tanglaw.linking.weights import LEAST_ACCOUNTS

# What a person's judgement is worth beyond chance, in bits: more than anything that can speak against it.
JUDGED = 60
# Names and dates of birth of one holder that are compared to see whether they differ.
FEW = 5
# Who was seen at this many addresses, on one day at each, has another one each day.
CHANGING = 5

STEPS: tuple[Step, ...] = (
    Sql(
        # Few sightings are held against each other. Ports below 1024 are servers' own.
        "link_near_few",
        """
        select c.a, c.b, c.value, case when c.port = 1 then 5 when c.hours <= 1 then 4 when c.stays then 3
            when c.days <= 1 then 2 when x.account_id is null and y.account_id is null then 1 else 0 end as near
        from (
            select p.a, p.b, p.value, min(abs(x.hour - y.hour)) as hours,
                min(abs(floordiv(x.hour, 24) - floordiv(y.hour, 24))) as days,
                max(case when x.port = y.port and x.port >= 1024 and abs(x.hour - y.hour) <= 1 then 1 else 0 end) as port,
                floordiv(min(x.hour), 24) < floordiv(max(x.hour), 24)
                    or floordiv(min(y.hour), 24) < floordiv(max(y.hour), 24) as stays
            from link_both p
            join link_sightings x on x.account_id = p.a and x.value = p.value
            join link_sightings y on y.account_id = p.b and y.value = p.value
            where p.type = 'ip' and not x.often and not y.often
            group by p.a, p.b, p.value
        ) c
        left join link_seen_long x on x.account_id = c.a
        left join link_seen_long y on y.account_id = c.b
        """,
        keep=True,
    ),
    Sql(
        "link_often",
        """
        select p.a, p.b, p.value
        from link_both p
        join link_busy x on x.account_id = p.a and x.value = p.value
        where p.type = 'ip'
        union
        select p.a, p.b, p.value
        from link_both p
        join link_busy y on y.account_id = p.b and y.value = p.value
        where p.type = 'ip'
        """,
        keep=True,
    ),
    Sql(
        "link_seen_often",
        """
        select s.account_id, s.value, s.hour, s.port
        from link_sightings s
        join (select a as account_id, value from link_often union select b, value from link_often) o
            on o.account_id = s.account_id and o.value = s.value
        """,
        keep=True,
    ),
    Sql(
        "link_stays",
        """
        select account_id, value from link_seen_often
        group by account_id, value having floordiv(min(hour), 24) < floordiv(max(hour), 24)
        """,
        keep=True,
    ),
    Sql(
        # Many are held against each other in buckets, one number for each kind of closeness.
        "link_buckets",
        """
        select distinct account_id, value, 5 as near, hour * 65536 + port as bucket, 65536 as width
        from link_seen_often where port >= 1024
        union all
        select distinct account_id, value, 4, hour, 1 from link_seen_often
        union all
        select distinct account_id, value, 2, floordiv(hour, 24), 1 from link_seen_often
        """,
    ),
    Sql(
        "link_around",
        """
        select b.account_id, b.value, b.near, b.bucket + b.width * d.shift as bucket
        from link_buckets b
        cross join (select -1 as shift union all select 0 union all select 1) d
        """,
    ),
    Sql(
        "link_meetings",
        """
        select p.a, p.b, p.value, x.near, x.bucket
        from link_often p
        join link_around x on x.account_id = p.a and x.value = p.value
        """,
        keep=True,
    ),
    Sql(
        "link_near",
        """
        select a, b, value, max(near) as near
        from (
            select m.a, m.b, m.value, m.near
            from link_meetings m
            join link_buckets y on y.account_id = m.b and y.value = m.value and y.near = m.near and y.bucket = m.bucket
            union all
            select o.a, o.b, o.value, 3
            from link_often o
            join link_stays s on s.value = o.value and s.account_id in (o.a, o.b)
        ) closest
        group by a, b, value
        union all
        select a, b, value, near from link_near_few
        """,
    ),
    Sql(
        "link_chats",
        """
        select p.a, p.b, c.conversation_id
        from (select distinct a, b from link_both where stated = 0) p
        join link_members c on c.account_id = p.a
        """,
        keep=True,
    ),
    Sql(
        # Two accounts that talk to each other repeat each other's numbers: what is only mentioned says nothing.
        "link_talked",
        """
        select distinct p.a, p.b
        from link_chats p
        join link_members c on c.account_id = p.b and c.conversation_id = p.conversation_id
        """,
    ),
    Sql(
        # How many bits it takes to say that two accounts picked by chance are as likely one hand as not.
        "link_prior",
        f"select bits(greatest(accounts, {LEAST_ACCOUNTS})) as prior from link_size",
        keep=True,
    ),
    Sql(
        # Enough to tell whether names differ: a group of many accounts may bear a hundred.
        "link_few_names",
        f"""
        select account_id, value, record_id, substr(value, 1, strpos(value, ' ') - 1) as first,
            substr(value, strpos(value, ' ') + 1) as last, regexp_matches(value, '^[a-z ]+\\z') as latin
        from (
            select *, row_number() over (partition by account_id order by value nulls last, record_id nulls last) as number
            from link_names where place = 'field'
        ) ranked
        where number <= {FEW}
        """,
        keep=True,
    ),
    Sql(
        "link_few_born",
        f"""
        select account_id, value, record_id
        from (
            select *, row_number() over (partition by account_id order by value nulls last, record_id nulls last) as number
            from link_born
        ) ranked
        where number <= {FEW}
        """,
        keep=True,
    ),
    Sql(
        # Kept on purpose: joined in one statement, an optimiser may pair all names of one script first.
        "link_words_one",
        """
        select p.a, p.b, x.value, x.first, x.last, x.latin, x.record_id
        from link_pairs p
        join link_few_names x on x.account_id = p.a
        """,
        keep=True,
    ),
    Sql("link_sounded", "select distinct value as text from link_few_names"),
    Batches("link_sounds", "link_sounded", sound_keys, KEYS),
    Sql(
        "link_words",
        """
        select x.a, x.b, min(x.record_id) as record_a, min(y.record_id) as record_b,
            max(case when x.value = y.value then 1 else 0 end) as same,
            max(case when s.key = t.key then 1 else 0 end) as alike,
            max(case when x.latin = y.latin then 1 else 0 end) as one_script,
            max(case when x.latin = y.latin and (x.first in (y.first, y.last) or x.last in (y.first, y.last)) then 1
                else 0 end) as one_word
        from link_words_one x
        join link_few_names y on y.account_id = x.b
        left join link_sounds s on s.text = x.value
        left join link_sounds t on t.text = y.value
        group by x.a, x.b
        """,
        keep=True,
    ),
    Sql(
        "link_other_names",
        """
        select w.a, w.b, w.alike, w.one_script, w.one_word, w.record_a, w.record_b
        from link_words w
        left join (select distinct a, b from link_both where type = 'name') n on n.a = w.a and n.b = w.b
        where w.same = 0 and n.a is null
        """,
        keep=True,
    ),
    Sql(
        # Who was at several addresses that many use meets strangers at one or the other.
        "link_crowds",
        "select account_id, count(*) as crowds from link_shared where type = 'ip' and not proposes group by account_id",
        keep=True,
    ),
    Sql(
        # Whoever has another address each day leaves it to strangers: with such an account an address says nothing of
        # two who were there days apart.
        "link_changing",
        f"""
        select account_id
        from (
            select s.account_id, s.value, floordiv(min(s.hour), 24) as first_day, floordiv(max(s.hour), 24) as last_day
            from link_sighted s
            join (
                select a as account_id from link_near_few where near = 0 union select b from link_near_few where near = 0
            ) n on n.account_id = s.account_id
            group by s.account_id, s.value
        ) seen
        group by account_id having count(*) >= {CHANGING} and max(last_day - first_day) = 0
        """,
        keep=True,
    ),
    Sql(
        # What too many hold to propose a pair is no one's own, whatever its type: a help desk's address. Who stays at a
        # crowd's address stays with the crowd.
        "link_odds",
        """
        select e.a, e.b, e.type, e.value, e.holders, e.proposes, e.stated, e.record_a, e.record_b,
            coalesce(t.family, o.family) as family,
            coalesce(t.hand, o.hand) as hand,
            case when t.type = 'ip' then n.m else coalesce(t.m, o.m) end
                * case when e.stated = 0 and k.a is not null then 0 else e.share end
                * case when t.type = 'ip' and n.near = 0 and (g.account_id is not null or h.account_id is not null) then 0
                    else 1 end as m,
            greatest(
                case when t.type = 'ip' then greatest(coalesce(f.floor, 0), n.floor)
                    else coalesce(f.floor, t.floor, o.floor) end,
                coalesce(y.u, 0),
                case when t.type = 'ip' then n.stranger when not e.proposes then 1e0
                    else coalesce(t.stranger, o.stranger) end
                * (e.holders - case when y.u is null then 1 else 2 end) / nullif(greatest(
                    z.accounts - 1,
                    case when t.type = 'ip' then n.population else coalesce(t.population, o.population) end
                ), 0)
                * case when t.type = 'ip' and not e.proposes then greatest(c.crowds, d.crowds) else 1 end
            ) as u
        from link_both e
        cross join link_size z
        cross join link_settings l
        cross join link_other o
        left join link_types t on t.type = e.type
        left join link_floors f on f.type = e.type
        left join link_near w on w.a = e.a and w.b = e.b and w.value = e.value and e.type = 'ip'
        left join link_nearness n
            on n.near = case when w.near = 3 and e.holders > l.propose_holders_max then 1 else coalesce(w.near, 1) end
        left join link_rarity y on y.value = e.value and e.type = 'user-name'
        left join link_talked k on k.a = e.a and k.b = e.b
        left join link_crowds c on c.account_id = e.a
        left join link_crowds d on d.account_id = e.b
        left join link_changing g on g.account_id = e.a
        left join link_changing h on h.account_id = e.b
        """,
    ),
    Sql(
        "link_weighed",
        """
        select a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand,
            case when m > u then cast(floor(1000 * bits(m / nullif(u, 0)) + 0.5) as bigint) else 0 end as milli
        from link_odds
        """,
        keep=True,
    ),
    Sql(
        "link_handles",
        """
        select a, b, value, substr(value, strpos(value, ':') + 1) as name
        from link_weighed
        where type = 'handle' and contains(value, ':') and not contains(value, '-invite:') and not contains(value, '-id:')
        """,
    ),
    Sql(
        # The same fact twice: the name of a shared handle, the skeleton of a shared user name, e-mail address or
        # name, a name that a shared user name is made of, and a handle made of a shared phone number.
        "link_whole_names",
        """
        select w.a, w.b, s.key
        from link_weighed w
        join link_skeletons s
            on s.text = case when w.type = 'email' then substr(w.value, 1, strpos(w.value, '@') - 1) else w.value end
        where w.type in ('user-name', 'email')
        union all
        select w.a, w.b, s.key
        from link_weighed w
        join link_name_forms f on f.value = w.value
        join link_skeletons s on s.text = f.form
        where w.type = 'name'
        """,
    ),
    Sql(
        "link_repeats",
        """
        select h.a, h.b, 'user-name' as type, s.key as value
        from link_handles h
        join link_stems s on s.text = h.name
        union
        select w.a, w.b, 'skeleton', w.value
        from link_weighed w
        join link_whole_names k on k.a = w.a and k.b = w.b and k.key = w.value
        where w.type = 'skeleton'
        union
        select w.a, w.b, 'skeleton', w.value
        from link_weighed w
        join link_weighed u on u.a = w.a and u.b = w.b and u.type = 'user-name'
        where w.type = 'skeleton'
        union
        select w.a, w.b, 'name', w.value
        from link_weighed w
        join link_name_forms f on f.value = w.value
        join link_skeletons s on s.text = f.form
        join link_weighed u on u.a = w.a and u.b = w.b and u.type = 'user-name'
        join link_skeletons k on k.text = u.value and k.key = s.key
        where w.type = 'name'
        union
        select h.a, h.b, 'handle', h.value
        from link_handles h
        join link_weighed p on p.a = h.a and p.b = h.b and replace(p.value, '+', '') = replace(h.name, '+', '')
        where p.type = 'phone'
        """,
    ),
    Sql(
        # A user name made of either name says it only once more, as it does for names that are equal as written.
        "link_said_already",
        """
        select distinct o.a, o.b
        from link_other_names o
        join link_weighed w on w.a = o.a and w.b = o.b and w.type = 'skeleton'
        join link_few_names n on n.account_id in (o.a, o.b)
        join link_name_forms f on f.value = n.value
        join link_skeletons s on s.text = f.form and s.key = w.value
        where o.alike = 1
        """,
    ),
    Sql(
        # Names in two scripts cannot be told to differ: one of them may be the other, transliterated.
        "link_differing",
        """
        select w.a, w.b, case when w.one_word = 1 then 'part-of-name' else 'other-name' end as type, w.record_a, w.record_b
        from link_other_names w
        where w.one_script = 1 and w.alike = 0
        union all
        select w.a, w.b, 'name-alike', w.record_a, w.record_b
        from link_other_names w
        left join link_said_already r on r.a = w.a and r.b = w.b
        where w.alike = 1 and r.a is null
        union all
        select d.a, d.b, 'other-birth', d.record_a, d.record_b
        from (
            select p.a, p.b, min(x.record_id) as record_a, min(y.record_id) as record_b,
                max(case when x.value = y.value then 1 else 0 end) as same
            from link_pairs p
            join link_few_born x on x.account_id = p.a
            join link_few_born y on y.account_id = p.b
            group by p.a, p.b
        ) d
        left join (select distinct a, b from link_both where type = 'born') n on n.a = d.a and n.b = d.b
        where d.same = 0 and n.a is null
        """,
    ),
    Sql(
        "link_bits",
        f"""
        select w.a, w.b, w.type, w.value, w.holders, w.proposes, w.stated, w.record_a, w.record_b, w.family, w.hand,
            case when r.a is not null then 0 else w.milli end as milli
        from link_weighed w
        left join link_repeats r on r.a = w.a and r.b = w.b and r.type = w.type and r.value = w.value
        where w.type <> 'hash' and w.family <> 'household'
        union all
        select a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand,
            case
                when row_number() over (
                    partition by a, b, record_a, record_b order by milli desc nulls last, value nulls last
                ) = 1 then milli
                else 0
            end
        from link_weighed
        where type = 'hash'
        union all
        select a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand,
            case when number = 1 then milli else 0 end
        from (
            select *, row_number() over (
                partition by a, b order by milli desc nulls last, value nulls last, type nulls last
            ) as number
            from link_weighed
            where family = 'household'
        ) homes
        union all
        select a, b, d.type, '' as value, 0 as holders, false as proposes, 1 as stated, record_a, record_b, d.type,
            false as hand, cast(floor(1000 * d.bits + 0.5) as bigint)
        from link_differing x
        join link_differs d on d.type = x.type
        union all
        select a, b, 'judged' as type, decision as value, 2 as holders, true as proposes, 1 as stated,
            decision as record_a, decision as record_b, 'judged' as family, true as hand,
            cast(floor(1000 * (z.prior + {JUDGED}) + 0.5) as bigint)
        from link_same
        cross join link_prior z
        union all
        select l.a, l.b, l.kind, l.value, l.holders, l.proposes, 1, l.record_id, l.record_id,
            coalesce(w.family, d.family), coalesce(w.hand, d.hand),
            case
                when row_number() over (
                    partition by l.a, l.b, l.kind order by coalesce(w.bits, d.bits) desc nulls last, l.value nulls last
                ) = 1 then cast(floor(1000 * (coalesce(w.bits, d.bits) + z.prior) + 0.5) as bigint)
                else 0
            end
        from link_stated l
        cross join link_prior z
        join link_pairs p on p.a = l.a and p.b = l.b
        left join link_statings w on w.kind = l.kind and w.value = l.value and w.value <> ''
        left join link_statings d on d.kind = l.kind and d.value = ''
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `link_bits`: a, b, type, value, holders, proposes, stated, record_a, record_b, family, hand, milli.

    Evidence that repeats a fact of the same pair (two hashes of one file, a handle and its name, a handle
    made of a phone number, a statement made twice) stays listed with no bits.
    """
    for step in STEPS:
        engine.run(step)
