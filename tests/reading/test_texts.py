"""Columns of texts give what the functions for single values give; compiled loops give what they give uncompiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.odd import TEXTS

from tanglaw.ids import NOTHING, Ids
from tanglaw.reading import scan_loops, text_loops
from tanglaw.reading.hashes import plain_hex
from tanglaw.reading.texts import Arena, Texts
from tanglaw.reading.values import instant, whole

IDS = Ids(b"a key of a test")
WORDS = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
CELLS = st.lists(st.none() | WORDS, min_size=1, max_size=30)


def arena_of(*columns: list[str | None]) -> tuple[Arena, list[Texts]]:
    arena = Arena(np.frombuffer(b"what stands in front", np.uint8), IDS)
    return arena, [arena.texts(column) for column in columns]


def back(arena: Arena, texts: Texts) -> list[str | None]:
    found: list[str | None] = arena.arrow(texts).to_pylist()
    return found


@settings(max_examples=60, deadline=None)
@given(cells=CELLS)
def test_texts_come_back(cells: list[str | None]) -> None:
    """A column of texts leaves the arena as it came in, also when parts of it are taken."""
    arena, (texts,) = arena_of(cells)
    assert back(arena, texts) == cells
    places = np.arange(len(cells))[::-1] - 1
    assert back(arena, texts.take(places)) == [None if place < 0 else cells[place] for place in places]
    assert back(arena, arena.mapped(texts, str.upper)) == [cell and cell.upper() for cell in cells]


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(st.none() | WORDS, st.none() | WORDS), min_size=1, max_size=20))
def test_ids_are_those_of_ids(pairs: list[tuple[str | None, str | None]]) -> None:
    """Ids made by column are those of `Ids.of`, whatever the parts' length and whichever is not stated."""
    arena, (left, right) = arena_of([one for one, _ in pairs], [two for _, two in pairs])
    made = back(arena, arena.ids("kind", len(pairs), left, "fixed", right))
    assert made == [IDS.of("kind", one, "fixed", two) for one, two in pairs]
    assert back(arena, arena.joined([left, right], " | ")) == [
        None if one is None and two is None else " | ".join(part for part in (one, two) if part is not None) for one, two in pairs
    ]  # fmt: skip


@pytest.mark.parametrize("key", [b"k", b"k" * 32, b"k" * 64])
@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 129, 255, 256, 257, 1000])
def test_ids_of_every_block_size(key: bytes, size: int) -> None:
    """Texts that just fill a block of the digest, or just do not, give the id that hashlib gives, for keys of any size."""
    arena = Arena(np.zeros(1, np.uint8), Ids(key))
    column = arena.texts(["x" * size, None])
    assert back(arena, arena.ids("a", 2, column)) == [
        Ids(key).of_texts("a", "x" * size),
        Ids(key).of_texts("a", NOTHING),
    ]


@settings(max_examples=100, deadline=None)
@given(
    cells=CELLS,
    moments=st.lists(st.datetimes(), max_size=10),
    zone=st.sampled_from(["", "Z", "+05:30", "-23:59", "+24:00"]),
)
def test_instants_are_those_of_values(cells: list[str | None], moments: list[Any], zone: str) -> None:
    """What is read as an instant is what `values.instant` reads, to the microsecond and in the text of its key."""
    cells = [*cells, *(f"{one.isoformat()}{zone}" for one in moments)]
    arena, (texts,) = arena_of(cells)
    at, state = arena.clock(texts)
    keys = back(arena, arena.seconds(at, (state == text_loops.ZONED) | (state == text_loops.ZONELESS)))
    for cell, when, said, key in zip(cells, at.tolist(), state.tolist(), keys, strict=True):
        if said in (text_loops.ZONED, text_loops.ZONELESS):
            assert instant(cell or "", "UTC") == (when, "UTC" if said == text_loops.ZONELESS else None, key)
        else:
            assert said == (text_loops.UNREAD if cell else text_loops.MISSING)


def test_common_instants_are_read() -> None:
    """The forms that reports have are read by the loop, not left to the slower way."""
    cells: list[str | None] = [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.5+02:00",
        "2024-02-29 00:00:00",
        "2026-01-02T03:04:05.123456Z",
    ]
    arena, (texts,) = arena_of(cells)
    assert text_loops.UNREAD not in arena.clock(texts)[1]


@settings(max_examples=60, deadline=None)
@given(cells=CELLS, digits=st.sampled_from([0, 1, 2, 32, 40]))
def test_hex_and_numbers_are_those_of_values(cells: list[str | None], digits: int) -> None:
    """Hex is what `plain_hex` takes; whole numbers are those of `whole` in their usual form, anything else is told."""
    cells = [*cells, "aB" * 16, "0", "17"]
    arena, (texts,) = arena_of(cells)
    lower, fits = arena.hexes(texts, np.full(len(cells), digits))
    kinds = {32: "md5", 40: "sha1"}
    if digits in kinds:
        assert back(arena, lower) == [plain_hex(cell, kinds[digits]) if cell else None for cell in cells]
    assert fits.tolist() == [text is not None for text in back(arena, lower)]
    for cell, number in zip(cells, arena.numbers(texts).tolist(), strict=True):
        assert number == -1 if cell is None else number in (-2, whole(cell))
        assert (
            cell is None
            or not (cell.isascii() and cell.isdigit() and str(int(cell)) == cell and len(cell) < 19)
            or number >= 0
        )


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=40) | WORDS.map(str.encode))
def test_characters_are_those_of_python(data: bytes) -> None:
    """Bytes are taken for text if Python reads them as UTF-8 and XML allows them; edges are blank if `strip` takes them."""
    buffer = np.frombuffer(b"<" + data + b"<<<", np.uint8).copy()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        assert not scan_loops.is_text(buffer, 1, 1 + len(data))
        return
    assert scan_loops.is_text(buffer, 1, 1 + len(data)) == (not {"\ufffe", "\uffff"} & set(text))
    if text.strip(" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f") == text:
        assert scan_loops.has_blank_edge(buffer, 1, 1 + len(data)) == (text.strip() != text)


def arguments(name: str) -> list[list[Any]]:
    """Twice the same arguments of a loop: one call is compiled, the other plain Python."""
    cells = [*TEXTS, None, "aB" * 16, "x" * 300]
    made = []
    for _ in range(2):
        arena, (texts,) = arena_of(cells)
        rows, room = len(cells), int(np.maximum(texts.size, 0).sum())
        at, size = np.stack([texts.at] * 2), np.stack([texts.size] * 2)
        state = np.arange(8, dtype=np.uint64)
        whole_, flags, out = (
            np.zeros(rows, np.int64),
            np.zeros(rows, np.bool_),
            np.zeros(24 * rows + 2 * room, np.uint8),
        )
        made.append(
            {
                "copied": [arena.data, texts.at, texts.size, np.zeros(rows + 1, np.int32), out],
                "joined": [
                    arena.data,
                    at,
                    size,
                    np.array([44], np.uint8),
                    np.zeros(2 * room + rows, np.uint8),
                    whole_,
                    whole_.copy(),
                ],
                "keyed": [state, arena.data, at, size, 31, 0, out],
                "keyed_state": [state, np.arange(9, dtype=np.uint8)],
                "instants": [arena.data, texts.at, texts.size, whole_, np.zeros(rows, np.uint8)],
                "seconds_text": [np.arange(rows) * 10**13, texts.stated, out, whole_, whole_.copy()],
                "lower_hex": [arena.data, texts.at, texts.size, np.full(rows, 32), out, whole_, flags],
                "whole_numbers": [arena.data, texts.at, texts.size, whole_],
            }[name]
        )
    return made


@pytest.mark.filterwarnings("ignore:overflow encountered")
@pytest.mark.parametrize(
    "name", ["copied", "joined", "keyed", "keyed_state", "instants", "seconds_text", "lower_hex", "whole_numbers"]
)
def test_compiled_and_plain_python_agree(name: str) -> None:
    """Each loop writes the same into its arrays whether Numba compiled it or Python walks it."""
    compiled, plain = arguments(name)
    loop = getattr(text_loops, name)
    loop(*compiled)
    loop.py_func(*plain)
    for one, other in zip(compiled, plain, strict=True):
        if isinstance(one, np.ndarray) and len(one) < 1 << 20:
            assert one.tolist() == other.tolist()
