"""Tables by mapping, through the reader's own door: rows out, bad ones aside, nothing guessed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.errors import CheckSettings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.accounts import account_id
from tanglaw.reading.tabular import find
from tanglaw.sources.tabular import BUILT_IN, TABULAR
from tanglaw.testing.rows import Found, collect, item_of

EXAMPLES = Path(__file__).parent / "examples"
SHARED = Path(__file__).parents[3] / "shared" / "data"
IDS = Ids(DEMO_KEY)


def example(name: str) -> Found:
    def beside(other: str) -> bytes | None:
        path = EXAMPLES / other
        return path.read_bytes() if path.is_file() else None

    return collect(TABULAR, (EXAMPLES / name).read_bytes(), f"in/{name}", beside=beside)


def read(data: str | bytes, mapping: str, settings: Settings | None = None, name: str = "p.csv") -> Found:
    raw = data if isinstance(data, bytes) else data.encode()
    return collect(TABULAR, raw, f"in/{name}", beside={f"{name}.mapping.toml": mapping.encode()}, settings=settings)


def codes(found: Found, table: str = "quarantine") -> list[tuple[str, str]]:
    return [(row["code"], row["locator"]) for row in found.get(table, [])]


def test_payments_of_the_neutral_layout() -> None:
    """Payments keep reference, exact amount, both accounts and place; rejected and reversed ones do not count."""
    found = example("tabular_payments.csv")
    assert sorted(found) == ["accounts", "payments"]
    first, second, third = found["payments"]
    assert first | {"source_id": ""} == {
        "payment_id": IDS.of("payment", "swift-pay", "RX-1001"),
        "reference": "RX-1001",
        "paid_at": datetime(2024, 4, 3, 12, tzinfo=UTC),
        "paid_at_original": "2024-04-03T12:00:00Z",
        "paid_at_assumed": None,
        "amount": Decimal(51),
        "currency": "USD",
        "from_account_id": account_id(IDS, "Swift Pay Inc", "account-number", "1000200030"),
        "to_account_id": account_id(IDS, "Swift Pay Inc", "account-number", "5550001"),
        "provider": "swift-pay",
        "method": "remittance",
        "status": "completed",
        "counted": True,
        "purpose": "family",
        "place": "Branch 12",
        "source_id": "",
        "locator": "line 2",
    }
    assert [(p["status"], p["counted"]) for p in (second, third)] == [("rejected", False), ("reversed", False)]
    assert third["purpose"] == "lunch, Friday"
    assert {(a["identifier"], a["role"], a["display_name"]) for a in found["accounts"]} == {
        ("1000200030", "sender", "Ana Roe"),
        ("5550002", "sender", "Cy Poe"),
        ("5550001", "receiver", "Ben Moe"),
        ("5550002", "receiver", "Cy Poe"),
    }
    assert {a["identifier_kind"] for a in found["accounts"]} == {"account-number"}


def test_logins_of_the_neutral_layout() -> None:
    """Log-ins become captures of one account, with port and second where stated."""
    found = example("tabular_logins.csv")
    first, second = found["captures"]
    own = account_id(IDS, "Example Chat", "esp-id", "u-77")
    assert {first["account_id"], second["account_id"]} == {own}
    assert (first["event"], first["ip"], first["port"]) == ("Login", "192.0.2.10", 51_234)
    assert (first["at"], first["role"]) == (datetime(2024, 4, 3, 11, 58, tzinfo=UTC), "subscriber")
    assert (second["ip"], second["port"], second["locator"]) == ("2001:db8::7", None, "line 3")
    assert [(a["account_id"], a["role"], a["platform"]) for a in found["accounts"]] == [
        (own, "subscriber", "example-chat")
    ]


def test_calls_of_the_neutral_layout() -> None:
    """Calls name both ends, start and length."""
    found = example("tabular_calls.csv")
    first, second = found["calls"]
    assert first["call_id"] == IDS.of("call", "example-chat", "c-1")
    assert (first["caller_account_id"], first["callee_account_id"]) == (
        second["callee_account_id"],
        second["caller_account_id"],
    )
    assert (first["seconds"], first["kind"], first["outcome"]) == (300.0, "video", "answered")
    assert {a["role"] for a in found["accounts"]} == {"participant"}


def test_subscribers_of_the_neutral_layout() -> None:
    """A subscriber list gives accounts, persons and contacts; a row that states no person gives none."""
    found = example("tabular_subscribers.csv")
    assert [(a["identifier"], a["handle"]) for a in found["accounts"]] == [("u-77", "@ana.roe"), ("u-78", "benmoe")]
    [person] = found["persons"]
    assert (person["name"], person["date_of_birth"], person["city"]) == ("Ana Roe", "1990-04-03", "Sample Town")
    assert person["account_id"] == found["accounts"][0]["account_id"]
    assert [(c["kind"], c["value"], c["person_id"] is None) for c in found["contacts"]] == [
        ("email", "ana@example.com", False),
        ("email", "ben@example.com", True),
        ("phone", "+15550100", False),
    ]
    assert set(found) == {"accounts", "persons", "contacts"}


def test_a_statement_with_debit_and_credit_columns() -> None:
    """In a statement of one account the holder pays debits and receives credits; date and time are joined."""
    found = example("tabular_statement.csv")
    holder = account_id(IDS, "Example Bank", "account-number", "700-1")
    first, second = found["payments"]
    assert (first["from_account_id"], second["to_account_id"]) == (holder, holder)
    assert (first["amount"], second["amount"]) == (Decimal("1234.5"), Decimal("20.25"))
    assert (first["paid_at"], first["paid_at_assumed"]) == (datetime(2024, 4, 3, 12, tzinfo=UTC), "Asia/Manila")
    assert first["paid_at_original"] == "03.04.2024 20:00"
    assert (first["status"], first["counted"], first["locator"]) == ("not-stated", True, "line 4")
    names = {a["account_id"]: (a["display_name"], a["identifier_kind"]) for a in found["accounts"]}
    assert names[first["to_account_id"]] == ("Ana Roe", "none")
    assert "quarantine" not in found


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("tabular_*.csv")))
def test_the_same_file_gives_the_same_rows(name: str) -> None:
    """Read twice, a file gives equal rows and equal ids, all with provenance and with keys that differ."""
    once, again = example(name), example(name)
    assert once == again
    source = IDS.of("source", hashlib.sha256((EXAMPLES / name).read_bytes()).hexdigest())
    for table, rows in once.items():
        assert table in TABULAR.tables
        assert {row["source_id"] for row in rows} == {source}
        assert all(row["locator"] for row in rows)
    for table, key in (("payments", "payment_id"), ("captures", "capture_id"), ("contacts", "contact_id")):
        keys = [row[key] for row in once.get(table, [])]
        assert len(set(keys)) == len(keys)


def test_built_in_mappings_hold_and_match_only_their_own_header() -> None:
    """Every mapping that is shipped is valid, exact, and alone for its header."""
    named = find.in_folder(BUILT_IN, "built-in")
    assert len(named) == 5
    assert all(one.mapping.match.exact for one in named)
    assert len({one.mapping.match.columns for one in named}) == 5


def test_a_table_without_a_mapping_is_held() -> None:
    """A table that no mapping is for gives no row and says how to get a suggestion."""
    found = collect(TABULAR, b"who,what\na,b\nc,d\n", "in/odd.csv")
    [row] = found.pop("quarantine")
    assert found == {}
    assert (row["code"], row["locator"], row["excerpt"]) == ("mapping-needed", "header", "who,what")
    assert "tanglaw mapping suggest odd.csv" in row["reason"]


def test_a_column_more_than_the_built_in_layout_is_held() -> None:
    """A built-in mapping is for its exact header only: one more column and the table waits for a person."""
    data = (EXAMPLES / "tabular_logins.csv").read_text().replace("\n", ",x\n")
    assert codes(collect(TABULAR, data.encode(), "in/l.csv")) == [("mapping-needed", "header")]


PAYMENTS = """
kind = "payments"
zone = "UTC"
empty = ["n/a"]
[columns]
Ref = "reference"
Sum = "amount"
When = "paid_at"
State = "status"
From = "from.phone"
[values.status]
storniert = "reversed"
"""


def test_unlisted_and_missing_columns_are_issues() -> None:
    """Each column that the mapping neither reads nor ignores is an issue once, and so is one the table lacks."""
    found = read(
        "Ref,Sum,Odd,Old\n1,2,x,y\n2,3,x,y\n", PAYMENTS.replace('zone = "UTC"', 'zone = "UTC"\nignore = ["old"]')
    )
    said = [(row["code"], row["reason"]) for row in found["issues"]]
    assert [code for code, _ in said].count("unmapped-column") == 1
    assert "'Odd'" in next(reason for code, reason in said if code == "unmapped-column")
    assert [code for code, _ in said].count("missing-column") == 3
    assert len(found["payments"]) == 2


def test_values_that_do_not_hold_set_their_row_aside() -> None:
    """Each row with a value that fits no declaration goes to quarantine with line and text; the rest arrives."""
    good = "".join(f"g{i},5,2024-04-03,ok,n/a\n" for i in range(3))
    data = f"Ref,Sum,When,State,From\n{good}b1,five,2024-04-03,,\nb2,1,2024-02-31,,\nb3,-1,2024-04-03,,\nb4,1,1950-01-01,,\n{good}"
    found = read(data, PAYMENTS)
    assert codes(found) == [
        ("bad-amount", "line 5"),
        ("bad-time", "line 6"),
        ("bad-amount", "line 7"),
        ("bad-time", "line 8"),
    ]
    assert found["quarantine"][0]["excerpt"] == "b1,five,2024-04-03,,"
    assert len(found["payments"]) == 6
    assert found["payments"][0]["from_account_id"] is None
    assert ("unknown-word", "") in codes(found, "issues")


def test_status_words_are_declared_or_said() -> None:
    """A declared word leads to its status, a known one to itself, an unknown one is an issue and stays counted."""
    found = read("Ref,Sum,State\n1,1,STORNIERT\n2,1,Rejected\n3,1,gone\n4,1,\n", PAYMENTS)
    assert [(p["status"], p["counted"]) for p in found["payments"]] == [
        ("reversed", False),
        ("rejected", False),
        ("not-stated", True),
        ("not-stated", True),
    ]


def test_a_mapping_that_fits_nothing_stops_the_table() -> None:
    """If no value of a column fits its declaration, the mapping is wrong: one error, not a thousand bad rows."""
    data = "Ref,Sum,When\n" + "".join(f"{i},5,03/04/2024\n" for i in range(50))
    found = read(data, PAYMENTS)
    assert codes(found) == [("mapping-mismatch", "header")]
    assert "payments" not in found


@pytest.mark.parametrize(
    ("negative", "amount", "status", "way"),
    [("keep", "-5", "not-stated", ""), ("reversed", "5", "reversed", ""), ("debit", "5", "not-stated", "out")],
)
def test_negative_amounts_mean_what_is_declared(negative: str, amount: str, status: str, way: str) -> None:
    """A negative amount is kept, a reversal, or a payment by the holder, as the mapping says."""
    mapping = f'kind = "payments"\nnegative = "{negative}"\n[columns]\nSum = "amount"\n'
    if way:
        mapping += '[constants]\n"holder.account-number" = "1"\n"counterparty.account-number" = "2"\n'
    [payment] = read("Sum,x\n-5,y\n", mapping)["payments"]
    assert (payment["amount"], payment["status"]) == (Decimal(amount), status)
    assert (payment["from_account_id"] == account_id(IDS, None, "account-number", "1")) == bool(way)


def test_both_debit_and_credit_is_no_payment() -> None:
    """A row with two amounts, or none, is set aside; zero counts as empty."""
    mapping = 'kind = "payments"\n[columns]\nD = "debit"\nC = "credit"\n'
    found = read("D,C\n5,0\n5,5\n0,0.00\n0,7\n", mapping)
    assert codes(found) == [("bad-amount", "line 3"), ("bad-amount", "line 4")]
    assert [p["amount"] for p in found["payments"]] == [Decimal(5), Decimal(7)]


def test_equal_rows_without_reference_are_numbered() -> None:
    """Payments without a reference get ids of their content and number, equal in every export that has them."""
    mapping = 'kind = "payments"\n[columns]\nSum = "amount"\nNote = "purpose"\n'
    first = [p["payment_id"] for p in read("Sum,Note\n5,a\n5,a\n6,b\n", mapping)["payments"]]
    other = [p["payment_id"] for p in read("Sum,Note\n6,b\n5,a\n", mapping)["payments"]]
    assert len(set(first)) == 3
    assert other == [first[2], first[0]]


def test_repeated_references_are_said() -> None:
    """A reference that repeats makes one payment of which the newest row counts, and is an issue once."""
    found = read("Ref,Sum\nA,1\nA,1\nA,1\n,2\n,2\n", PAYMENTS)
    assert len({p["payment_id"] for p in found["payments"]}) == 3
    assert codes(found, "issues").count(("repeated-reference", "")) == 1
    apart = read("Ref,Sum\nA,1\nA,1\n", "reference_unique = false\n" + PAYMENTS)
    assert len({p["payment_id"] for p in apart["payments"]}) == 2


def test_the_most_stable_identifier_makes_the_account() -> None:
    """Row by row, the first identifier stated in the order of stability makes the account's id."""
    mapping = (
        'kind = "logins"\n[columns]\nId = "account.esp-id"\nTel = "account.phone"\nUser = "account.handle"\n'
        'IP = "ip"\n[constants]\nplatform = "X"\n'
    )
    found = read(
        "Id,Tel,User,IP\n7,+1 555 0100,@Ana,192.0.2.1\n,+1 555 0100,@Ana,192.0.2.2\n,,@Ana,192.0.2.3\n,,,192.0.2.4\n",
        mapping,
    )
    assert [(a["identifier_kind"], a["identifier"], a["handle"]) for a in found["accounts"]] == [
        ("esp-id", "7", "@Ana"),
        ("phone", "+15550100", "@Ana"),
        ("handle", "ana", "@Ana"),
    ]
    assert found["captures"][2]["account_id"] == account_id(IDS, "X", "handle", "ana")
    assert (found["captures"][3]["account_id"], found["captures"][3]["event"]) == (None, "Unknown")


def test_messages_of_a_table() -> None:
    """Messages keep order, both accounts and conversation; a direct one has its two ends, whoever writes."""
    mapping = (
        'kind = "messages"\nzone = "UTC"\n[columns]\nA = "sender.handle"\nB = "recipient.handle"\nT = "text"\n'
        'D = "sent_at"\n[constants]\nplatform = "X"\n'
    )
    found = read('A,B,T,D\nana,ben,"see you\nat noon",2024-04-03 12:00:00\nben,ana,ok,2024-04-03 12:01:00\n', mapping)
    first, second = found["messages"]
    assert first["text"] == "see you\nat noon"
    assert [(m["source_index"], m["locator"], m["source_path"]) for m in (first, second)] == [
        (0, "line 2", "in/p.csv"),
        (1, "line 4", "in/p.csv"),
    ]
    assert first["conversation_id"] == second["conversation_id"]
    assert [c["kind"] for c in found["conversations"]] == ["direct"]
    assert len(found["participants"]) == 2
    named = read("A,T,C\nana,hi,room\n", mapping.replace('B = "recipient.handle"', 'C = "conversation"'))
    assert [(c["kind"], c["title"]) for c in named["conversations"]] == [("group", "room")]


def test_registration_and_device_of_a_subscriber() -> None:
    """A subscriber's registration address and device become a capture and a device of the account."""
    mapping = (
        'kind = "subscribers"\nzone = "UTC"\n[columns]\nU = "account.esp-id"\nIP = "ip"\nAt = "at"\n'
        'IMEI = "device"\n[constants]\ndevice_kind = "IMEI"\n'
    )
    found = read("U,IP,At,IMEI\n1,192.0.2.1,2024-04-03,35-1\n2,,,\n", mapping)
    [capture], [device] = found["captures"], found["devices"]
    assert (capture["event"], capture["ip"], capture["account_id"]) == (
        "Registration",
        "192.0.2.1",
        device["account_id"],
    )
    assert (device["kind"], device["value"]) == ("IMEI", "35-1")


def test_an_assumed_zone_is_said() -> None:
    """Without a zone in data and mapping the workspace's default is assumed, marked and said once."""
    found = read("Sum,When\n1,2024-04-03\n", PAYMENTS.replace('zone = "UTC"', ""), Settings(default_zone="Asia/Manila"))
    assert found["payments"][0]["paid_at_assumed"] == "Asia/Manila"
    assert codes(found, "issues").count(("zone-assumed", "")) == 1


def test_declared_encoding_wins_and_a_guess_is_said() -> None:
    """A declared encoding is used as it is; one that was found by its bytes is an issue."""
    mapping = 'kind = "payments"\n[columns]\nBetrag = "amount"\n"Für" = "purpose"\n'
    data = "Betrag;Für\n5;Grüße\n".encode("cp1252")
    guessed = read(data, mapping)
    assert guessed["payments"][0]["purpose"] == "Grüße"
    assert codes(guessed, "issues") == [("encoding-assumed", "")]
    declared = read(data, mapping + '[file]\nencoding = "cp1252"\n')
    assert declared["payments"][0]["purpose"] == "Grüße"
    assert "issues" not in declared


def test_bytes_beyond_the_start_decide_the_encoding() -> None:
    """A file that is plain ASCII for a megabyte still has its encoding found."""
    mapping = 'kind = "payments"\n[columns]\nSum = "amount"\nNote = "purpose"\n'
    data = b"Sum,Note\n" + b"5,plain text\n" * 100_000 + "6,Grüße aus Köln\n".encode("cp1252")
    found = read(data, mapping)
    assert found["payments"][-1]["purpose"] == "Grüße aus Köln"
    assert len(found["payments"]) == 100_001


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.decimals(0, 10**6, places=2), st.text("abc é,;\n", max_size=6)),
            st.sampled_from(["ragged", "x,y,z", '"a"b,c', "five,note", "\x00,y"]),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_n_good_and_m_bad(rows: list[Any]) -> None:
    """N good and M bad rows in: N payments out, M rows in quarantine with line and digest."""
    lines, good, bad, line = ["Sum,Note"], [], [], 2
    for row in rows:
        if isinstance(row, str):
            lines.append(row)
            bad.append(f"line {line}")
        else:
            lines.append(f'{row[0]},"{row[1]}"')
            good.append((row[0], row[1].strip() or None))
        line += 1 + lines[-1].count("\n")
    if "five,note" in rows and len(rows) >= 10 and not good:
        return
    found = read("\n".join(lines) + "\n", 'kind = "payments"\n[columns]\nSum = "amount"\nNote = "purpose"\n')
    assert [(p["amount"], p["purpose"]) for p in found.get("payments", [])] == good
    assert sorted(q["locator"] for q in found.get("quarantine", [])) == sorted(bad)
    assert all(len(q["sha256"]) == 64 for q in found.get("quarantine", []))


def test_a_million_columns() -> None:
    """A table with a million columns is refused as a whole, mapping or not."""
    header = ",".join(f"c{i}" for i in range(1_000_000))
    for found in (read(header + "\n", 'kind = "payments"\n[columns]\nc1 = "amount"\n'),):
        assert codes(found) == [("too-many-columns", "header")]


def test_a_first_line_of_fifty_megabytes() -> None:
    """A first line beyond the limit is one clear error."""
    found = read(b"x" * 50_000_000, 'kind = "payments"\n[columns]\nc1 = "amount"\n')
    assert codes(found) == [("line-too-long", "line 1")]


def test_media_in_a_cell_leaves_only_a_mark() -> None:
    """A picture in base64 in a cell is replaced by its digest; no byte of it is in any row."""
    picture = "iVBORw0KGgo" + "QUJD" * 100
    found = read(
        f"Sum,Note\n5,{picture}\nx,{picture}\n", 'kind = "payments"\n[columns]\nSum = "amount"\nNote = "purpose"\n'
    )
    assert "media removed" in found["payments"][0]["purpose"]
    assert picture[:60] not in repr(found)


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(**sheets: list[list[str | float]]) -> bytes:
    """An XLSX of those sheets: texts inline, numbers as numbers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        tags = "".join(f'<sheet name="{name}" r:id="r{i}"/>' for i, name in enumerate(sheets))
        archive.writestr(
            "xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{RELATIONS}"><sheets>{tags}</sheets></workbook>'
        )
        links = "".join(f'<Relationship Id="r{i}" Target="worksheets/s{i}.xml"/>' for i in range(len(sheets)))
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="x">{links}</Relationships>')
        for i, rows in enumerate(sheets.values()):
            cells = [
                "".join(
                    f"<c><v>{cell!r}</v></c>"
                    if isinstance(cell, float)
                    else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
                    for cell in row
                )
                for row in rows
            ]
            data = "".join(f"<row>{row}</row>" for row in cells)
            archive.writestr(f"xl/worksheets/s{i}.xml", f"<worksheet {MAIN}><sheetData>{data}</sheetData></worksheet>")
        archive.writestr("xl/media/image1.png", b"not opened")
    return out.getvalue()


def test_a_workbook_of_several_sheets() -> None:
    """Each sheet that the mapping fits is read, one that it does not fit is held, and media are not opened."""
    rows: list[list[str | float]] = [["Report"], ["Sum", "Note"], [1234.5, "=1+1"], ["x", "y"], [2.0, "a", "more"]]
    data = workbook(Jan=rows, Feb=rows[1:3], Other=[["who", "what"], ["a", "b"]])
    mapping = 'kind = "payments"\ndecimal = ","\nthousands = "."\n[columns]\nSum = "amount"\nNote = "purpose"\n'
    assert TABULAR.recognise(item_of(data, "in/p.xlsx"))
    found = read(data, mapping, name="p.xlsx")
    assert [(p["amount"], p["purpose"], p["locator"]) for p in found["payments"]] == [
        (Decimal("1234.5"), "=1+1", "Jan!3"),
        (Decimal("1234.5"), "=1+1", "Feb!2"),
    ]
    assert codes(found) == [("ragged-row", "Jan!5"), ("bad-amount", "Jan!4"), ("mapping-needed", "Other")]
    assert codes(found, "issues") == [("workbook-media", "")]


def test_a_workbook_without_a_mapping_is_held() -> None:
    """A workbook that no mapping is for is held as a whole."""
    assert codes(collect(TABULAR, workbook(A=[["who", "what"], ["a", "b"]]), "in/p.xlsx")) == [("mapping-needed", "A")]


def test_a_truncated_workbook_is_set_aside() -> None:
    """A workbook cut in half is one quarantine row."""
    data = workbook(A=[["who", "what"], ["a", "b"]])
    assert codes(collect(TABULAR, data[: len(data) // 2], "in/p.xlsx")) == [("bad-workbook", "")]


def test_the_workspace_folder_stands_before_the_built_in(tmp_path: Path) -> None:
    """A mapping of the workspace's folder is used where it matches, and named with its digest."""
    (tmp_path / "mine.toml").write_text(
        'kind = "logins"\n[match]\ncolumns = ["account", "ip"]\n[columns]\naccount = "account.handle"\nip = "ip"\n'
    )
    data = (EXAMPLES / "tabular_logins.csv").read_bytes()
    found = collect(TABULAR, data, "in/l.csv", settings=Settings(mappings_folder=str(tmp_path)))
    assert {a["identifier_kind"] for a in found["accounts"]} == {"handle"}
    assert ("mapping-used", "") in codes(found, "issues")
    (tmp_path / "broken.toml").write_text("kind = 1")
    with pytest.raises(CheckSettings, match=r"broken\.toml"):
        collect(TABULAR, data, "in/l.csv", settings=Settings(mappings_folder=str(tmp_path)))


def test_mapping_files_are_checked_not_read() -> None:
    """A mapping in the delivery gives no rows; a broken one is set aside, an unconfirmed one is said."""
    name = "in/p.csv.mapping.toml"
    assert TABULAR.recognise(item_of(PAYMENTS.encode(), name))
    assert collect(TABULAR, PAYMENTS.encode(), name) == {}
    assert codes(collect(TABULAR, b'kind = "loans"', name)) == [("mapping-invalid", "")]
    assert codes(collect(TABULAR, ("confirmed = false\n" + PAYMENTS).encode(), name), "issues") == [
        ("mapping-unconfirmed", "")
    ]


@pytest.mark.parametrize(
    ("data", "is_table"),
    [
        (b"a,b\n1,2\n", True),
        (b"\xef\xbb\xbfa;b\n1;2\n", True),
        ("a\tb\n1\t2\n".encode("utf-16"), True),
        (b"title\n\nwho,what,when\n1,2,3\n4,5,6\n", True),
        (b"who,what,when\n", True),
        (b"1,2,3\n4,5,6\n", True),
        (b'{"a": 1, "b": 2}', False),
        (b"<a>1,2</a>\n<b>1,2</b>\n", False),
        (b"see you at noon, then\n", False),
        (b"one line\nanother line\n", False),
        (b"", False),
        (b"\x89PNG,a,b\n1,2,3\n", False),
        (bytes(range(256)) * 40, False),
        (b"PK\x03\x04 word/document.xml", False),
    ],
)
def test_what_a_table_looks_like(data: bytes, is_table: bool) -> None:
    """Tables are told by their shape; prose, markup, media and other archives are none."""
    assert TABULAR.recognise(item_of(data, "in/x")) is is_table


@given(st.binary(max_size=400))
@hypothesis_settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_set_aside(data: bytes) -> None:
    """Any bytes under a mapping end in rows, issues or quarantine, never in a crash."""
    TABULAR.recognise(item_of(data, "in/p.csv"))
    read(data, PAYMENTS)
    read(b"Ref,Sum,When\n" + data, PAYMENTS)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the public test data are not here")
def test_the_public_transactions_enter_through_a_mapping() -> None:
    """All 45,326 public transactions arrive as payments with exact amounts."""
    mapping = (
        'kind = "payments"\nzone = "UTC"\nignore = ["ground_truth"]\n[columns]\nunique_id = "reference"\n'
        'memo = "purpose"\ntransaction_date = "paid_at"\namount = "amount"\n[constants]\nprovider = "origin"\n'
    )
    data = (SHARED / "linking" / "transactions_origin.csv").read_bytes()
    found = read(data, mapping, name="transactions_origin.csv")
    assert len(found["payments"]) == len({p["payment_id"] for p in found["payments"]}) == 45_326
    assert set(found) == {"payments"}
    assert found["payments"][0]["amount"] == Decimal("36.36")
