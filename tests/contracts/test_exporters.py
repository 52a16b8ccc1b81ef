"""What every registered exporter keeps to: an example alert in, file names and bytes out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator

import msgspec
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent

from tanglaw.exports import EXPORTERS, MANIFEST, Alert, Exporter, package
from tanglaw.exports.base import ASKED, OPEN, RECALLED, Hop, Share, Trail
from tanglaw.exports.letter import facts

EACH = pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda one: one.name)
SEED, END = "12ib7dApVFvg82TXKycWBNpN8kFyiAN1dr", "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX"
HOP = Hop(1, "ab" * 32, "2026-05-01T12:00:00Z", SEED, END, "0.5", "0.4", "0.5", "spend")
ALERT = Alert(
    alert_id="0123456789abcdef01234567",
    service="North Desk",
    category="exchange",
    network="btc",
    asset="BTC",
    direction="forward",
    haircut="0.4",
    fifo="0.5",
    first_at="2026-05-01T12:00:00Z",
    last_at="2026-05-01T12:00:00Z",
    basis="direct: pack, service_data, 2026-01-31",
    sender="Unit 4",
    trails=(Trail("t1", SEED, END, "0.4", "0.5", "2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z", (HOP,)),),
    shares=(Share("service", 0.4), Share("unknown", 0.6)),
)
RELEASED = msgspec.structs.replace(ALERT, signed_by="A. Cruz", signed_at="2026-06-30T12:00:00Z", account_open="yes")


def text_of(exporter: Exporter, alert: Alert) -> str:
    """Everything that a file says; of the letter what its form reads, and the title that the PDF states in plain."""
    data = exporter.write(alert)
    if exporter.name != "pdf":
        return data.decode()
    title = re.search(rb"/Title ?\(([^)]*)\)", data)
    assert data.startswith(b"%PDF") and title is not None
    return " ".join((title[1].decode(), *_texts(facts(alert)))).replace("RELEASED", "")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def test_the_package_lists_each_file() -> None:
    """A manifest with name, size and SHA-256 of each file; the names say alert or recall, and draft."""
    files = package(RELEASED)
    listed = json.loads(files[MANIFEST])
    assert {one["name"]: (one["bytes"], one["sha256"]) for one in listed["files"]} == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items() if name != MANIFEST
    }
    endings = [exporter.ending for exporter in EXPORTERS]
    assert sorted(files) == sorted([f"alert-{ALERT.alert_id}{ending}" for ending in endings] + [MANIFEST])
    assert all(name.startswith("DRAFT-alert-") for name in package(ALERT) if name != MANIFEST)
    recall = msgspec.structs.replace(RELEASED, purpose="recall")
    assert all(name.startswith("recall-") for name in package(recall) if name != MANIFEST)


@pytest.mark.parametrize("name", ("stix", "misp"))
@pytest.mark.parametrize(("haircut", "said"), (("0.4", ": 0.4 to 0.5 BTC "), ("0.5", ": 0.5 BTC ")))
def test_a_title_states_a_range(name: str, haircut: str, said: str) -> None:
    """Where ways of dividing mixed coins tell several amounts, no title states one of them alone."""
    (exporter,) = (one for one in EXPORTERS if one.name == name)
    assert said in text_of(exporter, msgspec.structs.replace(ALERT, haircut=haircut))


@EACH
def test_the_same_alert_gives_the_same_bytes(exporter: Exporter) -> None:
    """Written twice it is equal, and another alert is not."""
    assert isinstance(exporter, Exporter)
    assert exporter.write(RELEASED) == exporter.write(RELEASED)
    assert exporter.write(RELEASED) != exporter.write(msgspec.structs.replace(RELEASED, alert_id="f" * 24))


@EACH
@pytest.mark.parametrize("purpose", ["alert", "recall"])
def test_only_what_a_person_released_is_no_draft(exporter: Exporter, purpose: str) -> None:
    """The word DRAFT stands in every file of what nobody released, and in none of what somebody did."""
    draft, done = (text_of(exporter, msgspec.structs.replace(one, purpose=purpose)) for one in (ALERT, RELEASED))
    assert "DRAFT" in draft and "DRAFT" not in done


@EACH
def test_it_says_who_where_how_much_and_by_what(exporter: Exporter) -> None:
    """Reference, service, address, transaction and amount stand in every format."""
    said = text_of(exporter, RELEASED).replace("\n", "").replace(" ", "")
    for part in (RELEASED.alert_id, "NorthDesk", END, HOP.txid, "0.5"):
        assert part in said


@pytest.mark.parametrize("name", ["json", "stix", "misp", "pdf"])
def test_it_says_what_is_asked_for(name: str) -> None:
    """Who opened the account, identification, log-ins, and whether the account should stay open; a recall asks nothing."""
    exporter = next(one for one in EXPORTERS if one.name == name)

    def said(alert: Alert) -> str:
        return " ".join(text_of(exporter, alert).split())

    assert all(sentence in said(RELEASED) for sentence in (*ASKED, OPEN["yes"], "it is no fact"))
    assert OPEN["no"] in said(msgspec.structs.replace(RELEASED, account_open="no"))
    recall = said(msgspec.structs.replace(RELEASED, purpose="recall"))
    assert RECALLED.split(".")[0] in recall and ASKED[0] not in recall
    if name in ("json", "pdf"):
        assert "60.0" in said(RELEASED)


def test_stix_and_misp_are_read_by_their_own_libraries() -> None:
    """The bundle parses as STIX 2.1 with every reference inside it; the event loads with its object."""
    files = {exporter.name: exporter.write(RELEASED) for exporter in EXPORTERS}
    bundle = stix2.parse(files["stix"].decode(), allow_custom=True)
    raw = json.loads(files["stix"])
    ids = {one["id"] for one in raw["objects"]}
    refs = {ref for one in raw["objects"] for key, value in one.items() if key.endswith("_refs") for ref in value}
    refs |= {value for one in raw["objects"] for key, value in one.items() if key.endswith("_ref")}
    assert refs <= ids and len(ids) == len(raw["objects"]) == len(bundle.objects)
    event = MISPEvent()
    event.load(files["misp"].decode())
    assert [one.name for one in event.objects] == ["coin-address"]
    assert {one.object_relation: one.value for one in event.objects[0].attributes}["address"] == END


@pytest.mark.parametrize(
    "bad", ['=1+1"', "#set page(fill: red)", "*bold* $x$ @cite <a>", "\u202eksed", "a\r\nb", "#sys.inputs"]
)
def test_hostile_names_stay_text(bad: str) -> None:
    """A service's name that is a formula, markup or turned text is shown as text in every format."""
    alert = msgspec.structs.replace(RELEASED, service=bad, basis=bad, sender=bad)
    files = package(alert)
    cells = list(csv.reader(io.StringIO(files[f"alert-{alert.alert_id}.csv"].decode())))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in cells for cell in row)
    assert b"\xe2\x80\xae" not in files[f"alert-{alert.alert_id}.json"]
    assert files[f"alert-{alert.alert_id}.pdf"].startswith(b"%PDF")


@settings(max_examples=25)
@given(st.text(max_size=40), st.text(max_size=20), st.lists(st.floats(0, 1), max_size=3))
def test_any_text_can_be_written(service: str, sender: str, shares: list[float]) -> None:
    """Whatever stands in a list's words, every format is written and parses."""
    alert = msgspec.structs.replace(
        RELEASED, service=service or "x", sender=sender, shares=tuple(Share("hub", one) for one in shares)
    )
    files = package(alert)
    json.loads(files[f"alert-{alert.alert_id}.json"])
    json.loads(files[f"alert-{alert.alert_id}.misp.json"])
    stix2.parse(files[f"alert-{alert.alert_id}.stix.json"].decode(), allow_custom=True)
    assert files[f"alert-{alert.alert_id}.pdf"].startswith(b"%PDF")
