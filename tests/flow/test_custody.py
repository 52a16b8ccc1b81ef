"""Who brought what, under which authority: stated once, inherited by every row, shown by `explain`."""

from __future__ import annotations

import json

import pytest

from tanglaw.testing.documents import police_json
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place

FACTS = {
    "brought_by": "unit 3",
    "origin": "example hotline",
    "authority": "warrant 12/26",
    "permitted_use": "this case only",
    "handling": "amber",
    "grading": "B2",
}
WORDS = [word for name, value in FACTS.items() for word in (f"--{name.replace('_', '-')}", value)]


def facts_of(place: Place) -> list[dict[str, str]]:
    return [{name: row[name] for name in FACTS} for row in place.rows("deliveries")]


def explained(place: Place, number: int) -> list[dict[str, str]]:
    told = tanglaw("explain", str(number), "--json", "--workspace", place.folder)
    return [{name: row[name] for name in FACTS} for row in told.json["sources"]]


def test_from_the_command_line(place: Place) -> None:
    """What the call says of custody stands in `deliveries` and under the explained report."""
    place.put("tip.json", police_json(900_000_001))
    place.run(*WORDS)
    assert facts_of(place) == [FACTS]
    assert explained(place, 900_000_001) == [FACTS]
    shown = tanglaw("explain", "900000001", "--workspace", place.folder, width=200).out
    for value in FACTS.values():
        assert value in " ".join(shown.split()) or value.split()[0] in shown


def test_from_delivery_toml(place: Place) -> None:
    """`delivery.toml` in the inbox says the same; it is no evidence itself, and the call goes before it."""
    place.put("delivery.toml", "\n".join(f"{name} = {json.dumps(value)}" for name, value in FACTS.items()).encode())
    place.put("tip.json", police_json(900_000_001))
    told = place.run("--handling", "red", "--json")
    assert told.json["files"] == {"companion": 1, "cybertip-json": 1}
    assert explained(place, 900_000_001) == [FACTS | {"handling": "red"}]
    assert place.set_aside() == []


def test_from_settings(place: Place) -> None:
    """settings.toml of the workspace gives what neither says."""
    (place.folder / "settings.toml").write_text('authority = "statute 9"\nhandling = "green"\n')
    place.put("delivery.toml", b'handling = "amber"\n')
    place.put("tip.json", police_json(900_000_001))
    place.run("--authority", "warrant 1")
    (found,) = explained(place, 900_000_001)
    assert found["authority"] == "warrant 1"


@pytest.mark.parametrize("text", [b'colour = "red"', b"handling = ", b"\xff\xfe\x00"])
def test_a_bad_delivery_toml_is_one_clear_error(place: Place, text: bytes) -> None:
    """A delivery.toml that cannot be read stops the run before anything is taken in, and is named."""
    place.put("delivery.toml", text)
    place.put("tip.json", police_json(900_000_001))
    told = tanglaw("run", place.inbox, "--workspace", place.folder)
    assert (told.code, "delivery.toml" in told.err, told.err.count("\n")) == (5, True, 1)
    assert place.rows("sources") == []


def test_each_delivery_keeps_its_own_facts(place: Place) -> None:
    """Two deliveries of one report by different channels keep their own custody; both are shown."""
    place.put("tip.json", police_json(900_000_001))
    place.run("--brought-by", "unit 1")
    place.put("second.json", police_json(900_000_001, note="second channel"))
    place.run("--brought-by", "unit 2")
    assert sorted(row["brought_by"] for row in explained(place, 900_000_001)) == ["unit 1", "unit 2"]
    assert len({row["delivery_id"] for row in place.rows("deliveries")}) == 2


def test_a_file_tried_again_is_one_delivery(place: Place) -> None:
    """A held or broken file that is read again on later runs was delivered once."""
    place.put("broken.json", b'{"reportId": ')
    place.put("held.csv", b"When,What\n2026-05-01,noon\n")
    place.run()
    before = place.rows("deliveries")
    place.run()
    assert tanglaw("quarantine", "retry", "--workspace", place.folder).code == 0
    assert place.rows("deliveries") == before
    assert len({row["delivery_id"] for row in before}) == len(before) == 2
