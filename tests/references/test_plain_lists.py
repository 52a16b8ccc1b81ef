"""Plain hash lists: recognition by content, comments, bad lines, size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.reading.hashes import EMPTY_FILE
from tanglaw.references import lines as lines_module
from tanglaw.references.plain_lists import PlainHashList
from tanglaw.testing.rows import Found, collect, item_of

PDQ = int("f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22", 16)


def hashes(kind: str, count: int, start: int = 0) -> list[str]:
    return [hashlib.new(kind, str(number).encode()).hexdigest() for number in range(start, start + count)]


def pdqs(count: int) -> list[str]:
    return [f"{(PDQ << shift | PDQ >> (256 - shift)) & (2**256 - 1):064x}" for shift in range(count)]


def read(data: bytes | str, path: str = "inbox/list-a.txt", **limits: int) -> Found:
    raw = data.encode() if isinstance(data, str) else data
    return collect(PlainHashList(), raw, path, settings=Settings(**limits))  # type: ignore[arg-type]


def recognised(data: bytes | str, path: str = "inbox/list-a.txt") -> bool:
    return PlainHashList().recognise(item_of(data.encode() if isinstance(data, str) else data, path))


def codes(found: Found, table: str = "issues") -> list[str]:
    return [row["code"] for row in found.get(table, [])]


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("write", [str.lower, str.upper])
def test_each_hash_is_an_entry(kind: str, write: Callable[[str], str]) -> None:
    """One hash a line, in either case, becomes one row with its line; the list bears the file's name."""
    values = hashes(kind, 5)
    data = "\n".join(map(write, values)) + "\n"
    assert recognised(data)
    rows = read(data)["hash_entries"]
    assert [(row["hash_type"], row["value"], row["entry"]) for row in rows] == [(kind, one, one) for one in values]
    assert [row["locator"] for row in rows] == [f"line {number}" for number in range(1, 6)]
    assert {row["list_name"] for row in rows} == {"list-a"}
    assert {row["withdrawn"] for row in rows} == {False}


def test_comments_and_blank_lines_are_passed_over() -> None:
    """Blank lines, comment lines and comments behind a hash give no row; line numbers stay true."""
    one, two = hashes("md5", 2)
    rows = read(f"# known entries\n\n{one}  # first\r\n\t{two}\n\n")["hash_entries"]
    assert [(row["value"], row["locator"]) for row in rows] == [(one, "line 3"), (two, "line 4")]


def test_leading_comments_state_what_the_list_is() -> None:
    """List, version, category, model, contributor and series are read from leading comments."""
    data = "# list: North 7\n# version: 2026-05\n# category: 2\n# Category model: vics-uk\n# contributor: Office\n"
    row = read(data + "\n".join(hashes("md5", 2)))["hash_entries"][0]
    assert (row["list_name"], row["list_version"], row["category"]) == ("North 7", "2026-05", "2")
    assert (row["category_model"], row["contributor"]) == ("vics-uk", "Office")


def test_pdq_is_told_from_sha256() -> None:
    """64 digits are PDQ if comment or file name say so or half of their bits are set; else SHA-256, and said."""
    few = "\n".join(pdqs(3))
    assert {row["hash_type"] for row in read(f"# type: PDQ\n{few}")["hash_entries"]} == {"pdq"}
    assert {row["hash_type"] for row in read(few, "inbox/set_pdq.txt")["hash_entries"]} == {"pdq"}
    assert "issues" not in read(few, "inbox/set_pdq.txt")
    many = read("\n".join(pdqs(20)))
    assert {row["hash_type"] for row in many["hash_entries"]} == {"pdq"}
    assert codes(many) == ["hash-type-assumed"]
    plain = read("\n".join(hashes("sha256", 20)))
    assert {row["hash_type"] for row in plain["hash_entries"]} == {"sha256"}
    assert codes(plain) == ["hash-type-assumed"]


def test_what_is_no_hash_of_the_list_is_set_aside() -> None:
    """Lines of another length or alphabet are quarantined with their number; all others arrive."""
    values = hashes("md5", 40)
    wrong = [values[0][:-1], hashes("sha1", 1)[0], "z" * 32]
    data = "\n".join([*values[:30], *wrong, *values[30:]])
    assert recognised(data)
    found = read(data)
    assert [row["value"] for row in found["hash_entries"]] == values
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [
        ("bad-hash", f"line {number}") for number in (31, 32, 33)
    ]


def test_base32_is_read_beside_hex() -> None:
    """A SHA-1 in base32 among hex ones is the same hash."""
    values = hashes("sha1", 20)
    other = "CH3K3DWFFIUYJK5K7V6DWULFAN4FYIDS"
    rows = read("\n".join([*values, other]))["hash_entries"]
    assert rows[-1]["value"] == hashlib.sha1(b"x").hexdigest()


def test_the_empty_file_is_kept_and_counted() -> None:
    """The hash of the empty file is a row as any other; an issue counts it."""
    found = read("\n".join([EMPTY_FILE["md5"], *hashes("md5", 3), EMPTY_FILE["md5"].upper()]))
    assert len(found["hash_entries"]) == 5
    assert "2 times" in found["issues"][0]["reason"]
    assert codes(found) == ["empty-file-hash", "duplicate-entry"]


def test_duplicates_stay_separate_sightings() -> None:
    """The same hash twice is two rows with two places, and an issue."""
    one = hashes("md5", 1)[0]
    found = read(f"{one}\n{one}\n")
    assert [row["locator"] for row in found["hash_entries"]] == ["line 1", "line 2"]
    assert codes(found) == ["duplicate-entry"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n\n",
        "# only: a comment\n",
        "see you at noon\n" * 20,
        "\n".join([*hashes("md5", 8), "a title", "another"]),
        "\n".join(f"{one}  folder/file-{one[:4]}.bin" for one in hashes("md5", 9)),
        "\n".join(f"{one},2" for one in hashes("md5", 9)),
        "\n".join([*hashes("md5", 5), *hashes("sha1", 5)]),
        "2026-01-02 10:00:00\n" * 9,
        '{"value": []}',
    ],
)
def test_other_text_is_not_taken(data: str) -> None:
    """Manifests that name files, tables, mixed lengths and prose are not plain hash lists."""
    assert not recognised(data)


def test_a_checksum_beside_its_file_is_no_list() -> None:
    """`a.zip.md5` with one hash beside `a.zip` gives an issue and no entry."""
    one = hashes("md5", 1)[0]
    reader = PlainHashList()
    found = collect(reader, one.encode(), "inbox/a.zip.md5", beside={"a.zip": b"x"})
    assert set(found) == {"issues"}
    assert codes(found) == ["checksum-file"]
    assert len(collect(reader, one.encode(), "inbox/a.zip.md5", beside={})["hash_entries"]) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    """BOMs and UTF-16 change nothing."""
    values = hashes("md5", 6)
    data = ("# für alle\r\n" + "\r\n".join(values)).encode(encoding)
    assert recognised(data)
    assert [row["value"] for row in read(data)["hash_entries"]] == values


def test_one_endless_line_is_set_aside() -> None:
    """A line of 50 MB is quarantined once, with its number and a bounded excerpt; the rest arrives."""
    values = hashes("md5", 2_500)
    data = "\n".join([*values[:2_400], "a" * 50_000_000, *values[2_400:]])
    found = read(data)
    assert [row["value"] for row in found["hash_entries"]] == values
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [("line-too-long", "line 2401")]
    assert len(found["quarantine"][0]["excerpt"]) <= Settings().max_excerpt
    assert found["hash_entries"][-1]["locator"] == "line 2501"


def test_nul_bytes_and_noise_are_set_aside() -> None:
    """Binary noise behind a list's start is quarantined line by line; hashes among it arrive."""
    values = hashes("md5", 2_500)
    noise = bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"").replace(b"#", b"")
    found = read("\n".join(values).encode() + b"\n\x00\x00\n" + noise + b"\n" + values[0].encode())
    assert len(found["hash_entries"]) == 2_501
    assert codes(found, "quarantine") == ["bad-hash", "bad-hash"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*hashes("md5", 3), "bad", "", "# note", "g" * 32, "x" * 90]), max_size=40),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(300, 5_000),
)
def test_every_line_is_accounted_for(rest: list[str], end: str, chunk: int) -> None:
    """However the file is cut into pieces, each line is a row, a comment, a blank or a quarantine row."""
    lines = [*hashes("md5", 400), *rest]
    before, lines_module.CHUNK_BYTES = lines_module.CHUNK_BYTES, chunk
    try:
        found = read(end.join(lines), max_line_bytes=80)
    finally:
        lines_module.CHUNK_BYTES = before
    places = {row["locator"] for table in found.values() for row in table}
    for number, line in enumerate(lines, 1):
        assert (f"line {number}" in places) == bool(line and not line.startswith("#"))
