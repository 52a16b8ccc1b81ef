"""Lanes, what lowers the order, and the legal gate."""

from __future__ import annotations

import pytest

from tanglaw.detectors.generated import GENERATED
from tanglaw.detectors.informational import INFORMATIONAL
from tanglaw.detectors.legal_gate import LEGAL_GATE
from tanglaw.detectors.safeguarding import SAFEGUARDING
from tanglaw.detectors.viral import VIRAL

FEW = {"viral.reports": 3.0, "viral.accounts": 3.0}


def flag(report, name, file=None):
    return {"report_id": report, "name": name, "file_id": file}


@pytest.mark.spark
def test_safeguarding_has_a_welfare_clock_of_its_own(find_on_both, at):
    """Somebody must look within 24 hours of reception, else of the incident, else of the run's as-of."""
    found = find_on_both(
        SAFEGUARDING,
        reports=[
            {"report_id": "r1", "received_at": at("06-29T08:00:00"), "incident_at": at("06-01T00:00:00")},
            {"report_id": "r2", "incident_at": at("06-20T08:00:00")},
            {"report_id": "r3"},
            {"report_id": "r4"},
        ],
        flags=[
            flag("r1", "sextortion"),
            flag("r2", "minorToMinorInteraction", "f1"),
            flag("r2", "minorToMinorInteraction", "f2"),
            flag("r4", "viral"),
        ],
        accounts=[
            {"report_id": "r3", "account_id": "a1", "compromised": True},
            {"report_id": "r4", "account_id": "a2", "compromised": False},
            {"report_id": "r4", "account_id": "a3", "compromised": True, "role": "victim"},
            {"report_id": "r4", "account_id": "a4"},
        ],
    )
    assert [(f["report_id"], f["criterion"], f["outcome"], f["evidence"], f["due_at"]) for f in found] == [
        ("r1", "T16", "sextortion", "r1", at("06-30T08:00:00")),
        ("r2", "T16", "minor-to-minor", "f1; f2", at("06-21T08:00:00")),
        ("r3", "T15", "compromised", "a1", at("07-01T12:00:00")),
    ]
    assert {f["lane"] for f in found} == {"safeguarding"}
    assert "may be the victim" in found[2]["reason"]


def test_the_welfare_clock_is_the_policys(find, at):
    """An agency may look sooner than within 24 hours."""
    rows = [{"report_id": "r1", "received_at": at("06-30T08:00:00")}]
    [found] = find(SAFEGUARDING, numbers={"safeguarding_hours": 6.0}, reports=rows, flags=[flag("r1", "sextortion")])
    assert found["due_at"] == at("06-30T14:00:00")


@pytest.mark.spark
def test_generated_material_has_its_lane(find_on_both, short):
    """Generated and drawn are told apart; both say that a real child may be shown, and ask for the lane."""
    found = find_on_both(
        GENERATED,
        flags=[
            flag("r1", "generativeAi", "f1"),
            flag("r1", "generativeAi", "f2"),
            flag("r2", "animeDrawingVirtualHentai"),
            flag("r3", "infant", "f3"),
        ],
    )
    assert short(found) == [("r1", "T12", "generated", "f1; f2"), ("r2", "T12", "drawn", "r2")]
    assert all(f["lane"] == "generated" and "may show a real child" in f["reason"] for f in found)


@pytest.mark.spark
def test_informational_reports_are_kept_and_said(find_on_both, short):
    """Spam and informational are findings; other flags are not."""
    flags = [flag("r1", "spam"), flag("r2", "informational", "f1"), flag("r3", "viral")]
    found = find_on_both(INFORMATIONAL, flags=flags)
    assert short(found) == [("r1", "T13", "spam", "r1"), ("r2", "T13", "informational", "f1")]


@pytest.mark.spark
def test_the_gate_has_three_answers_and_the_providers_own_meaning(find_on_both, short):
    """Viewed, not viewed and not stated stay apart; what a no means with this provider is said."""
    answers = {"r1": (True, True), "r2": (False, False), "r3": (None,), "r4": (True, None), "r5": (False, None)}
    found = find_on_both(
        LEGAL_GATE,
        reports=[
            *({"report_id": report, "platform": "example"} for report in ("r1", "r3", "r4", "r5", "r6")),
            {"report_id": "r2", "platform": "instagram"},
        ],
        files=[
            {"report_id": report, "file_id": f"{report}-{n}", "viewed_by_esp": viewed}
            for report, files in answers.items()
            for n, viewed in enumerate(files)
        ],
    )
    assert short(found) == [
        ("r1", "T14", "viewed", "r1-0; r1-1"),
        ("r2", "T14", "not-viewed", "r2-0; r2-1"),
        ("r3", "T14", "not-stated", "r3-0"),
        ("r4", "T14", "mixed", "r4-0; r4-1"),
        ("r5", "T14", "mixed", "r5-0; r5-1"),
    ]
    reasons = {f["report_id"]: f["reason"] for f in found}
    assert reasons["r1"] == "viewed by the ESP: 2 yes, 0 no, 0 not stated"
    assert "hash-identical file was viewed earlier" in reasons["r2"]
    assert "hash-identical" not in reasons["r5"]
    assert all(reasons[name].endswith("a warrant may be needed") for name in ("r2", "r3", "r4", "r5"))


def spread(count, value="a" * 32, first=1):
    """`count` reports on `count` accounts, one file each with the same hash."""
    names = [f"r{n}" for n in range(first, first + count)]
    return {
        "reports": [{"report_id": name} for name in names],
        "accounts": [{"report_id": name, "account_id": f"a-{name}"} for name in names],
        "files": [{"report_id": name, "file_id": f"f-{name}"} for name in names],
        "file_hashes": [
            {"report_id": name, "file_id": f"f-{name}", "hash_type": "md5", "value": value} for name in names
        ],
    }


@pytest.mark.spark
def test_repeated_flagged_and_batched(find_on_both, short):
    """What stands in many reports of many actors is repeated; a report with other files beside is partly so."""
    rows = spread(4)
    rows["files"] += [
        {"report_id": "r4", "file_id": "f-other"},
        *({"report_id": "r5", "file_id": f"f5-{n}"} for n in (1, 2)),
        *({"report_id": "r6", "file_id": f"f6-{n}"} for n in (1, 2)),
    ]
    rows["reports"] += [{"report_id": "r7", "batched": "VIRAL_POTENTIAL_MEME"}, {"report_id": "r8", "batched": ""}]
    found = find_on_both(
        VIRAL,
        numbers=FEW,
        flags=[flag("r5", "potentialMeme", "f5-1"), *(flag("r6", "viral", f"f6-{n}") for n in (1, 2))],
        **rows,
    )
    assert short(found) == [
        ("r1", "T11", "repeated", "f-r1"),
        ("r2", "T11", "repeated", "f-r2"),
        ("r3", "T11", "repeated", "f-r3"),
        ("r4", "T11.partly", "partly", "f-r4"),
        ("r5", "T11.partly", "partly", "f5-1"),
        ("r6", "T11", "flagged", "f6-1; f6-2"),
        ("r7", "T11", "batched", "r7"),
    ]
    assert found[0]["reason"] == "same md5 stands in 4 reports of 4 actors"
    assert found[3]["reason"].endswith("other files of this report do not")


def test_below_either_limit_nothing_is_viral(find):
    """Two reports, or many reports on accounts of one actor, are not many unrelated reports."""
    assert find(VIRAL, numbers=FEW, **spread(2)) == []
    rows = spread(5)
    hand = [{"account_id": row["account_id"], "actor_id": "one"} for row in rows["accounts"]]
    assert find(VIRAL, numbers=FEW, actors=hand, **rows) == []


def test_a_page_travels_and_a_bare_host_does_not(find):
    """The same page in many reports is viral; the service's own address, which all its reports name, is not."""
    rows = spread(3)
    del rows["file_hashes"], rows["files"]
    for url, hits in (
        ("https://example.org/album/7", 3),
        ("example.org/album/7", 3),
        ("https://example.org/", 0),
        ("https://example.org", 0),
        ("example.org", 0),
    ):
        pages = [
            {"report_id": row["report_id"], "page_id": f"p-{row['report_id']}", "kind": "web-page", "url": url}
            for row in rows["reports"]
        ]
        assert len(find(VIRAL, numbers=FEW, web_pages=pages, **rows)) == hits, url


def test_a_profile_link_is_no_material(find):
    """Many reports that name one profile are about one account, not about viral material."""
    rows = spread(3)
    del rows["file_hashes"]
    pages = [
        {"report_id": f"r{n}", "page_id": f"p{n}", "kind": "profile", "url": "https://x.org/u/1"} for n in (1, 2, 3)
    ]
    assert find(VIRAL, numbers=FEW, web_pages=pages, **rows) == []
