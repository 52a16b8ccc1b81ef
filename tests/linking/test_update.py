"""A run over what changed gives the tables of a run over everything, whatever came in which order."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.linking import LINKING
from tanglaw.tables import TABLES

from .conftest import NUMBERS, _table
from .test_engines import world
from .test_steadiness import small_world

Rows = dict[str, list[dict[str, Any]]]


class Growing:
    """A workspace that batches of rows come into, linked each time from what the last time left."""

    def __init__(self, engine: Engine, room: Path, numbers: dict[str, float] | None = None) -> None:
        self.engine, self.room, self.numbers = engine, room, NUMBERS | (numbers or {})
        self.rows: Rows = {name: [] for name in LINKING.reads}
        self.made: dict[str, pa.Table] = {}
        self.number = 0

    def add(self, batch: Rows, judgements: list[dict[str, Any]] | None = None) -> str:
        """Link with these rows more, and these judgements in force; what the stage says of how it did."""
        for name, rows in batch.items():
            self.rows[name] = self.rows[name] + rows
        for name in LINKING.reads:
            self.engine.put(f"fresh_{name}", _table(name, batch.get(name, [])))
        if judgements is not None:
            self.rows["judgements"] = judgements
        return self.link((str(self.number) if self.number else "", str(self.number + 1)))

    def link(self, basis: tuple[str, str], relink: bool = False) -> str:
        for name in LINKING.reads:
            self.engine.put(name, _table(name, self.rows[name]))
        for name, rows in self.made.items():
            self.engine.put(f"last_{name}", rows)
        self.number += 1
        notes: dict[str, str] = {}
        self.run(Given(Ids(DEMO_KEY), room=self.room, basis=basis, relink=relink, notes=notes))
        self.made = {name: found(self.engine, name) for name in LINKING.writes}
        return notes["linking"]

    def run(self, what: Given) -> None:
        policy = {"name": list(self.numbers), "number": list(self.numbers.values())}
        self.engine.put("policy_numbers", pa.table(policy))
        assert LINKING.run is not None
        LINKING.run(self.engine, what)

    def leave_out(self, batch: Rows) -> None:
        """Take these rows away again."""
        gone = {name: {json.dumps(row) for row in rows} for name, rows in batch.items()}
        self.rows = {
            name: [row for row in rows if json.dumps(row) not in gone.get(name, ())] for name, rows in self.rows.items()
        }
        self.link(("", str(self.number + 1)))

    def equals_whole(self) -> None:
        """Check every table against a run over everything."""
        for name, table in self.whole().items():
            assert self.made[name].to_pylist() == table.to_pylist(), name

    def whole(self) -> dict[str, pa.Table]:
        """What a run over everything makes of the same rows."""
        for name in LINKING.reads:
            self.engine.put(name, _table(name, self.rows[name]))
        self.run(Given(Ids(DEMO_KEY)))
        return {name: found(self.engine, name) for name in LINKING.writes}


def found(engine: Engine, name: str) -> pa.Table:
    table = TABLES[name]
    order = ", ".join(f"{column} nulls first" for column in table.names)
    return engine.rows(f"select {', '.join(table.names)} from {name} order by {order}")


def parts_of(rows: Rows, count: int, dice: random.Random) -> list[Rows]:
    """The rows in batches: a report and everything of it or of its account comes at once, as deliveries bring them."""
    parts: list[Rows] = [{} for _ in range(count)]
    for name, all_ in rows.items():
        for row in all_:
            parts[dice.randrange(count)].setdefault(name, []).append(row)
    return parts


@pytest.mark.parametrize("make", (world, small_world))
def test_worlds_in_two_parts(duck, tmp_path, held, make):
    """Each hand-made world, split in two, is linked as if it had come at once."""
    rows = make(held)
    ruled = rows.pop("judgements")
    growing = Growing(duck, tmp_path)
    one, other = parts_of(rows, 2, random.Random(7))
    growing.add(one, ruled[:1])
    said = growing.add(other, ruled)
    growing.equals_whole()
    assert said == "only what changed" or "report known before" in said


NAMES = [f"a{n}" for n in range(9)]
KINDS = ("email", "phone", "device", "handle", "ipv4", "url", "hash")
WORDS = ("Kim Lee", "Ann Ray", "Bela Lee", "Kim Ray")
HOUR = 3_600_000_000


@st.composite
def batches(draw):
    """Batches of rows about nine accounts, judgements that come and go, and a policy under which few is many."""
    account = st.sampled_from(NAMES)
    holding = st.tuples(account, st.sampled_from(KINDS), st.sampled_from("uvwxy"), st.integers(0, 5), st.integers(0, 2))
    home = st.sampled_from((None, "7 Mill Road", "9 Lake View"))
    person = st.tuples(account, st.sampled_from(WORDS), st.sampled_from((None, "1988-04-05", "1990-01-02")), home)
    judged = st.tuples(account, account, st.booleans()).filter(lambda pair: pair[0] < pair[1])
    batch = st.tuples(
        st.lists(holding, max_size=9),
        st.lists(person, max_size=2),
        st.lists(st.tuples(account, account), max_size=1),
        st.lists(st.tuples(account, st.sampled_from("cd")), max_size=2),
        st.lists(judged, max_size=2, unique_by=lambda pair: pair[:2]),
        st.lists(st.tuples(account, account), max_size=1),
    )
    return draw(st.lists(batch, min_size=2, max_size=4))


def rows_of(number, batch):
    """One drawn batch as rows of tables, and the judgements in force after it."""
    holdings, people, stated, members, ruled, paid = batch
    rows: Rows = {"selectors": [], "captures": []}
    for place, (account, kind, value, hour, port) in enumerate(holdings):
        network = kind == "ipv4"
        record = f"rec-{number}-{place}"
        spelled = {"ipv4": f"192.0.2.{ord(value)}", "handle": f"chat:Kim_Bela{value}9"}.get(
            kind, f"{value}@example.org"
        )
        rows["selectors"].append(
            {
                "selector_id": f"s{number}-{place}", "type": kind, "value": spelled, "record_id": record,
                "table_name": "captures" if network else "contacts", "field": "value", "valid": True,
                "account_id": account, "role": "reported", "at": hour * HOUR * 5 if network else None,
            }
        )  # fmt: skip
        if network:
            rows["captures"].append({"capture_id": record, "port": 2_000 + port})
    rows["persons"] = [
        {
            "person_id": f"p{number}-{place}",
            "account_id": account,
            "name": name,
            "date_of_birth": born,
            "address": home,
            "role": "reported",
        }
        for place, (account, name, born, home) in enumerate(people)
    ]
    rows["associations"] = [
        {
            "association_id": f"t{number}-{place}", "kind": "associated-account", "value": "Linked",
            "account_id": one, "other_account_id": other,
        }
        for place, (one, other) in enumerate(stated)
    ]  # fmt: skip
    rows["participants"] = [{"conversation_id": name, "account_id": account} for account, name in members]
    rows["accounts"] = [
        {"account_id": account, "report_id": f"r{number}-{place}", "role": "reported"}
        for place, (account, *_) in enumerate(holdings[:3])
    ]
    rows["reports"] = [{"report_id": row["report_id"]} for row in rows["accounts"]]
    # Reports that several batches name accounts of, none of them the one reported.
    rows["accounts"] += [
        {"account_id": account, "report_id": f"m{value}", "role": "unknown"} for account, _, value, *_ in holdings[3:6]
    ]
    rows["reports"] += [{"report_id": f"m{value}"} for value in "uvwxy" if number == ord(value) % 2]
    rows["payments"] = [
        {"payment_id": f"y{number}-{place}", "from_account_id": one, "to_account_id": other, "counted": True}
        for place, (one, other) in enumerate(paid)
    ]
    judgements = [
        {"decision_id": 10 * number + place, "kind": "same" if same else "not-same", "a": a, "b": b}
        for place, (a, b, same) in enumerate(ruled)
    ]
    return rows, judgements


POLICIES = st.sampled_from(
    [
        {},
        {"linking.propose_holders_max": 2.0},
        {"linking.propose_holders_max": 3.0, "linking.values_per_account_max": 2.0},
    ]
)


# Shrinking would link hundreds of worlds; what fails is small as it is.
@pytest.mark.slow
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(batches(), POLICIES, st.integers(0, 9))
def test_batches_equal_everything_at_once(duck, tmp_path_factory, drawn, policy, withdrawn):
    """After each batch every table equals that of a run over all rows so far: also where few are a crowd, where judgements
    come and go, and after a source was left out."""
    growing = Growing(duck, tmp_path_factory.mktemp("room"), policy)
    for number, batch in enumerate(drawn):
        rows, judgements = rows_of(number, batch)
        said = growing.add(rows, judgements)
        assert (said == "only what changed") == bool(number), said
        growing.equals_whole()
        if number == withdrawn:
            growing.leave_out(rows)
            growing.equals_whole()


def test_each_reason_to_link_everything(duck, tmp_path, held):
    """Another policy, a lost state, an unknown basis and a wish link everything, and the run says which it was."""
    growing = Growing(duck, tmp_path)
    world_ = small_world(held)
    assert growing.add({"accounts": world_["accounts"]}) == "everything: there is no earlier run to go on from"
    assert growing.add({"selectors": world_["selectors"][:9]}) == "only what changed"
    assert growing.link(("0", "3")) == "everything: more changed than new evidence and judgements"
    assert growing.link(("3", "4"), relink=True) == "everything: it was asked for"
    growing.numbers["linking.join_probability"] = 0.8
    assert growing.link(("4", "5")) == "everything: policy, weights or version changed"
    (tmp_path / "linking" / "state.json").write_text("{")
    assert growing.link(("5", "6")) == "everything: what was kept cannot be read"
    assert growing.link(("6", "7")) == "only what changed"
    growing.equals_whole()
