"""Which account holds which value, and how many hold it: `link_shared`, from selectors, hashes and groups."""

from __future__ import annotations

import re
from socket import AF_INET6, inet_ntop, inet_pton

import pyarrow as pa

from tanglaw import known
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Batches, Sql, Step
from tanglaw.linking.counts import LEAST, stepped
from tanglaw.linking.spelled import KEYS, home_keys, name_keys, skeletons, stems
from tanglaw.linking.weights import LEAST_ACCOUNTS, TAILS

NETWORK_BITS = 64
_TEXT = pa.string()
_READS = re.compile(
    r"\b(from|join) (selectors|accounts|texts|captures|participants|files|file_hashes|associations|persons)\b"
)
_NETWORKS = pa.schema([("value", _TEXT), ("network", _TEXT)])


def networks(batch: pa.RecordBatch) -> pa.RecordBatch:
    """IPv6 addresses as their /64 network: the host part of an IPv6 address changes daily (RFC 8981)."""
    values = batch.column("value").to_pylist()
    return pa.record_batch(
        [pa.array(values, _TEXT), pa.array([_network(str(v)) for v in values], _TEXT)], schema=_NETWORKS
    )


def _network(value: str) -> str:
    try:
        packed = inet_pton(AF_INET6, value.partition("%")[0])
    except (OSError, ValueError):
        return value
    return f"{inet_ntop(AF_INET6, packed[: NETWORK_BITS // 8].ljust(16, bytes(1)))}/{NETWORK_BITS}"


_READ: tuple[Step, ...] = (
    Sql("link_ipv6", "select distinct value from selectors where type = 'ipv6' and valid"),
    Batches("link_networks", "link_ipv6", networks, _NETWORKS),
    Sql(
        "link_reported",
        """
        select distinct report_id, account_id from accounts
        where role = 'reported' and report_id is not null and account_id is not null
        """,
        keep=True,
    ),
    Sql(
        # A report that names one reported account speaks of it where it names none.
        "link_sole",
        """
        select report_id, min(account_id) as account_id
        from link_reported
        group by report_id
        having min(account_id) = max(account_id)
        """,
        keep=True,
    ),
    Sql("link_profiles", "select distinct text_id from texts where field = 'profileBio'"),
    Sql(
        "link_occurrences",
        """
        select s.account_id,
            case
                when s.type in ('ipv4', 'ipv6') then 'ip'
                when s.type in ('md5', 'sha1', 'sha256', 'pdq', 'photodna') then 'hash'
                else s.type
            end as type,
            case
                when s.type in ('md5', 'sha1', 'sha256', 'pdq', 'photodna') then s.type || ':' || s.value
                else coalesce(n.network, s.value)
            end as value,
            case
                when s.table_name in ('contacts', 'captures', 'devices', 'accounts') then 'field'
                when s.table_name = 'messages' then 'message'
                when p.text_id is not null then 'profile'
                else 'text'
            end as place,
            s.record_id,
            s.table_name,
            micros(s.at) as at
        from selectors s
        left join link_networks n on n.value = s.value
        left join link_profiles p on p.text_id = s.record_id
        where s.valid
            and s.type <> 'name'
            and s.account_id is not null
            and s.value <> ''
            and coalesce(s.role, 'unknown') not in ('mentioned', 'reporter')
        """,
        keep=True,
    ),
    Sql(
        "link_sighted",
        """
        select distinct o.account_id, o.value, floordiv(o.at, 3600000000) as hour, c.port
        from link_occurrences o
        left join captures c on c.capture_id = o.record_id and o.table_name = 'captures'
        where o.type = 'ip' and o.at is not null
        """,
        keep=True,
    ),
    Sql("link_members", "select distinct account_id, conversation_id from participants", keep=True),
    Sql(
        "link_material",
        """
        select coalesce(f.account_id, r.account_id) as account_id,
            h.hash_type || ':' || h.value as value,
            h.file_id as record_id
        from file_hashes h
        left join files f on f.file_id = h.file_id
        left join link_sole r on r.report_id = h.report_id
        where h.valid
        """,
    ),
    Sql(
        "link_statements",
        """
        select s.kind, lower_ascii(s.value) as value, s.account_id as one, s.other_account_id as other, s.association_id
        from associations s
        where s.kind = 'associated-account'
        union all
        select s.kind, s.value, coalesce(s.account_id, r.account_id), o.account_id, s.association_id
        from associations s
        left join link_sole r on r.report_id = s.report_id
        join link_sole o on o.report_id = s.other_report_id
        where s.kind = 'prior-report'
        """,
        keep=True,
    ),
    Sql(
        "link_groups",
        """
        select coalesce(s.account_id, r.account_id) as account_id, s.value, s.association_id as record_id
        from associations s
        left join link_sole r on r.report_id = s.report_id
        where s.kind = 'group'
        """,
    ),
    Sql(
        # The name of a handle without its service: people keep theirs. Numbers are phones, ids belong to a service.
        "link_user_names",
        """
        select account_id, name, place, record_id
        from (
            select account_id, place, record_id,
                case when starts_with(value, '@') then substr(value, 2)
                    else substr(value, strpos(value, ':') + 1) end as name
            from link_occurrences
            where type = 'handle'
                and (starts_with(value, '@') or contains(value, ':'))
                and not contains(value, '-invite:')
                and not contains(value, '-id:')
        ) named
        where length(name) > 2 and not regexp_matches(name, '^[+]?[0-9]+\\z')
        """,
    ),
    Sql(
        # What a document or a service states of the holder. A display name may be anything: it is told apart.
        "link_people",
        """
        select account_id, name as text, 'field' as place, person_id as record_id
        from persons
        where account_id is not null and name is not null and coalesce(role, 'unknown') not in ('mentioned', 'reporter')
        union all
        select account_id, display_name, 'display', account_id
        from accounts
        where display_name is not null and coalesce(role, 'unknown') not in ('mentioned', 'reporter')
        """,
    ),
    Sql("link_name_texts", "select distinct text from link_people"),
    Batches("link_name_keys", "link_name_texts", name_keys, KEYS),
    Sql(
        "link_names",
        """
        select p.account_id, k.key as value, p.place, p.record_id
        from link_people p
        join link_name_keys k on k.text = p.text
        """,
        keep=True,
    ),
    Sql(
        "link_born",
        """
        select account_id, date_of_birth as value, person_id as record_id
        from persons
        where account_id is not null and regexp_matches(date_of_birth, '^[0-9]{4}-[0-9]{2}-[0-9]{2}\\z')
            and coalesce(role, 'unknown') not in ('mentioned', 'reporter')
        """,
        keep=True,
    ),
    Sql(
        "link_dwellings",
        """
        select account_id, address || ', ' || coalesce(city, postal_code, '') as text, person_id as record_id
        from persons
        where account_id is not null and address is not null and coalesce(role, 'unknown') not in ('mentioned', 'reporter')
        """,
    ),
    Sql("link_home_texts", "select distinct text from link_dwellings"),
    Batches("link_home_keys", "link_home_texts", home_keys, KEYS),
    Sql(
        # A display name that is no person's name is one more user name.
        "link_user_texts",
        """
        select account_id, name as text, place, record_id, true as taken from link_user_names
        union all
        select p.account_id, p.text, p.place, p.record_id, true
        from link_people p
        left join link_name_keys k on k.text = p.text
        where p.place = 'display' and k.text is null
        union all
        select account_id, substr(value, 1, strpos(value, '@') - 1), place, record_id, false
        from link_occurrences where type = 'email' and contains(value, '@')
        """,
    ),
)
SPELLED: tuple[Step, ...] = (
    Sql("link_taken_texts", "select distinct text from link_user_texts where taken"),
    Batches("link_stems", "link_taken_texts", stems, KEYS),
    Sql(
        # Names with their words in either order: a user name that is the holder's name says it only once more.
        "link_name_forms",
        """
        select distinct value, replace(value, ' ', '') as form from link_names
        union
        select distinct value, substr(value, strpos(value, ' ') + 1) || substr(value, 1, strpos(value, ' ') - 1)
        from link_names
        """,
        keep=True,
    ),
    Sql(
        "link_user_forms",
        """
        select text from link_user_texts union select form from link_name_forms union select key from link_stems
        """,
    ),
    Batches("link_skeletons", "link_user_forms", skeletons, KEYS),
    Sql("link_stem_texts", "select distinct key from link_stems"),
)
_HELD: tuple[Step, ...] = (
    Sql(
        "link_told",
        """
        select account_id, type, value, place, record_id from link_occurrences
        where not (type = 'handle' and starts_with(value, '@'))
        union all
        select t.account_id, 'user-name', s.key, t.place, t.record_id
        from link_user_texts t
        join link_stems s on s.text = t.text
        where t.taken
        union all
        select t.account_id, 'skeleton', s.key, t.place, t.record_id
        from link_user_texts t
        join link_skeletons s on s.text = t.text
        union all
        select account_id, 'name', value, place, record_id from link_names
        union all
        select account_id, 'born', value, 'field', record_id from link_born
        union all
        select d.account_id, 'home', k.key, 'field', d.record_id
        from link_dwellings d
        join link_home_keys k on k.text = d.text
        union all
        select account_id, 'hash', value, 'field', record_id from link_material where account_id is not null
        union all
        select account_id, 'group', value, 'field', record_id from link_groups
        where account_id is not null and value <> ''
        """,
    ),
    Sql(
        "link_held",
        """
        select t.account_id, t.type, t.value,
            max(p.share) as share,
            max(case when p.stated then 1 else 0 end) as stated,
            coalesce(min(case when p.stated then t.record_id end), min(t.record_id)) as record_id
        from link_told t
        join link_places p on p.place = t.place
        where t.type not in (select type from link_types where m = 0)
        group by t.account_id, t.type, t.value
        """,
        keep=True,
    ),
    Sql(
        "link_accounts",
        """
        select distinct account_id from (
            select account_id from accounts
            union all select account_id from link_held
            union all select account_id from associations
            union all select other_account_id from associations
        ) named
        where account_id is not null
        """,
        keep=True,
    ),
)
_SKELETONS = Sql(
    "link_skeleton_holders", "select value, count(*) as exact from link_held where type = 'skeleton' group by value"
)
SIZE = Sql(
    "link_size",
    f"select {stepped('exact')} as accounts from (select greatest(count(*), {LEAST}) as exact from link_accounts) counted",
    keep=True,
)
RARITY: tuple[Step, ...] = (
    Sql(
        # How often a stranger has that user name: as often as its letters occur, and of these as often as its digits.
        "link_rarity",
        f"""
        select k.key as value,
            cast({stepped("h.exact")} as double) / nullif(greatest(n.accounts, {LEAST_ACCOUNTS}), 0) * t.share as u
        from link_stem_texts k
        join link_skeletons s on s.text = k.key
        join link_skeleton_holders h on h.value = s.key
        cross join link_size n
        join link_tails t on t.digits = least(length(k.key) - length(rtrim(k.key, '0123456789')), {len(TAILS) - 1})
        """,
        keep=True,
    ),
)
_COUNTED: tuple[Step, ...] = (
    Sql(
        "link_values",
        f"""
        select type, value, exact, {stepped("exact")} as holders
        from (select type, value, count(*) as exact from link_held group by type, value having count(*) > 1) counted
        """,
        keep=True,
    ),
    Sql(
        "link_listing",
        """
        select h.account_id, h.type
        from link_held h
        cross join link_settings s
        group by h.account_id, h.type
        having count(*) > max(s.values_per_account_max)
        """,
        keep=True,
    ),
    Sql(
        "link_ranked",
        """
        select h.account_id, h.type, h.value,
            row_number() over (partition by h.account_id, h.type order by v.holders nulls last, h.value nulls last)
             as place_in_account
        from link_held h
        join link_listing m on m.account_id = h.account_id and m.type = h.type
        join link_values v on v.type = h.type and v.value = h.value
        """,
    ),
    Sql(
        # Values of an account beyond those that count: the commonest of those that hold very many.
        "link_beyond",
        """
        select r.account_id, r.type, r.value
        from link_ranked r
        cross join link_settings s
        where r.place_in_account > s.values_per_account_max
        """,
        keep=True,
    ),
    Sql(
        "link_shared",
        """
        select h.account_id, h.type, h.value, h.share, h.stated, h.record_id, v.holders,
            v.holders <= s.propose_holders_max and v.holders <= coalesce(t.holders_max, v.holders) as proposes
        from link_held h
        join link_values v on v.type = h.type and v.value = h.value
        cross join link_settings s
        left join link_types t on t.type = h.type
        left join link_beyond b on b.account_id = h.account_id and b.type = h.type and b.value = h.value
        where b.account_id is null
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `link_shared` (account_id, type, value, share, stated, record_id, holders, proposes) and what stands beside it."""
    read(engine)
    engine.drop("link_occurrences")
    for step in (_SKELETONS, SIZE, *RARITY, *_COUNTED):
        engine.run(step)


def read(engine: Engine, of: str = "", reported: pa.Table | None = None) -> None:
    """Make what accounts hold and state, uncounted: `link_held`, `link_sighted`, `link_names` and their like.

    `of` stands before the names of the tables that are read (empty: evidence together with what ledgers add to it),
    `reported` in place of what they say of reports.
    """
    for step in (*_READ, *SPELLED, *_HELD):
        if step.name == "link_reported" and reported is not None:
            engine.put(step.name, reported)
        elif isinstance(step, Sql):
            engine.run(
                Sql(step.name, _READS.sub(lambda found: f"{found[1]} {_whose(found[2], of)}", step.text), step.keep)
            )
        else:
            engine.run(step)


def _whose(table: str, of: str) -> str:
    """The table that is read by this name."""
    return f"known_{table}" if not of and table in known.SEEN else f"{of}{table}"
