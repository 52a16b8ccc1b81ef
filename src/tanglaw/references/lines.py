"""Lists in lines: bounded chunks of numbered lines, and lines with a header taken apart into columns."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tanglaw.reading.item import Item, encoding_of
from tanglaw.reading.rows import Rows

CHUNK_BYTES = 4 * 1024 * 1024
_EXCERPT_CHARS = 4_096
_SEPARATORS = ",;\t|"
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z _-]{0,30}?)\s*[:=]\s*(\S.{0,300})")
MOST_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table in lines: separator, column names in snake case, and the header's line number."""

    separator: str
    columns: tuple[str, ...]
    line: int


def encoding(item: Item) -> str:
    """Encoding told by BOM or NUL pattern, else UTF-8 if the head is that, else Windows-1252."""
    name = encoding_of(item.head)
    if name == "utf-8":
        try:
            codecs.getincrementaldecoder("utf-8")().decode(item.head, item.size <= len(item.head))
        except UnicodeDecodeError:
            return "cp1252"
    return name


def head_lines(item: Item) -> list[str]:
    """Complete lines of the head, bare of blanks around; a line that the head cuts is left out."""
    text = item.text_head.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    return [line.strip() for line in (lines if item.size <= len(item.head) else lines[:-1])]


def directives(lines: list[str]) -> dict[str, str]:
    """What leading comments state, as in `# list: NAME`: name in snake case -> value."""
    found: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            break
        match = _DIRECTIVE.match(line)
        if match:
            found.setdefault(snake(match.group(1)), match.group(2).strip())
    return found


def snake(name: str) -> str:
    """A column or comment name in lower case with underscores."""
    return _NOT_WORD.sub("_", name.strip().casefold()).strip("_")


def header(lines: list[str]) -> Header | None:
    """The first line that is neither blank nor a comment, taken as a header; None if it cannot be one."""
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#"):
            separator = max(_SEPARATORS, key=line.count)
            if line.count(separator) >= MOST_COLUMNS or len(line) > 16_384:
                return None
            cells = cells_of(line, separator)
            columns = tuple(snake(cell) for cell in cells or ())
            distinct = len(set(columns)) == len(columns) and all(columns)
            return Header(separator, columns, number) if distinct else None
    return None


def cells_of(line: str, separator: str) -> list[str] | None:
    """One line's cells; None if its quotes do not close. A cell never spans lines here."""
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return None


def chunks(item: Item, rows: Rows) -> Iterator[tuple[int, pl.Series]]:
    """The file's lines, some megabytes at a time, with the number of the first (from 1).

    A line over `max_line_bytes` is quarantined (`line-too-long`) and stands as a blank one, so that numbers
    stay true. Bytes that do not decode become U+FFFD.
    """
    limit = rows.settings.max_line_bytes
    number, carry, skipping = 1, "", False
    for text, last in _texts(item):
        if skipping:
            newline, text = _after_line(text)  # noqa: PLW2901
            if not newline and not last:
                continue
            skipping = False
            text = newline + text  # noqa: PLW2901
        whole = (carry + text).replace("\r\n", "\n").replace("\r", "\n")
        cut = len(whole) if last else whole.rfind("\n")
        if cut >= 0:
            lines = pl.Series([whole[:cut]], dtype=pl.String).str.split("\n").explode()
            yield number, _bounded(lines, number, rows)
            number += len(lines)
        carry = whole[cut + 1 :]
        if len(carry) > limit:
            _too_long(rows, carry, number)
            carry, skipping = "", True


def _texts(item: Item) -> Iterator[tuple[str, bool]]:
    """The decoded file piece by piece, never cut inside a CRLF; true with the last piece."""
    decoder = codecs.getincrementaldecoder(encoding(item))("replace")
    held, first, last = "", True, False
    with item.open() as stream:
        while not last:
            raw = stream.read(CHUNK_BYTES)
            last = not raw
            text = held + decoder.decode(raw, last)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            held = "\r" if text.endswith("\r") and not last else ""
            yield text.removesuffix(held) if held else text, last


def _bounded(lines: pl.Series, number: int, rows: Rows) -> pl.Series:
    """The lines with those over the limit quarantined and blank."""
    over = lines.str.len_chars() > rows.settings.max_line_bytes
    if not over.any():
        return lines
    for index in over.arg_true():
        _too_long(rows, lines[index], number + index)
    return pl.select(pl.when(over).then(pl.lit("")).otherwise(lines)).to_series()


def table(lines: pl.Series, first: int, shape: Header, rows: Rows) -> pl.DataFrame:
    """Data lines as columns of text (blanks trimmed, empty cells null) with their number in `line`.

    Blank lines, comments and the header are passed over; a line with another number of cells or an open quote
    is quarantined as `bad-row`.
    """
    text = lines.str.strip_chars(" \t" if shape.separator != "\t" else " ")
    frame = pl.DataFrame({"text": text}).with_row_index("line", first).cast({"line": pl.Int64})
    frame = frame.filter((pl.col("line") > shape.line) & (pl.col("text") != "") & ~pl.col("text").str.starts_with("#"))
    if frame["text"].str.contains('"', literal=True).any():
        split = [cells_of(text, shape.separator) for text in frame["text"]]
        frame = frame.with_columns(cells=pl.Series(split, dtype=pl.List(pl.String)))
    else:
        frame = frame.with_columns(cells=pl.col("text").str.split(shape.separator))
    fits = frame["cells"].list.len().fill_null(0) == len(shape.columns)
    for line, text in frame.filter(~fits).select("line", "text").iter_rows():
        rows.quarantine("bad-row", f"line has not the header's {len(shape.columns)} cells", f"line {line}", text)
    return frame.filter(fits).select(
        "line",
        *(
            pl.col("cells").list.get(place).str.strip_chars().replace("", None).alias(name)
            for place, name in enumerate(shape.columns)
        ),
    )


def _after_line(text: str) -> tuple[str, str]:
    """The first line end, if any, and the text behind it."""
    match = re.search(r"\r\n?|\n", text)
    if match is None:
        return "", ""
    return "\n", text[match.end() :]


def _too_long(rows: Rows, line: str, number: int) -> None:
    rows.quarantine(
        "line-too-long",
        f"line is over the limit of {rows.settings.max_line_bytes} characters; its start is kept",
        f"line {number}",
        line[:_EXCERPT_CHARS],
    )
