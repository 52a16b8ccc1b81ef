"""One spelling for names and user names: what people vary makes no difference, what tells them apart stays."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.linking.spelled import (
    KEYS,
    home_key,
    home_keys,
    name_key,
    name_keys,
    skeleton,
    skeletons,
    sound_key,
    sound_keys,
    stem,
    stems,
)

# Any text, with many of the signs that the forms take away or change.
TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("axXx013457._- éÉüßﬁＫ𝐊themrialofc")),
    max_size=40,
)
PLAIN = st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=30)
WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8), min_size=2, max_size=4)


@pytest.mark.parametrize("form", (home_key, name_key, stem, skeleton))
@given(TEXTS)
def test_the_form_of_a_form_is_itself(form, text):
    """Taking the form twice changes nothing, so forms compare by equality."""
    assert form(form(text)) == form(text)


@given(TEXTS)
def test_skeleton_is_of_the_stem(text):
    """A user name and its stem have one skeleton."""
    assert skeleton(stem(text)) == skeleton(text)


@given(PLAIN, st.randoms(use_true_random=False))
def test_joints_capitals_and_marks_make_no_difference(text, dice):
    """Dots, lines, blanks, capitals and accents anywhere give the same stem and skeleton."""
    varied = "".join(
        (letter.upper() if dice.random() < 0.5 else letter)
        + dice.choice(["", "", ".", "_", "-", " ", "\u0301", "\u0327"])
        for letter in text
    )
    assert (stem(varied), skeleton(varied)) == (stem(text), skeleton(text))


@given(WORDS, st.randoms(use_true_random=False))
def test_order_capitals_and_middle_names_make_no_difference(words, dice):
    """Family name first or last, with or without the names between, with a comma or a point: one key."""
    first, last = words[0], words[-1]
    assert name_key(f"{last.title()}, {first.upper()}.") == name_key(" ".join(words)) == name_key(f"{first} {last}")


@pytest.mark.parametrize(
    ("written", "bare", "letters"),
    [
        ("Kim_Béla", "kimbela", "kimbela"),
        ("kim.bela", "kimbela", "kimbela"),
        ("KIMBELA1988", "kimbela1988", "kimbela"),
        ("k1mb3la", "k1mb3la", "klmbela"),
        ("kimb3la", "kimb3la", "kimbela"),
        ("xkimbelaxx", "xkimbela", "xkimbela"),
        ("therealkimbela", "kimbela", "kimbela"),
        ("kimbelax12", "kimbelax12", "kimbela"),
        ("𝐊𝐢𝐦𝐛𝐞𝐥𝐚", "kimbela", "kimbela"),
        ("ＫＩＭＢＥＬＡ", "kimbela", "kimbela"),
        ("kim1", "kim1", ""),
        ("kb2b2b2c", "kb2b2b2c", ""),
        ("12345", "", ""),
        ("ki", "", ""),
        ("", "", ""),
        ("Ким Бела", "кимбела", "kimbela"),
        ("КИМ_бела٨٨", "кимбела88", "kimbela"),
        # A letter of another script that looks the same.
        ("k\u0456mbela", "k\u0456mbela", "kimbela"),
        ("Łukasz.88", "łukasz88", "lukasz"),
        ("김철수", "김철수", "gimcheolsu"),
        ("김", "", ""),
        ("٨٨٨٨", "", ""),
    ],
)
def test_user_names(written, bare, letters):
    """Digits stay in the stem, which keeps its script; the skeleton has Latin letters alone, at least five."""
    assert (stem(written), skeleton(written)) == (bare, letters)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Kim Maria Lee", "kim lee"),
        ("LEE, Kim", "kim lee"),
        ("Kim-Lee", "kim lee"),
        ("José Núñez", "jose nunez"),
        ("Ким Ли", "ким ли"),
        ("Kim", ""),
        ("K. L.", ""),
        ("Kim Lee 3", ""),
        ("", ""),
        ("🙂", ""),
    ],
)
def test_names(written, key):
    """First and last word in order of their letters; one word, initials and anything with digits are no name."""
    assert name_key(written) == key


def test_a_name_sounds_the_same_in_all_letters():
    """Scripts and spellings of one name have one sound; a letter apart is another name, and so is a short form."""
    assert len({sound_key(name_key(one)) for one in ("Сергей Иванов", "Sergey Ivanov", "IWANOW, Sergei")}) == 1
    assert sound_key("keller lea") != sound_key("keller leo")
    assert sound_key("bill gates") != sound_key("gates william")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("12, Müller Str., LEEDS", "12 muller str leeds"),
        ("Flat 4B, 7 Mill Road", "flat 4b 7 mill road"),
        ("Rose Cottage, Leeds", ""),
        ("12", ""),
        ("", ""),
    ],
)
def test_homes(written, key):
    """Words and numbers in their order, whatever stands between; an address without a number is none."""
    assert home_key(written) == key


@pytest.mark.parametrize(
    ("batch", "of"),
    [(home_keys, home_key), (name_keys, name_key), (sound_keys, sound_key), (stems, stem), (skeletons, skeleton)],
)
@given(st.lists(st.none() | TEXTS, max_size=12))
def test_batches_have_one_row_for_each_text_with_a_form(batch, of, texts):
    """Rows are those of the texts that have a form, in their order; an empty text has none."""
    given_rows = pa.record_batch([pa.array(texts, pa.string())], names=["text"])
    found = batch(given_rows)
    assert found.schema == KEYS
    assert found.to_pylist() == [{"text": text, "key": of(text)} for text in texts if text and of(text)]


def test_very_long_names_end():
    """A name of a million letters is read as its beginning, at once."""
    text = "".join(random.Random(5).choice("abcx") for _ in range(1_000_000))
    assert stem(text) == stem(text[:200])
    assert name_key("kim lee " * 100_000) == "kim lee"
