"""Reads the plain CyberTipline documents of a task together, column by column, and says which it left.

Kept apart from `tasks`, which imports it only for large inboxes: compiled loops take a second to load.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from tanglaw.intake.pieces import COMPANIONS, Piece, Statement
from tanglaw.intake.tar import Tape
from tanglaw.reading.item import HEAD_BYTES, folder_of
from tanglaw.reading.report_columns import ReportColumns, report_numbers
from tanglaw.reading.rows import Rows
from tanglaw.reading.texts import Arena, Bytes, Whole, room_for
from tanglaw.sources.cybertipline_xml.columns import Columns
from tanglaw.sources.cybertipline_xml.numbers import Known, stated_around
from tanglaw.sources.cybertipline_xml.readers import CYBERTIPLINE_FILE_DETAILS, CYBERTIPLINE_REPORT
from tanglaw.sources.cybertipline_xml.scan import FILE, Scan
from tanglaw.tables import TABLES

REPORT_READER, FILE_READER = CYBERTIPLINE_REPORT.name, CYBERTIPLINE_FILE_DETAILS.name
# Members of a tape that lie further apart than this, times their size, are not read in one go.
_SPREAD = 4


class Together:
    """The plain documents among `pieces`. Ask `statements` of each folder, tell what `surrounded` it, then `write`."""

    def __init__(self, pieces: Sequence[Piece], rows: Rows) -> None:
        self._rows = rows
        # Plain pieces by their place, which is the number of their document.
        self._chosen = [piece for piece in pieces if _may_be_plain(piece)]
        buffer, used, spans = _bytes_of(self._chosen)
        self._arena = Arena(buffer, rows.ids, used)
        self._scan = Scan(buffer[:used], spans)
        self._number: list[str | None] = [None] * len(self._chosen)
        self._source: list[str | None] = [None] * len(self._chosen)
        files = self._scan.of(FILE)
        stated = self._arena.listed(report_numbers(self._arena, files.get("reportId")))
        self._said: dict[int, Statement] = {}
        for doc, number in zip(files.doc.tolist(), stated, strict=True):
            self._number[doc] = number
            self._said[self._chosen[doc].arrival] = (FILE_READER, (number,) if number else ())
        # Documents of reports, by arrival.
        self._reports = {self._chosen[doc].arrival: doc for doc in np.flatnonzero(self._scan.is_report).tolist()}
        self._said.update(dict.fromkeys(self._reports, (REPORT_READER, ())))

    def statements(self, group: Iterable[Piece]) -> list[Statement | None]:
        """For each plain piece the reader that it is for and the report numbers that it states for its neighbours; None
        for any other piece."""
        said = self._said.get
        return [said(piece.arrival) for piece in group]

    def surrounded(self, group: Iterable[Piece], hints: Mapping[str, tuple[str, ...]]) -> None:
        """Give the reports of a folder the number that it states."""
        for piece in group:
            doc = self._reports.get(piece.arrival)
            if doc is not None:
                path = piece.path
                around = stated_around(hints.get(REPORT_READER, ()), path.rpartition("/")[2], folder_of(path))
                self._decide(doc, around)

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
        formats = [REPORT_READER if report else FILE_READER for report in self._scan.is_report[sure].tolist()]
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


def _bytes_of(pieces: Sequence[Piece]) -> tuple[Bytes, int, Whole]:
    """The bytes of all pieces in a buffer with room, how many they are, and where each piece begins and ends; those that
    cannot be read end where they begin."""
    spans: Whole = np.zeros((len(pieces), 2), np.int64)
    loose = [number for number, piece in enumerate(pieces) if piece.tape is None]
    stretches = _stretches(pieces)
    buffer = room_for(sum(one.end - one.begin for one in stretches) + sum(pieces[number].size for number in loose))
    used = 0
    for number in loose:
        data = pieces[number].data or b""
        buffer[used : used + len(data)] = np.frombuffer(data, np.uint8)
        spans[number] = used, used + len(data)
        used += len(data)
    for one in stretches:
        if _is_read(one, buffer[used : used + one.end - one.begin]):
            spans[one.numbers] = one.spans + (used - one.begin)
            used += one.end - one.begin
    return buffer, used, spans


class _Stretch(NamedTuple):
    """A part of a tape, and which pieces stand in it where."""

    tape: Tape
    begin: int
    end: int
    numbers: list[int]
    spans: Whole


def _stretches(pieces: Sequence[Piece]) -> list[_Stretch]:
    """The part of each tape that the pieces stand in, unless they lie far apart."""
    tape, numbers = None, []
    tapes: dict[Tape, list[int]] = {}
    for number, piece in enumerate(pieces):
        # Nearly all come from one tape after the other.
        if piece.tape is not None and piece.tape is not tape:
            tape = piece.tape
            numbers = tapes.setdefault(tape, [])
        if piece.tape is not None:
            numbers.append(number)
    found = []
    for one, mine in tapes.items():
        at = np.array([pieces[number].offset for number in mine], np.int64)
        size = np.array([pieces[number].size for number in mine], np.int64)
        begin, end = int(at.min()), int((at + size).max())
        if end - begin <= _SPREAD * int((size + 1024).sum()):
            found.append(_Stretch(one, begin, end, mine, np.stack([at, at + size], 1)))
    return found


def _is_read(one: _Stretch, room: Bytes) -> bool:
    """Read a part of a tape; False if it is not as it was when its members were digested."""
    try:
        with Path(one.tape.path).open("rb", buffering=0) as stream:
            stream.seek(one.begin)
            filled = stream.readinto(room.data)
            facts = os.fstat(stream.fileno())
    except OSError:
        return False
    return filled == len(room) and (facts.st_size, facts.st_mtime_ns) == one.tape.stamp


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
