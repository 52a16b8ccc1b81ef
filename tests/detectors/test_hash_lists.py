"""Known hashes, doubtful entries, files that are in no list, and files that travel together."""

from __future__ import annotations

import pytest

from tanglaw.detectors.doubtful_hash import DOUBTFUL_HASH
from tanglaw.detectors.known_hash import KNOWN_HASH
from tanglaw.detectors.series import SERIES
from tanglaw.detectors.unlisted import UNLISTED

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def hit(report, file, value, list_name="alpha", **more):
    usual = {
        "hash_type": "md5",
        "value": value,
        "listed_value": value,
        "entry": f"m/{value[:2]}",
        "distance": 0,
        "files": 1,
    }
    return usual | {"report_id": report, "file_id": file, "list_name": list_name} | more


def stated(report, file, value, **more):
    return {"report_id": report, "file_id": file, "hash_type": "md5", "value": value} | more


def seen(value, reports, **more):
    return {"hash_type": "md5", "value": value, "reports": reports} | more


@pytest.mark.spark
def test_a_hit_says_list_category_and_votes(find_on_both):
    """A file's hash in two lists gives a finding for each list, with its category and its votes."""
    said = {"list_version": "7", "category": "A1", "category_model": "industry", "votes_for": 3, "votes_against": 1}
    found = find_on_both(
        KNOWN_HASH,
        hash_hits=[
            hit("r1", "f1", A, **said),
            hit("r1", "f2", A, **said),
            hit("r1", "f1", A, "beta", category="2", category_model="vics-uk"),
            hit("r2", "f3", B, "beta"),
        ],
    )
    assert [(f["report_id"], f["subject"], f["criterion"], f["outcome"], f["evidence"]) for f in found] == [
        ("r1", f"alpha md5 {A}", "category", "industry:A1", "f1; f2"),
        ("r1", f"beta md5 {A}", "category", "vics-uk:2", "f1"),
        ("r2", f"beta md5 {B}", "category", "list:none", "f3"),
    ]
    assert [f["reason"] for f in found] == [
        "md5 hash is in list alpha (version 7), category A1 of industry, 3 for and 1 against",
        "md5 hash is in list beta, category 2 of vics-uk",
        "md5 hash is in list beta, no category",
    ]
    assert all(f["lane"] is None and f["due_at"] is None for f in found)


@pytest.mark.spark
def test_near_hashes_and_videos_say_how_near(find_on_both):
    """A near PDQ hash names the smallest distance of its files, a video the share of its frames."""
    listed = {"hash_type": "pdq", "listed_value": "p" * 64, "category": "B1", "category_model": "industry"}
    found = find_on_both(
        KNOWN_HASH,
        hash_hits=[
            hit("r1", "f1", "1" * 64, distance=31, **listed),
            hit("r1", "f2", "2" * 64, distance=9, **listed),
            hit("r1", "f3", "3" * 64, hash_type="vpdq", listed_value="v" * 64, entry="clip", share_of_entry=0.359),
        ],
    )
    assert [(f["reason"], f["evidence"]) for f in found] == [
        ("pdq hash is 9 bits from one in list alpha, category B1 of industry", "f1; f2"),
        ("PDQ hashes match 35 % of the frames of video clip in list alpha, no category", "f3"),
    ]


def test_category_and_its_model_stay_together(find):
    """Two entries of one list on one hash give two findings, never the category of one with the model of the other."""
    rows = [
        hit("r1", "f1", A, entry="1", category="3", category_model="vics-us"),
        hit("r1", "f1", A, entry="2", category="1", category_model="vics-uk"),
    ]
    assert {f["outcome"] for f in find(KNOWN_HASH, hash_hits=rows)} == {"vics-us:3", "vics-uk:1"}


@pytest.mark.spark
def test_weak_hits_stand_and_count_for_less(find_on_both):
    """A flood and a low quality have a model of their own; a hash of an empty, tiny or uniform file counts for nothing."""
    said = {"category": "A1", "category_model": "industry", "files": 700}
    weak = ("flood", "low-quality", "empty-file", "tiny", "uniform")
    rows = [
        hit("r1", f"f{n}", digit * 32, weak=one, **said)
        for n, (one, digit) in enumerate(zip(weak, "12345", strict=True))
    ]
    found = find_on_both(KNOWN_HASH, hash_hits=rows)
    assert [(f["criterion"], f["outcome"]) for f in found] == [
        ("category", "flood:A1"),
        ("category", "low-quality:A1"),
        (None, "industry:A1"),
        (None, "industry:A1"),
        (None, "industry:A1"),
    ]
    assert [f["reason"].partition("; ")[2] for f in found] == [
        "the entry matches 700 files here",
        "its quality is too low to tell pictures apart",
        "it is that of empty data and counts for nothing",
        "it is that of tiny data and counts for nothing",
        "it is that of uniform data and counts for nothing",
    ]
    told = find_on_both(DOUBTFUL_HASH, hash_hits=[*rows, hit("r2", "f9", A)])
    assert sorted(f["outcome"] for f in told) == sorted(weak)
    assert {f["criterion"] for f in told} == {None}
    flood = next(f["reason"] for f in told if f["outcome"] == "flood")
    assert flood == "entry m/11 of list alpha matches 700 files here, too many to mean much"


@pytest.mark.spark
def test_unlisted_files_name_lists_and_date(find_on_both, short):
    """Of three files one is listed: the finding counts the other two, names every list and the day."""
    found = find_on_both(
        UNLISTED,
        file_hashes=[
            *(stated("r1", f"f{n}", value) for n, value in enumerate((A, B, C), 1)),
            stated("r2", "f4", A),
            stated("r4", "f6", B),
            stated("r3", "f5", "e" * 64, hash_type="sha256"),
        ],
        hash_hits=[hit("r1", "f1", A), hit("r2", "f4", A)],
        hash_lists=[
            {"list_name": "alpha", "hash_type": "md5", "standing": 1},
            {"list_name": "beta", "hash_type": "md5", "standing": 1},
            {"list_name": "gone", "hash_type": "sha256", "standing": 0, "withdrawn": 4},
        ],
        hash_sightings=[seen(A, 2), seen(B, 2), seen(C, 1), seen("e" * 64, 1, hash_type="sha256")],
    )
    assert short(found) == [("r1", "T7.new", "new", "f2; f3"), ("r4", "T7", "unlisted", "f6")]
    said = "files are in none of the lists held (alpha, beta) as of 2026-06-30"
    assert [f["reason"] for f in found] == [f"2 of 3 {said}, 1 of them in no other report here", f"1 of 1 {said}"]


def test_without_lists_nothing_is_unlisted(find):
    """A file is not looked up where no list holds a hash of its type, nor where all entries are withdrawn."""
    given = {"file_hashes": [stated("r1", "f1", A)], "hash_sightings": [seen(A, 1)]}
    assert find(UNLISTED, **given) == []
    assert find(UNLISTED, hash_lists=[{"list_name": "a", "hash_type": "md5", "standing": 0}], **given) == []


def test_one_listed_hash_is_enough(find):
    """A file whose SHA-1 is listed, or whose PDQ hash is near a listed one, is listed, though no list has its MD5."""
    hashes = [stated("r1", "f1", A), stated("r1", "f1", "f" * 40, hash_type="sha1")]
    lists = [{"list_name": "a", "hash_type": kind, "standing": 1} for kind in ("md5", "sha1")]
    sights = [seen(A, 1), seen("f" * 40, 1, hash_type="sha1")]
    hits = [hit("r1", "f1", "f" * 40, hash_type="sha1")]
    assert find(UNLISTED, file_hashes=hashes, hash_hits=hits, hash_lists=lists, hash_sightings=sights) == []


@pytest.mark.spark
def test_files_that_travel_together_are_a_series(find_on_both, short, at):
    """A report with two or more files that stand together elsewhere says how many, where and when, and what lists know."""
    when = {"first_seen": at("01-01T00:00:00"), "last_seen": at("02-01T00:00:00")}
    pairs = [
        {"a": f"md5 {A}", "b": f"md5 {B}", "reports": 3, "actors": 2, "listed": 1, **when},
        {"a": f"md5 {B}", "b": f"md5 {C}", "reports": 2, "actors": 2, "listed": 0, **when},
        {"a": f"md5 {C}", "b": f"md5 {D}", "reports": 2, "actors": 2, "listed": 2, **when},
    ]
    found = find_on_both(
        SERIES,
        file_hashes=[
            *(stated("r1", f"f{n}", value) for n, value in enumerate((A, B, C), 1)),
            *(stated("r2", f"g{n}", value) for n, value in enumerate((B, C), 1)),
            *(stated("r3", f"h{n}", value) for n, value in enumerate((C, D), 1)),
            stated("r4", "i1", A),
        ],
        files_together=pairs,
    )
    assert short(found) == [
        ("r1", None, "partly", "f1; f2; f3"),
        ("r2", None, "unlisted", "g1; g2"),
        ("r3", None, "listed", "h1; h2"),
    ]
    said = "files of this report stand together in other reports too: up to"
    assert found[0]["reason"] == f"3 {said} 3 reports of 2 actors, from 2026-01-01 to 2026-02-01"
