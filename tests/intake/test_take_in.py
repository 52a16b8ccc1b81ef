"""What goes in comes out once, whole, in its place; what cannot be read is set aside and the rest goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.intake import run as intake_run
from tanglaw.intake.walk import Found
from tanglaw.testing.documents import file_details_xml, police_json, report_xml
from tests.intake.conftest import Bench, tar_of, zip_of

Pack = Callable[[Mapping[str, bytes]], None]


def good(count: int, first: int = 600_000_001) -> dict[str, bytes]:
    """`count` reports, a folder each, with one file."""
    members: dict[str, bytes] = {}
    for number in range(first, first + count):
        members[f"{number}/report.xml"] = report_xml(f"acc-{number}")
        members[f"{number}/fileDetails_1.xml"] = file_details_xml(number)
    return members


def test_every_kind_of_delivery_gives_the_same_reports(bench: Bench, pack: Pack) -> None:
    """A folder, ZIP, tar and compressed tar of the same documents give the same reports, numbered by their files."""
    pack(good(3))
    bench.take_in()
    found = {(row["report_number"], row["number_source"]) for row in bench.rows("report_documents")}
    assert found == {(str(n), "file-details") for n in range(600_000_001, 600_000_004)}
    assert len(bench.rows("files")) == 3
    assert bench.rows("quarantine") == []


def test_archives_in_archives_are_read(bench: Bench) -> None:
    """A tar inside a ZIP inside a tar is read without unpacking, and the path says how to get there."""
    inner = tar_of(good(1))
    bench.put("outer.tar", tar_of({"deep/middle.zip": zip_of({"inner.tar": inner})}))
    bench.take_in()
    paths = {row["path"] for row in bench.rows("sources")}
    assert "outer.tar!/deep/middle.zip!/inner.tar!/600000001/report.xml" in paths


def test_nesting_has_a_limit(bench: Bench) -> None:
    """An archive nested deeper than the setting is set aside by name."""
    data = zip_of(good(1))
    for _ in range(6):
        data = zip_of({"next.zip": data})
    bench.put("deep.zip", data)
    bench.take_in(max_archive_depth=3)
    assert [row["code"] for row in bench.rows("quarantine")] == ["nested-too-deep"]


def test_same_delivery_twice_adds_nothing(bench: Bench, pack: Pack) -> None:
    """A second intake of the same inbox leaves every table as it was."""
    pack({**good(2), "notes/broken.xml": b"<report><incidentSummary>"})
    bench.take_in()
    before = {name: bench.rows(name) for name in ("report_documents", "sources", "quarantine", "deliveries")}
    second = bench.take_in()
    assert {name: bench.rows(name) for name in before} == before
    assert not second.formats


def test_same_file_elsewhere_is_a_copy(bench: Bench) -> None:
    """The same bytes at another path are recorded as a copy and give no rows again."""
    bench.put("a/600000001.xml", report_xml())
    bench.take_in()
    bench.put("b/again-600000001.xml", report_xml())
    bench.take_in()
    assert sorted(row["format"] for row in bench.rows("sources")) == ["copy", "cybertipline-xml"]
    assert len(bench.rows("report_documents")) == 1


def test_good_records_arrive_beside_hostile_members(bench: Bench) -> None:
    """Members whose names point outside, links and bombs are set aside; the good ones around them arrive."""
    members = {
        "600000001/report.xml": report_xml("one"),
        "../../etc/passwd": report_xml("two"),
        "/abs/600000003.xml": report_xml("three"),
        "C:\\600000004.xml": report_xml("four"),
        "zeros.xml": b"\x00" * 40_000_000,
        "600000005/report.xml": report_xml("five"),
    }
    bench.put("mixed.zip", zip_of(members))
    bench.take_in()
    assert {row["report_number"] for row in bench.rows("report_documents")} == {"600000001", "600000005"}
    codes = {row["file"].split("!/")[1]: row["code"] for row in bench.rows("quarantine")}
    assert codes == {
        "../../etc/passwd": "path-traversal",
        "/abs/600000003.xml": "path-traversal",
        "C:\\600000004.xml": "path-traversal",
        "zeros.xml": "archive-bomb",
    }


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.85])
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_cut_archive_gives_what_came_before_the_cut(bench: Bench, keep: float, mode: str) -> None:
    """A tar cut off somewhere gives its whole members up to there and one quarantine row for the rest."""
    whole = tar_of(good(40), mode)
    bench.put("cut.tar" if mode == "w" else "cut.tar.gz", whole[: int(len(whole) * keep)])
    bench.take_in()
    arrived = len(bench.rows("report_documents"))
    assert 0 < arrived < 40
    assert any(row["code"] in ("archive-damaged", "unreadable") for row in bench.rows("quarantine"))


def test_links_and_pipes_are_not_followed(bench: Bench, tmp_path: Path) -> None:
    """A link out of the inbox and a pipe are set aside, neither opened nor waited for."""
    secret = tmp_path / "600000009.xml"
    secret.write_bytes(report_xml("secret"))
    (bench.inbox / "link.xml").symlink_to(secret)
    os.mkfifo(bench.inbox / "pipe.xml")
    bench.take_in()
    assert bench.rows("report_documents") == []
    assert [row["code"] for row in bench.rows("quarantine")] == ["not-a-file", "not-a-file"]


def test_a_file_that_changes_while_it_is_read_is_set_aside(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file that grows between digest and reading gives no rows, and a later run reads it."""
    lines = b"".join(b"%032x\n" % n for n in range(140_000))
    path = bench.put("list.txt", lines)
    digested = intake_run._digested

    def grow(found: Found, limits: object) -> object:
        result = digested(found, limits)  # type: ignore[arg-type]
        with path.open("ab") as stream:
            stream.write(b"%032x\n" % 7)
        return result

    monkeypatch.setattr(intake_run, "_digested", grow)
    bench.take_in()
    assert [row["code"] for row in bench.rows("quarantine")] == ["changed-while-read"]
    assert bench.rows("hash_entries") == []
    monkeypatch.undo()
    bench.take_in()
    assert len(bench.rows("hash_entries")) == 140_001


def test_a_missing_mapping_holds_the_table_until_one_is_there(bench: Bench) -> None:
    """A table that no mapping fits is held with its suggestion's command, not guessed; with a mapping it enters."""
    bench.put("odd.csv", b"when,how much,who,to whom\n2026-01-02,10.50,a1,b2\n2026-01-03,11.00,a1,b3\n")
    bench.take_in()
    (held,) = bench.rows("quarantine")
    assert held["code"] == "mapping-needed"
    assert "tanglaw mapping suggest" in held["reason"]
    assert bench.rows("payments") == []
    bench.take_in()
    assert len(bench.rows("quarantine")) == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_as_many_out_as_good_in(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """N good and M hostile documents in any order: N reports, and each hostile one in quarantine."""
    hostile = (
        b"<report><incidentSummary>",
        b'<!DOCTYPE report [<!ENTITY a "aaaa">]><report>&a;</report>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r SYSTEM "file:///etc/passwd"><report/>'.encode("utf-16"),
        b"<html><body>not here</body></html>",
        b'{"reportId": 5, "reportedInformation": ',
        b"\x00\x01\x02\x03" * 50,
        b"",
        report_xml()[:-40],
    )
    kinds = data.draw(st.lists(st.one_of(st.none(), st.sampled_from(range(len(hostile)))), max_size=14))
    members: dict[str, bytes] = {}
    expected = set()
    for place, kind in enumerate(kinds):
        number = 610_000_000 + place
        if kind is None:
            expected.add(str(number))
            good_one = police_json(number) if place % 2 else report_xml(f"acc-{number}")
            members[f"{number}.{'json' if place % 2 else 'xml'}"] = good_one
        else:
            # A hostile document that bears a good number must not touch the good report. Bytes are made unique,
            # since equal files are copies of one.
            members[f"bad-{place}.xml"] = hostile[kind] + (b" " * place if hostile[kind] else b"")
    bench = Bench(tmp_path_factory.mktemp("bench"))
    bench.put("delivery.zip", zip_of(members))
    bench.take_in()
    assert {row["report_number"] for row in bench.rows("report_documents")} == expected
    aside = {row["file"] for row in bench.rows("quarantine")}
    bad = [place for place, kind in enumerate(kinds) if kind is not None]
    empties = [place for place in bad if hostile[kinds[place]] == b""]  # type: ignore[index]
    assert len(aside) == len(bad) - max(0, len(empties) - 1)
