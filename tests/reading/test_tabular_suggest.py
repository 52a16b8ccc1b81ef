"""Suggested mappings: valid, unconfirmed, and honest about what must be decided."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.errors import BadRecord, CheckSettings
from tanglaw.reading.tabular.guess import kind_of, look
from tanglaw.reading.tabular.mapping import Mapping, parse
from tanglaw.reading.tabular.roles import role_of
from tanglaw.reading.tabular.shapes import date_shape, marks_of, shape_of
from tanglaw.reading.tabular.suggest import suggest


def suggested(data: bytes | str, name: str = "p.csv") -> tuple[Mapping, str]:
    text = suggest(data if isinstance(data, bytes) else data.encode(), name)
    assert not parse(text, name).confirmed
    return parse(text.replace("confirmed = false", "confirmed = true"), name), text


def test_a_statement_with_preamble_in_another_encoding() -> None:
    """Delimiter, encoding, lines above the header, decimal comma and day-first dates are proposed."""
    mapping, text = suggested(
        "Kontoauszug;;;;\nZeitraum;01.01.2024;31.01.2024;;\n"
        "Buchungsdatum;Auftraggeber Name;Betrag;Währung;Verwendungszweck\n"
        "03.01.2024;Ana;1.234,50;EUR;rent\n13.01.2024;Ben;12,50;EUR;\n".encode("cp1252")
    )
    assert (mapping.file.delimiter, mapping.file.encoding, mapping.file.skip) == (";", "cp1252", 2)
    assert (mapping.decimal, mapping.thousands, mapping.dates) == (",", ".", ("%d.%m.%Y",))
    assert mapping.columns == {
        "Buchungsdatum": "paid_at",
        "Auftraggeber Name": "from.display_name",
        "Betrag": "amount",
        "Währung": "currency",
        "Verwendungszweck": "purpose",
    }
    assert "DECIDE: day first" not in text
    assert "DECIDE: IANA zone" in text
    assert "Ana" not in text


def test_a_date_and_a_time_column_are_joined_and_doubt_is_said() -> None:
    """Two columns make one instant; where no value tells day from month, a person is asked."""
    mapping, text = suggested(
        "Date,Time,Sender,Receiver,Amount,Ref\n01/02/2024,10:22,A,B,100,X1\n03/04/2024,11:22,A,B,1,X2\n"
    )
    assert mapping.join == {"paid_at": ["Date", "Time"]}
    assert mapping.dates == ("%d/%m/%Y %H:%M",)
    assert "DECIDE: day first or month first? no sampled date tells" in text


@pytest.mark.parametrize(
    ("header", "row", "kind", "fields"),
    [
        ("User ID\tIP Address\tTimestamp", "u1\t192.0.2.1\t1712145600", "logins", {"account.esp-id", "ip", "at"}),
        (
            "Caller,Called Number,Start Time,Duration",
            "+15550100,+15550101,2024-04-03 12:00:00,33",
            "calls",
            {"caller.phone", "callee.phone", "started_at", "seconds"},
        ),
        (
            "thread,author,sent,message",
            "t1,ana,2024-04-03T12:00:00Z,see you at noon",
            "messages",
            {"conversation", "sender.name", "sent_at", "text"},
        ),
        (
            "nombre,apellido,fecha de nacimiento,correo,telefono,ciudad",
            "Ana,Roe,03/04/1990,ana@example.com,+15550100,X",
            "subscribers",
            {"account.email", "person.last_name", "person.date_of_birth", "contact.phone", "person.city"},
        ),
        ("Datum,Soll,Haben,Saldo", "03.04.2024,5.00,,10.00", "payments", {"paid_at", "debit", "credit"}),
        ("MTCN,Jumlah,Mata Uang,Pengirim,Penerima", "1,2.50,IDR,a,b", "payments", {"reference", "amount", "currency"}),
    ],
)
def test_kinds_and_fields(header: str, row: str, kind: str, fields: set[str]) -> None:
    """The kind of table and the fields follow from header words in several languages and from values."""
    mapping, _ = suggested(f"{header}\n{row}\n{row}\n")
    assert mapping.kind == kind
    assert fields <= set(mapping.fields())


def test_a_table_without_a_header_gets_names() -> None:
    """Columns without names are called by number, their fields by what their values look like."""
    mapping, _ = suggested(
        "a@example.com,192.0.2.1,2024-01-01T00:00:00Z\nb@example.com,192.0.2.2,2024-01-01T00:00:00Z\n"
    )
    assert mapping.file.header == ("column 1", "column 2", "column 3")
    assert set(mapping.columns.values()) == {"account.email", "ip", "at"}
    assert mapping.match.file == "p.csv"


def test_words_of_a_status_column_are_listed() -> None:
    """Words of a closed vocabulary are led to the known one where they are equal, and asked for elsewhere."""
    _, text = suggested("ref,amount,status\n1,2.00,Completed\n2,3.00,Zurückgebucht\n")
    assert '"Completed" = "completed"' in text
    assert '# "Zurückgebucht" = ""' in text


def test_a_workbook_names_its_sheet() -> None:
    """For a workbook the sheet and the rows above the header are proposed."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def row(*cells: str) -> str:
        return "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) + "</row>"

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{relations}"><sheets><sheet name="Q1" r:id="a"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="x"><Relationship Id="a" Target="/xl/worksheets/s.xml"/></Relationships>',
        )
        rows = row("Report") + row("Ref", "Amount", "Paid") + row("1", "2.50", "2024-04-03")
        archive.writestr("xl/worksheets/s.xml", f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>")
    mapping, _ = suggested(out.getvalue(), "p.xlsx")
    assert (mapping.file.sheet, mapping.file.skip, mapping.dates) == ("Q1", 1, ("iso",))


def test_nothing_is_no_table() -> None:
    """An empty file gets an error, not a mapping."""
    with pytest.raises(BadRecord, match="no rows"):
        suggest(b"\n\n", "p.csv")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.text(max_size=10),
)
def test_every_suggestion_is_accepted_once_confirmed(rows: list[list[str]], delimiter: str, name: str) -> None:
    """Whatever the text, the suggestion is TOML that the loader takes, says what it needs, or there is no table."""
    data = "\n".join(delimiter.join(row) for row in rows).encode("utf-8", "surrogatepass")
    try:
        suggested(data, name)
    except BadRecord as error:
        assert error.code in ("no-table", "line-too-long")
    except CheckSettings as error:
        needed = str(error).partition(": ")[2]
        assert "need a column for" in needed
        assert f"# DECIDE: {needed}; none was recognised" in suggest(data, name)


@pytest.mark.parametrize(
    ("values", "form", "asks"),
    [
        (["2024-04-03T12:00:00Z"], "iso", False),
        (["13/04/2024", "01/02/2024"], "%d/%m/%Y", False),
        (["04/13/2024", "01/02/2024"], "%m/%d/%Y", False),
        (["01/02/2024"], "%d/%m/%Y", True),
        (["13/04/2024", "04/13/2024"], "%d/%m/%Y", True),
        (["1.2.24 07:05 PM"], "%d.%m.%y %I:%M %p", True),
        (["2024/04/03 07:05:09.123"], "%Y/%m/%d %H:%M:%S.%f", False),
        (["1712145600"], "epoch-seconds", False),
        (["1712145600000"], "epoch-millis", False),
        (["20240403"], "%Y%m%d", False),
        (["45385"], "excel", True),
    ],
)
def test_date_formats_are_read_off_values(values: list[str], form: str, asks: bool) -> None:
    """The order of day and month is proposed where the values show it and asked where they do not."""
    shape = date_shape(values)
    assert shape is not None
    assert (shape.form, bool(shape.decide)) == (form, asks)


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["1.234,50"], (",", ".", False)),
        (["1,234.50"], (".", ",", False)),
        (["12,5"], (",", "", False)),
        (["1 234,50"], (",", " ", False)),
        (["1,234"], (".", ",", True)),
        (["1.234.567"], (",", ".", False)),
        (["12,50", "12.50"], (".", "", True)),
        (["100"], (".", "", False)),
    ],
)
def test_marks_are_read_off_values(values: list[str], marks: tuple[str, str, bool]) -> None:
    """Decimal and thousands marks are proposed where the values show them and asked where they do not."""
    shape = marks_of(values)
    assert (shape.decimal, shape.thousands, bool(shape.decide)) == marks


def test_shapes_and_roles() -> None:
    """Values and header words each tell something; words are matched whole."""
    assert shape_of(["+15550100", "+15550101"]) == "phone"
    assert shape_of(["::1", "192.0.2.1"]) == "ip"
    assert shape_of([]) == "empty"
    assert role_of("senderAccountNo") == "from.account"
    assert role_of("IP-Adresse") == "ip"
    assert role_of("shipping") == ""
    assert kind_of(look(["x", "y"], [["1", "2"]])) == "accounts"
