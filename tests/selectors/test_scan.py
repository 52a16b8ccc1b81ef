"""Scanning texts: places, batches, folding, overlaps and hints."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.scan import Scanner
from tanglaw.tables import TABLES

Batch = Callable[..., pa.RecordBatch]
Found = Callable[..., list[tuple[str, str]]]
Scan = Callable[..., list[dict[str, Any]]]
PIECES = [example.text for selector in SELECTORS.values() for example in selector.examples]
SPECIAL = "@+.:/[]()-_ 0123456789abcdefxX\u200b\u200e\u202e\ufeff\uff11\uff20\u0663\u2013\xa0中ก😀\n\t'\"#$%"
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(max_size=12), st.text(SPECIAL, max_size=12)), max_size=8
).map("".join)


def test_rows_have_the_schema_of_the_table_and_their_records(batch: Batch, ids: Ids) -> None:
    """Columns are those of `selectors`; record, report, account, role and instant come from the text's row."""
    came = batch(["nothing here", "a@example.org and b@example.org", None, ""])
    rows = Scanner(ids)(came)
    assert rows.schema == TABLES["selectors"].schema
    assert [row["value"] for row in rows.to_pylist()] == ["a@example.org", "b@example.org"]
    first = rows.to_pylist()[0]
    assert (first["record_id"], first["table_name"], first["field"], first["account_id"]) == (
        "r1",
        "messages",
        "text",
        "a1",
    )
    assert first["role"] is None
    assert rows.column("at")[0] == came.column("at")[1]
    assert first["selector_id"] == ids.of("selector", "r1", "text", "email", "a@example.org", 0)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view()])
def test_texts_may_come_in_any_string_layout(kind: pa.DataType, batch: Batch, ids: Ids) -> None:
    """Engines hand over other layouts of the same text."""
    came = batch(["a@example.org", None])
    columns = [
        column.cast(kind) if name == "text" else column
        for name, column in zip(came.schema.names, came.columns, strict=True)
    ]
    assert Scanner(ids)(pa.record_batch(columns, names=came.schema.names)).equals(Scanner(ids)(came))


@pytest.mark.parametrize("texts", [[], [None], [""], ["see you at noon"]])
def test_no_selector_gives_no_row_but_the_schema(texts: list[str | None], batch: Batch, ids: Ids) -> None:
    """Empty batches, missing texts and plain talk give an empty batch of the right schema."""
    rows = Scanner(ids)(batch(texts))
    assert rows.num_rows == 0
    assert rows.schema == TABLES["selectors"].schema


def test_a_scanner_can_be_sent_to_another_process(batch: Batch, ids: Ids) -> None:
    """Pickled and back, it gives the same rows."""
    scanner = Scanner(ids, "PH")
    came = batch(PIECES)
    rows = scanner(came)
    assert pickle.loads(pickle.dumps(scanner))(came).equals(rows)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, max_size=8), cut=st.integers(0, 8))
def test_rows_do_not_depend_on_how_texts_are_batched(texts: list[str], cut: int, batch: Batch, ids: Ids) -> None:
    """Cut anywhere, two batches give the rows of one."""
    came = batch(texts, "US")
    whole = Scanner(ids)(came).to_pylist()
    parts = [Scanner(ids)(came.slice(0, cut)), Scanner(ids)(came.slice(min(cut, len(texts))))]
    assert [row for part in parts for row in part.to_pylist()] == whole


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_the_original_is_the_slice_between_the_offsets(text: str, scan: Scan) -> None:
    """For any text: text[start:end] is the original, and ids are unique."""
    rows = scan(text, "PH")
    for row in rows:
        assert 0 <= row["start"] < row["end"] <= len(text)
        written = text[row["start"] : row["end"]]
        mask = SELECTORS[row["type"]].mask
        assert (mask(written) if mask else written) == row["original"]
        assert row["value"]
        assert row["type"] in SELECTORS
    assert len({row["selector_id"] for row in rows}) == len(rows)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_readings_of_one_type_do_not_overlap(text: str, scan: Scan) -> None:
    """One place carries at most one value of each type, or several of which each is less than certain."""
    last: dict[str, tuple[int, int, float]] = {}
    for row in sorted(scan(text, "US CA:2 GB"), key=lambda row: row["start"]):
        start, end, likelihood = last.get(row["type"], (0, 0, 1.0))
        alternative = (row["start"], row["end"]) == (start, end) and likelihood < 1 and row["likelihood"] < 1
        assert row["start"] >= end or alternative
        last[row["type"]] = (row["start"], row["end"], row["likelihood"])


@settings(max_examples=300, deadline=None)
@given(
    before=st.text(st.sampled_from("abc xyz,.!? äжก中😀\n"), max_size=30),
    after=st.text(st.sampled_from("abc xyz äжก中😀\n"), max_size=30),
    planted=st.sampled_from([(s.name, e) for s in SELECTORS.values() for e in s.examples]),
)
def test_a_planted_selector_is_found(before: str, after: str, planted: tuple[str, Any], found: Found) -> None:
    """Whatever neutral text stands around it, a selector set off by line breaks is found."""
    kind, example = planted
    text = f"{before}\n{example.text}\n{after}"
    assert (example.original, example.value) in found(text, kind, example.country, example.valid)


@pytest.mark.parametrize(
    ("text", "kind", "original", "value"),
    [
        ("ring ＋４９ ３０ ９０１８２０ ok", "phone", "＋４９ ３０ ９０１８２０", "+4930901820"),
        ("call +٦٣ ٩١٧ ١٢٣ ٤٥٦٧", "phone", "+٦٣ ٩١٧ ١٢٣ ٤٥٦٧", "+639171234567"),
        ("+4\ufe0f\u20e39\ufe0f\u20e3 30 901820", "phone", "+4\ufe0f\u20e39\ufe0f\u20e3 30 901820", "+4930901820"),
        ("a\u200bb@exam\u200dple.org", "email", "a\u200bb@exam\u200dple.org", "ab@example.org"),
        ("\u202b\u200fjane@example.org\u202c", "email", "jane@example.org", "jane@example.org"),
        ("jane＠example．org", "email", "jane＠example．org", "jane@example.org"),
        ("+49\xa030\u2011901820", "phone", "+49\xa030\u2011901820", "+4930901820"),
        ("http://раураl.example/x", "url", "http://раураl.example/x", "http://xn--l-7sba6dbr.example/x"),
        ("𝐣𝐚𝐧𝐞@example.org", "email", "𝐣𝐚𝐧𝐞@example.org", "jane@example.org"),
    ],
)
def test_look_alike_spellings_are_read_and_keep_their_place(
    text: str, kind: str, original: str, value: str, scan: Scan
) -> None:
    """Full-width and other digits, invisible marks and keycaps are folded; offsets still point into the original."""
    rows = [row for row in scan(text) if row["type"] == kind]
    assert [(row["original"], row["value"]) for row in rows] == [(original, value)]
    assert text[rows[0]["start"] : rows[0]["end"]] == original


def test_one_value_read_in_two_ways_says_how_it_was_spelled(scan: Scan) -> None:
    """An e-mail with a bracketed dot is read plainly and as spelled out: the reading that says so stays."""
    assert [row["reading"] for row in scan("jane@example[.]org") if row["type"] == "email"] == ["spelled out"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://раураl.example/x", "mixed scripts"),
        ("see раураl.example/x now", "mixed scripts"),
        ("kim@раураl.example", "mixed scripts"),
        ("http://xn--l-7sba6dbr.example/x", "mixed scripts"),
        ("http://президент.рф/x", None),
        ("http://bücher.example/x", None),
        ("http://日本abc.example/x", None),
        ("kim@bücher.example", None),
        ("http://example.org/раураl", None),
    ],
)
def test_a_host_of_mixed_scripts_says_so(text: str, said: str | None, scan: Scan) -> None:
    """A label with letters of two scripts that look alike is marked in every row of its host; honest names are not."""
    readings = {row["reading"] for row in scan(text) if row["type"] in ("url", "domain", "email")}
    assert readings == {said}


def test_folding_leaves_the_column_that_came(ids: Ids) -> None:
    """The texts handed in are not changed by folding."""
    texts = pl.Series(["a\u200bb@example.org"])
    Scanner(ids).find(texts, [""])
    assert texts.to_list() == ["a\u200bb@example.org"]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("jane@mail.example.org", ["email"]),
        ("https://example.org/a", ["url", "domain"]),
        ("https://t.me/sunnyday", ["handle", "url", "domain"]),
        ("https://example.org/4155552671", ["url", "domain"]),
        ("http://192.0.2.7:8080/a", ["url", "ipv4"]),
        ("https://example.org/d41d8cd98f00b204e9800998ecf8427e", ["url", "domain"]),
        ("https://wa.me/4915123456789", ["handle", "phone", "url", "domain"]),
        ("IMEI 356938035643809", ["imei"]),
        ("telegram: @sunnyday", ["handle"]),
        ("https://chain.example/1BoatSLRHtKNngkdXEeobR76b53LETtpyT", ["url", "domain", "btc"]),
    ],
)
def test_one_place_may_carry_several_types(text: str, types: list[str], scan: Scan) -> None:
    """A URL also gives its domain, account and wallet; the digits within it give no phone, the e-mail no domain."""
    assert [row["type"] for row in scan(text, "US")] == sorted(
        types, key=[row["type"] for row in scan(text, "US")].index
    )
    assert sorted(row["type"] for row in scan(text, "US")) == sorted(types)


def test_the_country_of_the_row_goes_before_the_default(batch: Batch, ids: Ids) -> None:
    """A national number is read by the row's country, else by the default, else not at all."""
    text = "it is 0917 123 4567"
    assert Scanner(ids, "DE")(batch([text], "PH")).column("value").to_pylist() == ["+639171234567"]
    assert Scanner(ids, "PH")(batch([text], "")).column("value").to_pylist() == ["+639171234567"]
    assert Scanner(ids)(batch([text], "")).num_rows == 0


def test_repeated_values_keep_each_their_place(scan: Scan) -> None:
    """The same value written three times is three rows with three ids."""
    rows = scan("a@example.org, xa@example.org a@example.org a@example.org")
    mine = [row for row in rows if row["value"] == "a@example.org"]
    assert [row["start"] for row in mine] == [0, 30, 44]
    assert len({row["selector_id"] for row in mine}) == 3
