"""Delimited text in blocks: what goes in comes out, line by line, whatever stands between."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.reading.tabular.csvs import read_blocks
from tanglaw.reading.tabular.lines import Format

NAMES = ("a", "b", "c")
Fault = tuple[str, int, bytes]


def read(
    data: bytes,
    names: tuple[str, ...] = NAMES,
    delimiter: str = ",",
    quote: str = '"',
    encoding: str = "utf-8",
    block: int = 1 << 20,
    max_line: int = 1 << 20,
    first_line: int = 1,
    newline: str = "\n",
) -> tuple[dict[int, tuple[str, ...]], list[Fault]]:
    faults: list[Fault] = []
    form = Format(delimiter, quote, encoding, newline, names, first_line, max_line)
    found: dict[int, tuple[str, ...]] = {}
    blocks = read_blocks(
        io.BytesIO(data), form, range(len(names)), lambda c, _, place, raw: faults.append((c, place, raw)), block
    )
    for part in blocks:
        assert part.frame.height == len(part.places)
        for place, row in zip(part.places.tolist(), part.frame.iter_rows(), strict=True):
            assert place not in found
            found[place] = row
            assert part.raw(place)
    return found, faults


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|", "~"]),
    quote=st.sampled_from(['"', "'"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    ends=st.sampled_from(["\n", "\r\n"]),
    always=st.booleans(),
    block=st.integers(1, 200),
)
def test_any_table_comes_back(
    rows: list[tuple[str, str, str]],
    delimiter: str,
    quote: str,
    encoding: str,
    ends: str,
    always: bool,
    block: int,
) -> None:
    """Any rows written in any dialect and encoding are read back cell by cell, whatever the block size."""
    out = io.StringIO()
    style = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator=ends, quoting=style).writerows(rows)
    text = out.getvalue()
    found, faults = read(text.encode(encoding), NAMES, delimiter, quote, encoding, block)
    assert faults == []
    assert list(found.values()) == rows
    numbers, line = [], 1
    for row in rows:
        numbers.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    assert list(found) == numbers


GOOD = st.tuples(*[st.text("abc ñ€", max_size=5)] * 3)
BAD = {
    "one,two": (b"one,two", "ragged-row"),
    "four cells": (b"1,2,3,4", "ragged-row"),
    "text behind a quote": (b'x,"y"z,w', "broken-quote"),
    "open quote": (b'x,"open,w', "broken-quote"),
    "no utf-8": (b"x,\xff\xfe,w", "undecodable"),
    "nul": (b"x,\x00,w", "nul-bytes"),
    "many cells": (b"," * 5000, "ragged-row"),
    "long": (b"long," * 30_000, "line-too-long"),
}


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.one_of(GOOD, st.sampled_from(sorted(BAD))), min_size=1, max_size=12),
    block=st.sampled_from([7, 64, 999, 1 << 20]),
)
def test_good_lines_all_arrive_beside_bad_ones(lines: list[str | tuple[str, str, str]], block: int) -> None:
    """N good and M bad lines in: N rows out, M faults with their line numbers."""
    data, good, bad = [], {}, []
    for number, line in enumerate(lines, 1):
        if isinstance(line, str):
            data.append(BAD[line][0])
            bad.append((number, BAD[line][1]))
        else:
            data.append(",".join(line).encode())
            good[number] = line
    found, faults = read(b"\n".join(data) + b"\n", block=block, max_line=100_000)
    assert found == good
    assert sorted((place, code) for code, place, _ in faults) == bad


def test_an_open_quote_costs_one_line() -> None:
    """A quote that never closes sets one line aside; quoted cells after it still arrive."""
    found, faults = read(b'1,"open,x\n2,b,c\n3,"d, e",f\n4,"g\nh",i\n')
    assert found == {2: ("2", "b", "c"), 3: ("3", "d, e", "f"), 4: ("4", "g\nh", "i")}
    assert [(code, place) for code, place, _ in faults] == [("broken-quote", 1)]


def test_a_line_inside_a_quoted_cell_is_no_record() -> None:
    """A line that looks like a row but stands inside a quoted cell belongs to that cell."""
    found, faults = read(b'1,"x\n2,y,z\n",w\n3,a,b\n')
    assert found == {1: ("1", "x\n2,y,z\n", "w"), 4: ("3", "a", "b")}
    assert faults == []


def test_a_line_of_fifty_megabytes_is_passed_over() -> None:
    """One huge line goes to quarantine with its number and a bounded excerpt; the rest is read."""
    data = b"1,a,b\n" + b"x" * 50_000_000 + b"\n3,c,d\n"
    found, faults = read(data, block=1 << 23, max_line=1 << 23)
    assert found == {1: ("1", "a", "b"), 3: ("3", "c", "d")}
    [(code, place, raw)] = faults
    assert (code, place) == ("line-too-long", 2)
    assert len(raw) < 10_000


def test_a_huge_line_ends_an_open_quote() -> None:
    """A record that is open when a huge line is left out is set aside itself; numbers stay right."""
    data = b'1,"open\n' + b"x" * 5000 + b"\n3,c,d\n"
    found, faults = read(data, block=16, max_line=1000)
    assert found == {3: ("3", "c", "d")}
    assert sorted((place, code) for code, place, _ in faults) == [(1, "broken-quote"), (2, "line-too-long")]


def test_a_million_cells_in_one_row() -> None:
    """A row of a million cells is ragged, and quickly so."""
    found, faults = read(b"1,a,b\n" + b"," * 1_000_000 + b"\n3,c,d\n", max_line=1 << 23)
    assert list(found) == [1, 3]
    assert [(code, place) for code, place, _ in faults] == [("ragged-row", 2)]


@pytest.mark.parametrize("width", [1, 2, 900, 901, 1500])
def test_any_width(width: int) -> None:
    """Narrow and very wide tables are read alike."""
    names = tuple(f"c{i}" for i in range(width))
    row = ",".join(["x", '"y,z"', *["w"] * width][:width])
    found, faults = read(f"{row}\n{row}\n".encode(), names)
    assert faults == []
    assert len(found) == 2
    assert len(found[2]) == width


def test_blank_lines_are_no_records() -> None:
    """Blank lines are passed over and counted."""
    found, faults = read(b"1,a,b\n\n  \n4,c,d\n\n")
    assert (list(found), faults) == ([1, 4], [])


def test_old_line_ends() -> None:
    """A lone carriage return ends a line where the file is written so."""
    found, faults = read(b"1,a,b\r2,c,d\r", newline="\r")
    assert (list(found), faults) == ([1, 2], [])


def test_first_line_is_where_data_begins() -> None:
    """Lines above the data are not read, also when they would be bad."""
    found, faults = read(b'\xff\n"x\nhead,of,it\n4,c,d\n', first_line=4)
    assert (found, faults) == ({4: ("4", "c", "d")}, [])


def test_half_a_character_at_the_end() -> None:
    """A UTF-16 file cut inside a character loses its last line only."""
    found, faults = read("1,a,b\n2,c,d".encode("utf-16-le")[:-1], encoding="utf-16-le")
    assert list(found) == [1]
    assert [(code, place) for code, place, _ in faults] == [("undecodable", 2)]


@given(data=st.binary(max_size=300), block=st.integers(1, 50))
@settings(max_examples=200, deadline=None)
def test_any_bytes_end_somewhere(data: bytes, block: int) -> None:
    """Whatever the bytes, each line is read, set aside or blank, and nothing else happens."""
    found, faults = read(data, block=block)
    assert len(set(found) & {place for _, place, _ in faults}) == 0
