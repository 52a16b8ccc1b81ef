"""Lines come in whole blocks with right numbers, whatever their length, ending and encoding."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.reading.lines import Block, LongLine, blocks

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n\ufeff\x00"), max_size=30)


def parts(data: bytes, limit: int = 1000, size: int = 64) -> list[Block | LongLine]:
    return list(blocks(io.BytesIO(data), limit, size))


@given(st.lists(LINE, max_size=20), st.integers(1, 100), st.booleans())
@settings(max_examples=200, deadline=None)
def test_blocks_join_to_the_file(lines: list[str], size: int, ended: bool) -> None:
    """All text comes out in order, cut at newlines only, with the number of each block's first line."""
    text = "\n".join(lines) + ("\n" if ended else "")
    found = parts(text.encode(), size=size)
    assert "".join(block.text for block in found if isinstance(block, Block)) == text
    line = 1
    for block in found:
        assert isinstance(block, Block)
        assert block.line == line
        line += block.text.count("\n")


@given(st.lists(st.integers(0, 60), max_size=20), st.integers(1, 100))
@settings(max_examples=200, deadline=None)
def test_long_lines_are_passed_and_named(lengths: list[int], size: int) -> None:
    """Lines over the limit are reported with number and size; all others arrive with their own numbers."""
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    found = parts(data, limit=20, size=size)
    long = {part.line: part.size for part in found if isinstance(part, LongLine)}
    assert long == {n: length + 1 for n, length in enumerate(lengths, 1) if length > 20}
    numbered = []
    for part in found:
        if isinstance(part, Block):
            numbered += [(part.line + n, len(text)) for n, text in enumerate(part.text.splitlines())]
    assert numbered == [(n, length) for n, length in enumerate(lengths, 1) if length <= 20]


def test_bad_bytes_are_replaced_line_by_line() -> None:
    """Only lines that are not UTF-8 are named, also where a block holds several."""
    found = [
        part for part in parts(b"caf\xc3\xa9\ncaf\xe9\nok \xef\xbf\xbd\n\xff", size=1000) if isinstance(part, Block)
    ]
    assert "".join(block.text for block in found) == "café\ncaf\ufffd\nok \ufffd\n\ufffd"
    assert [line for block in found for line in block.replaced] == [2, 4]


def test_other_unicode_encodings() -> None:
    """UTF-16 with and without BOM becomes the same text."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"):
        text = "".join(
            block.text for block in parts("see you\nat noon 😀\n".encode(encoding), size=5) if isinstance(block, Block)
        )
        assert text == "see you\nat noon 😀\n"
