"""Viral reports stand in one row of the queue, and nearly equal reports are shown side by side; nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanglaw.testing.documents import police_json
from tests.cli.conftest import tanglaw
from tests.flow.conftest import Place, new_place

VIRAL = "5d41402abc4b2a76b9719d911017c592"
MANY = 24
URGENT = 900_000_110


def report(number: int, day: int, account: str = "", **more: Any) -> bytes:
    """A report on an account of its own about the viral file."""
    person = {"espUserId": account or f"user-{number}", "screenName": {"value": f"name{number}"}, **more}
    file = {"filename": "one.jpg", "submittalId": f"s{number}", "verificationHash": VIRAL}
    document = json.loads(
        police_json(
            number,
            reportedPeople={"reportedPersons": [person]},
            uploadedFiles={"uploadedFiles": [file]},
        ).decode("utf-8-sig")
    )
    document["dateReceived"] = f"2026-06-{day:02d}T08:00:00Z"
    return json.dumps(document).encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Reports of 24 accounts about one file, one of them on somebody with access to children, and one about nothing."""
    place = new_place(tmp_path_factory.mktemp("viral"))
    for n in range(MANY):
        place.put(f"{n}.json", report(900_000_100 + n, 1 + n % 20))
    place.put("access.json", report(URGENT, 11, accessToChildren="Yes"))
    place.put("10.json", report(URGENT, 11, accessToChildren="Yes"))
    place.put("alone.json", police_json(900_000_999))
    place.run()
    return place


def queued(folder: Path, *words: str) -> list[dict[str, Any]]:
    told = tanglaw("queue", "--json", "--top", "0", *words, "--workspace", folder)
    assert told.code == 0, told.err
    found: list[dict[str, Any]] = told.json
    return found


def test_a_viral_group_is_one_row_and_nothing_is_lost(place: Place) -> None:
    """One row stands for all that are equally dangerous and names them; each report is in one row or named by one."""
    each, rows = queued(place.folder, "--each"), queued(place.folder)
    assert len(each) == MANY + 1
    assert sorted(number for row in rows for number in (row["report_number"], *row["like"])) == sorted(
        row["report_number"] for row in each
    )
    group = [row for row in rows if row["group"]]
    assert sorted(len(row["like"]) for row in group) == [0, MANY - 2]
    assert all(not row["like"] for row in each)
    ranks = {row["report_number"]: row["rank"] for row in each}
    for row in rows:
        assert all(ranks[number] > row["rank"] for number in row["like"])


def test_what_makes_one_of_them_more_dangerous_does_not_hide(place: Place) -> None:
    """The report on somebody with access to children has a row of its own, before the group's."""
    rows = queued(place.folder)
    assert (rows[0]["report_number"], rows[0]["like"], rows[0]["group"]["reports"]) == (str(URGENT), [], MANY)


def test_the_group_says_how_many_and_who_was_first(place: Place) -> None:
    """Count and first sender stand in JSON and on the terminal, which also says for how many the row stands."""
    group = queued(place.folder)[0]["group"]
    assert group["first_report"] == "900000100"
    assert group["first_at"].startswith("2026-06-01")
    assert group["first_sender"].endswith(":user-900000100")
    shown = " ".join(tanglaw("queue", "--workspace", place.folder, width=240).out.split())
    assert f"viral group of {MANY} reports, first 900000100 by" in shown
    assert f"this row stands for {MANY - 1} reports" in shown
    assert f"{MANY + 1} of {MANY + 1} reports" in shown


def test_a_lane_counts_the_whole_group(place: Place) -> None:
    """With `--lane` the rows are of that lane; the group's size is that of all."""
    assert {row["group"]["reports"] for row in queued(place.folder, "--lane", "triage") if row["group"]} == {MANY}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Two reports on one account that differ in the name it shows, and one on another account with the same file."""
    place = new_place(tmp_path_factory.mktemp("twins"))
    emails = {"emails": {"emails": [{"value": "kim@example.org"}]}}
    place.put("1.json", report(900_000_201, 1, "user-1", **emails))
    place.put("2.json", report(900_000_202, 2, "user-1", **emails, accessToChildren="Yes"))
    place.put("3.json", report(900_000_203, 3, "user-9"))
    place.run()
    return place


def test_side_by_side(twins: Place) -> None:
    """What only one of the two states stands under its number; what both state is counted."""
    told = tanglaw("explain", "900000201", "--beside", "900000203", "--json", "--workspace", twins.folder)
    assert told.code == 0, told.err
    differing = {row["field"]: (row["one"], row["other"]) for row in told.json["differing"]}
    assert differing["email"] == (["kim@example.org"], [])
    assert differing["reported account"][0] != differing["reported account"][1]
    assert "file" not in differing
    assert 0 < told.json["share"] < 1
    back = tanglaw("explain", "900000203", "--beside", "900000201", "--json", "--workspace", twins.folder).json
    assert {row["field"]: (row["other"], row["one"]) for row in back["differing"]} == differing
    shown = " ".join(tanglaw("explain", "900000201", "--beside", "900000203", "--workspace", twins.folder).out.split())
    assert "What differs" in shown and "only 900000201" in shown and "kim@example.org" in shown


def test_a_report_beside_itself_differs_in_nothing(twins: Place) -> None:
    """Everything is equal, and no table of differences is shown."""
    told = tanglaw("explain", "900000201", "--beside", "900000201", "--workspace", twins.folder)
    assert (told.code, "100% of all that they state" in told.out, "What differs" in told.out) == (0, True, False)


def test_nearly_the_same_reports_are_named(twins: Place) -> None:
    """A report names those that state nearly what it states, nearest first, and in which fields they differ."""
    near = tanglaw("explain", "900000201", "--json", "--workspace", twins.folder).json["near"]
    assert [row["report_number"] for row in near][:1] == ["900000202"]
    assert near[0]["share"] >= 0.7
    assert "900000202" in tanglaw("explain", "900000201", "--workspace", twins.folder).out


def test_a_number_that_is_not_there_is_said(twins: Place) -> None:
    """Either number must be of a report."""
    told = tanglaw("explain", "900000201", "--beside", "7", "--workspace", twins.folder)
    assert (told.code, "no report 7 in this workspace" in told.err) == (2, True)
