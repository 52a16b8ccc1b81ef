"""The stage: shared selectors -> links in bits -> actors -> case proposals."""

from __future__ import annotations

import pyarrow as pa

from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Sql
from tanglaw.linking import evidence, groups, holders, judged, met, pairs, proposals, settings, weighed
from tanglaw.linking.weights import DIFFERS, NEAR, OTHER, PLACES, STATED, TAILS, TYPES, as_table

_NOBODY = pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.string())})
# Large steps that nothing reads once pairs are weighed.
_PASSING = (
    "link_present", "link_rare", "link_common_one", "link_common", "link_combined", "link_joint", "link_chats",
    "link_words_one", "link_weighed",
)  # fmt: skip
# The first look, at accounts: its links are kept before the second look puts groups in their place.
_FIRST = (
    Sql("first_links", "select * from link_strong", keep=True),
    Sql(
        "first_evidence",
        """
        select e.a, e.b, e.type, e.value, e.holders, e.proposes, e.milli, e.record_a, e.record_b
        from link_bits e
        join link_strong l on l.a = e.a and l.b = e.b
        """,
        keep=True,
    ),
    Sql("link_joins", "select a, b, milli from link_strong where core"),
)
_SECOND = (
    Sql("link_joins", "select a, b, milli from link_strong where joins"),
    Sql(
        "second_links",
        """
        select * from link_strong where joins
        """,
        keep=True,
    ),
)
_RESULTS = (
    Sql(
        "actors",
        """
        select e.account_id, coalesce(r.root, e.entity) as actor_id
        from link_entities e
        left join link_roots r on r.node = e.entity
        """,
        keep=True,
    ),
    Sql(
        # Where the groups of two accounts were joined, their link says so and why; a link of the first look stands
        # for two accounts alone.
        "all_links",
        """
        select a, b, milli, shared, probability, true as grouped from second_links
        union all
        select f.a, f.b, f.milli, f.shared, f.probability, false
        from first_links f
        left join second_links s on s.a = f.a and s.b = f.b
        where s.a is null
        """,
        keep=True,
    ),
    Sql(
        "all_evidence",
        """
        select e.a, e.b, e.type, e.value, e.holders, e.proposes, e.milli, e.record_a, e.record_b
        from link_bits e
        join second_links l on l.a = e.a and l.b = e.b
        union all
        select f.*
        from first_evidence f
        left join second_links s on s.a = f.a and s.b = f.b
        where s.a is null
        """,
        keep=True,
    ),
    Sql(
        # A link's own text names its twenty strongest values; link_evidence has all. Only long lists are ranked.
        "link_named",
        """
        select e.a, e.b, e.type, e.value, e.milli
        from all_evidence e
        join all_links l on l.a = e.a and l.b = e.b
        where l.shared <= 20
        union all
        select a, b, type, value, milli
        from (
            select e.a, e.b, e.type, e.value, e.milli,
                row_number() over (
                    partition by e.a, e.b
                    order by e.milli desc nulls last, e.type nulls last, e.value nulls last, e.record_a nulls last
                ) as number
            from all_evidence e
            join all_links l on l.a = e.a and l.b = e.b
            where l.shared > 20
        ) ranked
        where number <= 20
        """,
    ),
    Sql(
        "link_texts",
        """
        select a, b,
            joined_by(
                type || case when value = '' then '' else ' ' || value end || case when milli < 0 then ' -' else ' ' end
                    || cast(floordiv(abs(milli), 1000) as varchar) || '.'
                    || cast(floordiv(abs(milli), 100) % 10 as varchar),
                -milli
            ) as named
        from link_named
        group by a, b
        """,
    ),
    Sql(
        "links",
        """
        select l.a, l.b, cast(l.milli as double) / 1000 as bits, l.probability,
            case when l.shared > 20 then t.named || '; and ' || cast(l.shared - 20 as varchar) || ' more'
                else t.named end as evidence,
            x.actor_id = y.actor_id and (l.grouped or f.joins) as joins, l.grouped
        from all_links l
        join link_texts t on t.a = l.a and t.b = l.b
        left join first_links f on f.a = l.a and f.b = l.b
        join actors x on x.account_id = l.a
        join actors y on y.account_id = l.b
        """,
        keep=True,
    ),
    Sql(
        "link_evidence",
        """
        select a, b, type, value, holders, proposes, cast(milli as double) / 1000 as bits, record_a, record_b
        from all_evidence
        """,
    ),
)


def run(engine: Engine, _: Given) -> None:
    """Make `links`, `link_evidence`, `actors` and `proposals`."""
    prepare(engine, _NOBODY)
    _look(engine, _FIRST)
    groups.run(engine)
    _look(engine, _SECOND)
    for step in _RESULTS:
        engine.run(step)
    proposals.run(engine)


def prepare(engine: Engine, asked: pa.Table) -> None:
    """Make the tables of weights, settings, holders and judgements. `asked` (a, b) are pairs to weigh in any case."""
    engine.put("link_asked", asked)
    engine.put("link_types", as_table(TYPES))
    engine.put("link_other", as_table((OTHER,)))
    engine.put("link_places", as_table(PLACES))
    engine.put("link_nearness", as_table(NEAR))
    engine.put("link_statings", as_table(STATED))
    engine.put("link_differs", as_table(DIFFERS))
    engine.put("link_tails", as_table(TAILS))
    for part in (settings, holders):
        part.run(engine)
    for step in judged.BEFORE:
        engine.run(step)


def weigh(engine: Engine) -> None:
    """Make `link_bits`, `link_strong` and `link_texts` of pairs of what the holders' tables now hold."""
    for part in (met, pairs, evidence, weighed):
        part.run(engine)
    engine.drop(*_PASSING)


def _look(engine: Engine, kept: tuple[Sql, ...]) -> None:
    """Weigh pairs, keep the result, and make `link_roots` of what joins."""
    weigh(engine)
    for step in kept:
        engine.run(step)
    judged.join(engine)


LINKING = Stage(
    name="linking",
    meaning="Weighs the selectors that accounts share, joins accounts to actors and reports to case proposals.",
    reads=(
        "selectors",
        "accounts",
        "persons",
        "reports",
        "captures",
        "files",
        "file_hashes",
        "associations",
        "participants",
        "texts",
        "judgements",
        "payments",
    ),
    writes=("links", "link_evidence", "actors", "proposals", "proposal_ties"),
    run=run,
)
