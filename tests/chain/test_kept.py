"""Clusters of an earlier run are taken over the same blocks, tags and figures, and extended by blocks that come, always to what
all of them give at once."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.chain import clusters, kept, ledger, tags
from tanglaw.config import Settings
from tanglaw.engine.base import Engine, Given
from tanglaw.engine.open import open_engine
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy import demo
from tanglaw.tables import TABLES

from .test_clusters import FUNDED, READ, SPENT, chain, paying, rows_of
from .worlds import chain_tables, world

Rows = Mapping[str, pa.Table]
MADE = ("chain_clusters", "chain_joins", "chain_refused")
# The ledger in words: numbers may differ.
_OUT = """
    select x.txid, o.n, o.value, o.kind, a.address, s.txid as by, o.spent_n from led_out o join led_tx x on x.t = o.t
    left join led_addr a on a.a = o.a left join led_tx s on s.t = o.spent_t order by x.txid nulls first, o.n nulls first
"""
_IN = """
    select x.txid, x.height, x.block_hash, i.n, i.value, i.kind, a.address, p.txid as previous, i.prev_n, i.told_by
    from led_in i join led_tx x on x.t = i.t left join led_addr a on a.a = i.a left join led_tx p on p.t = i.prev_t
    order by x.txid nulls first, i.n nulls first
"""


@dataclass
class Deliveries:
    """Tables that come in files, one after the other, and runs over those that are there."""

    engine: Engine
    folder: Path
    parts: dict[str, list[str]] = field(default_factory=dict)
    number: count = field(default_factory=count)
    extended: bool = False
    taken: bool = False

    def come(self, rows: Rows) -> None:
        """A delivery: one file for each table."""
        (self.folder / "tables").mkdir(exist_ok=True)
        for name in READ:
            if name in rows and rows[name].num_rows:
                file = f"{next(self.number):03d}-{name}.parquet"
                pq.write_table(rows[name], self.folder / "tables" / file)
                self.parts.setdefault(name, []).append(file)

    def run(self, whole: bool = False, **figures: float) -> dict[str, list[dict]]:
        """What a run makes: the ledger in words, and the three tables."""
        room, tables = None if whole else self.folder / "indexes", self.folder / "tables"
        given = Given(Ids(DEMO_KEY), room=room, parts=self.parts, tables=tables)
        for name in READ:
            self.engine.attach(name, [tables / file for file in self.parts.get(name, [])], TABLES[name].schema)
        for policy, rows in demo().tables().items():
            self.engine.put(policy, rows)
        if figures:
            changed = " ".join(f"when 'clusters.{name}' then {number}" for name, number in figures.items())
            text = f"select name, case name {changed} else number end as number from policy_numbers"
            self.engine.put("policy_numbers", self.engine.rows(text))
        tags.claims(self.engine)
        earlier = kept.Kept(self.engine, given)
        self.taken = earlier.taken(self.engine)
        if not self.taken:
            self.extended = ledger.run(self.engine, earlier.ledger, earlier.begun())
            earlier.lay(self.engine)
            clusters.run(self.engine, earlier.decided if self.extended else None)
            earlier.keep(self.engine)
        made = {name: rows_of(self.engine, name) for name in MADE}
        return made | {"out": self.engine.rows(_OUT).to_pylist(), "in": self.engine.rows(_IN).to_pylist()}


@pytest.fixture
def come(duck: Engine, tmp_path: Path) -> Deliveries:
    return Deliveries(duck, tmp_path)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small simulated chain."""
    return world(tmp_path_factory.mktemp("world"), 3, 40, 6, 160)


def blocks(rows: Rows, heights: Sequence[int]) -> Rows:
    """The rows of blocks at these heights of `chain` or `chain_tables`."""
    hashes = pa.array([f"{height:064x}" for height in heights])
    return {name: rows[name].filter(pc.is_in(rows[name]["block_hash"], hashes)) for name in READ[:4]}


def stale(rows: Rows, fork: int, missing: int) -> Rows:
    """The same blocks under other hashes, on the block before `fork`, without some of their transactions."""
    other = {}
    for name, table in rows.items():
        columns = {"block_hash", "previous_hash"} & set(table.column_names)
        for column in columns:
            keep = f"{fork - 1:064x}"
            words = [word if word == keep else "f" + word[1:] for word in table[column].to_pylist()]
            table = table.set_column(table.schema.get_field_index(column), table.schema.field(column), pa.array(words))
        if missing and "txid" in table.column_names:
            spared = [not txid.endswith(f"{missing:x}") for txid in table["txid"].to_pylist()]
            table = table.filter(pa.array(spared, pa.bool_()))
        other[name] = table
    return other


def test_the_same_files_give_the_same_tables(come: Deliveries) -> None:
    """What was kept is what was made; nothing is left beside it, also after a run that broke off."""
    come.come(chain(SPENT))
    made = come.run()
    (come.folder / "indexes" / "clusters" / "begun").mkdir()
    assert come.run() == made == come.run(whole=True) and made["chain_joins"]
    come.run()
    assert come.taken and come.run(cap=5.0) == made and not come.taken
    assert [path.name for path in (come.folder / "indexes" / "clusters").iterdir()] != ["begun"]


def test_other_figures_and_tags_decide_anew_over_the_same_ledger(come: Deliveries) -> None:
    """A changed limit, or a tag that comes, changes what stood; the ledger is not made again."""
    come.come(chain(FUNDED, paying()))
    assert len(come.run()["chain_joins"]) == 1
    assert come.run(join_from=5_000.0)["chain_joins"] == [] and come.extended
    come.come({"address_tags": chain(tags=[("a", "north"), ("rest", "south")])["address_tags"]})
    assert come.run()["chain_joins"] == [] and come.extended


def test_a_question_reads_the_kept_ledger(come: Deliveries) -> None:
    """The ledger of the last run is read for a question, whatever the figures, until a file comes."""
    come.come(chain(SPENT))
    made = come.run()
    given = Given(Ids(DEMO_KEY), room=come.folder / "indexes", parts=come.parts)
    come.engine.put("policy_numbers", come.engine.rows("select name, number + 1 as number from policy_numbers"))
    come.engine.drop("led_out", "led_in")
    assert kept.Kept(come.engine, given).read(come.engine)
    assert come.engine.rows(_OUT).to_pylist() == made["out"] and come.engine.rows(_IN).to_pylist() == made["in"]
    come.come(chain(FUNDED))
    assert not kept.Kept(come.engine, given).read(come.engine)


def question(come: Deliveries) -> tuple[Engine, Given]:
    """Another process's engine over the same workspace, and what its question is given, as the workspace now stands."""
    engine = open_engine(Settings(), come.folder / "another")
    engine.put("policy_numbers", come.engine.rows("select name, number from policy_numbers"))
    parts = {name: list(files) for name, files in come.parts.items()}
    return engine, Given(Ids(DEMO_KEY), room=come.folder / "indexes", parts=parts, tables=come.folder / "tables")


def test_a_run_that_replaces_the_ledger_breaks_no_question(come: Deliveries) -> None:
    """While a question reads the kept ledger a run brings a newer one: the question goes on over what it began with, also for
    what it had not read yet; once it is done the next run takes the older one away."""
    rows = chain(SPENT, FUNDED)
    come.come(blocks(rows, [0]))
    made = come.run()
    engine, asked = question(come)
    assert kept.Kept(engine, asked).read(engine)
    come.come(blocks(rows, [1]))
    come.run()
    home = come.folder / "indexes" / "clusters"
    assert come.extended and len(list(home.iterdir())) == 2
    assert engine.rows(_OUT).to_pylist() == made["out"] and engine.rows(_IN).to_pylist() == made["in"]
    other, again = question(come)
    assert kept.Kept(other, again).taken(other), "the newer of the two is what a run goes on from"
    other.close()
    engine.close()
    del engine, other
    gc.collect()
    come.come(blocks(chain(SPENT, FUNDED, paying()), [2]))
    come.run()
    assert come.extended and len(list(home.iterdir())) == 1


@pytest.mark.parametrize("blocks_too", [True, False])
def test_a_ledger_replaced_between_finding_and_reading_is_found_again(come: Deliveries, blocks_too: bool) -> None:
    """The folder goes in the moment before it is read. Made anew of the same blocks, the newer one is read; of more blocks, it
    is not the one asked for, and the question makes its ledger from the workspace's own files."""
    rows = chain(SPENT, FUNDED)
    come.come(blocks(rows, [0]))
    made = come.run()
    engine, asked = question(come)
    reading = kept.Kept(engine, asked)
    if blocks_too:
        come.come(blocks(rows, [1]))
    come.run(join_from=5_000.0)
    assert [path.exists() for path in (come.folder / "indexes" / "clusters").iterdir()] == [True]
    assert reading.read(engine) is not blocks_too
    if blocks_too:
        for name in READ:
            files = [asked.tables / file for file in asked.parts.get(name, [])]
            engine.attach(name, files, TABLES[name].schema)
        ledger.run(engine)
    assert engine.rows(_OUT).to_pylist() == made["out"]
    engine.close()


def test_a_source_left_out_makes_all_anew(come: Deliveries) -> None:
    """Where a file is gone, or its rows are left out, nothing is extended."""
    rows = chain(SPENT, FUNDED, paying())
    come.come(blocks(rows, [0, 1]))
    come.run()
    come.come(blocks(rows, [2]))
    come.parts["chain_outputs"].append("the-id-of-a-source")
    given = Given(Ids(DEMO_KEY), room=come.folder / "indexes", parts=come.parts, tables=come.folder)
    assert kept.Kept(come.engine, given).ledger is None
    assert kept.Kept(come.engine, replace(given, parts=come.parts | {"chain_inputs": []})).ledger is None
    assert kept.Kept(come.engine, replace(given, room=None)).ledger is None


@pytest.mark.parametrize("later", (2, 3))
def test_what_later_blocks_tell_changes_earlier_decisions(come: Deliveries, later: int) -> None:
    """Change joined at first is taken back when its address is paid again, or its coin swept with many others."""
    sweep = {"in": ["tx1:1", *((f"d{i}", 9_000) for i in range(8))], "out": [("hot", 100_000)]}
    rows = chain(FUNDED, paying(), {"in": [("z", 9_000)], "out": [("rest", 8_000)]}, sweep)
    come.come(blocks(rows, [0, 1]))
    assert [join["b"] for join in come.run()["chain_joins"]] == ["rest"]
    come.come(blocks(rows, [later]))
    made = come.run()
    assert come.extended and not any(join["b"] == "rest" and join["a"] == "a" for join in made["chain_joins"])
    assert made == come.run(whole=True)


def test_a_reorganisation_takes_back_what_its_blocks_joined(come: Deliveries) -> None:
    """What only a stale block said is gone: its joins, its spending, its addresses."""
    rows = chain(FUNDED, paying(), SPENT, {"in": [("y", 9_000)], "out": [("x", 8_000)]})
    come.come(blocks(rows, [0]))
    come.run()
    come.come(stale(blocks(rows, [1, 2]), 1, 0))
    assert len(come.run()["chain_joins"]) == 2
    away = {
        name: table.filter(pc.not_equal(table["txid"], "tx1"))
        for name, table in rows.items()
        if "txid" in table.column_names
    }
    come.come(blocks(rows | away, [1, 2, 3]))
    made = come.run()
    assert come.extended and made == come.run(whole=True)
    assert [join["txid"] for join in made["chain_joins"]] == ["tx2"]
    assert [row["by"] for row in made["out"] if row["txid"] == "tx0"] == [None, None]


def test_an_id_that_comes_again_makes_the_ledger_anew(come: Deliveries) -> None:
    """A transaction whose id an earlier block has changes rows that stood, so nothing is extended."""
    rows = chain(SPENT, FUNDED, {"in": [("c", 5_000), ("d", 6_000)], "out": [("shop", 10_500)], "txid": "tx0"})
    come.come(blocks(rows, [0, 1]))
    come.run()
    come.come(blocks(rows, [2]))
    made = come.run()
    assert not come.extended and made == come.run(whole=True)


def test_the_world_has_what_is_to_be_extended(come: Deliveries, small) -> None:
    """Joins by inputs, change, trunks, a service's change and deposits are all in the small chain."""
    come.come(small.tables)
    rules = {join["rule"] for join in come.run()["chain_joins"]}
    assert {"common-input", "reuse + peel", "trunk", "kin", "deposit"} <= rules


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_blocks_in_deliveries_give_what_they_give_at_once(duck, small, tmp_path_factory, data) -> None:
    """A chain split at random, in any order, with a stale branch and blocks told of twice, gives what all give at once."""
    come = Deliveries(duck, tmp_path_factory.mktemp("come"))
    cuts = sorted(data.draw(st.sets(st.integers(2, small.heights), min_size=1, max_size=2)))
    parts = [chain_tables(small.market, range(a, b)) for a, b in pairwise([0, *cuts, small.heights + 1])]
    fork = data.draw(st.integers(1, small.heights - 2))
    length, missing = data.draw(st.integers(1, 6)), data.draw(st.integers(0, 15))
    branch = stale(chain_tables(small.market, range(fork, fork + length)), fork, missing)
    parts.insert(data.draw(st.integers(0, len(parts))), branch)
    if data.draw(st.booleans()):
        parts.append(chain_tables(small.market, range(cuts[0] - 1, cuts[0] + 2)))
    if data.draw(st.booleans()):
        parts = data.draw(st.permutations(parts))
    come.come({"address_tags": small.tables["address_tags"]})
    for part in parts:
        come.come(part)
        made = come.run()
    assert made == come.run(whole=True)


@pytest.mark.spark
def test_both_engines_extend_alike(both, tmp_path: Path) -> None:
    """Blocks that take the place of a stale one extend on Spark what DuckDB kept, with equal rows."""
    rows = chain(FUNDED, paying(), SPENT)
    come = Deliveries(both.duck, tmp_path)
    come.come(blocks(rows, [0]) | {"address_tags": chain(tags=[("z", "north")])["address_tags"]})
    come.come(stale(blocks(rows, [1]), 1, 0))
    assert [join["b"] for join in come.run()["chain_joins"]] == ["rest"]
    come.come(blocks(rows, [1, 2]))
    shutil.copytree(tmp_path / "indexes", tmp_path / "earlier")
    made = come.run()
    assert come.extended and [join["txid"] for join in made["chain_joins"]] == ["tx2", "tx1"]
    shutil.rmtree(tmp_path / "indexes")
    (tmp_path / "earlier").rename(tmp_path / "indexes")
    come.engine = both.spark
    assert come.run() == made and come.extended
