"""Tabular records by mapping: CSV, TSV and XLSX of payments, log-ins, calls, subscribers, accounts, messages.

The mapping (docs/mappings.md) is found beside the data, in the workspace's folder or among the built-in
ones. A table without one is held with code `mapping-needed`; nothing is guessed in.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl

from tanglaw.errors import BadRecord, CheckSettings
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.reading.tabular import calls, events, find, messages, payments, subscribers
from tanglaw.reading.tabular.columns import PLACE, resolve
from tanglaw.reading.tabular.mapping import Named, parse
from tanglaw.reading.tabular.recognise import looks_tabular
from tanglaw.reading.tabular.tables import Delimited, Sheet, Table
from tanglaw.reading.tabular.values import Reading
from tanglaw.reading.tabular.workbook import Workbook, is_workbook
from tanglaw.reading.tabular.writing import Writing

BUILT_IN = Path(__file__).parent / "mappings"
_WRITERS: dict[str, Callable[[pl.DataFrame, Writing], None]] = {
    "payments": payments.write,
    "logins": events.write,
    "calls": calls.write,
    "subscribers": subscribers.write,
    "accounts": subscribers.write,
    "messages": messages.write,
}


class Tabular:
    """Reads any table that a mapping describes. Locators: `line N` in text, `Sheet!N` in a workbook."""

    name = "tabular"
    tables = (
        "payments",
        "accounts",
        "captures",
        "devices",
        "calls",
        "persons",
        "contacts",
        "messages",
        "conversations",
        "participants",
    )

    def recognise(self, item: Item) -> bool:
        """True for workbooks, for text in columns, for a file that has a mapping beside it, and for mappings."""
        if is_workbook(item.head) or _is_mapping(item):
            return True
        return looks_tabular(item) or (b"\x00\x00" not in item.head[:512] and find.has_beside(item))

    def hints(self, item: Item) -> tuple[str, ...]:
        """None: tables state no report numbers for their neighbours."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Rows of the table, or of every sheet that a mapping fits.

        Raises BadRecord: mapping-needed (held), mapping-invalid, mapping-mismatch, and what the file's own faults
        are. Raises CheckSettings for a workspace mapping that does not hold.
        """
        if _is_mapping(item):
            _check_mapping(item, rows)
        elif is_workbook(item.head):
            _read_workbook(item, rows)
        else:
            table = Delimited(item, rows.settings)
            named = _mapping_for(item, table, rows)
            if named is None:
                raise _held(item, table.sample().lines[0] if table.sample().lines else "")
            if table.sample(named.mapping.file.encoding).assumed:
                rows.issue("encoding-assumed", f"the text was read as {table.sample().encoding}, which is a guess")
            _read_table(table, named, rows)


def _is_mapping(item: Item) -> bool:
    return item.name.endswith(find.SUFFIX) and "kind" in item.text_head


def _check_mapping(item: Item, rows: Rows) -> None:
    """A mapping gives no rows of its own, but a broken one must not pass in silence."""
    try:
        mapping = parse(item.read(find.MAX_MAPPING_BYTES), item.name)
    except CheckSettings as error:
        raise BadRecord("mapping-invalid", str(error)) from error
    if not mapping.confirmed:
        rows.issue("mapping-unconfirmed", f"mapping {item.name} is not confirmed and therefore not used")


def _mapping_for(item: Item, table: Table, rows: Rows) -> Named | None:
    named = find.beside(item)
    if named is not None:
        return named
    for folder, place in ((rows.settings.mappings_folder, "workspace"), (BUILT_IN, "built-in")):
        named = find.choose(find.in_folder(folder, place), item, table.preview)
        if named is not None:
            if place == "workspace":
                rows.issue("mapping-used", f"read with mapping {named.name} of the workspace, SHA-256 {named.sha256}")
            return named
    return None


def _held(item: Item, header: str, place: str = "header") -> BadRecord:
    reason = (
        f"no mapping is for {item.name}: `tanglaw mapping suggest {item.name}` proposes one, "
        f"to be checked and kept as {item.name}{find.SUFFIX}"
    )
    return BadRecord("mapping-needed", reason, place, header[:1000])


def _read_table(table: Table, named: Named, rows: Rows) -> None:
    names = table.header(named.mapping, named.name)
    columns = resolve(named.mapping, names, named.name, rows.issue)

    def bad(code: str, reason: str, place: int, raw: bytes) -> None:
        rows.quarantine(code, reason, table.locator(pl.Series([place]))[0], raw)

    reading = Reading(named.mapping, named.name, rows.settings.default_zone, bad, rows.issue, table.formats)
    writing = Writing(rows, named.mapping, reading.say_once)
    for block in table.blocks(columns.wanted, bad):
        frame = reading.values(columns.texts(block.frame), block)
        frame = frame.with_columns(table.locator(frame[PLACE]).alias("locator"))
        if len(frame):
            _WRITERS[named.mapping.kind](frame, writing)
            writing.rows_before += len(frame)
    if not writing.rows_before:
        rows.issue("no-rows", "the table has no row below its header that can be read", "header")


def _read_workbook(item: Item, rows: Rows) -> None:
    with item.open() as stream:
        seekable = stream if stream.seekable() else io.BytesIO(item.read(rows.settings.max_document_bytes))
        book = Workbook(seekable, rows.settings)
        _extras(book, rows)
        waiting: list[BadRecord] = []
        read = 0
        for name in book.sheets:
            table = Sheet(book, name, rows.settings)
            first = table.first_rows()
            if not first:
                continue
            named = _mapping_for(item, table, rows)
            if named is not None and not _is_for(named, table):
                named = None
            if named is None:
                waiting.append(_held(item, "\t".join(first[0].cells), name))
                continue
            _read_table(table, named, rows)
            read += 1
        if waiting and not read:
            raise waiting[0]
        if not read:
            raise BadRecord("no-table", "the workbook has no sheet with rows that can be read")
        for held in waiting:
            rows.quarantine(held.code, held.reason, held.locator, held.excerpt)


def _is_for(named: Named, table: Sheet) -> bool:
    """True if the sheet has the header that a mapping beside the workbook asks for."""
    rows = table.preview(named.mapping)
    return bool(rows) and (bool(named.mapping.file.header) or find.header_row(rows[0], named.mapping)[0] >= 0)


def _extras(book: Workbook, rows: Rows) -> None:
    media, links = book.extras()
    if media:
        rows.issue("workbook-media", f"{media} media or embedded parts of the workbook were not opened")
    if links:
        rows.issue("external-links", f"{links} links to other workbooks were not followed")


TABULAR = Tabular()
