"""Known hashes and files that are in no list."""

from __future__ import annotations

import pytest

from tanglaw.detectors.known_hash import KNOWN_HASH
from tanglaw.detectors.unlisted import UNLISTED

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def entry(value, list_name="alpha", **more):
    return {"list_name": list_name, "entry": f"m/{value[:2]}", "hash_type": "md5", "value": value} | more


def stated(report, file, value, **more):
    return {"report_id": report, "file_id": file, "hash_type": "md5", "value": value} | more


@pytest.mark.spark
def test_a_hit_says_list_category_and_votes(find_on_both, at):
    """A file's hash in two lists gives a finding for each list, with its category and its votes."""
    voted = entry(A, list_version="7", category="A1", category_model="industry", votes_for=3, votes_against=1)
    found = find_on_both(
        KNOWN_HASH,
        file_hashes=[stated("r1", "f1", A), stated("r1", "f2", A), stated("r2", "f3", B), stated("r3", "f4", C)],
        hash_entries=[
            voted,
            entry(A, "beta", category="2", category_model="vics-uk"),
            entry(B, "beta"),
            entry(B, "gone", listed_at=at("01-01T00:00:00")),
            entry("", "gone", entry="m/bb", hash_type="", withdrawn=True, listed_at=at("02-01T00:00:00")),
        ],
    )
    assert [(f["report_id"], f["subject"], f["criterion"], f["outcome"], f["evidence"]) for f in found] == [
        ("r1", f"alpha md5 {A}", "category", "industry:A1", "f1; f2"),
        ("r1", f"beta md5 {A}", "category", "vics-uk:2", "f1; f2"),
        ("r2", f"beta md5 {B}", "category", "list:none", "f3"),
    ]
    assert [f["reason"] for f in found] == [
        "md5 hash is in list alpha (version 7), category A1 of industry, 3 for and 1 against",
        "md5 hash is in list beta, category 2 of vics-uk",
        "md5 hash is in list beta, no category",
    ]
    assert all(f["lane"] is None and f["due_at"] is None for f in found)


@pytest.mark.parametrize(
    ("listed", "withdrawn", "hits"),
    [
        ("01-01T00:00:00", "02-01T00:00:00", 0),
        ("02-01T00:00:00", "02-01T00:00:00", 0),
        ("03-01T00:00:00", "02-01T00:00:00", 1),
        (None, "02-01T00:00:00", 0),
        ("03-01T00:00:00", None, 0),
        (None, None, 0),
    ],
)
def test_a_withdrawn_entry_gives_no_hit(find, at, listed, withdrawn, hits):
    """An entry falls by a withdrawal as new or newer, or by one without a date; listed again later it stands."""
    rows = [
        entry(A, listed_at=listed and at(listed)),
        entry("", entry="m/aa", hash_type="", withdrawn=True, listed_at=withdrawn and at(withdrawn)),
    ]
    assert len(find(KNOWN_HASH, file_hashes=[stated("r1", "f1", A)], hash_entries=rows)) == hits


def test_a_withdrawal_speaks_of_its_own_list_and_entry_alone(find):
    """The same hash stays listed where another list, or another member's entry, still holds it."""
    rows = [entry(A), entry(A, "beta"), entry(A, entry="n/aa"), entry("", entry="m/aa", hash_type="", withdrawn=True)]
    found = find(KNOWN_HASH, file_hashes=[stated("r1", "f1", A)], hash_entries=rows)
    assert [f["subject"] for f in found] == [f"alpha md5 {A}", f"beta md5 {A}"]


def test_category_and_its_model_stay_together(find):
    """Two entries of one list on one hash give two findings, never the category of one with the model of the other."""
    rows = [
        entry(A, entry="1", category="3", category_model="vics-us"),
        entry(A, entry="2", category="1", category_model="vics-uk"),
    ]
    found = find(KNOWN_HASH, file_hashes=[stated("r1", "f1", A)], hash_entries=rows)
    assert {f["outcome"] for f in found} == {"vics-us:3", "vics-uk:1"}


def test_only_equal_types_and_valid_hashes_hit(find):
    """A hash of another type, or one without the form of its type, is compared with nothing."""
    hashes = [stated("r1", "f1", A, hash_type="pdq"), stated("r1", "f2", A, valid=False)]
    assert find(KNOWN_HASH, file_hashes=hashes, hash_entries=[entry(A)]) == []


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
        hash_entries=[entry(A), entry(D, "beta")],
    )
    assert short(found) == [("r1", "T7.new", "new", "f2; f3"), ("r4", "T7", "unlisted", "f6")]
    said = "files are in none of the lists held (alpha, beta) as of 2026-06-30"
    assert [f["reason"] for f in found] == [f"2 of 3 {said}, 1 of them in no other report here", f"1 of 1 {said}"]


def test_without_lists_nothing_is_unlisted(find):
    """A file is not looked up where no list holds a hash of its type, nor where all entries are withdrawn."""
    hashes = [stated("r1", "f1", A)]
    assert find(UNLISTED, file_hashes=hashes) == []
    assert find(UNLISTED, file_hashes=hashes, hash_entries=[entry(B, withdrawn=True)]) == []


def test_one_listed_hash_is_enough(find):
    """A file whose SHA-1 is listed is listed, though no list knows its MD5."""
    hashes = [stated("r1", "f1", A), stated("r1", "f1", "f" * 40, hash_type="sha1")]
    lists = [entry(B), entry("f" * 40, hash_type="sha1")]
    assert find(UNLISTED, file_hashes=hashes, hash_entries=lists) == []
