"""The picture of trails: whole, safe to open, and legible without colour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from tanglaw.errors import CheckUsage
from tanglaw.lookups.trail_picture import SHOWN, picture
from tanglaw.lookups.trails import Trails, known_address

SVG = "{http://www.w3.org/2000/svg}"


def trails(count: int, hops: int, service: str = "Some Exchange", direction: str = "forward") -> Trails:
    """Ends of equal length: the first a service, the second a mixer, the others unspent."""
    rows: list[dict[str, Any]] = []
    paths: dict[str, list[dict[str, Any]]] = {}
    for number in range(count):
        kind = ("service", "mixer")[number] if number < 2 else "unspent"
        amount = Decimal(count - number)
        about = {
            "service": service if kind == "service" else None,
            "category": "exchange" if kind == "service" else None,
        }
        amounts = {"fifo": amount, "haircut": amount, "poison": amount}
        rows.append(
            {"trail_id": f"t{number}", "end_kind": kind, "end_address": f"end{number}", "asset": "BTC"}
            | about
            | amounts
        )
        paths[f"t{number}"] = [
            {
                "txid": f"{number:04d}{hop:04d}" * 8,
                "hop": hop,
                "at": datetime(2026, 1, hop, 12, tzinfo=UTC) + timedelta(minutes=number),
            }
            | {
                "from_address": f"a{number}-{hop - 1}",
                "to_address": f"a{number}-{hop}",
                "value": amount,
                "rule": "spend",
            }
            | amounts
            for hop in range(1, hops + 1)
        ]
    coverage = [{"asset": "BTC", "end_kind": "service", "amount": Decimal(1), "share": 0.25}]
    return Trails("seed-address", direction, rows, paths, coverage)


def words(text: str) -> str:
    """All that can be read in the picture."""
    return " | ".join(part for part in etree.fromstring(text.encode()).itertext() if part.strip())


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_short_picture_is_wide_enough_for_its_heading(direction: str) -> None:
    """The longest address stands whole in the heading of a picture of one hop."""
    found = replace(trails(1, 1, direction=direction), address="bcrt1p" + "q" * 58)
    assert found.address in words(picture(found)).split(" | ")[1]


def test_each_hop_has_date_amount_and_transaction() -> None:
    """Twenty hops stand from left to right with what is known of each; the share without attribution is stated."""
    text = picture(trails(1, 20))
    said = words(text)
    assert said.count("2026-01-") == 20
    assert "2026-01-20 12:00" in said and "spend 00000020…0020" in said
    assert "Without attribution: 75.0% of BTC." in said
    left = [float(one.get("cx")) for one in etree.fromstring(text.encode()).iter(f"{SVG}circle")]
    assert sorted(left) == [110.0 + 190 * step for step in range(20)]


def test_kinds_of_ends_differ_by_shape_and_word() -> None:
    """A service is a box, a mixer a rhomb, the rest broken circles; each says in words what it is."""
    root = etree.fromstring(picture(trails(3, 2)).encode())
    assert len([one for one in root.iter(f"{SVG}rect") if one.get("stroke")]) == 2
    assert len([one for one in root.iter(f"{SVG}path") if str(one.get("d")).endswith("Z") and one.get("stroke")]) == 1
    assert len([one for one in root.iter(f"{SVG}circle") if one.get("stroke-dasharray")]) == 1
    said = words(picture(trails(3, 2)))
    assert all(word in said for word in ("Some Exchange", "exchange", "mixer", "unspent, owner not known", "seed"))


def test_wide_fans_are_folded() -> None:
    """Of thousands of ends the largest are drawn, the rest counted and summed."""
    said = words(picture(trails(2_000, 1)))
    assert said.count("unspent, owner not known") == SHOWN - 2
    assert f"{2_000 - SHOWN} more, not drawn: {sum(range(1, 2_000 - SHOWN + 1))} together." in said


def test_a_list_cannot_write_into_the_picture() -> None:
    """Names out of lists are text: no element, no script, no address outside, no sign that turns the writing."""
    text = picture(trails(1, 1, "<script>x</script>\u202e&\x00]]>"))
    assert "<script" not in text and "\u202e" not in text and "\x00" not in text
    root = etree.fromstring(text.encode())
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg",
        "defs",
        "marker",
        "path",
        "rect",
        "title",
        "text",
        "circle",
    }
    assert not [name for one in root.iter() for name in one.attrib if "href" in name or name.startswith("on")]


def test_backward_runs_from_left_to_right_too() -> None:
    """The seed stands at the right where coins are followed back."""
    root = etree.fromstring(picture(trails(1, 3, direction="backward")).encode())
    assert [float(one.get("x")) for one in root.iter(f"{SVG}text") if one.text == "seed"] == [110 + 3 * 190]


@pytest.mark.parametrize(
    "text", ("1BoatSLRHtKNngkdXEeobR76b53LETtpyU", "nonsense", "", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")
)
def test_a_wrong_address_is_told(text: str) -> None:
    """A broken checksum and what is no address at all are refused by name."""
    with pytest.raises(CheckUsage, match="is no address of"):
        known_address(text)
