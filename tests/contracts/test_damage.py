"""What every registered reader keeps to on damaged and hostile files: rows or quarantine, no other error, no hang."""

from __future__ import annotations

import hashlib
import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# More than in the usual run where `benchmarks/fuzz.py` says so.
FUZZED = int(os.environ.get("TANGLAW_FUZZ_EXAMPLES", "60"))
MIB = 1 << 20
DEEP = 100_000


def accounted_for(example, found, data) -> bool:
    """A file that was taken leaves rows, an issue or a quarantine row: never nothing at all, save a table of which no
    more than the header is left and an answer of the reporting service, which state nothing."""
    bare = example.path.endswith((".csv", ".txt", ".toml")) and data.count(b"\n") <= 1
    return any(found.values()) or bare or example.reader.tables == ()


def test_cut_anywhere_it_gives_rows_or_quarantine(example, take):
    """Cut at twenty places, a file gives what came before the cut or is set aside; nothing else is raised."""
    places = random.Random(example.path).sample(range(1, len(example.data)), min(20, len(example.data) - 1))
    for place in sorted(places):
        cut = example.data[:place]
        assert accounted_for(example, take(example, cut), cut), f"cut at {place} it passes in silence"
        if example.reader:
            take(example, cut, example.reader)


def test_cut_short_it_says_so(example, take):
    """A structured file without its end is set aside, in whole or for the part that is missing."""
    if example.path.endswith((".xml", ".json", ".xlsx")):
        found = take(example, example.data.rstrip()[:-1], example.reader)
        assert found.get("quarantine") or found.get("issues"), "the missing end passes in silence"


_FLIPS = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=6)


@settings(
    max_examples=max(8, FUZZED // 8),
    derandomize=FUZZED <= 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(flips=_FLIPS)
def test_flipped_bytes_never_crash(example, take, flips):
    """With a few bytes changed a file is read or set aside, by whichever reader takes it now and by its own."""
    data = bytearray(example.data)
    for place, value in flips:
        data[place % len(data)] = value
    assert accounted_for(example, take(example, bytes(data)), bytes(data))
    if example.reader:
        take(example, bytes(data), example.reader)


@settings(
    max_examples=max(5, FUZZED // 12),
    derandomize=FUZZED <= 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(start=st.integers(0, 1 << 16), length=st.integers(1, 200), times=st.integers(0, 50))
def test_repeated_or_missing_pieces_never_crash(example, take, start, length, times):
    """With a piece taken out or repeated fifty times a file is read or set aside."""
    start %= len(example.data)
    piece = example.data[start : start + length]
    data = example.data[:start] + piece * times + example.data[start + length :]
    if data:
        take(example, data, example.reader)


HOSTILE = {
    "empty": b"",
    "one byte": b"\x00",
    "NULs": bytes(MIB),
    "five MiB of [": b"[" * (5 * MIB),
    "deep objects": b'{"a":' * DEEP,
    "deep elements": b"<a>" * DEEP,
    "quotes": b'"' * MIB,
    "one long line": b"a" * (9 * MIB),
    "commas": b"," * MIB,
    "zip of nothing": b"PK\x05\x06" + bytes(18),
    "zip that ends": b"PK\x03\x04" + bytes(100),
    "not utf-8": b"\xff\xfe\xfa" * 1000,
    "utf-16": "see you at noon".encode("utf-16"),
    "surrogates": b'{"a": "\\ud800"}',
    "big number": b'{"a": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_strange_bytes_are_set_aside(examples, reader, take, name):
    """A reader that is given what is not its format gives no evidence and raises nothing but what intake knows."""
    example = next(one for one in examples if one.reader is reader)
    found = take(example, HOSTILE[name], reader)
    assert set(found) <= {"issues", "quarantine"}, sorted(found)


def _inside(data: bytes, hostile: bytes) -> list[bytes]:
    """The hostile bytes put into a good file: after its first value begins, in its middle, at its end."""
    first = next((data.find(mark) + 1 for mark in (b": ", b">", b",", b"\n") if data.find(mark) > 0), 1)
    return [data[:place] + hostile + data[place:] for place in (first, len(data) // 2, len(data))]


@pytest.mark.parametrize("name", ["nesting", "elements", "NULs", "brackets", "one long line"])
def test_hostile_pieces_inside_a_good_file(example, take, name):
    """Deep nesting, NUL bytes and endless lines inside a good file end in rows or quarantine, in bounded time."""
    pieces = {
        "nesting": b"[" * DEEP + b"]" * DEEP,
        "elements": b"<x>" * DEEP + b"</x>" * DEEP,
        "NULs": bytes(1000),
        "brackets": b"[" * (5 * MIB),
        "one long line": b"a" * (9 * MIB),
    }
    for data in _inside(example.data, pieces[name]):
        assert accounted_for(example, take(example, data, example.reader), data), "it passes in silence"


@pytest.mark.parametrize(
    "entity",
    [
        b'<!DOCTYPE r [<!ENTITY a "noon">]>',
        b'<!DOCTYPE r SYSTEM "file:///etc/hostname">',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]>',
    ],
)
def test_documents_with_a_dtd_are_not_read(example, take, entity):
    """An XML document that declares a DTD is set aside, in UTF-8 and in UTF-16, and gives no rows."""
    if not example.path.endswith(".xml"):
        return
    text = example.data.decode()
    head, _, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    document = entity.decode() + rest
    for data in ((f"{head}?>{document}" if head else document).encode(), document.encode("utf-16")):
        found = take(example, data, example.reader)
        assert set(found) == {"quarantine"}, sorted(found)
        assert {row["code"] for row in found["quarantine"]} == {"xml-dtd"}


def test_good_lines_around_a_bad_one_arrive(examples, take, evidence):
    """In lists and tables one line that cannot be read is set aside by itself; the lines around it arrive."""
    digests = [hashlib.md5(str(number).encode()).hexdigest() for number in range(40)]
    for path, head, more in (("list.txt", "# list: small\n", ""), ("list.csv", "md5,category,date\n", ",1,2026-01-01")):
        example = next(one for one in examples if one.path == path)
        lines = [f"{digest}{more}\n".encode() for digest in digests]
        bad = b"zz\xff" + more.encode() + b"\n"
        found = take(example, b"".join([head.encode(), *lines[:20], bad, *lines[20:]]))
        assert [row["value"] for row in evidence(found)["hash_entries"]] == digests
        assert [row["locator"] for row in found["quarantine"]] == ["line 22"]


def test_a_workbook_whose_sheets_cannot_be_found_says_so(examples, take):
    """A workbook of which no sheet can be read is not passed in silence."""
    example = next(one for one in examples if one.path.endswith(".xlsx"))
    place = example.data.rfind(b"xl/worksheets/sheet1.xml")
    assert take(example, example.data[:place] + b"\x00" + example.data[place + 1 :], example.reader)
