"""Kept tables: rows are found by key, later segments add and take back, counts go in steps."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.linking.counts import EXACT, LEAST, accounts_step, step_of, stepped
from tanglaw.linking.kept import SHAPES, Kept, Writer, empty, hashes, numbering
from tanglaw.linking.touched import stepped as stepped_column


def held(*rows):
    names = ("account_id", "type", "value", "share", "stated", "record_id")
    return pl.DataFrame([(a, "email", v, 1.0, 1, f"rec-{a}-{v}") for a, v in rows], schema=list(names), orient="row")


def values(found):
    return sorted(zip(found["account_id"], found["value"], strict=True))


def test_rows_are_found_by_each_key(tmp_path):
    """By account and by value the same rows come out, and none that was not asked for."""
    kept = Kept(tmp_path)
    kept.put("held", held(("a1", "u"), ("a1", "v"), ("a2", "u")))
    Writer(tmp_path / "0000").over(kept)
    again = Kept(tmp_path, ["0000"])
    assert values(again.find("held", "account", pl.DataFrame({"account_id": ["a1", "a9"]}))) == [
        ("a1", "u"),
        ("a1", "v"),
    ]
    wanted = pl.DataFrame({"type": ["email"], "value": ["u"]})
    assert values(again.find("held", "value", wanted)) == [("a1", "u"), ("a2", "u")]
    assert again.find("names", "account", pl.DataFrame({"account_id": ["a1"]})).equals(empty("names"))


def test_a_later_segment_takes_back_what_an_owner_had(tmp_path):
    """What an account held before is gone once it is put anew, in the segment under way and in written ones."""
    kept = Kept(tmp_path)
    kept.put("held", held(("a1", "u"), ("a2", "u")))
    Writer(tmp_path / "0000").over(kept)
    more = Kept(tmp_path, ["0000"])
    more.put("held", held(("a1", "w")), {"account": pl.DataFrame({"account_id": ["a1"]})})
    assert values(more.all("held")) == [("a1", "w"), ("a2", "u")]
    Writer(tmp_path / "0001").over(more)
    both = Kept(tmp_path, ["0000", "0001"])
    assert values(both.all("held")) == [("a1", "w"), ("a2", "u")]
    assert both.sizes() == (2, 1)


BOUND = 2**32


@pytest.mark.parametrize("last", [BOUND - 2, BOUND - 1, BOUND, 3 * BOUND + 7])
def test_numbers_of_rows_go_on_beyond_four_thousand_million(last):
    """The type that is chosen for a count holds it and the place behind it, at the bound and beyond."""
    kind = numbering(last)
    assert np.array([last]).astype(kind).tolist() == [last]
    assert (kind is np.uint32) == (last < BOUND)


@pytest.mark.parametrize("first", [0, BOUND - 2, BOUND])
def test_a_row_beyond_the_bound_is_found_at_its_own_place(tmp_path, first):
    """Rows as they would stand behind `first` others are found under their own numbers, and taken from the batch that holds
    them: none comes back under a number that began anew."""
    rows = held(("a1", "u"), ("a2", "u"), ("a1", "v"))
    kept = Kept(tmp_path)
    kept.put("held", rows)
    Writer(tmp_path / "0000").over(kept)
    for key in SHAPES["held"].keys:
        path = tmp_path / "0000" / f"held.{key}.rows.npy"
        placed = np.load(path).astype(np.int64) + first
        np.save(path, placed.astype(numbering(first + 2)))
    part = Kept(tmp_path, ["0000"])._opened["held"][0]
    part.starts = part.starts + first
    wanted = np.sort(hashes(rows.filter(pl.col("account_id") == "a1")[:1], ("account_id",)))
    assert part.places("account", wanted).tolist() == [first, first + 2]
    assert values(part.near("account", wanted)) == [("a1", "u"), ("a1", "v")]


@given(st.integers(0, 2**40))
def test_steps_are_below_by_an_eighth_at_most(count):
    """A step is the count itself while it is small, and never more than an eighth below it."""
    step = step_of(count)
    assert step <= count and (step == count if count < EXACT else 8 * (count - step) < count)
    assert step_of(step) == step
    assert accounts_step(count) == step_of(max(count, LEAST))


def test_steps_in_sql_and_in_columns_are_the_same(duck):
    """The engine and the column function round as the plain one does."""
    counts = sorted({0, 1, 63, 64, 65, 71, 72, 127, 128, 143, 144, 1000, 2**20 - 1, 2**20, 3_000_001})
    duck.put("counts", pl.DataFrame({"n": counts}).to_arrow())
    found = duck.rows(f"select {stepped('n')} as step from counts order by n nulls last").to_pylist()
    assert [row["step"] for row in found] == [step_of(n) for n in counts]
    assert stepped_column(pl.Series(counts)).to_list() == [step_of(n) for n in counts]
