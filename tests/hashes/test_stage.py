"""Files against lists: which entries hit, how near, what falls, what counts for less, and what travels together."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.engine.base import Given
from tanglaw.hashes import index
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.hashes import EMPTY_FILE
from tanglaw.testing.hashes import pdq_near, pdq_of

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
P, Q = pdq_of(1), pdq_of(2)


def entry(value: str, list_name: str = "alpha", kind: str = "md5", **more: Any) -> dict[str, Any]:
    return {"list_name": list_name, "entry": f"e-{value[:2]}", "hash_type": kind, "value": value} | more


def stated(report: str, file: str, value: str, kind: str = "md5", **more: Any) -> dict[str, Any]:
    return {"report_id": report, "file_id": file, "hash_type": kind, "value": value} | more


def frames(name: str, values: list[str], qualities: dict[int, int] | None = None) -> list[dict[str, Any]]:
    qualities = qualities or {}
    return [
        {
            "list_name": "alpha",
            "entry": name,
            "frame": n,
            "value": v,
            "quality": qualities.get(n, 100),
            "locator": f"line {n + 1}",
        }
        for n, v in enumerate(values)
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00").astimezone(UTC)


def brief(hits: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(h["file_id"], h["hash_type"], h["list_name"], h["entry"], h["distance"], h["weak"]) for h in hits]


@pytest.mark.spark
def test_a_hit_says_all_of_its_entry(staged_on_both: Any) -> None:
    """Exact hits of any type and near PDQ hits carry list, version, entry, category, votes, series and distance."""
    near, far = pdq_near(P, 31, 5), pdq_near(P, 32, 5)
    said = {"list_version": "7", "category": "A1", "category_model": "industry", "votes_for": 3, "votes_against": 1}
    made = staged_on_both(
        file_hashes=[
            stated("r1", "f1", A),
            stated("r1", "f1", near, "pdq"),
            stated("r1", "f2", "photo", "photodna"),
            stated("r2", "f3", far, "pdq"),
            stated("r2", "f4", B),
            stated("r2", "f5", C, valid=False),
        ],
        hash_entries=[
            entry(A, **said, series="S-1"),
            entry(P, kind="pdq", quality=88, **said),
            entry("photo", "beta", "photodna"),
            entry(C),
            entry(B, kind="sha1"),
        ],
    )
    hits = made["hash_hits"]
    assert brief(hits) == [
        ("f1", "md5", "alpha", "e-aa", 0, None),
        ("f1", "pdq", "alpha", f"e-{P[:2]}", 31, None),
        ("f2", "photodna", "beta", "e-ph", 0, None),
    ]
    assert {name: hits[0][name] for name in said} == said
    assert (hits[0]["series"], hits[1]["quality"], hits[1]["value"], hits[1]["listed_value"]) == ("S-1", 88, near, P)
    assert [h["files"] for h in hits] == [1, 1, 1]
    assert [(h["list_name"], h["hash_type"], h["standing"], h["withdrawn"]) for h in made["hash_lists"]] == [
        ("alpha", "md5", 2, 0),
        ("alpha", "pdq", 1, 0),
        ("alpha", "sha1", 1, 0),
        ("beta", "photodna", 1, 0),
    ]


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
def test_a_withdrawn_entry_takes_its_hits_with_it(
    staged: Any, listed: str | None, withdrawn: str | None, hits: int
) -> None:
    """An entry falls by a withdrawal as new or newer, or by one without a date; exact, near and video hits alike."""
    when = {"listed_at": listed and at(listed)}
    tombstones = [
        entry("", entry=name, kind="", withdrawn=True, listed_at=withdrawn and at(withdrawn)) for name in "xyz"
    ]
    made = staged(
        file_hashes=[stated("r1", "f1", A), stated("r1", "f1", pdq_near(P, 9), "pdq"), stated("r1", "f2", Q, "pdq")],
        hash_entries=[
            entry(A, entry="x", **when),
            entry(P, kind="pdq", entry="y", **when),
            entry("v" * 64, kind="vpdq", entry="z", **when),
            *tombstones,
        ],
        hash_frames=frames("z", [Q]),
    )
    assert len(made["hash_hits"]) == 3 * hits
    assert sum(row["standing"] for row in made["hash_lists"]) == 3 * hits


def test_a_withdrawal_speaks_of_its_own_list_and_entry_alone(staged: Any) -> None:
    """The same hash stays listed where another list, or another entry, still holds it."""
    rows = [entry(A), entry(A, "beta"), entry(A, entry="n"), entry("", entry="e-aa", kind="", withdrawn=True)]
    hits = staged(file_hashes=[stated("r1", "f1", A)], hash_entries=rows)["hash_hits"]
    assert [(h["list_name"], h["entry"]) for h in hits] == [("alpha", "n"), ("beta", "e-aa")]


@pytest.mark.spark
def test_frames_of_a_video_are_matched_both_ways(staged_on_both: Any) -> None:
    """A picture that is a frame, and most of a video's frames, hit with both shares; one frame in common does not."""
    video = [pdq_of(n) for n in range(10, 20)]
    seen = [pdq_near(one, 20, n) for n, one in enumerate(video)]
    others = [pdq_of(n) for n in range(50, 59)]
    hits = staged_on_both(
        file_hashes=[
            stated("r1", "picture", video[3], "pdq"),
            *(stated("r1", "film", one, "pdq") for one in seen[:9]),
            *(stated("r1", "other", one, "pdq") for one in [seen[0], *others]),
        ],
        hash_entries=[entry("f" * 64, kind="vpdq", entry="v", category="A2", category_model="industry")],
        hash_frames=frames("v", video, {9: 49}),
    )["hash_hits"]
    assert [(h["file_id"], h["distance"], h["share_of_file"], h["share_of_entry"], h["category"]) for h in hits] == [
        ("film", 20, 1.0, 1.0, "A2"),
        ("picture", 0, 1.0, 0.111, "A2"),
    ]
    assert {(h["hash_type"], h["listed_value"]) for h in hits} == {("vpdq", "f" * 64)}


@pytest.mark.spark
def test_videos_of_lists_that_match_are_kin(staged_on_both: Any) -> None:
    """An excerpt of a listed video is its kin, with the share of each side; another video is not."""
    video = [pdq_of(n) for n in range(10, 20)]
    part = [pdq_near(one, 31, n) for n, one in enumerate(video[:4])]
    other = [pdq_of(n) for n in range(30, 40)]
    kin = staged_on_both(
        hash_entries=[entry(name * 64, kind="vpdq", entry=name) for name in "abc"],
        hash_frames=[*frames("a", video), *frames("b", part), *frames("c", [*other, video[0]])],
    )["hash_kin"]
    assert [(k["entry_a"], k["entry_b"], k["share_a"], k["share_b"]) for k in kin] == [("a", "b", 0.4, 1.0)]


def test_hashes_that_say_nothing_count_for_less(staged: Any) -> None:
    """Hits on empty, tiny and uniform files and on PDQ hashes of low quality stand and say why they are weak."""
    tiny, zeros = "68b329da9893e34099c7d8ad5cb9c940", "b6d81b360a5672d80c27430f39153e2c"
    values = {EMPTY_FILE["md5"]: "empty-file", tiny: "tiny", zeros: "uniform", A: None}
    made = staged(
        file_hashes=[
            *(stated("r1", f"f{n}", one) for n, one in enumerate(values)),
            stated("r1", "p1", pdq_near("0" * 64, 4), "pdq"),
            stated("r1", "p2", P, "pdq"),
        ],
        hash_entries=[*map(entry, values), entry("0" * 64, kind="pdq"), entry(P, kind="pdq", quality=49)],
    )
    assert {h["value"]: h["weak"] for h in made["hash_hits"] if h["hash_type"] == "md5"} == values
    assert {h["file_id"]: h["weak"] for h in made["hash_hits"] if h["hash_type"] == "pdq"} == {
        "p1": "uniform",
        "p2": "low-quality",
    }


@pytest.mark.parametrize(
    ("hit", "others", "weak"), [(50, 900, "flood"), (50, 950, None), (49, 0, None), (60, 0, "flood")]
)
def test_an_entry_that_hits_an_absurd_share_of_files_is_a_flood(
    staged: Any, hit: int, others: int, weak: str | None
) -> None:
    """At least 50 files and more than one in twenty make a flood; the hits stand, each says how many there are."""
    made = staged(
        file_hashes=[
            *(stated(f"r{n}", f"f{n}", A) for n in range(hit)),
            *(stated(f"s{n}", f"g{n}", f"{n:032x}") for n in range(others)),
        ],
        hash_entries=[entry(A)],
    )
    assert {(h["weak"], h["files"]) for h in made["hash_hits"]} == {(weak, hit)}
    assert len(made["hash_hits"]) == hit


@pytest.mark.spark
def test_what_travels_together_is_told_by_hashes_alone(staged_on_both: Any) -> None:
    """Two files in reports of two unrelated accounts are a pair with first and last sight; accounts of one actor are
    not unrelated, a file in one report is no part, and an empty file ties nothing together."""
    empty = EMPTY_FILE["md5"]
    made = staged_on_both(
        reports=[{"report_id": f"r{n}", "incident_at": at(f"0{n}-01T00:00:00")} for n in range(1, 5)],
        accounts=[{"account_id": f"a{n}", "report_id": f"r{n}"} for n in range(1, 5)],
        actors=[{"account_id": "a3", "actor_id": "a3"}, {"account_id": "a4", "actor_id": "a3"}],
        files=[{"file_id": "f1", "report_id": "r1", "uploaded_at": at("01-15T00:00:00")}],
        file_hashes=[
            stated("r1", "f1", A),
            stated("r1", "f1", "1" * 40, "sha1"),
            stated("r1", "f2", B),
            stated("r1", "f9", empty),
            stated("r2", "f3", A),
            stated("r2", "f4", B),
            stated("r2", "f5", D),
            stated("r2", "f8", empty),
            stated("r3", "f6", C),
            stated("r3", "f7", B),
            stated("r4", "g1", C),
            stated("r4", "g2", B),
        ],
        hash_entries=[entry(B)],
    )
    assert [(p["a"], p["b"], p["reports"], p["actors"], p["listed"]) for p in made["files_together"]] == [
        (f"md5 {A}", f"md5 {B}", 2, 2, 1)
    ]
    (pair,) = made["files_together"]
    assert (pair["first_seen"], pair["last_seen"]) == (at("01-01T00:00:00"), at("02-01T00:00:00"))
    seen = {row["value"]: row for row in made["hash_sightings"]}
    assert [seen[B][name] for name in ("files", "reports", "actors", "listed")] == [4, 4, 3, True]
    assert [seen[A][name] for name in ("files", "reports", "actors", "listed")] == [2, 2, 2, False]
    assert (seen[A]["first_seen"], seen[A]["last_seen"]) == (at("01-15T00:00:00"), at("02-01T00:00:00"))


def test_the_index_is_kept_between_runs_and_made_anew_when_lists_change(staged: Any, tmp_path: Path) -> None:
    """With a folder of the workspace the index stays; other list files make another one, and nothing else is left."""
    asked = [stated("r1", "f1", pdq_near(P, 7), "pdq")]

    def run(parts: list[str], values: list[str]) -> tuple[list[str], int]:
        given = Given(Ids(DEMO_KEY), "", tmp_path, {"hash_entries": parts})
        made = staged(given, file_hashes=asked, hash_entries=[entry(one, kind="pdq") for one in values])
        assert [path.name for path in tmp_path.iterdir() if path.name != "duckdb-scratch"] == ["hashes"]
        return [path.name for path in (tmp_path / "hashes").iterdir()], len(made["hash_hits"])

    first, none = run(["one"], [Q])
    assert none == 0
    assert run(["one"], [Q]) == (first, 0)
    second, hits = run(["one", "two"], [Q, P])
    assert hits == 1
    assert len(second) == 1
    assert second != first
    shutil.rmtree(tmp_path / "hashes")
    assert run(["one", "two"], [Q, P]) == (second, 1)


def test_nothing_at_all_gives_nothing(staged: Any) -> None:
    """Without reports and lists every table is there and empty."""
    assert all(rows == [] for rows in staged().values())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hits_are_those_of_comparing_all_with_all(staged: Any, data: st.DataObject) -> None:
    """For random files, lists and withdrawals, hits are what a plain loop over all pairs says."""
    pool = [pdq_near(pdq_of(n % 3), bits, n) for n, bits in enumerate([0, 1, 14, 15, 16, 17, 30, 31, 32])]
    files = data.draw(st.lists(st.sampled_from(pool), max_size=6))
    listed = data.draw(
        st.lists(st.tuples(st.sampled_from(pool), st.booleans()), max_size=6, unique_by=lambda one: one[0])
    )
    made = staged(
        file_hashes=[stated("r", f"f{n}", value, "pdq") for n, value in enumerate(files)],
        hash_entries=[
            entry(value, kind="pdq", entry=f"e{n}", withdrawn=gone) for n, (value, gone) in enumerate(listed)
        ],
    )
    apart = {
        (f"f{n}", f"e{m}"): (int(one, 16) ^ int(value, 16)).bit_count()
        for n, one in enumerate(files)
        for m, (value, gone) in enumerate(listed)
        if not gone
    }
    assert {(h["file_id"], h["entry"]): h["distance"] for h in made["hash_hits"]} == {
        pair: bits for pair, bits in apart.items() if bits <= 31
    }


def test_the_stamp_says_which_lists_were_read() -> None:
    """The name of an index depends on the files of its lists and not on their order."""
    assert index.stamp(["a", "b"]) == index.stamp(["b", "a"]) != index.stamp(["a"])
