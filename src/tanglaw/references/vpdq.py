"""vPDQ files: the PDQ hashes of one video's frames, `frame,quality,hash,seconds` a line.

One file is one entry, named after the file; the list is the folder. Leading comments may state what the file cannot, as
in `# list: NAME`, `# entry: ID`, `# category: A1`, `# category_model: industry`, `# withdrawn: true`.
"""

from __future__ import annotations

import re
from itertools import pairwise

import polars as pl

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import truth
from tanglaw.references.base import ListReader, Noted
from tanglaw.references.lines import chunks, directives, head_lines

_LINE = r"^(\d{1,9}),(\d{1,9}),([0-9A-Fa-f]{64}),(\d{1,9}(?:\.\d{1,9})?)$"
_SHAPE = re.compile(_LINE)
_STATED = ("category", "category_model", "contributor", "series")
_MOST_QUALITY = 100


class VpdqVideo(ListReader):
    """Reads a vPDQ file into one row of `hash_entries` (type vpdq, value the file's SHA-256) and its `hash_frames`."""

    name = "vpdq"
    tables: tuple[str, ...] = ("hash_entries", "hash_frames")

    def recognise(self, item: Item) -> bool:
        """True if nine in ten of the head's lines, comments aside, are frames."""
        lines = [line for line in head_lines(item) if line and not line.startswith("#")]
        return bool(lines) and sum(bool(_SHAPE.match(line)) for line in lines) * 10 >= len(lines) * 9

    def read(self, item: Item, rows: Rows) -> None:
        """Locator is `line N`; a line that is no frame, or has a quality over 100, is quarantined as `bad-hash`."""
        noted = Noted()
        stated = directives(head_lines(item))
        stem = item.name.rsplit(".", 1)[0]
        same = {"list_name": stated.get("list") or item.folder or stem, "entry": stated.get("entry") or stem}
        before = -1
        given = 0
        for first, lines in chunks(item, rows):
            frames = _frames(lines, first, rows)
            numbers = [before, *frames["frame"]]
            late = sum(number <= earlier for earlier, number in pairwise(numbers))
            noted.note("frame-order", "frame number is not above the one before it", "", late)
            before = numbers[-1]
            given += len(frames)
            filled = frames.with_columns(**{name: pl.lit(value, pl.String) for name, value in same.items()})
            if len(filled):
                rows.add_columns("hash_frames", {name: filled[name].to_arrow() for name in filled.columns})
        if not given:
            raise BadRecord("no-hash", "no line is a frame")
        rows.add(
            "hash_entries",
            {
                **same,
                **{name: stated.get(name) for name in _STATED},
                "list_version": stated.get("version") or stated.get("date"),
                "hash_type": "vpdq",
                "value": item.sha256,
                "withdrawn": bool(truth(stated.get("withdrawn", ""))),
                "locator": "line 1",
            },
        )
        noted.write(rows)


def _frames(text: pl.Series, first: int, rows: Rows) -> pl.DataFrame:
    """Columns frame, quality, value, at_seconds and locator of the good lines; the others are quarantined."""
    frame = pl.DataFrame({"text": text.str.strip_chars()}).with_row_index("line", first)
    frame = frame.filter((pl.col("text") != "") & ~pl.col("text").str.starts_with("#"))
    cells = frame.select(
        "line",
        "text",
        frame=pl.col("text").str.extract(_LINE, 1).cast(pl.Int64),
        quality=pl.col("text").str.extract(_LINE, 2).cast(pl.Int64),
        value=pl.col("text").str.extract(_LINE, 3).str.to_lowercase(),
        at_seconds=pl.col("text").str.extract(_LINE, 4).cast(pl.Float64),
    )
    good = cells["value"].is_not_null() & (cells["quality"].fill_null(0) <= _MOST_QUALITY)
    for line, written, value in cells.filter(~good).select("line", "text", "value").iter_rows():
        reason = "line is no frame: number, quality, 64 digits, seconds" if value is None else "quality is over 100"
        rows.quarantine("bad-hash", reason, f"line {line}", written[:4096])
    return cells.filter(good).select(
        "frame", "quality", "value", "at_seconds", locator=pl.format("line {}", pl.col("line"))
    )
