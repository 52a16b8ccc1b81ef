"""What every registered selector type must keep; each type brings the examples."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.selectors import SELECTORS, Example, Selector, handle
from tanglaw.selectors.base import TOKEN, Recogniser
from tanglaw.selectors.groups import JOINTS, SIGNS, expressions, families

Found = Callable[..., list[tuple[str, str]]]
EXAMPLES = [(selector, example) for selector in SELECTORS.values() for example in selector.examples]
FALSE = [(selector, text) for selector in SELECTORS.values() for text in selector.non_examples]
RECOGNISERS = [recogniser for selector in SELECTORS.values() for recogniser in selector.recognisers]


def name_of(value: object) -> str | None:
    """Test names that say the type and the text."""
    if isinstance(value, Selector):
        return value.name
    return value.text[:30] if isinstance(value, Example) else None


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=name_of)
def test_each_type_brings_a_meaning_examples_and_non_examples(selector: Selector) -> None:
    """A type without examples would pass every other test."""
    assert selector.meaning
    assert selector.examples
    assert selector.non_examples
    assert SELECTORS[selector.name] is selector
    assert selector.within <= set(SELECTORS)


@pytest.mark.parametrize(("selector", "example"), EXAMPLES, ids=name_of)
def test_an_example_is_found_at_its_place(selector: Selector, example: Example, scan: Callable[..., Any]) -> None:
    """The original is the slice of the text between the offsets, masked where it must be; the value is the normalised one."""
    rows = [row for row in scan(example.text, example.country) if row["type"] == selector.name]
    hits = [row for row in rows if (row["original"], row["value"]) == (example.original, example.value)]
    assert len(hits) == 1
    assert hits[0]["valid"] is example.valid
    written = example.text[hits[0]["start"] : hits[0]["end"]]
    assert (selector.mask(written) if selector.mask else written) == example.original


@pytest.mark.parametrize(("selector", "example"), EXAMPLES, ids=name_of)
def test_an_example_is_found_between_other_words(selector: Selector, example: Example, found: Found) -> None:
    """Words around a selector neither hide nor change it."""
    text = f"see you at noon, {example.text} then home by bus"
    assert (example.original, example.value) in found(text, selector.name, example.country, example.valid)


@pytest.mark.parametrize(("selector", "example"), EXAMPLES, ids=name_of)
def test_an_example_is_found_among_foreign_letters(selector: Selector, example: Example, found: Found) -> None:
    """Offsets count code points, whatever stands before: letters of two, three and four bytes."""
    text = f"äжก中\U0001f600 {example.text} 😀中"
    assert (example.original, example.value) in found(text, selector.name, example.country, example.valid)


@pytest.mark.parametrize(("selector", "text"), FALSE, ids=name_of)
def test_a_non_example_is_not_found(selector: Selector, text: str, found: Found) -> None:
    """Look-alikes are refused, by themselves and in a sentence."""
    assert found(text, selector.name) == []
    assert found(f"so {text} now", selector.name) == []


@pytest.mark.parametrize(("selector", "example"), EXAMPLES, ids=name_of)
def test_a_normalised_value_stays_as_it_is(selector: Selector, example: Example) -> None:
    """Normalising twice gives what normalising once gives, so equal values mean the same selector."""
    value = selector.normalise(example.value, example.country)
    assert value == (example.value if example.valid else None)
    assert selector.validate(example.value, example.country) is example.valid


@pytest.mark.parametrize(("selector", "example"), EXAMPLES, ids=name_of)
def test_a_value_can_be_shown(selector: Selector, example: Example) -> None:
    """The shown form of a valid value is a line of text."""
    if example.valid:
        assert selector.show(example.value).strip()
        assert "\n" not in selector.show(example.value)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00", "@", "+", "a" * 10_000, "1" * 10_000, "😀", "٣", "²", "[", "xn--", "://"]
)
@pytest.mark.parametrize("selector", SELECTORS.values(), ids=name_of)
def test_nonsense_is_no_value_and_no_error(selector: Selector, text: str) -> None:
    """Validation refuses what it does not know; it never raises."""
    assert selector.normalise(text, "US") is None


@pytest.mark.parametrize("recogniser", RECOGNISERS, ids=lambda recogniser: recogniser.candidate[:30])
def test_candidate_expressions_are_free_of_context(recogniser: Recogniser) -> None:
    """Places are found again by searching, which is exact only without anchors and word boundaries."""
    plain = re.sub(r"\[(?:\\.|[^\]\\])*\]", "", recogniser.candidate)
    assert not re.search(r"\\[bBAzZ]|(?<!\\)[\^$]", plain)


@pytest.mark.parametrize(("selector", "example"), EXAMPLES, ids=name_of)
def test_a_candidate_has_its_trigger(selector: Selector, example: Example) -> None:
    """The cheap test lets every text through in which a candidate leads to a reading."""
    texts = pl.Series([example.text])
    for recogniser in selector.recognisers:
        candidates = texts.str.extract_all(recogniser.candidate)[0].to_list()
        if any(recogniser.read(candidate, example.country) for candidate in candidates):
            assert texts.str.contains(recogniser.trigger)[0]
            if recogniser.trigger != TOKEN:
                assert (texts.str.contains(SIGNS) | texts.str.contains(JOINTS))[0]


def test_types_that_share_an_expression_share_its_extraction() -> None:
    """Each candidate expression runs once over a column, however many types read it."""
    groups = [group for family in families() for group in family.groups]
    assert len(groups) == len({group.candidate for group in groups})
    assert {selector.name for group in groups for selector, _ in group.readers} == set(SELECTORS)


def test_polars_remembers_all_expressions_of_a_scan() -> None:
    """It keeps the last 32; one more and each would be compiled again for every batch."""
    assert len(expressions()) <= 32


@pytest.mark.parametrize("sign", handle.UNREAD)
def test_a_mention_is_not_left_unread_where_it_would_fit(sign: str) -> None:
    """Behind a sign that keeps a mention from being read, it would be refused."""
    assert not handle.fits(f"see {sign}", "@sunny", " at noon")


WORDS = st.one_of(
    st.from_regex(r"[0-9A-Za-z]{24,108}", fullmatch=True),
    st.sampled_from(
        [found for s in SELECTORS.values() for e in s.examples for found in re.findall(TOKEN, e.text)]
    ).flatmap(lambda word: st.integers(0, 3).map(lambda cut: word[cut:])),
)


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_a_reader_that_is_not_asked_would_find_nothing(word: str) -> None:
    """Outside the first characters and lengths that a type states, it reads no candidate."""
    for selector in SELECTORS.values():
        for one in selector.recognisers:
            assert one.candidate != TOKEN or one.may(word) or not one.read(word, "")
