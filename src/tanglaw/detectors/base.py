"""What a detector is: named steps that end in one table of findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tanglaw.engine.steps import Sql, Step

# Columns of a detector's last step; the stage adds detector and finding_id. A finding whose criterion is empty is
# shown and counts for nothing.
FOUND = ("report_id", "account_id", "subject", "criterion", "outcome", "reason", "lane", "due_at", "evidence")
NO_TEXT = "cast(null as varchar)"
NO_TIME = "from_micros(cast(null as bigint))"


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector. `sentence` is what the analyst reads about it (its module's docstring); the last of `steps`
    is named `found_<name>` and has the columns FOUND, in any order. Every finding names its evidence rows."""

    name: str
    sentence: str
    reads: tuple[str, ...]
    steps: tuple[Step, ...]


# Over `captures c`: the time of the event is known to the second, as far as its text shows.
TO_THE_SECOND = (
    "(c.at is not null and (c.at_original is null"
    " or regexp_matches(c.at_original, '[0-9]:[0-9][0-9]:[0-9][0-9]|[T ][0-9]{6}|[0-9]{9}')))"
)

# What open cases watch for, as selectors. A watched link also names a host and an account: its account is watched,
# the host, which thousands share, is not.
WATCHED = Sql(
    "watched_values",
    """
    select distinct s.type, s.value, w.watch_id, w.case_number, w.placed_by
    from known_selectors s
    join watch_entries w on w.watch_id = s.record_id
    cross join run_facts r
    where s.table_name = 'watch_entries' and s.value <> '' and (s.type <> 'domain' or w.type = 'domain')
        and (w.expires_at is null or w.expires_at >= r.as_of)
    """,
    keep=True,
)

# Actors that own a watched selector: by a field of one of their accounts, not by what somebody mentions.
WATCHED_HANDS = Sql(
    "watched_hands",
    """
    select distinct coalesce(t.actor_id, s.account_id) as actor_id
    from known_selectors s
    join (select distinct type, value from watched_values) w on w.type = s.type and w.value = s.value
    left join actors t on t.account_id = s.account_id
    where s.table_name in ('accounts', 'contacts') and s.account_id is not null and coalesce(s.role, '') <> 'mentioned'
    """,
    keep=True,
)

# The actors whom each report is about.
REPORTED_HANDS = Sql(
    "reported_hands",
    """
    select distinct a.report_id, coalesce(t.actor_id, a.account_id) as actor_id
    from known_accounts a
    left join actors t on t.account_id = a.account_id
    where a.role = 'reported' and a.report_id is not null and a.identifier_kind <> 'none'
    """,
    keep=True,
)
# The same, without actors in so many reports that they are a service's own or a mistake, not one hand.
HANDS = Sql(
    "hands",
    """
    select h.report_id, h.actor_id
    from reported_hands h
    join (select actor_id from reported_hands group by actor_id having count(*) <= 200) g on g.actor_id = h.actor_id
    """,
    keep=True,
)

# Annotations by their official names: as the ESP flags them, or as a receiving office labels a file with the same words.
FLAGGED = Sql(
    "flagged",
    """
    select report_id, file_id, name, 'the ESP' as stated_by from flags
    union all
    select f.report_id, f.file_id, n.name, 'the receiving office' as stated_by
    from files f
    join (
        select 'liveStreaming' as name union all select 'physicalHarm' union all select 'violenceGore'
        union all select 'infant' union all select 'possibleSelfProduction' union all select 'generativeAi'
        union all select 'animeDrawingVirtualHentai' union all select 'viral' union all select 'potentialMeme'
    ) n on contains('; ' || f.labels || ';', '; ' || n.name || ';')
    where f.labels is not null and f.labels <> ''
    """,
    keep=True,
)
# Over rows of `flagged f`: who says so, and of how many files.
BY = (
    "case when count(distinct f.stated_by) > 1 then 'the ESP and the receiving office flag '"
    " else min(f.stated_by) || ' flags ' end"
)
FILES = "cast(count(distinct coalesce(f.file_id, f.report_id)) as varchar)"

# Counted payments of each report's accounts, by the actor's other side. What a payment indicator reads.
INDICATOR_PAYMENTS = Sql(
    "indicator_payments",
    """
    select h.report_id, h.actor_id, p.payment_id, p.side, p.other_id, p.at_micros, p.amount, p.currency, p.method
    from (
        select distinct a.report_id, coalesce(t.actor_id, a.account_id) as actor_id
        from known_accounts a left join actors t on t.account_id = a.account_id
        where a.report_id is not null and coalesce(a.role, 'unknown') not in ('reporter', 'mentioned')
            and coalesce(a.identifier_kind, 'none') <> 'none'
    ) h
    join (
        select p.payment_id, d.side, micros(p.paid_at) as at_micros, p.amount, p.currency, p.method,
            case when d.side = 'paid' then coalesce(f.actor_id, p.from_account_id)
                else coalesce(t.actor_id, p.to_account_id) end as actor_id,
            case when d.side = 'paid' then coalesce(t.actor_id, p.to_account_id)
                else coalesce(f.actor_id, p.from_account_id) end as other_id
        from known_payments p
        cross join (select 'paid' as side union all select 'received' as side) d
        left join actors f on f.account_id = p.from_account_id
        left join actors t on t.account_id = p.to_account_id
        where p.counted and p.paid_at is not null and p.amount is not null
            and p.from_account_id is not null and p.to_account_id is not null
    ) p on p.actor_id = h.actor_id and p.other_id <> h.actor_id
    """,
    keep=True,
)
# Addresses that reports name, without those that belong to a service or stand in very many reports.
COIN_ADDRESSES = Sql(
    "coin_addresses",
    """
    select s.report_id, s.network, s.value as address, s.record_id
    from (
        select distinct report_id, value, record_id,
            case when type = 'btc' then 'btc' when type = 'eth' then 'eth' else 'trx' end as network
        from known_selectors
        where type in ('btc', 'eth', 'tron') and coalesce(valid, false) and report_id is not null
            and coalesce(role, '') <> 'reporter'
    ) s
    left join (
        select distinct network, address from tag_in_force where kind in ('service', 'mixer', 'bridge', 'miner')
    ) t on t.network = s.network and t.address = s.value
    where t.address is null
    """,
    keep=True,
)
# Counted payments on a ledger to and from these addresses' accounts, with the addresses of the other side.
COIN_PAYMENTS = Sql(
    "coin_payments",
    """
    select h.report_id, h.address, p.payment_id, d.side, p.amount, p.currency,
        case when d.side = 'paid' then p.to_account_id else p.from_account_id end as other_id
    from (
        select distinct c.report_id, c.address, a.account_id
        from coin_addresses c
        join chain_accounts a on a.network = c.network and a.address = c.address and a.service is null
    ) h
    cross join (select 'paid' as side union all select 'received' as side) d
    join chain_payments p on p.counted and p.from_account_id is not null and p.to_account_id is not null
        and p.from_account_id <> p.to_account_id
        and h.account_id = case when d.side = 'paid' then p.from_account_id else p.to_account_id end
    """,
    keep=True,
)
# The same with what sound attributions say of the other side's addresses.
COIN_CLAIMS = Sql(
    "coin_claims",
    """
    select p.report_id, p.payment_id, p.side, t.kind, t.category, t.abuse, t.list_name
    from coin_payments p
    join chain_accounts a on a.account_id = p.other_id
    join tag_in_force t on t.network = a.network and t.address = a.address
    left join tag_conflicts c on c.network = a.network and c.level = 'address' and c.subject = a.address
    where c.subject is null
    """,
    keep=True,
)
COIN_READS = ("selectors", "tag_in_force", "chain_accounts", "chain_payments")
CLAIM_STEPS, CLAIM_READS = (COIN_ADDRESSES, COIN_PAYMENTS, COIN_CLAIMS), (*COIN_READS, "tag_conflicts")

# What the pack says of each indicator: `name`, and the sentence on its precision that every finding ends with.
INDICATOR_PRECISION = Sql(
    "indicator_precision",
    """
    select name, 'estimated precision ' || text3(sensitivity * prevalence
            / nullif(sensitivity * prevalence + (1 - specificity) * (1 - prevalence), 0))
        || ' at a prevalence of ' || text3(prevalence) as told
    from (
        select replace(replace(replace(replace(name, 'indicators.', ''), '.sensitivity', ''), '.specificity', ''),
                '.prevalence', '') as name,
            max(case when ends_with(name, '.sensitivity') then number end) as sensitivity,
            max(case when ends_with(name, '.specificity') then number end) as specificity,
            max(case when ends_with(name, '.prevalence') then number end) as prevalence
        from policy_numbers
        where starts_with(name, 'indicators.')
            and (ends_with(name, '.sensitivity') or ends_with(name, '.specificity') or ends_with(name, '.prevalence'))
        group by replace(replace(replace(replace(name, 'indicators.', ''), '.sensitivity', ''), '.specificity', ''),
            '.prevalence', '')
    ) i
    """,
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One payment indicator: what its findings are made of, as SQL over its last own step `source`, there called x.

    `limits` are numbers of the policy pack, column of n -> key under `indicators.<name>`; `condition` says by them when
    a row of x is a finding. `more` is for further joins, `reads` for further tables. Every reason ends with the precision that
    the pack states.
    """

    name: str
    criterion: str
    source: str
    subject: str
    outcome: str
    reason: str
    limits: Mapping[str, str]
    condition: str
    more: str = ""
    lane: str = NO_TEXT
    reads: tuple[str, ...] = ()
    over: tuple[Sql, ...] = (INDICATOR_PAYMENTS,)
    over_reads: tuple[str, ...] = ("accounts", "actors", "payments")

    def detector(self, sentence: str, *steps: Sql) -> Detector:
        """The detector: what it looks over (default: payments of reports' actors), its own steps, then its findings."""
        limits = ", ".join(
            f"(select max(number) from policy_numbers where name = 'indicators.{self.name}.{key}') as {column}"
            for column, key in self.limits.items()
        )
        found = Sql(
            f"found_{self.name}",
            f"""
            select x.report_id, {NO_TEXT} as account_id, {self.subject} as subject, '{self.criterion}' as criterion,
                {self.outcome} as outcome, {self.reason} || '; ' || i.told as reason,
                {self.lane} as lane, {NO_TIME} as due_at, x.evidence
            from {self.source} x
            join indicator_precision i on i.name = '{self.name}'
            {self.more}
            cross join (select {limits}) n
            where {self.condition}
            """,
        )
        steps = (*self.over, INDICATOR_PRECISION, *steps, found)
        return Detector(self.name, sentence, (*self.over_reads, *self.reads), steps)


def fan(name: str, side: str, others: str, sentence: str) -> Detector:
    """The detector of how many `others` an actor deals with within a year on one `side` (paid, received)."""
    return Indicator(
        name=name,
        criterion=f"T8.{name.replace('_', '-')}",
        source=f"{name}_counts",
        subject="'year'",
        outcome=f"'{name.replace('_', '-')}'",
        reason=f"cast(x.others as varchar) || ' {others} within a year'",
        limits={"least": "others_min", "most": "others_max"},
        condition="x.others between n.least and n.most",
    ).detector(
        sentence,
        Sql(
            f"{name}_counts",
            f"""
            select p.report_id, count(distinct p.other_id) as others, joined_distinct(p.payment_id) as evidence
            from indicator_payments p
            cross join run_facts r
            where p.side = '{side}' and p.at_micros >= micros(r.as_of) - 365 * 86400000000
            group by p.report_id
            """,
        ),
    )


def through(name: str, services: str, condition: str, sentence: str) -> Detector:
    """The detector of payments in coins that went through `services`: rows of `coin_claims` that hold the condition."""
    return Indicator(
        name=name,
        criterion=f"T8.{name.replace('_', '-')}",
        source=f"{name}_sums",
        subject="x.side",
        outcome=f"'{name.replace('_', '-')}'",
        reason=f"""
            cast(x.payments as varchar) || ' payment(s) in coins ' || x.side || ' through {services} (lists: ' || x.lists || ')'
        """,
        limits={"least": "payments_min"},
        condition="x.payments >= n.least",
        over=CLAIM_STEPS,
        over_reads=CLAIM_READS,
    ).detector(
        sentence,
        Sql(
            f"{name}_sums",
            f"""
            select report_id, side, count(distinct payment_id) as payments, joined_distinct(list_name) as lists,
                joined_distinct(payment_id) as evidence
            from coin_claims where {condition} group by report_id, side
            """,
        ),
    )
