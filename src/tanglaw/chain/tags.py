"""Attributions in force, and where they contradict each other: the tables `tag_in_force` and `tag_conflicts`.

Made from `address_tags`, `chain_clusters` and the categories. A withdrawal takes back the same claim of the same list stated by
then; of a list that states versions the newest, in text order, counts whole.
"""

from __future__ import annotations

from tanglaw.chain.categories import tables
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.tables.chain import TAG_IN_FORCE

# One spelling of a name: lower case, without what lists write differently.
_BARE = "nullif(translate(replace(lower_ascii({}), '.com', ''), ' .,:;_-/()', ''), '')"
_WORD = "replace(replace(lower_ascii(trim(coalesce({}, ''), ' ')), ' ', '_'), '-', '_')"

_STANDING = Sql(
    "tags_standing",
    f"""
    select t.network, t.address, t.label, t.actor,
        case when coalesce(k.category, '') <> 'sanctioned'
            then coalesce({_BARE.format("t.actor")}, {_BARE.format("t.label")}) end as who,
        t.actor is not null as named, coalesce(k.category, nullif({_WORD.format("t.category")}, '')) as category,
        coalesce(k.kind, 'other') as kind, coalesce(k.asked, false) as asked, t.abuse, t.list_name, t.source, t.confidence,
        c.level,
        t.stated_at, t.cluster_definer
    from address_tags t
    left join (select list_name, max(list_version) as newest from address_tags group by list_name) v
        on v.list_name = t.list_name
    left join (
        select list_name, network, address, label, max(micros(stated_at)) as at_micros, min(case when stated_at is null
            then 0 else 1 end) as dated
        from address_tags where withdrawn group by list_name, network, address, label
    ) w on w.list_name = t.list_name and w.network = t.network and w.address = t.address and w.label = t.label
        and (w.dated = 0 or t.stated_at is null or micros(t.stated_at) <= w.at_micros)
    left join tag_kinds k on k.word = {_WORD.format("t.category")}
    left join tag_confidences c on c.word = {_WORD.format("t.confidence")}
    where not coalesce(t.withdrawn, false) and w.address is null
        and (t.list_version is null or t.list_version = v.newest)
    """,
    keep=True,
)

# Old-style addresses of the two test networks look alike: a list cannot say for which it speaks.
_IN_FORCE = Sql(
    "tag_in_force",
    f"""
    select {", ".join(TAG_IN_FORCE.names)} from tags_standing
    union all
    select {", ".join("'btc-regtest' as network" if n == "network" else n for n in TAG_IN_FORCE.names)}
    from tags_standing where network = 'btc-test' and not starts_with(address, 'tb1')
    """,
    keep=True,
)

# Claims of one place, address or cluster, side by side. A label without an actor agrees with an actor whom it names.
_CLAIMED = """
    select '{level}' as level, {subject} as subject, t.network, t.address, t.who, t.named, t.kind,
        coalesce(t.actor, t.label) as said, t.list_name
    from tag_in_force t {more}
    where t.who is not null
"""
_CLAIMS = Sql(
    "tag_claims",
    _CLAIMED.format(level="address", subject="t.address", more="")
    + " union all "
    + _CLAIMED.format(
        level="cluster",
        subject="c.cluster_id",
        more="join chain_clusters c on c.network = t.network and c.address = t.address",
    ),
    keep=True,
)
_SEVERAL = Sql(
    "several_claims",
    """
    select distinct c.network, c.level, c.subject, c.who, c.named, c.kind
    from tag_claims c
    join (
        select network, level, subject from tag_claims group by network, level, subject
        having count(distinct who) > 1 or count(distinct kind) > 1
    ) s on s.network = c.network and s.level = c.level and s.subject = c.subject
    """,
    keep=True,
)
_APART = Sql(
    "claims_apart",
    """
    select x.network, x.level, x.subject,
        max(case when x.who < y.who and (x.named or not contains(x.who, y.who))
            and (y.named or not contains(y.who, x.who)) then 1 else 0 end) as actors,
        max(case when x.kind < y.kind and x.kind <> 'other' and y.kind <> 'other' then 1 else 0 end) as kinds
    from several_claims x
    join several_claims y on y.network = x.network and y.level = x.level and y.subject = x.subject
    group by x.network, x.level, x.subject
    """,
    keep=True,
)
_CONFLICTS = Sql(
    "tag_conflicts",
    """
    select a.network, a.level, a.subject, case when a.actors = 1 then 'actors' else 'kinds' end as about,
        joined_distinct(c.said) as said, joined_distinct(c.kind) as kinds, joined_distinct(c.list_name) as lists,
        cast(count(distinct c.address) as bigint) as addresses
    from claims_apart a
    join tag_claims c on c.network = a.network and c.level = a.level and c.subject = a.subject
    where a.actors = 1 or a.kinds = 1
    group by a.network, a.level, a.subject, a.actors
    """,
    keep=True,
)

CLAIMS = (_STANDING, _IN_FORCE)
CONFLICTS = (_CLAIMS, _SEVERAL, _APART, _CONFLICTS)


def claims(engine: Engine) -> None:
    """Make `tag_in_force` from `address_tags`: before clusters, which heed whom lists name."""
    for name, rows in tables().items():
        engine.put(name, rows)
    for step in CLAIMS:
        engine.run(step)


def conflicts(engine: Engine) -> None:
    """Make `tag_conflicts` from `tag_in_force` and `chain_clusters`."""
    for step in CONFLICTS:
        engine.run(step)
