"""Alerts: proposed from amounts that reached a sound attribution, and what becomes of released ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tanglaw.chain import alerts, tags
from tanglaw.engine.base import Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy import demo

A, B, C = (
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX",
    "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
)
SEED = "12ib7dApVFvg82TXKycWBNpN8kFyiAN1dr"
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def tag(address=B, actor="northdesk", **more):
    return {
        "list_name": "pack",
        "network": "btc",
        "address": address,
        "label": "North Desk",
        "actor": actor,
        "category": "exchange",
        "confidence": "service_data",
        "source": "pack",
        "withdrawn": False,
    } | more


def trail(end=B, **more):
    return {
        "trail_id": f"t-{end[:4]}",
        "network": "btc",
        "seed_address": SEED,
        "report_id": "r",
        "direction": "forward",
        "end_kind": "service",
        "end_address": end,
        "end_cluster_id": end,
        "service": "North Desk",
        "asset": "BTC",
        "haircut": Decimal("0.4"),
        "fifo": Decimal("0.5"),
        "poison": Decimal(9),
        "first_at": DAY,
        "last_at": DAY,
    } | more


def laid(to, put_rows, trails, tagged, clusters=(), records=()):
    """Put what the steps read."""
    joined = [{"network": "btc", "address": one, "cluster_id": root} for root, some in clusters for one in some]
    put_rows(to, chain_trails=trails, address_tags=tagged, chain_clusters=joined, alert_records=records)
    to.put("policy_numbers", demo().tables()["policy_numbers"])


def worked(engine):
    tags.claims(engine)
    tags.conflicts(engine)
    alerts.run(engine, Given(Ids(DEMO_KEY)))


@pytest.fixture
def proposed(duck, put_rows):
    """proposed(trails, tags, clusters=(), records=()) -> rows of chain_alerts in the order of their ids."""

    def run(*given):
        laid(duck, put_rows, *given)
        worked(duck)
        return duck.rows("select * from chain_alerts order by alert_id nulls first").to_pylist()

    return run


def record(alert, kind="release-alert", number=1, trails=(B,), **more):
    written = {name: alert[name] for name in ("service", "category", "network", "asset", "direction", "basis")}
    written |= {name: str(alert[name]) for name in ("haircut", "fifo")}
    written |= {name: alert[name].isoformat() for name in ("first_at", "last_at")}
    written["trails"] = [{"trail_id": f"t-{end[:4]}", "seed_address": SEED, "end_address": end} for end in trails]
    return {
        "decision_id": number,
        "kind": kind,
        "alert_id": alert["alert_id"],
        "account_open": "yes",
        "content": json.dumps(written),
        "stated_by": "A. Cruz",
        "reason": "checked",
        "at": DAY,
    } | more


def test_what_reaches_a_service_is_proposed_once(proposed):
    """Two deposits of one seed are one alert, with the sums, the trails and what the attribution stands on."""
    found = proposed([trail(B), trail(C, fifo=Decimal("0.25"))], [tag(B), tag(C, label="cold", stated_at=DAY)])
    assert len(found) == 1
    one = found[0]
    assert (one["service"], one["state"], one["fifo"], one["haircut"]) == (
        "northdesk",
        "proposed",
        Decimal("0.75"),
        Decimal("0.8"),
    )
    assert one["trails"] == "t-1BpE; t-3Ekt"
    assert one["basis"] == "direct: pack, service_data, 2026-05-01; direct: pack, service_data, no date"
    assert one["reason"] == "0.75 BTC by first in, first out, 0.8 BTC in proportion, went to it".replace(
        "0.8 BTC", "0.8"
    )


@pytest.mark.parametrize(
    ("trails", "tagged", "clusters"),
    [
        ([trail(fifo=Decimal(0), haircut=Decimal(0), poison=Decimal(9))], [tag()], ()),
        ([trail(fifo=Decimal("0.0009"), haircut=Decimal("0.0009"))], [tag()], ()),
        ([trail()], [tag(), tag(actor="southdesk", list_name="other")], ()),
        ([trail(end_cluster_id=A)], [tag(C), tag(A, actor="southdesk")], [(A, (A, B, C))]),
        ([trail()], [tag(confidence="heuristic")], ()),
        ([trail()], [tag(confidence="sure")], ()),
        ([trail()], [tag(category="mixer")], ()),
        ([trail()], [tag(category="market")], ()),
        ([trail(end_kind="unknown")], [tag()], ()),
        ([trail()], [tag(withdrawn=True)], ()),
        ([trail()], [], ()),
        ([trail()], [tag(), tag(SEED, actor="eastdesk")], ()),
        ([trail(end_cluster_id=A)], [tag(C, cluster_definer=False)], [(A, (B, C))]),
        ([trail(asset="OTHER")], [tag()], ()),
    ],
)
def test_nothing_is_proposed(proposed, trails, tagged, clusters):
    """Poison alone, doubt about the owner, and who cannot be asked never raise an alert."""
    assert proposed(trails, tagged, clusters) == []


def test_a_cluster_may_speak_for_its_address(proposed):
    """A tag of another address of the cluster counts, and says so; a direct one is preferred."""
    assert proposed([trail(end_cluster_id=A)], [tag(C)], [(A, (B, C))])[0]["basis"].startswith("cluster: pack")
    both = proposed([trail(end_cluster_id=A)], [tag(C), tag(B)], [(A, (B, C))])
    assert both[0]["basis"].startswith("direct: pack") and "cluster" not in both[0]["basis"]


def test_decisions_give_the_state(proposed):
    """Released, refused and recalled are what a person said last; a trail that came since is told."""
    alert = proposed([trail()], [tag()])[0]
    states = {}
    for kind in ("release-alert", "refuse-alert", "recall-alert"):
        states[kind] = [
            (one["state"], one["reason"]) for one in proposed([trail()], [tag()], (), [record(alert, kind)])
        ]
    said = "A. Cruz: checked"
    assert states == {
        "release-alert": [("released", said)],
        "refuse-alert": [("refused", said)],
        "recall-alert": [("recalled", said)],
    }
    more = proposed([trail(), trail(C)], [tag(), tag(C)], (), [record(alert)])
    assert (more[0]["state"], more[0]["reason"]) == ("released", f"{said}; 1 trail(s) came since")


@pytest.mark.parametrize(
    ("trails", "tagged", "why"),
    [
        ([trail()], [tag(withdrawn=True)], "no sound attribution of"),
        ([trail()], [tag(), tag(actor="southdesk", list_name="other")], "no sound attribution of"),
        ([trail()], [tag(actor="southdesk")], "is attributed to another owner now"),
        ([], [tag()], "no report or watch list names"),
        ([trail(end=C), trail(seed_address=A)], [tag(), tag(C)], "no trail between"),
    ],
)
def test_a_released_alert_whose_ground_falls_is_due_for_recall(proposed, trails, tagged, why):
    """A withdrawn, contradicted or corrected tag, a seed that nobody names and a trail that is gone are said."""
    alert = proposed([trail()], [tag()])[0]
    found = {one["alert_id"]: one for one in proposed(trails, tagged, (), [record(alert)])}
    one = found[alert["alert_id"]]
    assert one["state"] == "recall-due" and why in one["reason"]
    assert (one["service"], one["direction"], one["fifo"] > 0) == ("northdesk", "forward", True)
    recalled = {
        one["alert_id"]: one for one in proposed(trails, tagged, (), [record(alert), record(alert, "recall-alert", 2)])
    }
    assert recalled[alert["alert_id"]]["state"] == "recalled"


@pytest.mark.spark
def test_both_engines_propose_the_same(both, put_rows, proposed):
    """Alerts proposed, released with more trails since, due for recall and recalled are equal on both engines."""
    trails = [trail(B), trail(C)]
    tagged = [tag(B), tag(C, actor="southdesk"), tag(A, actor="westdesk", withdrawn=True)]
    clusters = [(A, (A, B))]
    first, second = sorted(proposed(trails, tagged, clusters), key=lambda one: one["service"])
    lost = first | {"alert_id": "lost", "service": "westdesk"}
    gone = first | {"alert_id": "gone", "service": "eastdesk"}
    records = [record(first), record(lost, number=2), record(gone, number=3), record(gone, "recall-alert", 4)]
    laid(both, put_rows, trails, tagged, clusters, records)
    for engine in (both.duck, both.spark):
        worked(engine)
    found = {one["alert_id"]: one["state"] for one in both.equal("chain_alerts", ("alert_id",)).to_pylist()}
    assert found == {
        first["alert_id"]: "released",
        second["alert_id"]: "proposed",
        "lost": "recall-due",
        "gone": "recalled",
    }
