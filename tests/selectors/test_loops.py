"""Tables made of expressions, and the loops that walk them: the answers of the expressions themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.selectors import text_loops
from tanglaw.selectors.automaton import finding
from tanglaw.selectors.candidates import asked, compiled, finder
from tanglaw.selectors.entries import LONG, Entries
from tanglaw.selectors.expressions import NotTaken
from tanglaw.selectors.groups import Group, families
from tanglaw.selectors.triggers import FOREIGN, Letters, triggers

GROUPS = [group for family in families() for group in family.groups]
TRIGGERS = [family.triggers for family in families()]
SIGNS = "@+.:/[](){}<>-_ 0123456789abcdefxXNSEWdot at live:skype card tel wa gcash cash app ref id$#=&~,'\t\n"
FOREIGN_SIGNS = "\u2013\u2192\u00b0\u00e9\u4e2d\U0001f600\u0660\x80\x7f\x00"
PIECES = ["+49 1512 3456789", "kim@example.org", "://", "t.me/sun_ny", "0x12", "DE89 3704"]
ASCII = st.lists(st.one_of(st.sampled_from(PIECES), st.text(SIGNS, max_size=9)), max_size=9).map("".join)
ANY = st.lists(st.one_of(ASCII, st.text(SIGNS + FOREIGN_SIGNS, max_size=9), st.text(max_size=4)), max_size=5).map(
    "".join
)
# Preference, counts, loops, alternatives that begin alike, a part that may be missing at either end.
SMALL = (
    "a|ab", "ab|a", "a{2,3}", "(?:a|ab)(?:c|bcd)?", "a+(?:b+c)?", "(?:ab?)+", "a(?:b{0,2}c){2,}", "[^b]b", "(?i-u:ab)c?", "b?a",
)  # fmt: skip


def column(texts: list[str]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANY, max_size=6))
def test_triggers_match_where_their_expressions_do(texts: list[str]) -> None:
    """Each bit is what the expression says, or, of one that is asked in part, set wherever it matches; any Unicode."""
    made = triggers(TRIGGERS)
    found = made.matched(Letters.of(column(texts)))
    for bit, expression in enumerate(one for family in TRIGGERS for one in family):
        said = (found >> np.uint64(bit) & np.uint64(1)).astype(bool)
        true = column(texts).str.contains(expression).to_numpy()
        assert (said == true).all() if made.exact[bit] else (said | ~true).all(), expression
    assert [bool(one & FOREIGN) for one in found] == [not text.isascii() for text in texts]


def test_what_cannot_be_read_is_taken_to_match() -> None:
    """An expression outside the syntax, and one whose table would be too large, are never lost."""
    made = triggers([[r"\p{Lu}x", "q", "(?:x|y)?(?:a|b|aa|bb|ab|ba)(?:[ab]{2,9}c?){2,9}z"]])
    found = made.matched(Letters.of(column(["none", "q"])))
    assert [int(one) & 1 for one in found] == [1, 1]
    assert [int(one) >> 1 & 1 for one in found] == [0, 1]
    assert made.exact[:2] == (False, True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(ASCII, st.text("abc", max_size=12)), min_size=1, max_size=6))
def test_candidates_are_those_of_the_expression(texts: list[str]) -> None:
    """For every candidate expression and for small ones that choose: leftmost, and what is preferred, one after another."""
    letters, rows = Letters.of(column(texts)), np.arange(len(texts))
    small = [Group(expression, (), False, "", ()) for expression in SMALL]
    for group in [*GROUPS, *small]:
        made = finder(group)
        assert made is not None
        at, start, end = made.places(letters, rows)
        places = zip(at, start - letters.offsets[at], end - letters.offsets[at], strict=True)
        words = [texts[row][first:stop] for row, first, stop in places]
        assert words == column(texts).str.extract_all(group.candidate).explode(empty_as_null=False).to_list()


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY, max_size=6))
def test_both_ways_give_every_candidate_that_is_read(texts: list[str]) -> None:
    """What loops pass over and expressions do not, no type reads."""
    ways = [set[tuple[Group, int, int, str]]() for _ in range(2)]
    for found, way in zip(ways, (asked, compiled), strict=True):
        for one in way(column(texts)):
            found |= {
                (one.group, *place) for place in zip(one.at.tolist(), one.start.tolist(), one.words(), strict=True)
            }
    assert ways[1] <= ways[0]
    for group, _, _, word in ways[0] - ways[1]:
        assert not any(one.read(word, hint) for _, one in group.readers for hint in ("", "US"))


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY, max_size=4))
def test_loops_are_what_they_say_in_python(texts: list[str]) -> None:
    """Compiled and not, a loop gives the same."""
    letters, made = Letters.of(column(texts)), triggers(TRIGGERS)
    given: Any = (letters.data, letters.offsets, made.kinds, made.following, made.said, made.plain)
    assert (text_loops.matched.py_func(*given) == text_loops.matched(*given)).all()
    rows = np.array([row for row, text in enumerate(texts) if text.isascii()], dtype=np.int64)
    tables = finder(GROUPS[0])
    assert tables is not None
    found = np.zeros((2, 3, 64), dtype=np.int64)
    loops: Any = (text_loops.candidates, text_loops.candidates.py_func)
    counts = [loop(*letters, rows, *tables, room) for loop, room in zip(loops, found, strict=True)]
    assert counts[0] == counts[1]
    assert (found[0, :, : counts[0]] == found[1, :, : counts[0]]).all()
    pieces = [loop(letters.data, *found[0, 1:, : counts[0]]) for loop in (text_loops.pieces, text_loops.pieces.py_func)]
    assert all((one == other).all() for one, other in zip(*pieces, strict=True))


@pytest.mark.parametrize("expression", ["a{2,3}?", "^a", "(?<name>a)", "a)", "(a", "[a"])
def test_unread_syntax_is_refused(expression: str) -> None:
    """Nothing is read as something else."""
    with pytest.raises(NotTaken):
        finding(expression, 100)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.tuples(st.text("ab", max_size=3), st.integers(0, 2)), max_size=12), max_size=4))
def test_entries_are_told_by_bytes_and_salt(batches: list[list[tuple[str, int]]]) -> None:
    """Whatever came before, equal candidates with equal salts have one number, in the order in which they came first."""
    entries, known = Entries(), dict[tuple[str, int], int]()
    for batch in [*batches, [("x" * LONG, 0), ("x" * (LONG + 1), 0)]]:
        letters = Letters.of(column([word for word, _ in batch]))
        salts = np.array([salt for _, salt in batch], dtype=np.int64)
        found = entries.of(letters, letters.offsets[:-1], letters.offsets[1:], salts)
        wanted = [-1 if len(one[0]) > LONG else known.setdefault(one, len(known)) for one in batch]
        assert found.tolist() == wanted


def test_many_entries_are_found_again() -> None:
    """Slots and columns grow with what is held, by compiled loops as in Python."""
    texts = [f"kim{number % 3_000}" for number in range(6_000)]
    letters = Letters.of(column(texts))
    salts = np.zeros(6_000, dtype=np.int64)
    entries = Entries()
    parts = [
        entries.of(letters, letters.offsets[a:b], letters.offsets[a + 1 : b + 1], salts[a:b])
        for a, b in ((0, 4_000), (4_000, 6_000))
    ]
    assert np.concatenate(parts).tolist() == [number % 3_000 for number in range(6_000)]
    held: Any = [(np.zeros((200, 4), np.int64), np.zeros(1_000, np.uint8)) for _ in range(2)]
    slots = np.full((2, 512), -1, np.int32)
    places = (letters.offsets[:100], letters.offsets[1:101], salts[:100])
    for loop, some, free in zip((text_loops.entered, text_loops.entered.py_func), held, slots, strict=True):  # type: ignore[attr-defined]
        with np.errstate(over="ignore"):
            made, count = loop(letters.data, places, np.uint64(7), free, some, 0)
        assert (made.tolist(), count) == (list(range(100)), 100)
        again = np.full(512, -1, np.int32)
        text_loops.slotted(some[0][:count, 0], again)
        assert sorted(again) == sorted(free)
    assert (held[0][0] == held[1][0]).all()
    assert (slots[0] == slots[1]).all()
