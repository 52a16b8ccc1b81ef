"""PDQ within 31 bits: the index finds what comparing all with all finds, no more and no less."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.hashes import pdq
from tanglaw.hashes.words import Words, distances, words
from tanglaw.testing.hashes import pdq_near, pdq_of


def rows(values: list[str]) -> Words:
    return words(pa.array(values, pa.string()), "pdq")


def brute(queries: Words, entries: Words, most: int = 31) -> list[tuple[int, int, int]]:
    found = []
    for query in range(len(queries)):
        apart = distances(np.broadcast_to(queries[query], entries.shape), entries)
        found += [(query, int(entry), int(apart[entry])) for entry in np.flatnonzero(apart <= most)]
    return found


def searched(queries: Words, entries: Words, most: int = 31) -> list[tuple[int, int, int]]:
    return list(zip(*(part.tolist() for part in pdq.in_memory(entries).search(queries, most)), strict=True))


@pytest.mark.parametrize(("bits", "found"), [(0, True), (1, True), (30, True), (31, True), (32, False), (33, False)])
def test_the_bound_is_31_bits(bits: int, found: bool) -> None:
    """Hashes up to 31 bits apart are found with their distance, at 32 no more."""
    entry = pdq_of(1)
    for seed in range(40):
        got = searched(rows([pdq_near(entry, bits, seed)]), rows([entry, pdq_of(2)]))
        assert got == ([(0, 0, bits)] if found else [])


def test_bits_spread_as_evenly_as_can_be_are_found() -> None:
    """The worst case for the index: four bits in each word but one, two in each half, is found at exactly 31."""
    entry = int(pdq_of(3), 16)
    for spared in range(8):
        turned = 0
        for word in range(8):
            for half, many in ((0, 2), (1, 1 if word == spared else 2)):
                for bit in range(many):
                    turned |= 1 << (32 * word + 16 * half + 5 * bit + word)
        assert turned.bit_count() == 31
        assert searched(rows([f"{entry ^ turned:064x}"]), rows([f"{entry:064x}"])) == [(0, 0, 31)]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    entries=st.integers(1, 60),
    queries=st.integers(1, 30),
    most=st.integers(0, 31),
    data=st.data(),
)
def test_the_index_finds_what_brute_force_finds(
    seed: int, entries: int, queries: int, most: int, data: st.DataObject
) -> None:
    """For random sets with queries around the bound, the index and comparing all with all give the same pairs."""
    listed = [pdq_of(seed + number) for number in range(entries)]
    listed += [pdq_near(listed[0], bits, seed + bits) for bits in (1, 2, 29)]
    bits = data.draw(st.lists(st.integers(28, 34) | st.integers(0, 256), min_size=queries, max_size=queries))
    asked = [pdq_near(listed[number % len(listed)], many, seed + number) for number, many in enumerate(bits)]
    listed = sorted(set(listed))
    assert searched(rows(asked), rows(listed), most) == brute(rows(asked), rows(listed), most)


def test_entries_that_share_a_half_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list made so that thousands share each half is searched piece by piece and found whole."""
    monkeypatch.setattr(pdq, "_GO", 100)
    listed = sorted({pdq_near("0" * 64, 1 + seed % 3, seed) for seed in range(3_000)})
    asked = ["0" * 64, *listed[:20], pdq_of(1)]
    assert searched(rows(asked), rows(listed)) == brute(rows(asked), rows(listed))


@pytest.mark.parametrize("most", [-1, 32, 256])
def test_an_absurd_distance_is_refused(most: int) -> None:
    """Beyond 31 bits the index would miss pairs, so it refuses."""
    with pytest.raises(ValueError, match="0 to 31"):
        pdq.in_memory(rows([pdq_of(1)])).search(rows([pdq_of(1)]), most)


def test_nothing_asked_gives_nothing() -> None:
    """No query gives no pair."""
    assert searched(rows([]), rows([pdq_of(1)])) == []
