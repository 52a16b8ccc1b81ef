"""Workbooks as streams of rows: every kind of cell, and every kind of damage."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.errors import BadRecord
from tanglaw.reading.tabular.cells import Style, date_text, number_text, style_of
from tanglaw.reading.tabular.workbook import Row, Workbook, is_workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
STYLES = (
    f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)


def workbook(rows: str = "", /, shared: str = "", setting: str = "", **more: bytes | str) -> bytes:
    """An XLSX of one sheet `Data` whose XML rows are given; further parts by name with `__` for `/`."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f"<workbook {MAIN} xmlns:r="
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'{setting}<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId9" Target="http://example.invalid/x.xml" TargetMode="External"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/styles.xml": STYLES,
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f"<sst {MAIN}>{shared}</sst>"
    parts.update({name.replace("__", "/"): data for name, data in more.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def rows_of(data: bytes, decimal: str = ".", settings: Settings | None = None) -> list[Row]:
    return list(Workbook(io.BytesIO(data), settings or Settings()).rows("Data", decimal))


def cell(inner: str, decimal: str = ".") -> str:
    [row] = rows_of(workbook(f"<row>{inner}</row>", "<si><t>zero</t></si>"), decimal)
    return row.cells[0]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<c t="s"><v>0</v></c>', "zero"),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c>', "a b"),
        ('<c t="str"><f>A1&amp;B1</f><v>made</v></c>', "made"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ('<c><f>HYPERLINK("http://example.invalid")</f></c>', '=HYPERLINK("http://example.invalid")'),
        ('<c t="inlineStr"><is><t>=1+1</t></is></c>', "=1+1"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ("<c><v>639171234567</v></c>", "639171234567"),
        ("<c><v>6.39171234567E11</v></c>", "639171234567"),
        ("<c><v>36.359999999999999</v></c>", "36.36"),
        ("<c><v>1E-3</v></c>", "0.001"),
        ('<c s="1"><v>45385.5</v></c>', "2024-04-03T12:00:00"),
        ('<c s="3"><v>45385</v></c>', "2024-04-03"),
        ('<c s="1"><v>0.5</v></c>', "12:00:00"),
        ('<c s="2"><v>1.5</v></c>', "36:00:00"),
        ('<c s="77"><v>5</v></c>', "5"),
    ],
)
def test_every_kind_of_cell(inner: str, expected: str) -> None:
    """Cells become text: digits kept, dates ISO, formulas as their stored result or their text, never run."""
    assert cell(inner) == expected


def test_numbers_take_the_declared_decimal_mark() -> None:
    """Stored numbers are written with the mapping's decimal mark, so that amounts read alike in all columns."""
    assert cell("<c><v>1234.5</v></c>", ",") == "1234,5"


def test_sparse_rows_keep_their_columns_and_numbers() -> None:
    """Cells stand in the column they state; rows keep their number; blank rows are left out."""
    xml = (
        '<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row>'
        '<row r="3"><c r="A3"/></row><row r="1048576"><c><v>3</v></c></row>'
    )
    assert rows_of(workbook(xml)) == [Row(2, ["", "1", "", "2"]), Row(1_048_576, ["3"])]


def test_a_far_cell_makes_a_wide_row_and_no_memory() -> None:
    """A cell in the last column that a sheet can have is not padded for: the row is marked as too wide."""
    [row] = rows_of(workbook('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'))
    assert (row.wide, row.cells) == (True, ["1"])


def test_dates_since_1904() -> None:
    """A workbook that counts days from 1904 is read so."""
    data = workbook('<row><c s="3"><v>43923</v></c></row>', setting='<workbookPr date1904="1"/>')
    assert rows_of(data)[0].cells == ["2024-04-03"]


def test_media_and_links_are_counted_not_opened() -> None:
    """Media parts and links to other workbooks are counted; a damaged one disturbs nothing."""
    data = workbook("<row><c><v>1</v></c></row>", xl__media__image1="neutral", xl__externalLinks__externalLink1="<x")
    book = Workbook(io.BytesIO(data), Settings())
    assert book.extras() == (1, 1)
    assert len(list(book.rows("Data"))) == 1


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    """A part that unpacks to far more than it holds is refused by its stated sizes."""
    data = workbook("<row/>" * 2_000_000)
    with pytest.raises(BadRecord) as error:
        rows_of(data)
    assert error.value.code == "archive-ratio"
    with pytest.raises(BadRecord) as error:
        rows_of(data, settings=Settings(max_archive_ratio=10_000, max_member_bytes=1_000_000))
    assert error.value.code == "too-large"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE worksheet [<!ENTITY a "x">]>',
        '<!DOCTYPE worksheet [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE worksheet [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE worksheet SYSTEM "http://example.invalid/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(doctype: str, encoding: str) -> None:
    """A sheet with a DTD is refused, in UTF-16 too; no entity is expanded and nothing fetched."""
    xml = f"{doctype}<worksheet {MAIN}><sheetData><row><c t='str'><v>&a;</v></c></row></sheetData></worksheet>"
    with pytest.raises(BadRecord) as error:
        rows_of(workbook(xl__worksheets__sheet1=b"", **{"xl__worksheets__sheet1.xml": xml.encode(encoding)}))
    assert error.value.code in ("dtd-refused", "bad-workbook")


def test_a_broken_sheet_is_a_bad_workbook() -> None:
    """XML that ends early, and a part that is missing, say so."""
    for data in (workbook("<row><c>"), workbook("", **{"xl__workbook.xml": "<workbook"})):
        with pytest.raises(BadRecord) as error:
            rows_of(data)
        assert error.value.code == "bad-workbook"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 5000), st.randoms(use_true_random=False))
def test_a_damaged_workbook_ends_in_one_clear_error(cut: int, dice: random.Random) -> None:
    """A workbook cut short or with flipped bytes is read or refused; nothing else happens."""
    data = bytearray(workbook("<row><c><v>1</v></c></row>" * 50, "<si><t>x</t></si>"))
    data = data[: max(4, len(data) - cut)] if cut % 2 else data
    for _ in range(cut % 7):
        data[dice.randrange(len(data))] = dice.randrange(256)
    try:
        book = Workbook(io.BytesIO(bytes(data)), Settings())
        for sheet in book.sheets:
            list(book.rows(sheet))
    except BadRecord as error:
        assert error.code in ("bad-workbook", "encrypted", "too-large", "archive-ratio", "dtd-refused")


def test_what_a_workbook_is() -> None:
    """A workbook is told by its parts, not its name: other archives are none."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert is_workbook(workbook()[:65_536])
    assert not is_workbook(other.getvalue())
    assert not is_workbook(b"xl/workbook.xml")


@pytest.mark.parametrize(
    ("code", "style"),
    [
        ("0.00", Style.NUMBER),
        ("General", Style.NUMBER),
        ('#,##0.00 "days"', Style.NUMBER),
        ("[Red]0.00", Style.NUMBER),
        ("yyyy-mm-dd", Style.DATE),
        ("[$-409]d/m/yy h:mm AM/PM;@", Style.DATE),
        ("[mm]:ss", Style.ELAPSED),
    ],
)
def test_number_formats(code: str, style: Style) -> None:
    """A number format shows a number, a date or a length of time."""
    assert style_of("170", {"170": code}) is style


@given(st.text(max_size=20))
def test_odd_numbers_stay_text(text: str) -> None:
    """What is no number stays as it is."""
    number_text(text)
    date_text(text, Style.DATE, False)
    assert number_text("1e400") == "1e400"
    assert date_text("1e400", Style.DATE, False) == ""
