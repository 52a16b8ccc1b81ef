"""Exact look-up and hashes as numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.hashes import exact
from tanglaw.hashes.words import hexes, width, words


def hex_of(digits: int) -> st.SearchStrategy[str]:
    # Few bytes, often the same: prefixes and whole words tie.
    byte = st.sampled_from(["00", "01", "ff", "ab"]) | st.integers(0, 255).map(lambda one: f"{one:02x}")
    return st.lists(byte, min_size=digits // 2, max_size=digits // 2).map("".join)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(["md5", "sha1", "sha256"]), data=st.data())
def test_a_query_is_found_where_it_stands(kind: str, data: st.DataObject) -> None:
    """Each listed value is found at its own row, and nothing else is."""
    digits = {"md5": 32, "sha1": 40, "sha256": 64}[kind]
    listed = sorted(data.draw(st.sets(hex_of(digits), min_size=1, max_size=80)))
    asked = data.draw(st.lists(st.sampled_from(listed) | hex_of(digits), max_size=40))
    found = exact.in_memory(words(pa.array(listed), kind)).search(words(pa.array(asked, pa.string()), kind))
    assert found.tolist() == [listed.index(one) if one in listed else exact.ABSENT for one in asked]


def test_a_list_made_to_share_its_prefix_is_searched_in_few_steps() -> None:
    """A million values with the same first words are looked up by halving, not one by one."""
    values = np.zeros((1_000_000, 4), np.uint64)
    values[:, 3] = np.arange(1_000_000)
    index = exact.ExactIndex(values, exact.starts_of(values[:, 0], 20))
    asked = np.zeros((5_000, 4), np.uint64)
    asked[:, 3] = np.arange(5_000) * 400
    expected = [int(n) * 400 if n * 400 < 1_000_000 else exact.ABSENT for n in range(5_000)]
    assert index.search(asked).tolist() == expected


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256", "pdq"])
def test_texts_become_numbers_and_back(kind: str) -> None:
    """Upper and lower case give the same words; words give the text back; order is that of the texts."""
    digits = {"md5": 32, "sha1": 40}.get(kind, 64)
    texts = sorted(f"{n * 0x9E3779B97F4A7C15 % 16**digits:0{digits}x}" for n in range(1, 200))
    made = words(pa.array([text.upper() for text in texts]), kind)
    assert made.shape == (199, width(kind))
    assert hexes(made, kind) == texts
    assert made.tolist() == sorted(made.tolist())


def test_a_slice_of_a_column_is_read_as_it_stands() -> None:
    """An Arrow column that begins in the middle of its buffer gives its own values."""
    texts = [f"{n:032x}" for n in range(50)]
    column = pa.array(texts).slice(7, 9)
    assert hexes(words(column, "md5"), "md5") == texts[7:16]


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "g" * 32, "é" * 16, None])
def test_what_is_no_hash_of_the_type_is_refused(text: str | None) -> None:
    """A wrong length, a sign that is no digit and an empty value raise, so that nothing wrong enters an index."""
    with pytest.raises(ValueError, match="32 hex digits"):
        words(pa.array(["0" * 32, text]), "md5")
