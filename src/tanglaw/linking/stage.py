"""The stage: shared selectors -> links in bits -> actors -> case proposals."""

from __future__ import annotations

import pyarrow as pa

from tanglaw import known
from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Sql
from tanglaw.linking import evidence, groups, holders, judged, met, pairs, proposals, results, settings, weighed
from tanglaw.linking.remember import AFTER_ALL, AFTER_HOLDERS, Memory, after_join, after_look
from tanglaw.linking.weights import DIFFERS, NEAR, OTHER, PLACES, STATED, TAILS, TYPES, as_table
from tanglaw.linking.whole import Whole

_NOBODY = pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.string())})
# Large steps that nothing reads once pairs are weighed.
_PASSING = (
    "link_present", "link_rare", "link_common_one", "link_common", "link_combined", "link_joint", "link_chats",
    "link_words_one", "link_near_few", "link_weighed",
)  # fmt: skip


def run(engine: Engine, given: Given) -> None:
    """Make `links`, `link_evidence`, `actors` and `proposals`: of what changed if the last run was kept, else of all."""
    known.views(engine)
    constants(engine)
    settings.run(engine)
    memory = Memory.of(engine, given)
    try:
        given.changed.update(memory.update(engine))
        given.notes["linking"] = "only what changed"
    except Whole as reason:
        whole(engine, memory)
        given.notes["linking"] = f"everything: {reason}"
    finally:
        memory.close()


def whole(engine: Engine, memory: Memory) -> None:
    """Link everything, and keep for the next run what it needs."""
    prepare(engine, _NOBODY)
    memory.keep(engine, AFTER_HOLDERS)
    engine.drop("link_held")
    weigh(engine)
    memory.keep(engine, after_look(1))
    engine.drop(*_PASSING)
    for step in (*results.FIRST, Sql("link_joins", "select a, b, milli from link_strong where core")):
        engine.run(step)
    judged.join(engine)
    memory.keep(engine, after_join(1))
    groups.run(engine)
    weigh(engine)
    memory.keep(engine, after_look(2))
    engine.drop(*_PASSING)
    for step in (*results.SECOND, Sql("link_joins", "select a, b, milli from link_strong where joins")):
        engine.run(step)
    judged.join(engine)
    memory.keep(engine, after_join(2))
    results.run(engine)
    proposals.run(engine)
    memory.keep(engine, AFTER_ALL)
    memory.done(engine)


def prepare(engine: Engine, asked: pa.Table) -> None:
    """Make the tables of weights, settings, holders and judgements. `asked` (a, b) are pairs to weigh in any case."""
    known.views(engine)
    constants(engine)
    engine.put("link_asked", asked)
    for part in (settings, holders):
        part.run(engine)
    for step in judged.BEFORE:
        engine.run(step)


def constants(engine: Engine) -> None:
    """Make the tables of weights."""
    engine.put("link_types", as_table(TYPES))
    engine.put("link_other", as_table((OTHER,)))
    engine.put("link_places", as_table(PLACES))
    engine.put("link_nearness", as_table(NEAR))
    engine.put("link_statings", as_table(STATED))
    engine.put("link_differs", as_table(DIFFERS))
    engine.put("link_tails", as_table(TAILS))


def weigh(engine: Engine) -> None:
    """Make `link_bits` and `link_strong` of pairs of what the holders' tables now hold."""
    for part in (met, pairs, evidence, weighed):
        part.run(engine)


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
        "chain_payments",
        "chain_accounts",
    ),
    writes=("links", "link_evidence", "actors", "proposals", "proposal_ties"),
    run=run,
)
