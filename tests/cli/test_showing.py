"""What is printed holds no control signs, and JSON holds exactly what was given."""

from __future__ import annotations

import io
import json
import unicodedata
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.cli.showing import clean, counted, grid, heading, progress_bars, say, short_time, show_json, shown

# Any text, lone surrogates too, with many of the signs that must not pass.
TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x07\r\n\t\u202e\u2066\u200f\ufeff\u2028\ud800\U000e0041")),
    max_size=40,
)
# Shown as they are: joiners, which words and emoji are spelled with, and marks that stand before numbers or letters.
_VISIBLE_FORMAT = {"\u200c", "\u200d"}


def printed(call: Any) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        call()
    return out.getvalue()


@given(TEXTS)
def test_clean_leaves_no_control_sign(text: str) -> None:
    """No control sign, line separator, lone surrogate or turner of direction is left."""
    told = clean(text)
    assert not [c for c in told if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [
        c
        for c in told
        if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    ]
    told.encode()


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S"), include_characters=" "), max_size=40))
def test_clean_leaves_writing_as_it_is(text: str) -> None:
    """Letters, marks, numbers and signs of any script stay as they are."""
    assert clean(text) == text


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J", "\\x9b2J"),
        ("\x1b]8;;http://host.example\x07here", "\\x1b]8;;http://host.example\\x07here"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("invoice\u202egnp.exe", "invoice\\u202egnp.exe"),
        ("ab\u200bcd\ufeff", "ab\\u200bcd\\ufeff"),
        ("میخواهم \u200c و", "میخواهم \u200c و"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        (None, "None"),
    ],
)
def test_clean_shows_them(raw: object, told: str) -> None:
    """What is not let through is shown as it would be written, markup stays text."""
    assert clean(raw) == told


@given(TEXTS)
def test_tables_and_lines_carry_no_control_sign(text: str) -> None:
    """A cell, a title or a line of hostile text prints line breaks and spaces only between the words."""

    def show() -> None:
        grid(text, ("a",), [[text]])
        say(text)

    assert not [c for c in printed(show) if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]


@given(TEXTS)
def test_json_is_exact_and_plain(text: str) -> None:
    """JSON gives the very text back, and no sign in it moves a cursor."""
    told = printed(lambda: show_json({"text": text, "list": [text]}))
    assert not [c for c in told if c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert json.loads(told) == {"text": text, "list": [text]}


def test_json_values() -> None:
    """Instants are ISO 8601 with Z, amounts exact text, not stated is null."""
    value = {"at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "amount": Decimal("45.6800"), "none": None, "yes": True}
    assert json.loads(printed(lambda: show_json(value))) == {
        "at": "2026-01-02T03:04:05Z",
        "amount": "45.68",
        "none": None,
        "yes": True,
    }


def test_cells() -> None:
    """Three-valued facts stay three-valued, and times are UTC."""
    assert [shown(value) for value in (True, False, None, "", 0, 1.5)] == ["yes", "no", "-", "-", "0", "1.50"]
    east = timezone(timedelta(hours=8))
    assert shown(datetime(2026, 1, 2, 3, 4, tzinfo=east)) == "2026-01-01 19:04"
    assert short_time(None) == "-"
    assert (counted(1, "report"), counted(1200, "report"), counted(2, "entry", "entries")) == (
        "1 report",
        "1,200 reports",
        "2 entries",
    )


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal, progress prints nothing, whatever a file is called."""
    with progress_bars() as bars:
        bars("intake", 1, 2, "[red]\x1b[2J.xml")
        bars("linking", 2, 2, "")
    told = capsys.readouterr()
    assert told.out + told.err == ""


@pytest.mark.parametrize("length", [20, 75, 77, 300])
def test_a_heading_is_whole_however_long(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A title that is longer than a line goes on in the next one instead of being cut."""
    monkeypatch.setenv("COLUMNS", "80")
    title = "a" * length
    told = printed(lambda: heading(title))
    assert told.replace("\n", "").replace("─", "").replace(" ", "") == title
