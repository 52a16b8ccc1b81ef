"""CSV hash lists: columns by name, several hashes an entry, bad cells."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.references import REFERENCES
from tanglaw.references.csv_lists import CsvHashList
from tanglaw.testing.rows import Found, collect, item_of

PHOTODNA = base64.b64encode(bytes(range(144))).decode()


def md5(number: int) -> str:
    return hashlib.md5(str(number).encode()).hexdigest()


def sha1(number: int) -> str:
    return hashlib.sha1(str(number).encode()).hexdigest()


def read(data: bytes | str) -> Found:
    return collect(CsvHashList(), data.encode() if isinstance(data, str) else data, "inbox/list-b.csv")


def recognised(data: bytes | str) -> bool:
    return CsvHashList().recognise(item_of(data.encode() if isinstance(data, str) else data, "inbox/list-b.csv"))


def codes(found: Found, table: str = "issues") -> list[str]:
    return [row["code"] for row in found.get(table, [])]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_hash_of_an_entry_is_a_row(separator: str) -> None:
    """Several hash columns give several rows of one entry, in any separator."""
    lines = [["ID", "MD5", "SHA-1", "Category"], ["7", md5(7).upper(), sha1(7), "1"], ["8", "", sha1(8), "2"]]
    data = "\n".join(separator.join(cells) for cells in lines)
    assert recognised(data)
    found = read(data)
    assert set(found) == {"hash_entries"}
    assert [(row["entry"], row["hash_type"], row["value"], row["category"]) for row in found["hash_entries"]] == [
        ("7", "md5", md5(7), "1"),
        ("7", "sha1", sha1(7), "1"),
        ("8", "sha1", sha1(8), "2"),
    ]
    assert [row["locator"] for row in found["hash_entries"]] == ["line 2", "line 2", "line 3"]


def test_all_columns() -> None:
    """List, version, category, votes, contributor, series, quality, date and withdrawal are read by name."""
    head = "hash,hash_type,list,version,classification,category_model,votes_for,votes_against,member,series,quality,date,withdrawn"
    pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
    row = f"{pdq},PDQ,North,3,A1,industry,4,1,Office,s-1,87,2026-01-02T03:04:05Z,no"
    found = read(f"{head}\n{row}\n{md5(1)},md5,,,,,,,,,55,,yes\n")
    assert set(found) == {"hash_entries"}
    first, second = found["hash_entries"]
    assert (first["entry"], first["hash_type"], first["list_name"], first["list_version"]) == (pdq, "pdq", "North", "3")
    assert (first["category"], first["category_model"], first["contributor"]) == ("A1", "industry", "Office")
    assert (first["votes_for"], first["votes_against"], first["quality"], first["series"]) == (4, 1, 87, "s-1")
    assert first["listed_at"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (first["withdrawn"], second["withdrawn"]) == (False, True)
    assert (second["list_name"], second["quality"]) == ("list-b", None)


def test_a_general_hash_column_is_told_by_length() -> None:
    """Without a type column the length tells the type; for 64 digits the assumption is said."""
    values = [md5(1), sha1(1), hashlib.sha256(b"1").hexdigest(), PHOTODNA]
    found = read("hash,category\n" + "".join(f"{value},1\n" for value in values))
    assert [row["hash_type"] for row in found["hash_entries"]] == ["md5", "sha1", "sha256", "photodna"]
    assert [row["value"] for row in found["hash_entries"]] == values
    assert codes(found) == ["hash-type-assumed"]


def test_quoted_cells() -> None:
    """Quoted cells may hold the separator; an open quote sets its line aside."""
    data = f'md5,category,comment\n"{md5(1)}","2","see you, at noon"\n{md5(2)},"open\n{md5(3)},1,x\n'
    found = read(data)
    assert [(row["value"], row["category"]) for row in found["hash_entries"]] == [(md5(1), "2"), (md5(3), "1")]
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [("bad-row", "line 3")]


def test_bad_cells_are_set_aside_or_said() -> None:
    """A bad hash, a wrong width and an entry without hash are quarantined; unreadable other cells become issues."""
    head = "id,md5,sha1,category,votes_for,date,withdrawn"
    lines = [
        f"1,{md5(1)},{sha1(1)},1,2,2026-01-02,no",
        f"2,zz,{sha1(2)},1,2,2026-01-02,no",
        f"3,{md5(3)}",
        "4,,,1,2,2026-01-02,no",
        f"5,{md5(5)},,1,many,soon,perhaps",
    ]
    found = read("\n".join([head, *lines]))
    assert [(row["entry"], row["hash_type"]) for row in found["hash_entries"]] == [
        ("1", "md5"),
        ("1", "sha1"),
        ("2", "sha1"),
        ("5", "md5"),
    ]
    assert sorted((row["code"], row["locator"]) for row in found["quarantine"]) == [
        ("bad-hash", "line 3"),
        ("bad-row", "line 4"),
        ("no-hash", "line 5"),
    ]
    assert sorted(codes(found)) == ["bad-number", "time-unreadable", "unknown-value", "zone-assumed"]


def test_contradictory_duplicates_stay_separate() -> None:
    """One hash with two categories is two rows; neither is chosen here."""
    rows = read(f"md5,category\n{md5(1)},1\n{md5(1)},2\n")["hash_entries"]
    assert [(row["category"], row["locator"]) for row in rows] == [("1", "line 2"), ("2", "line 3")]


def test_unknown_and_doubled_columns_are_said() -> None:
    """A column nobody knows, and a second column of one meaning, become issues."""
    found = read(f"md5,category,rating,colour,sha1\n{md5(1)},1,9,red,\n")
    assert found["hash_entries"][0]["category"] == "1"
    assert sorted(codes(found)) == ["unknown-field", "unused-column"]


def test_the_empty_file_is_kept_and_counted() -> None:
    """Hashes of the empty file are rows as any other, and said: what they hit is weighed down later."""
    found = read(f"md5,category\nD41D8CD98F00B204E9800998ECF8427E,1\n{md5(1)},1\n")
    assert [row["value"] for row in found["hash_entries"]] == ["d41d8cd98f00b204e9800998ecf8427e", md5(1)]
    assert codes(found) == ["empty-file-hash"]


def test_what_is_said_twice_or_differently_is_counted() -> None:
    """A repeated line, an entry with two hashes and a hash with two categories are kept, each kind with its number."""
    lines = [
        f"a,{md5(1)},1",
        f"a,{md5(1).upper()},1",
        f"b,{md5(2)},1",
        f"b,{md5(3)},1",
        f"c,{md5(2)},2",
        f"d,{md5(2)},",
    ]
    found = read("id,md5,category\n" + "\n".join(lines) + "\n")
    assert len(found["hash_entries"]) == 6
    assert [(row["code"], row["reason"]) for row in found["issues"]] == [
        ("duplicate-entry", "entry states the same hash again"),
        ("contradicting-entry", "entry states another hash of the same type too"),
        ("contradicting-entry", "hash is listed under another category too"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "md5",
        "filename,md5,size\na.bin,{0},3\n",
        "url,sha1,category\nhttp://example.org,{1},1\n",
        "hash,from,to,amount\n{0},a,b,1\n",
        "md5,colour,weather,mood\n{0},a,b,c\n",
        "md5,category\nsee you,1\nat noon,2\n",
        "type,value,case_number,placed_by,expires_at\nemail,a@example.org,1,b,2030-01-01\n",
        "date,amount\n2026-01-01,3\n",
        "md5,md5\n{0},{0}\n",
        ",".join(["md5"] + [f"c{n}" for n in range(2_000)]) + "\n",
    ],
)
def test_other_tables_are_not_taken(data: str) -> None:
    """Manifests, payments, watch lists and tables without hashes are not hash lists."""
    if data != "md5":
        assert not recognised(data.format(md5(1), sha1(1)))


def test_a_header_of_one_column_is_a_table() -> None:
    """A list with the header `md5` loses no line to it, whichever reader is asked first."""
    data = "md5\n" + "\n".join(md5(number) for number in range(30))
    item = item_of(data.encode(), "inbox/list-b.csv")
    first = next(reader for reader in REFERENCES if reader.recognise(item))
    found = collect(first, data.encode(), "inbox/list-b.csv")
    assert set(found) == {"hash_entries"}
    assert len(found["hash_entries"]) == 30


def test_comments_before_the_header() -> None:
    """Leading comments may name list and version."""
    row = read(f"# list: South\n# version: 4\nmd5,category\n{md5(1)},1\n")["hash_entries"][0]
    assert (row["list_name"], row["list_version"], row["locator"]) == ("South", "4", "line 4")


def test_windows_1252_and_bom() -> None:
    """A name in Windows-1252 or behind a BOM is read as written."""
    text = f"md5,category,contributor\n{md5(1)},1,Büro\n"
    for data in (text.encode("cp1252"), text.encode("utf-8-sig"), text.encode("utf-16")):
        assert recognised(data)
        assert read(data)["hash_entries"][0]["contributor"] == "Büro"


cells = st.one_of(st.sampled_from(["", md5(1), sha1(1), "zz", "7", "yes", '"', "2026-01-02"]), st.text(max_size=6))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(cells, min_size=4, max_size=5), max_size=8))
def test_every_line_is_accounted_for(rows: list[list[str]]) -> None:
    """Each data line ends in entries or quarantine, or is blank or a comment; nothing else escapes."""
    rows = [[cell.replace("\n", "").replace("\r", "") for cell in row] for row in rows]
    lines = [",".join(row) for row in rows]
    found = read("\n".join(["id,md5,category,date", f"1,{md5(1)},1,2026-01-02Z", *lines]))
    places = {row["locator"] for name in ("hash_entries", "quarantine") for row in found.get(name, [])}
    for number, line in enumerate(lines, 3):
        if line.strip() and not line.strip().startswith("#"):
            assert f"line {number}" in places
