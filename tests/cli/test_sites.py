"""Lists of addresses and sites that take coins, from files in an inbox to what the command line shows."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tanglaw.testing.documents import police_json
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place, new_place

A, B = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX"
TAGS = f"pack,address,currency,label,category\np,{A},BTC,North Desk,exchange\nq,{A},BTC,South Desk,exchange\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace with two reports of hosts that share a rare path, and a list of addresses in a gzip."""
    found = new_place(tmp_path_factory.mktemp("sites"))
    for number, host in ((900_000_011, "north.example.com"), (900_000_012, "south-shop.net")):
        text = f"seen at https://{host}/quietharbour{number}/x and paid to {B}"
        found.put(f"{number}.json", police_json(number, additionalInformations=[{"value": text}]))
    found.put("tags.csv.gz", gzip.compress(TAGS.encode()))
    found.put("sanctioned_XBT.txt", B.encode())
    found.run()
    return found


def test_lists_are_read_with_everything_else(place: Place) -> None:
    """A CSV inside a gzip and a plain list are recognised; the quarrel between two lists is on record."""
    assert sorted((row["list_name"], row["category"]) for row in place.rows("tag_in_force")) == [
        ("p", "exchange"),
        ("q", "exchange"),
        ("sanctioned_XBT", "sanctioned"),
    ]
    assert [(row["subject"], row["said"]) for row in place.rows("tag_conflicts")] == [(A, "North Desk; South Desk")]
    assert place.set_aside() == []


def test_a_site_is_shown_defanged(place: Place) -> None:
    """Both hosts are one site with its address; no web address stands in what is shown."""
    found = tanglaw("sites", "--json", "--workspace", place.folder).json
    assert [(one["hosts"], one["pattern"], one["reports"], one["address_count"]) for one in found] == [
        ("north[.]example[.]com; south-shop[.]net", "quietharbour#", 2, 1)
    ]
    shown = tanglaw("sites", "--workspace", place.folder).out
    detail = tanglaw("sites", found[0]["site_id"], "--workspace", place.folder, width=200).out
    assert "quietharbour#" in shown and "hxxps://north[.]example[.]com" in detail and B in detail
    assert "http" not in shown + detail
    rows = tanglaw("sites", found[0]["site_id"], "--json", "--workspace", place.folder).json
    assert {row["kind"] for row in rows} == {"url", "btc"}


def test_the_queue_says_so(place: Place) -> None:
    """Both reports have the finding of the site and of the address that they share."""
    found = {(row["detector"], row["outcome"]) for row in place.rows("findings")}
    assert {("paid_site", "disguised"), ("reused_address", "reused")} <= found


def test_where_there_is_nothing(tmp_path: Path, place: Place) -> None:
    """No site, no alert: exit 1; an id that nobody has: exit 2."""
    assert tanglaw("init", tmp_path / "empty").code == 0
    for verb in ("sites", "alerts"):
        assert tanglaw(verb, "--workspace", tmp_path / "empty").code == 1
        assert tanglaw(verb, "nobody", "--workspace", place.folder).code == 2
