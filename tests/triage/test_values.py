"""Danger, actionability and clock: what moves each, and that they stay three."""

from __future__ import annotations

import pytest

from tanglaw.policy_parts import Band, Criterion
from tanglaw.tables import TABLES
from tanglaw.triage import TRIAGE


def test_three_values_are_not_added(triage, finding, at):
    """A locator moves actionability alone, a clock the clock alone, a sign of danger danger alone."""
    queue = triage(
        [
            finding("r1", "T3"),
            finding("r2", "T9.ip"),
            finding("r2", "T9.email"),
            finding("r3", "T10", due_at=at("07-02T00:00:00")),
        ]
    )
    values = {name: tuple(queue[name][key] for key in ("danger", "actionability", "clock_at")) for name in queue.order}
    assert values == {
        "r1": (2.0, 0.0, None),
        "r2": (0.0, 1.5, None),
        "r3": (0.0, 0.0, at("07-02T00:00:00")),
    }


@pytest.mark.parametrize(
    ("criteria", "danger", "band"),
    [
        ((), 0.0, 4),
        (("T5",), 1.5, 3),
        (("T3",), 2.0, 3),
        (("T3", "T5"), 3.5, 2),
        (("T2",), 4.0, 2),
        (("T3", "T4", "T6"), 6.0, 1),
        (("T1",), 8.0, 1),
    ],
)
def test_bands_begin_at_their_edge(triage, finding, criteria, danger, band):
    """The sum of the signs decides the band; a sum that equals an edge reaches it."""
    queue = triage([finding("r1", name) for name in criteria], reports=[{"report_id": "r1"}])
    assert (queue["r1"]["danger"], queue["r1"]["band"]) == (danger, band)


def test_a_criterion_counts_once(triage, finding):
    """However many findings speak for a criterion, it counts once; all their evidence is named."""
    many = [finding("r1", "T5", subject=f"s{n}", reason=f"reason {n}", evidence=f"row{n}") for n in range(9)]
    queue = triage([*many, finding("r2", "T5")])
    assert queue["r1"]["danger"] == queue["r2"]["danger"] == 1.5
    assert queue.why("r1", "danger") == {"T5": (1.5, "reason 8 (and 8 more of this kind)")}
    [row] = [row for row in queue.reasons if row["report_id"] == "r1" and row["value"] == "danger"]
    assert row["evidence"].split("; ") == [f"row{n}" for n in range(9)]


def test_a_finer_criterion_counts_by_its_own_weight_or_else_the_general_one(triage, finding):
    """T5.watch-list has a weight of its own; T5.anything falls back to T5; both beside T5 add up."""
    finer, general = finding("r3", "T5.watch-list"), finding("r3", "T5")
    queue = triage([finding("r1", "T5.watch-list"), finding("r2", "T5.anything"), general, finer])
    assert {name: queue[name]["danger"] for name in queue.order} == {"r1": 3.0, "r2": 1.5, "r3": 4.5}


def test_absence_from_lists_adds_nothing_alone(triage, finding):
    """T7 alone leaves danger at 0 and says so; beside another sign it adds its weight."""
    queue = triage(
        [finding("r1", "T7"), finding("r2", "T7"), finding("r2", "T3"), finding("r3", "T7"), finding("r3", "T9.ip")]
    )
    assert {name: queue[name]["danger"] for name in queue.order} == {"r1": 0.0, "r2": 2.5, "r3": 0.0}
    assert queue["r1"]["band"] == queue["r3"]["band"] == 4
    assert queue.why("r1", "danger") == {"T7": (0.0, "T7 of r1 (counts only with another sign)")}


def test_a_category_without_weight_is_no_other_sign(triage, finding):
    """A list hit that counts 0 does not make the absence of other files count."""
    hit = finding("r1", "category", outcome="none:none")
    queue = triage([hit, finding("r1", "T7")], categories={})
    assert queue["r1"]["danger"] == 0.0


@pytest.mark.parametrize(
    ("outcome", "weight"), [("vics-uk:1", 1.0), ("vics-uk:9", 0.75), ("vics-us:1", 0.25), ("industry:A1", 0.25)]
)
def test_categories_count_by_the_most_exact_line(triage, finding, outcome, weight):
    """The pack's line for the very category counts, else the model's, else the line for all."""
    assert triage([finding("r1", "category", outcome=outcome)])["r1"]["danger"] == weight


def test_the_weightiest_category_counts_and_only_once(triage, finding):
    """Three hits of three categories count as the weightiest."""
    hits = [finding("r1", "category", subject=name, outcome=name) for name in ("vics-uk:1", "vics-uk:2", "x:y")]
    assert triage(hits)["r1"]["danger"] == 1.0


@pytest.mark.parametrize("lane", ["safeguarding", "generated"])
@pytest.mark.parametrize("criterion", ["T12", "T15", "T16"])
def test_lanes_never_lower_danger(triage, finding, lane, criterion):
    """A lane changes who looks; danger and band stay as they were."""
    signs = [finding("r1", "T3"), finding("r1", "T6")]
    plain, routed = triage(signs), triage([*signs, finding("r1", criterion, lane=lane)])
    assert (routed["r1"]["danger"], routed["r1"]["band"]) == (plain["r1"]["danger"], plain["r1"]["band"]) == (4.0, 2)
    assert (plain["r1"]["lane"], routed["r1"]["lane"]) == ("triage", lane)


def test_safeguarding_goes_before_generated(triage, finding):
    """A report that asks for both lanes goes to those who look after children."""
    queue = triage([finding("r1", "T12", lane="generated"), finding("r1", "T16", lane="safeguarding")])
    assert queue["r1"]["lane"] == "safeguarding"


def test_what_lowers_the_order_lowers_no_danger(triage, finding):
    """Viral and informational reports keep danger and band and stand later in their band, before the next one."""
    queue = triage(
        [
            finding("r1", "T3"),
            finding("r1", "T11"),
            finding("r2", "T3"),
            finding("r2", "T13"),
            finding("r3", "T3"),
            finding("r4", "T11"),
            finding("r5", "T9.ip"),
        ]
    )
    assert {name: queue[name]["danger"] for name in queue.order} == {
        "r1": 2.0,
        "r2": 2.0,
        "r3": 2.0,
        "r4": 0.0,
        "r5": 0.0,
    }
    assert queue.order == ["r3", "r1", "r2", "r5", "r4"]


def test_a_finding_without_criterion_moves_nothing(triage, finding):
    """A stated no is shown among the findings and moves neither value."""
    queue = triage([finding("r1", None)])
    assert (queue["r1"]["danger"], queue["r1"]["actionability"], queue["r1"]["band"]) == (0.0, 0.0, 4)
    assert queue["r1"]["reasons"] == "no sign of danger is stated"


def test_clocks_are_the_earliest_of_all(triage, finding, at):
    """The clock is the earliest of the evidence, the welfare clock and the band's own from reception."""
    report = {"report_id": "r1", "received_at": at("06-30T00:00:00")}
    urgent = [finding("r1", "T1")]
    assert triage(urgent, [report])["r1"]["clock_at"] == at("07-01T00:00:00")
    sooner = [
        *urgent,
        finding("r1", "T10", due_at=at("06-30T18:00:00")),
        finding("r1", "T16", due_at=at("06-30T20:00:00")),
    ]
    assert triage(sooner, [report])["r1"]["clock_at"] == at("06-30T18:00:00")
    assert triage([], [report])["r1"]["clock_at"] == at("07-30T00:00:00")
    assert triage(urgent)["r1"]["clock_at"] is None


def test_weights_are_summed_exactly(triage, finding, usual):
    """Weights that no float holds exactly, 0.1 three times, give 0.3 and reach a band that begins there."""
    tenth = Criterion("danger", 0.1, "when a test says so")
    names = ("T5.a", "T5.b", "T5.c")
    bands = (Band(6.0, 24), Band(3.5, 168), Band(0.3, 336), Band(0.0, 720))
    criteria = usual.criteria | dict.fromkeys(names, tenth)
    queue = triage([finding("r1", name) for name in names], criteria=criteria, bands=bands)
    assert (queue["r1"]["danger"], queue["r1"]["band"]) == (0.3, 3)


def test_reasons_name_their_evidence(triage, finding):
    """Every reason has a sentence and evidence, and one row for each report, value and criterion."""
    names = ("T1", "T3", "T7", "T9.ip", "T10", "T11", "T12", "T14")
    queue = triage([finding("r1", name) for name in names], reports=[{"report_id": "r1"}, {"report_id": "r2"}])
    assert all(row["evidence"] and row["text"] for row in queue.reasons)
    keys = [tuple(row[name] for name in TABLES["reasons"].key) for row in queue.reasons]
    assert len(keys) == len(set(keys))
    assert {row["value"] for row in queue.reasons} >= {
        "danger",
        "actionability",
        "clock",
        "order",
        "lane",
        "gate",
        "missing",
    }


def test_the_queue_says_danger_first(triage, finding):
    """The queue's sentences begin with what weighs most; without any sign it says that."""
    queue = triage(
        [finding("r1", "T5"), finding("r1", "T1"), finding("r1", "T11"), finding("r1", "T12")],
        reports=[{"report_id": "r1"}, {"report_id": "r2"}],
    )
    assert queue["r1"]["reasons"] == "T1 of r1; T5 of r1; T12 of r1; T11 of r1"
    assert queue["r2"]["reasons"] == "no sign of danger is stated"
    assert queue["r1"]["policy"] == "demo 1"


def test_what_is_missing_is_said_with_its_cost(triage, finding):
    """Each locator that a report lacks is named with the weight it would have had; what is there is not."""
    queue = triage(
        [finding("r1", "T9.ip"), finding("r1", "T9.email"), finding("r1", None, subject="child access")],
        reports=[{"report_id": "r1"}, {"report_id": "r2"}],
        files=[{"file_id": "f1", "report_id": "r1"}],
    )
    missing = queue.why("r1", "missing")
    assert set(missing) == {"T9.phone", "T9.account", "T10"}
    assert missing["T9.phone"] == (-1.0, "a phone number is missing; it would add 1.000 to actionability")
    bare = queue.why("r2", "missing")
    assert set(bare) == {"T4", "T9.ip", "T9.phone", "T9.email", "T9.account", "T10", "T14"}
    assert bare["T9.email"] == (-0.5, "an e-mail address is missing; it would add 0.500 to actionability")
    assert bare["T4"] == (-2.0, "whether there is access to a child is not stated; a yes would add 2.000 to danger")
    assert bare["T14"][1].startswith("no file is listed")


def test_what_is_missing_never_counts(triage, finding, at):
    """A bare report has danger 0 and actionability 0: what it lacks is said and takes nothing away."""
    full = {"report_id": "r1", "received_at": at("06-30T00:00:00")}
    queue = triage([], [full, {"report_id": "r2"}], [{"file_id": "f", "report_id": "r1"}])
    assert {(row["danger"], row["actionability"], row["band"]) for row in queue.priorities} == {(0.0, 0.0, 4)}
    assert "T10" not in queue.why("r1", "missing") and "T14" not in queue.why("r1", "missing")


def test_no_reports_no_queue(triage):
    """An empty workspace has an empty queue."""
    queue = triage([], [])
    assert queue.priorities == queue.reasons == []


@pytest.mark.spark
def test_both_engines_give_one_queue(both, given_to_triage, finding, at):
    """A day with every kind of finding gives equal reasons and ranks on DuckDB and Spark."""
    reports = [
        {
            "report_id": f"r{n}",
            "report_number": str(100 - n),
            "received_at": at(f"06-{n + 10}T00:00:00") if n % 3 else None,
        }
        for n in range(12)
    ]
    findings = [
        *(finding(f"r{n}", "T1") for n in (1, 2)),
        *(finding(f"r{n}", "T3", subject=f"s{k}", reason=f"reason {k}") for n in (3, 4) for k in (1, 2)),
        *(finding(f"r{n}", "T7") for n in (3, 5)),
        *(finding(f"r{n}", "category", outcome=f"vics-uk:{n}") for n in (1, 6)),
        *(finding(f"r{n}", name) for n in (6, 7) for name in ("T9.ip", "T9.email", "T14", "T5.watch-list")),
        *(finding(f"r{n}", "T10", due_at=at(f"06-{n + 20}T00:00:00")) for n in (7, 8, 9)),
        *(finding(f"r{n}", "T16", lane="safeguarding", due_at=at("06-30T00:00:00")) for n in (8,)),
        *(finding(f"r{n}", "T12", lane="generated") for n in (8, 9)),
        *(finding(f"r{n}", "T11", detector="viral", subject="md5 aa", outcome="repeated") for n in (9, 10)),
        finding("r10", None),
    ]
    made = both.stage(TRIAGE, given_to_triage(reports, findings, [{"file_id": "f", "report_id": "r1"}]))
    ranks = made["priorities"].to_pylist()
    assert [row["rank"] for row in ranks] == list(range(1, 13))
    assert {row["report_id"]: row["group_id"] for row in ranks}["r10"] == "r10"
    assert {row["report_id"]: row["group_id"] for row in ranks}["r9"] == "r10"
    assert [row["report_id"] for row in ranks][:2] == ["r1", "r2"]
