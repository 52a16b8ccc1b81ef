"""How alike names are."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.identity.folding import skeleton, sound, words
from tanglaw.identity.names import SAME_NAME, grade, likeness, marks, telling

ALIKE = [
    ("Maria Santos", "SANTOS, Maria"),
    ("Мария Сантос", "Maria Santos"),
    ("Νίκος Παππάς", "Nikos Pappas"),
    ("Dr. Maria Santos", "Maria Santos"),
    ("Bob Miller", "Robert Miller"),
    ("J. Miller", "John Miller"),
    ("JP Miller", "Jean-Paul Miller"),
    ("Mohammed al Rashid", "Muhammad Rashid"),
    ("Jan van der Berg", "Jan Vanderberg"),
    ("MariaSantos", "Maria Santos"),
    ("Maria Clara Santos", "Maria Santos"),
    ("Mria Santos", "Maria Santos"),
    ("محمد رشيد", "Mohammed Rashid"),
]
OTHER = [
    ("Maria Santos", "Mario Reyes"),
    ("John Miller", "Jane Miller"),
    ("A. Miller", "John Miller"),
    ("Peter Paul Miller", "Peter John Miller"),
    ("J. M.", "John Miller"),
    ("", "John Miller"),
    ("J", "J"),
]
NAMES = st.text(st.characters(codec="utf-8"), max_size=30) | st.lists(
    st.sampled_from(("maria", "santos", "bob", "robert", "al", "j", "miller", "dr", "müller", "ltd", "мария", "")),
    max_size=6,
).map(" ".join)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_read_as_one_name(one: str, other: str) -> None:
    """Scripts, order, titles, short forms, initials, particles, joined words, middle names, typing errors."""
    assert likeness(one, other) >= SAME_NAME


@pytest.mark.parametrize(("one", "other"), OTHER[:-1])
def test_read_as_two_names(one: str, other: str) -> None:
    """Another given name, another initial, another middle name, initials alone, nothing."""
    assert likeness(one, other) < SAME_NAME


def test_a_letter_alone_tells_nothing() -> None:
    """Equal single letters are equal texts, and still no agreement of persons."""
    assert grade("J", "J") <= 1
    assert telling("J") == ()


def test_grades() -> None:
    """4 in full, 3 nearly, 1 for the one word that either states, 0 for other names."""
    assert grade("Maria Santos", "santos maria") == 4
    assert grade("Maria Santos", "Marla Santos") in (2, 3)
    assert grade("Santos", "Maria Santos") == 1
    assert grade("Maria Santos", "Peter Miller") == 0


@given(NAMES, NAMES)
def test_likeness_is_even_handed(one: str, other: str) -> None:
    """Between 0 and 1, and the same whichever name comes first."""
    value = likeness(one, other)
    assert 0 <= value <= 1
    assert value == likeness(other, one)
    assert 0 <= grade(one, other) == grade(other, one) <= 4


@given(NAMES)
def test_a_name_is_its_own(name: str) -> None:
    """A name that can be folded is like itself in full."""
    assert likeness(name, name) == (1.0 if words(name) else 0.0)


@given(
    st.lists(st.text(string.ascii_lowercase, min_size=4, max_size=9), min_size=2, max_size=4, unique=True), st.randoms()
)
def test_order_of_words_does_not_count(parts: list[str], random: object) -> None:
    """However the words of a name are ordered, it stays the same name."""
    mixed = list(parts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert likeness(" ".join(parts), " ".join(mixed)) >= 0.99


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_agree_share_a_mark(one: str, other: str) -> None:
    """The cheap question lets through what the dear one would say yes to."""
    assert grade(one, other) == 0 or marks(one) & marks(other)


def test_folding() -> None:
    """Case, accents, silent signs, dotted letters, digits typed for letters."""
    assert words("Jean-Érne  O'Hara") == ("jean", "erne", "ohara")
    assert words("J.R.R. Miller") == ("jrr", "miller")
    assert words("M1ller 2000") == ("miller", "2000")
    assert sound("philipp") == sound("filip")
    assert skeleton("rashid") == skeleton("rshyd")


def test_a_hostile_name_is_compared_in_time() -> None:
    """A name of many words, or one very long word, is cut to what counts."""
    long = " ".join(f"word{number}" for number in range(5_000))
    assert likeness(long, "Maria Santos") < SAME_NAME
    assert likeness("a" * 50_000, "b" * 50_000) < SAME_NAME
