"""Reads the plain CyberTipline documents of a task together, column by column, and says which it left.

Kept apart from `tasks`, which imports it only for large inboxes: compiled loops take a second to load.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tanglaw.intake.pieces import COMPANIONS, Piece
from tanglaw.intake.tar import Tape
from tanglaw.reading.item import HEAD_BYTES, Item
from tanglaw.reading.report_columns import ReportColumns
from tanglaw.reading.reports import clean_number
from tanglaw.reading.rows import Rows
from tanglaw.reading.texts import Arena, Bytes, Whole
from tanglaw.sources.cybertipline_xml.columns import Columns
from tanglaw.sources.cybertipline_xml.numbers import Known, surroundings
from tanglaw.sources.cybertipline_xml.readers import CYBERTIPLINE_FILE_DETAILS, CYBERTIPLINE_REPORT
from tanglaw.sources.cybertipline_xml.scan import FILE, Scan
from tanglaw.tables import TABLES

REPORT_READER, FILE_READER = CYBERTIPLINE_REPORT.name, CYBERTIPLINE_FILE_DETAILS.name
# Members of a tape that lie further apart than this, times their size, are not read in one go.
_SPREAD = 4


class Together:
    """The plain documents among `pieces`. Ask `statement` of each, tell `number` of each report, then `write`."""

    def __init__(self, pieces: Sequence[Piece], rows: Rows) -> None:
        self._rows = rows
        # Plain pieces by their place, which is the number of their document.
        self._chosen = [piece for piece in pieces if _may_be_plain(piece)]
        data, spans = _bytes_of(self._chosen)
        self._arena = Arena(data, rows.ids)
        self._scan = Scan(self._arena.data[: len(data)], spans)
        self._of = {piece.arrival: number for number, piece in enumerate(self._chosen)}
        self._number: list[str | None] = [None] * len(self._chosen)
        self._source: list[str | None] = [None] * len(self._chosen)
        files = self._scan.of(FILE)
        stated = self._arena.listed(files.get("reportId"))
        for doc, text in zip(files.doc.tolist(), stated, strict=True):
            self._number[doc] = clean_number(text) or None
        self._is_report, self._is_file = self._scan.is_report.tolist(), self._scan.is_file.tolist()

    def statement(self, piece: Piece) -> tuple[str, tuple[str, ...]] | None:
        """The reader that a plain piece is for and the report numbers that it states for its neighbours; None for any
        other piece."""
        doc = self._of.get(piece.arrival, -1)
        if doc < 0 or not (self._is_report[doc] or self._is_file[doc]):
            return None
        if self._is_report[doc]:
            return REPORT_READER, ()
        number = self._number[doc]
        return FILE_READER, (number,) if number else ()

    def surrounded(self, group: Iterable[Piece], hints: Mapping[str, tuple[str, ...]]) -> None:
        """Give the reports of a folder the number that it states."""
        neighbours = hints.get(REPORT_READER, ())
        for piece in group:
            doc = self._of.get(piece.arrival, -1)
            if doc >= 0 and self._is_report[doc]:
                item = Item(piece.path, piece.sha256, piece.size, b"", BytesIO, neighbours)
                self._decide(doc, surroundings(item))

    def _decide(self, doc: int, stated: list[Known]) -> None:
        if stated and all(known.number == stated[0].number for known in stated):
            self._number[doc], self._source[doc] = stated[0]

    def write(self) -> tuple[set[int], Counter[str]]:
        """Write the rows of all plain documents that are sure; returns their arrivals, and files by format."""
        arena, chosen = self._arena, self._chosen
        number = arena.texts(self._number)
        out = ReportColumns(
            arena,
            self._rows.settings,
            arena.texts([piece.source_id for piece in chosen]),
            arena.ids("report", len(chosen), "ncmec", number),
        )
        out.unsure |= ~((self._scan.is_report | self._scan.is_file) & number.stated)
        columns = Columns(self._scan, out)
        columns.files()
        columns.reports(number, arena.texts(self._source))
        given = out.given.copy()
        doc, place, reason = out.assumed()
        paths = arena.texts([piece.path for piece in chosen]).take(doc)
        out.put("issues", doc, file=paths, locator=place, code="zone-assumed", reason=reason)
        self._rows.add_tables(out.finish())
        sure = np.flatnonzero(~out.unsure).tolist()
        formats = [REPORT_READER if self._is_report[doc] else FILE_READER for doc in sure]
        self._rows.add_tables([("sources", _sources([chosen[doc] for doc in sure], formats, given[sure]))])
        return {chosen[doc].arrival for doc in sure}, Counter(formats)


def _may_be_plain(piece: Piece) -> bool:
    return (
        piece.verdict == "read"
        and not piece.again
        and 0 < piece.size <= HEAD_BYTES
        and (piece.tape is not None or piece.data is not None)
        and not piece.path.endswith(COMPANIONS)
        and (piece.path.isascii() or piece.path.encode("utf-8", "replace").decode() == piece.path)
    )


def _bytes_of(pieces: Sequence[Piece]) -> tuple[Bytes, Whole]:
    """The bytes of all pieces, and where each begins and ends in them; those that cannot be read end where they begin."""
    parts: list[bytes] = []
    spans: Whole = np.zeros((len(pieces), 2), np.int64)
    used = 0
    tapes: dict[Tape, list[int]] = {}
    for number, piece in enumerate(pieces):
        if piece.tape is not None:
            tapes.setdefault(piece.tape, []).append(number)
        elif piece.data is not None:
            parts.append(piece.data)
            spans[number] = used, used + len(piece.data)
            used += len(piece.data)
    for tape, numbers in tapes.items():
        begin = min(pieces[number].offset for number in numbers)
        end = max(pieces[number].offset + pieces[number].size for number in numbers)
        block = _stretch(tape, begin, end)
        if len(block) < end - begin or end - begin > _SPREAD * sum(pieces[number].size + 1024 for number in numbers):
            continue
        for number in numbers:
            at = used + pieces[number].offset - begin
            spans[number] = at, at + pieces[number].size
        parts.append(block)
        used += len(block)
    return np.frombuffer(b"".join(parts) or b" ", np.uint8), spans


def _stretch(tape: Tape, begin: int, end: int) -> bytes:
    """Bytes of a tape; none if it is not as it was when its members were digested."""
    try:
        with Path(tape.path).open("rb") as stream:
            stream.seek(begin)
            block = stream.read(end - begin)
            facts = os.fstat(stream.fileno())
    except OSError:
        return b""
    return block if (facts.st_size, facts.st_mtime_ns) == tape.stamp else b""


def _sources(pieces: Sequence[Piece], formats: list[str], given: Whole) -> pa.Table:
    """The row of each file."""
    schema = TABLES["sources"].schema
    columns: dict[str, Any] = {
        "source_id": [piece.source_id for piece in pieces],
        "delivery_id": [piece.delivery_id for piece in pieces],
        "arrival": [piece.arrival for piece in pieces],
        "path": [piece.path for piece in pieces],
        "sha256": [piece.sha256 for piece in pieces],
        "md5": pa.nulls(len(pieces), pa.string()),
        "size": [piece.size for piece in pieces],
        "format": formats,
        "rows": pa.array(given),
        "held": pa.repeat(pa.scalar(False), len(pieces)),
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
