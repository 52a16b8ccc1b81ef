"""Any text into every selector: no error, no place outside the text, no time that grows faster than the text.

    TANGLAW_FUZZ_EXAMPLES=20000 uv run --all-extras --all-groups pytest tests/fuzz/test_selectors.py -n 0

Texts are made of pieces: examples of every type, cut and joined; what patterns are built of; letters of any script.
`corpus/selectors.jsonl` holds cases that were once hard; each line is one text.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.fields import Fields
from tanglaw.selectors.rows import SCHEMA, Found
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.terms import Terms

IDS = Ids(DEMO_KEY)
CORPUS = [
    json.loads(line) for line in (Path(__file__).parent / "corpus" / "selectors.jsonl").read_text("utf-8").splitlines()
]
EXAMPLES = [
    part
    for one in SELECTORS.values()
    for e in one.examples
    for part in (e.text, e.original, e.text[: len(e.text) // 2])
]
SIGNS = (
    "@+.:/[](){}<>-_ 0123456789abcdefxXNSEW°′″'\"#$%&=~,;?!|\\\t\n\r"
    "\u200b\u200e\u202e\ufeff\uff11\uff20\u0663\u2013\xa0\ufe0f\u20e3中กé😀\u0301\x00"
)
WORDS = [
    "telegram: ",
    "cash app ",
    "gcash ",
    " at ",
    " dot ",
    "[.]",
    "imei ",
    "mtcn ",
    "geo:",
    "//",
    "http://",
    "card ",
    "xn--",
    "+1 ",
    "tel ",
    "live:",
    "0x",
    "bc1",
    "sol ",
]
PIECES = st.one_of(st.sampled_from(EXAMPLES), st.sampled_from(WORDS), st.text(SIGNS, max_size=14), st.text(max_size=8))
TEXTS = st.lists(PIECES, max_size=10).map("".join)
HINTS = st.sampled_from(["", "PH", "US", "DE:3 AT:2", "FR HU GB:9", "??", "ZZ:x", "US;CA:2"])
fuzz = settings.get_profile("fuzz")


def scan(texts: list[str], hint: str = "") -> list[Found]:
    return Scanner(IDS, hint).find(pl.Series(texts, dtype=pl.String), [None] * len(texts))


@fuzz
@given(TEXTS, HINTS)
def test_what_is_found_stands_in_the_text(text: str, hint: str) -> None:
    """Offsets are in bounds, the original is the slice or its mask, likelihoods are shares, and one reading is chosen."""
    chosen = set()
    for one in scan([text], hint):
        written = text[one.start : one.end]
        mask = SELECTORS[one.type].mask
        assert written
        assert one.original == (mask(written) if mask else written)
        assert one.value
        assert 0 < one.likelihood <= 1
        if one.valid:
            assert (one.type, one.start, one.value) not in chosen
            chosen.add((one.type, one.start, one.value))


@fuzz
@given(st.lists(TEXTS, max_size=5), HINTS)
def test_texts_of_a_batch_do_not_touch_each_other(texts: list[str], hint: str) -> None:
    """All at once and one by one give the same."""
    alone = [one._replace(row=row) for row, text in enumerate(texts) for one in scan([text], hint)]
    assert scan(texts, hint) == alone


@fuzz
@given(st.lists(TEXTS, max_size=5), HINTS)
def test_loops_find_what_expressions_find(texts: list[str], hint: str) -> None:
    """Compiled loops over bytes and Polars' expressions give the same rows."""
    column = pl.Series(texts, dtype=pl.String)
    one, other = (Scanner(IDS, hint, loops=loops).find(column, [None] * len(texts)) for loops in (True, False))
    assert one == other


@fuzz
@given(st.sampled_from(sorted(SELECTORS)), st.one_of(TEXTS, st.sampled_from(EXAMPLES)), HINTS)
@example("handle", "@write to kim@example.org, please", "")
def test_a_normalised_value_is_its_own(kind: str, text: str, hint: str) -> None:
    """Normalising never raises, and twice is once."""
    selector = SELECTORS[kind]
    value = selector.normalise(text, hint)
    if value is not None:
        assert selector.normalise(value, hint) == value
        assert selector.show(value)


@fuzz
@given(
    st.one_of(
        st.sampled_from([*SELECTORS, "ip", "hash", "wallet", "name", "handle:x", "device:imei"]), st.text(max_size=6)
    ),
    TEXTS,
    HINTS,
)
def test_a_field_gives_a_row_or_is_blank(asked: str, text: str, hint: str) -> None:
    """No field is lost, none raises, and of a card no more than its mask stays."""
    columns = {name: pa.array([None], SCHEMA.field(name).type) for name in SCHEMA.names if name not in ("type", "text")}
    batch = pa.RecordBatch.from_pydict({**columns, "country": [hint], "type": [asked], "text": [text]})
    rows = Fields(IDS)(batch).to_pylist()
    assert bool(rows) == bool(text.strip() and asked)
    if asked == "card":
        assert all(sum(char.isdigit() for char in row["original"]) <= 10 for row in rows)


@fuzz
@given(TEXTS, st.lists(st.text("ab é中1", min_size=1, max_size=5), min_size=1, max_size=6))
def test_terms_stand_in_the_text(text: str, words: list[str]) -> None:
    """A listed term is found where it stands, whatever stands around it."""
    terms = Terms({word: (word, False) for word in words if word.strip()})
    for one in Scanner(IDS, "", terms).find(pl.Series([text], dtype=pl.String), [None]):
        assert one.type != "term" or text[one.start : one.end] == one.original


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: text[:20].encode("unicode_escape").decode())
@pytest.mark.parametrize("hint", ["", "US", "DE:3 AT:2"])
def test_once_hard_cases_stay_easy(text: str, hint: str) -> None:
    """Each is scanned by itself, repeated, and between other words, in time that grows with its length."""
    for made in (text, text * 3, f"see you {text} at noon"):
        for one in scan([made], hint):
            assert 0 <= one.start < one.end <= len(made)
    if text and not hint:
        assert _seconds(text * (200_000 // len(text) + 1)) < 2.5


@settings(parent=fuzz, max_examples=max(5, fuzz.max_examples // 20))
@given(TEXTS.filter(lambda text: len(text) > 3))
def test_time_grows_with_length(text: str) -> None:
    """A text repeated to 200 kB takes at most seconds: a quadratic reader would take minutes."""
    assert _seconds(text * (200_000 // len(text) + 1)) < 2.5


def _seconds(text: str) -> float:
    began = time.process_time()
    scan([text], "US")
    return time.process_time() - began
