"""Attributions: which claims of lists stand, of what kind they are, and where they contradict each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tanglaw.chain import tags
from tanglaw.chain.categories import CATEGORIES, KINDS, SAME, tables

A, B, C = (
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX",
    "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
)


def tag(address=A, label="North Desk", **more):
    """One claim, of an exchange unless it says else."""
    return {
        "list_name": "pack",
        "network": "btc",
        "address": address,
        "label": label,
        "category": "exchange",
        "source": "https://example.org",
        "withdrawn": False,
    } | more


@pytest.fixture
def made(both, put_rows):
    """made(tags, clusters=()) -> rows of a table that the steps make, equal on both engines."""

    def run(rows, clusters=(), name="tag_in_force", order=("network", "address", "list_name", "label")):
        joined = [{"network": "btc", "address": one, "cluster_id": root} for root, some in clusters for one in some]
        put_rows(both, address_tags=rows, chain_clusters=joined)
        for table, given in tables().items():
            both.put(table, given)
        both.run(*tags.CLAIMS, *tags.CONFLICTS)
        return both.equal(name, order).to_pylist()

    return run


@pytest.fixture
def conflicts(made):
    """The same for conflicts, as (level, subject, about, said)."""

    def run(rows, clusters=()):
        found = made(rows, clusters, "tag_conflicts", ("network", "level", "subject"))
        return [(one["level"], one["subject"], one["about"], one["said"]) for one in found]

    return run


@pytest.mark.spark
def test_a_claim_has_a_kind_and_a_level(made):
    """Categories become kinds, also in other words; a category or confidence that nobody knows says nothing."""
    rows = [
        tag(A, category="Payment Processor", confidence="service_data", actor="northdesk"),
        tag(B, category="tumbler", confidence="ownership"),
        tag(C, category="weather", confidence="sure"),
    ]
    found = {one["address"]: one for one in made(rows)}
    assert [(found[a]["category"], found[a]["kind"], found[a]["asked"], found[a]["level"]) for a in (A, B, C)] == [
        ("payment_processor", "service", True, 50),
        ("mixing_service", "mixer", False, 100),
        ("weather", "other", False, None),
    ]
    assert (found[A]["who"], found[A]["named"], found[B]["who"], found[B]["named"]) == (
        "northdesk",
        True,
        "northdesk",
        False,
    )


@pytest.mark.spark
def test_a_tag_that_is_taken_back_falls_unless_it_is_stated_anew(made):
    """A withdrawal takes back the same claim stated by then, from that list alone; an older version of a list falls."""
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    rows = [
        tag(A, stated_at=early),
        tag(A, stated_at=late, withdrawn=True, source="pack"),
        tag(A, list_name="other", stated_at=early),
        tag(B, stated_at=late),
        tag(B, stated_at=early, withdrawn=True, source="pack"),
        tag(C, list_name="dated", list_version="2026-01"),
        tag(A, list_name="dated", list_version="2026-02"),
    ]
    assert [(one["list_name"], one["address"]) for one in made(rows)] == [("dated", A), ("other", A), ("pack", B)]


@pytest.mark.spark
def test_an_old_address_of_a_test_network_is_of_both(made):
    """The two test networks write them alike, so a tag holds on either; Bech32 tells them apart."""
    rows = [tag("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", network="btc-test"), tag("tb1qx", network="btc-test")]
    assert [(one["network"], one["address"][:3]) for one in made(rows)] == [
        ("btc-regtest", "mip"),
        ("btc-test", "mip"),
        ("btc-test", "tb1"),
    ]


@pytest.mark.spark
def test_owners_who_exclude_each_other_are_a_conflict(conflicts):
    """Two actors of one address are a conflict; one actor in two spellings, and a sanction list beside it, are none."""
    rows = [
        tag(A, actor="northdesk"),
        tag(A, actor="southdesk", list_name="other"),
        tag(B, actor="northdesk"),
        tag(B, actor="North-Desk", list_name="other"),
        tag(B, label="sanctioned", category="sanctioned", list_name="sanctions"),
        tag(C, actor="northdesk"),
        tag(C, label="North Desk: cold", list_name="other"),
    ]
    assert conflicts(rows) == [("address", A, "actors", "northdesk; southdesk")]


@pytest.mark.spark
def test_a_cluster_with_two_owners_is_a_conflict(conflicts):
    """Addresses of one cluster claimed for different owners, or for a service and a mixer, contradict each other."""
    rows = [tag(A, actor="northdesk"), tag(B, actor="southdesk"), tag(C, actor="northdesk", category="mixer")]
    assert conflicts(rows, [(A, (A, B))]) == [("cluster", A, "actors", "northdesk; southdesk")]
    assert conflicts(rows, [(A, (A, C))]) == [("cluster", A, "kinds", "northdesk")]
    assert conflicts(rows) == []


def test_categories_have_a_kind_each():
    """Every category is of a known kind and only a service can be asked; other words lead to a category."""
    assert {one.kind for one in CATEGORIES} == set(KINDS)
    assert all(one.kind == "service" for one in CATEGORIES if one.asked)
    names = [one.name for one in CATEGORIES]
    assert len(set(names)) == len(names) and not set(SAME) & set(names) and set(SAME.values()) <= set(names)
