"""A user's own terms: whole words, look-alike spellings, labels that hide them, and lists that do not hold."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.errors import CheckSettings
from tanglaw.ids import Ids
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.terms import Terms, compared, load

Batch = Callable[..., pa.RecordBatch]
LIST = "# places\nblue lantern\nCafé Straße\nT-17\tmoonrise\n花園\n\n"


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    """The terms of LIST."""
    path = tmp_path_factory.mktemp("terms") / "list.txt"
    path.write_text(LIST, encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def told(terms: Terms, batch: Batch, ids: Ids) -> Callable[[str], list[tuple[Any, ...]]]:
    """Scans one text for terms: (value, original, start, end, reading) of each."""

    def rows(text: str) -> list[tuple[Any, ...]]:
        found = Scanner(ids, "", terms)(batch([text])).to_pylist()
        names = ("value", "original", "start", "end", "reading")
        return [tuple(row[name] for name in names) for row in found if row["type"] == "term"]

    return rows


@pytest.mark.parametrize(
    ("text", "value", "original"),
    [
        ("at the Blue Lantern, noon", "blue lantern", "Blue Lantern"),
        ("BLUE LANTERN", "blue lantern", "BLUE LANTERN"),
        ("ｂｌｕｅ ｌａｎｔｅｒｎ", "blue lantern", "ｂｌｕｅ ｌａｎｔｅｒｎ"),
        ("blue lan\u200btern!", "blue lantern", "blue lan\u200btern"),
        ("😀 café straße", "cafe straße", "café straße"),
        ("cafe\u0301 stra\u00dfe", "cafe straße", "cafe\u0301 stra\u00dfe"),
        ("我在花園等你", "花園", "花園"),
    ],
)
def test_a_term_is_found_in_any_spelling_and_keeps_its_place(text, value, original, told):
    """Case, accents, full-width letters and invisible marks do not hide a term; offsets point into the original."""
    [(found, written, start, end, reading)] = told(text)
    assert (found, written, reading) == (value, original, "listed term")
    assert text[start:end] == original


def test_a_labelled_term_is_not_repeated(told):
    """Its label is the value; the original is masked, and shows only where it stands."""
    assert told("see the moonrise today") == [("T-17", "********", 8, 16, "listed term, not shown")]


@pytest.mark.parametrize("text", ["blue lanterns", "skyblue lantern", "blue  lantern", "moonrises", "nothing here", ""])
def test_only_whole_words_are_found(text, told):
    """A longer word is another word."""
    assert told(text) == []


def test_terms_stand_beside_other_selectors(terms, batch, ids):
    """A term in an address is told beside the address."""
    rows = Scanner(ids, "", terms)(batch(["mail moonrise@example.org"])).to_pylist()
    assert [(row["type"], row["start"]) for row in rows] == [("term", 5), ("email", 5)]


def test_a_scanner_with_terms_can_be_sent(terms, batch, ids):
    """Pickled and back, it finds the same."""
    scanner = Scanner(ids, "", terms)
    came = batch(["the blue lantern", "x"])
    assert pickle.loads(pickle.dumps(scanner))(came).equals(scanner(came))


@pytest.mark.parametrize("content", [b"\tx\n", b"label\t \n", b"...\n", b"\xff\xfe\x00"])
def test_a_list_that_does_not_hold_is_refused(content, tmp_path: Path):
    """A line without a term, a tab without its label and a file that is no text are named, without the term."""
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(CheckSettings, match=r"list\.txt"):
        load(path)


def test_a_missing_list_is_refused(tmp_path: Path):
    """A list that is not there is a setting to check."""
    with pytest.raises(CheckSettings, match=r"gone\.txt"):
        load(tmp_path / "gone.txt")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(st.sampled_from("aéßİñ中 -"), min_size=1, max_size=6))
def test_offsets_hold_for_any_text_and_term(batch, ids, before, term):
    """Whatever stands before it, a term's original is the slice of the text between its offsets."""
    wanted = compared(term)
    if not any(char.isalnum() for char in wanted):
        return
    text = f"{before} {term} end"
    for row in Scanner(ids, "", Terms({wanted: (wanted, False)}))(batch([text])).to_pylist():
        assert text[row["start"] : row["end"]] == row["original"]


def test_time_does_not_grow_with_the_list(batch, ids):
    """Ten thousand terms over a megabyte take seconds, not minutes."""
    terms = Terms({f"word{number} place": (str(number), False) for number in range(10_000)})
    text = "word12 word12 place " * 50_000
    began = time.process_time()
    assert Scanner(ids, "", terms)(batch([text])).num_rows == 50_000
    assert time.process_time() - began < 6
