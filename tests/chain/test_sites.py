"""Sites that take coins: hosts, the rare path that unrelated hosts share, and their addresses over time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.chain import sites
from tanglaw.chain.sites import defanged
from tanglaw.engine.base import Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy import demo

A = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"


def url(report, value, number=[0]):  # noqa: B006
    number[0] += 1
    return {"selector_id": f"s{number[0]}", "report_id": report, "type": "url", "value": value, "valid": True} | {
        "record_id": f"w{number[0]}"
    }


def coin(report, value=A, **more):
    return {"selector_id": f"c{report}{value}", "report_id": report, "type": "btc", "value": value, "valid": True} | {
        "record_id": f"x-{report}",
        **more,
    }


@pytest.fixture
def grouped(both, put_rows):
    """grouped(selectors, days={report: day of May}) -> rows of sites, equal on both engines; evidence likewise."""

    def run(selectors, days=None, name="sites", order=("site_id",)):
        reports = [
            {"report_id": one, "received_at": datetime(2026, 5, day, tzinfo=UTC)} for one, day in (days or {}).items()
        ]
        put_rows(both, selectors=selectors, reports=reports)
        both.put("policy_numbers", demo().tables()["policy_numbers"])
        for engine in (both.duck, both.spark):
            sites.run(engine, Given(Ids(DEMO_KEY)))
        return both.equal(name, order).to_pylist()

    return run


@pytest.mark.spark
def test_a_site_has_its_addresses_over_time(grouped):
    """One host in three reports, with the address of two of them and the days it was seen; without an address it is no site."""
    rows = [
        url("r1", "https://north.example/a"),
        url("r2", "http://north.example"),
        url("r3", "http://north.example/b"),
    ]
    found = grouped([*rows, url("r4", "http://other.example/"), coin("r1"), coin("r3")], {"r1": 1, "r2": 2, "r3": 9})
    assert len(found) == 1
    one = found[0]
    assert (one["hosts"], one["reports"], one["host_count"], one["pattern"]) == ("north[.]example", 3, 1, None)
    assert (one["addresses"], one["address_count"]) == (f"btc {A} (2026-05-01 to 2026-05-09)", 1)
    assert (one["first_seen"].day, one["last_seen"].day) == (1, 9)
    rows = grouped([*rows, coin("r1")], {"r1": 1}, "site_evidence", ("site_id", "report_id", "kind", "value"))
    assert ("r1", "url", "hxxps://north[.]example/a") in {(r["report_id"], r["kind"], r["value"]) for r in rows}
    assert all("://" not in r["value"] or r["value"].startswith("hxxp") for r in rows)


@pytest.mark.spark
def test_unrelated_hosts_with_a_rare_path_are_one_site(grouped):
    """The same unusual folder, digits aside, joins hosts of different owners; common folders and one owner's hosts do not."""
    same = [
        url("r1", "https://north.example/quietharbour12/x.html"),
        url("r2", "https://south.test/QuietHarbour77/"),
        url("r3", "https://a.east.example/lonelyisland"),
        url("r4", "https://b.east.example/lonelyisland"),
        url("r5", "https://west.example/wp-content/uploads/1"),
        url("r6", "https://far.test/wp-content/uploads/1"),
        url("r7", "https://west.example/index.php"),
        url("r8", "https://far.test/index.php"),
        url("r9", "https://t.me/quietharbour12"),
    ]
    found = grouped([*same, *(coin(f"r{n}") for n in (3, 4))])
    joined = [one for one in found if one["host_count"] > 1]
    assert [(one["pattern"], one["hosts"], one["reports"]) for one in joined] == [
        ("quietharbour#", "north[.]example; south[.]test", 2)
    ]
    assert joined[0]["host_share"] == 0.4
    assert {one["hosts"] for one in found if one["host_count"] == 1} == {"a[.]east[.]example", "b[.]east[.]example"}


@pytest.mark.spark
def test_what_everybody_uses_joins_nothing(grouped):
    """A path on more hosts than the policy allows joins none, and a host in very many reports is no site."""
    many = [url(f"r{n}", f"https://host{n}.example{n}.test/quietharbour") for n in range(61)]
    assert grouped(many) == []
    assert grouped([url(f"r{n}", "https://big.example/a") for n in range(401)] + [coin("r1")]) == []


def test_a_url_is_never_a_link():
    """Scheme and host are broken, whatever they are; the path stays."""
    assert defanged("https://north.example/a.b?c=d.e") == "hxxps://north[.]example/a.b?c=d.e"
    assert defanged("http://me:x@north.example:81/a") == "hxxp://me:x@north[.]example:81/a"
    assert defanged("http://192.0.2.1/") == "hxxp://192[.]0[.]2[.]1/"
    assert defanged("north.example") == "north[.]example"
    assert defanged("HTTP://a.b/?u=ftp://c.d") == "hxxp://a[.]b/?u=fxp://c.d"


@given(st.text(alphabet="ahtps:/.@?#%[] ", max_size=30))
def test_nothing_defanged_starts_as_a_web_address(text):
    """Whatever the text, no http scheme is left at its start."""
    assert not defanged("http://" + text).lower().startswith(("http:", "https:"))
