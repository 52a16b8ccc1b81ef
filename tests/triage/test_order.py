"""The order of work: each key of the pack, ties, steadiness, and what may not move a rank."""

from __future__ import annotations

import random

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.detectors import DETECTION
from tanglaw.engine.base import Given
from tanglaw.errors import CheckSettings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.tables import TABLES
from tanglaw.triage import TRIAGE


@pytest.mark.parametrize(
    ("key", "first", "then"),
    [
        ("overdue_clock", {"due": "06-30T11:00:00"}, {"due": "06-30T13:00:00"}),
        ("overdue_clock", {"due": "06-30T11:59:59"}, {"due": None}),
        ("lowered", {}, {"criteria": ("T11",)}),
        ("lowered", {"criteria": ("T11",)}, {"criteria": ("T13",)}),
        ("actionable", {"criteria": ("T9.email",)}, {}),
        ("clock", {"due": "07-01T00:00:00"}, {"due": "07-02T00:00:00"}),
        ("clock", {"due": "07-02T00:00:00"}, {"due": None}),
        ("danger", {"criteria": ("T3", "T4")}, {"criteria": ("T3",)}),
        ("actionability", {"criteria": ("T9.ip", "T9.email")}, {"criteria": ("T9.ip",)}),
        ("received", {"received": "06-29T00:00:00"}, {"received": "06-29T00:00:01"}),
        ("received", {"received": "06-29T00:00:00"}, {"received": None}),
        ("band", {"criteria": ("T1",)}, {"criteria": ("T5",)}),
    ],
)
def test_each_key_orders_by_itself(triage, finding, at, key, first, then):
    """With band and one more key, the report that the key puts first stands first, whatever its id."""
    for names in (("a", "b"), ("b", "a")):
        reports, findings = [], []
        for report, what in zip(names, (first, then), strict=True):
            received = what.get("received")
            reports.append({"report_id": report, "incident_at": received and at(received)})
            due = what.get("due")
            findings += [finding(report, name) for name in what.get("criteria", ())]
            findings += [finding(report, "T10", due_at=at(due))] if due else []
        order = ("band",) if key == "band" else ("band", key)
        assert triage(findings, reports, order=order).order == list(names)


def test_an_unknown_key_is_refused(triage, finding):
    """A sort key that triage does not know is named, and nothing is ranked by it."""
    with pytest.raises(CheckSettings, match="'colour' is no sort key"):
        triage([finding("r1", "T1")], order=("band", "colour"))


def test_ties_go_by_number_and_then_id(triage):
    """Reports with nothing between them stand by report number, those without one last, by id."""
    reports = [
        {"report_id": "a"},
        {"report_id": "b", "report_number": "200"},
        {"report_id": "d", "report_number": "100"},
        {"report_id": "c", "report_number": "100"},
        {"report_id": "0"},
    ]
    assert triage([], reports).order == ["c", "d", "b", "0", "a"]


def test_every_report_gets_exactly_one_rank(triage, finding):
    """Ranks run from 1 to the number of reports, each report once, with findings or without."""
    reports = [{"report_id": f"r{n:03d}"} for n in range(300)]
    findings = [finding(f"r{n:03d}", name) for n in range(0, 300, 7) for name in ("T1", "T3", "T9.ip", "T12")]
    queue = triage(findings, reports)
    assert [row["rank"] for row in queue.priorities] == list(range(1, 301))
    assert len(set(queue.order)) == 300


_CRITERIA = ("T1", "T3", "T5", "T5.watch-list", "T6", "T7", "category", "T9.ip", "T9.email", "T10", "T11", "T13", "T16")
_WORLDS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(_CRITERIA), st.integers(0, 2)), max_size=40, unique=True
)


@settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=_WORLDS, seed=st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(triage, finding, at, made, seed):
    """The same reports and findings in any order of rows give the same ranks, values and reasons."""
    reports = [{"report_id": f"r{n}", "received_at": at(f"06-{10 + n}T00:00:00")} for n in range(10)]
    findings = [
        finding(
            f"r{n}",
            name,
            subject=f"{name} {k}",
            reason=f"{name} {k}",
            outcome=f"m:{k}" if name == "category" else "seen",
            due_at=at(f"07-{k + 1:02d}T00:00:00") if name in ("T10", "T16") else None,
        )
        for n, name, k in made
    ]
    queue = triage(findings, reports)
    shuffled = random.Random(seed)
    shuffled.shuffle(findings)
    shuffled.shuffle(reports)
    again = triage(findings, reports)
    assert again.priorities == queue.priorities
    assert again.reasons == queue.reasons


def world(places):
    """Four reports with everything that a country, a language, an age, a name or a currency may stand in."""
    country, currency, name, age = places
    return {
        "reports": [{"report_id": f"r{n}", "report_number": str(n), "country": country} for n in range(1, 5)],
        "persons": [
            {"report_id": "r1", "person_id": "p1", "role": "reported", "name": name, "age": age, "country": country},
            {"report_id": "r2", "person_id": "p2", "role": "victim", "name": name, "age": age, "city": name},
            {"report_id": "r3", "person_id": "p3", "role": "reported", "child_access": "yes", "first_name": name},
        ],
        "accounts": [
            {
                "report_id": f"r{n}",
                "account_id": f"a{n}",
                "identifier_kind": "esp-id",
                "role": "reported",
                "country": country,
                "city": name,
                "display_name": name,
            }
            for n in range(1, 5)
        ],
        "payments": [
            {
                "payment_id": "p",
                "from_account_id": "a1",
                "to_account_id": "a4",
                "counted": True,
                "currency": currency,
                "purpose": name,
            }
        ],
        "flags": [{"report_id": "r3", "name": "generativeAi"}],
    }


@pytest.mark.parametrize(
    "places",
    [("PH", "PHP", "Ana Reyes", 61), ("AU", "AUD", "Li Wei", 19), ("XX", "XXX", "é", 0), (None, None, "Kim", None)],
)
def test_who_and_where_move_no_danger(duck, given_to_triage, places):
    """Country, currency, name and age exchanged for others leave danger, actionability, band and lane as they are."""
    values = []
    for one in (("DE", "EUR", "Alex Example", 44), places):
        tables = {name: TABLES[name].schema.empty_table() for name in DETECTION.reads}
        rows = {name: pa.Table.from_pylist(rows, schema=TABLES[name].schema) for name, rows in world(one).items()}
        for name, table in (given_to_triage([], []) | tables | rows).items():
            duck.put(name, table)
        for stage in (DETECTION, TRIAGE):
            assert stage.run is not None
            stage.run(duck, Given(Ids(DEMO_KEY)))
        columns = "report_id, danger, band, actionability, lane, rank"
        values.append(duck.rows(f"select {columns} from priorities order by report_id nulls last").to_pylist())
    assert values[0] == values[1]
    assert {row["danger"] for row in values[0]} == {1.5, 2.0}


def test_a_policy_that_weighs_nothing_ranks_by_number(triage, finding, usual):
    """Under weights of 0 every report is in the last band, and ties decide."""
    none = {name: msgspec.structs.replace(one, weight=0.0) for name, one in usual.criteria.items()}
    queue = triage([finding("r2", "T1"), finding("r1", "T13")], criteria=none, order=("band", "danger"))
    assert queue.order == ["r1", "r2"]
    assert {row["band"] for row in queue.priorities} == {4}
