"""NCMEC hash-sharing XML: entries, tombstones, votes, links, and what is not well-formed."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.references import ncmec_hashes
from tanglaw.references.ncmec_hashes import NcmecHashes
from tanglaw.tables import TABLES
from tanglaw.testing.rows import Found, collect, item_of

SPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
PHOTODNA = base64.b64encode(bytes(range(144))).decode()


def md5(number: int) -> str:
    return hashlib.md5(str(number).encode()).hexdigest()


def entry(kind: str, name: str, inner: str = "", member: str = "42", at: str = "2026-01-02T03:04:05Z") -> str:
    return (
        f'<{kind}><member id="{member}">Member {member}</member><timestamp>{at}</timestamp>'
        f"<id>{name}</id>{inner}</{kind}>"
    )


def prints(number: int, more: str = "") -> str:
    return f"<fingerprints><md5>{md5(number)}</md5>{more}</fingerprints>"


def result(images: str = "", videos: str = "", rest: str = "", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{before}<queryResult xmlns="{SPACE}">'
        f'<images count="1" maxTimestamp="2026-01-02T03:04:05Z">{images}</images>'
        f'<videos count="1" maxTimestamp="2026-01-02T03:04:05Z">{videos}</videos>{rest}</queryResult>'
    ).encode()


def read(data: bytes) -> Found:
    return collect(NcmecHashes(), data, "inbox/page-1.xml")


def test_entries_of_both_kinds() -> None:
    """Each fingerprint of an image or video is a row; the entry is named by member and id."""
    more = f"<sha1>{'A1' * 20}</sha1><pdna>{PHOTODNA}</pdna><netclean>n-1</netclean>"
    data = result(
        entry("image", "i1", f"<classification>A1</classification>{prints(1, more)}"), entry("video", "v1", prints(2))
    )
    assert NcmecHashes().recognise(item_of(data))
    found = read(data)
    assert set(found) == {"hash_entries"}
    rows = found["hash_entries"]
    assert [(row["entry"], row["hash_type"], row["value"]) for row in rows] == [
        ("42/i1", "md5", md5(1)),
        ("42/i1", "sha1", "a1" * 20),
        ("42/i1", "photodna", PHOTODNA),
        ("42/i1", "netclean", "n-1"),
        ("42/v1", "md5", md5(2)),
    ]
    first = rows[0]
    assert (first["category"], first["category_model"], first["contributor"]) == ("A1", "industry", "Member 42")
    assert first["listed_at"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (first["votes_for"], first["votes_against"], first["withdrawn"]) == (0, 0, False)
    assert first["locator"] == "/queryResult/images/image[1]"
    assert rows[-1]["locator"] == "/queryResult/videos/video[1]"


def test_votes_are_counted_by_member_and_type() -> None:
    """A member counts once a fingerprint type and side, however many reasons it gives."""
    voters = "".join(f'<member id="{number}">M</member>' for number in (1, 2, 2))
    reason = '<reason guid="g" name="n" type="Sha1"/>'
    feedback = (
        '<feedback lastUpdateTimestamp="2026-01-02T03:04:05Z">'
        f'<affirmativeFeedback type="Md5" lastUpdateTimestamp="x"><members timestamp="x">{voters}</members>'
        "</affirmativeFeedback>"
        f'<negativeFeedback type="Sha1"><reasons>{reason}<members><member id="7">M</member></members>'
        f'{reason}<members><member id="7">M</member><member id="8">M</member></members></reasons></negativeFeedback>'
        "</feedback>"
    )
    found = read(result(entry("image", "i", prints(1, f"<sha1>{'ab' * 20}</sha1>") + feedback)))
    votes = {row["hash_type"]: (row["votes_for"], row["votes_against"]) for row in found["hash_entries"]}
    assert votes == {"md5": (2, 0), "sha1": (0, 2)}
    assert "issues" not in found


def test_links_are_noted_and_not_followed() -> None:
    """A fingerprint that is only a link gives an issue, its neighbours their rows."""
    link = '<tmk-pdqf rel="self" href="/v2/entries/1/fingerprints/TMK_PDQF"/>'
    found = read(result(videos=entry("video", "v", prints(1, link))))
    assert [row["hash_type"] for row in found["hash_entries"]] == ["md5"]
    assert [row["code"] for row in found["issues"]] == ["linked-fingerprint"]


def test_paging_is_left_out_by_name() -> None:
    """Where the next page begins is no content and no issue."""
    found = read(result(entry("image", "i", prints(1)), rest="<paging><next>/v2/entries?start=2001</next></paging>"))
    assert set(found) == {"hash_entries"}


def standing(*files: bytes) -> list[tuple[str, str]]:
    """Entries that stand after all files, by the statement in the module's docstring."""
    sql = (ncmec_hashes.__doc__ or "").partition("SELECT")[1:]
    rows = [row for data in files for row in read(data).get("hash_entries", [])]
    table = pa.Table.from_pylist(rows, TABLES["hash_entries"].schema)
    with duckdb.connect() as database:
        database.register("hash_entries", table)
        found = database.execute(f"SELECT entry, value FROM ({''.join(sql)}) ORDER BY ALL").fetchall()
    return [(str(name), str(value)) for name, value in found]


def test_a_tombstone_withdraws_its_entry_in_any_order() -> None:
    """A tombstone takes back all hashes of its entry, whichever page is read first; nothing else falls."""
    page = result(entry("image", "a", prints(1)) + entry("image", "b", prints(2)))
    later = result(entry("deletedImage", "a", at="2026-02-01T00:00:00Z"))
    assert [row["withdrawn"] for row in read(later)["hash_entries"]] == [True]
    assert standing(page, later) == standing(later, page) == [("42/b", md5(2))]


def test_an_entry_that_returns_stands_again() -> None:
    """An entry newer than its tombstone stands; equal ids of other members are other entries."""
    gone = result(entry("deletedVideo", "a", at="2026-02-01T00:00:00Z"))
    back = result(videos=entry("video", "a", prints(1), at="2026-03-01T00:00:00Z"))
    other = result(videos=entry("video", "a", prints(2), member="9"))
    assert standing(gone, back, other) == [("42/a", md5(1)), ("9/a", md5(2))]


def test_tombstones_of_two_members_stay_two() -> None:
    """Two members may delete equal ids: the rows have different keys."""
    found = read(result(entry("deletedImage", "a") + entry("deletedImage", "a", member="9")))
    keys = {tuple(row[name] for name in TABLES["hash_entries"].key) for row in found["hash_entries"]}
    assert len(keys) == 2


def test_unknown_elements_become_issues() -> None:
    """Unknown fields of an entry, and unknown groups, are said once."""
    data = result(entry("image", "a", prints(1) + "<colour>x</colour>"), rest="<sounds/>")
    found = read(data)
    assert [row["code"] for row in found["issues"]] == ["unknown-field", "unknown-field"]
    assert len(found["hash_entries"]) == 1


def test_bad_fingerprints_and_entries_are_set_aside() -> None:
    """A value that is no hash, and an entry that cannot be told from others, are quarantined by themselves."""
    bare = entry("video", "c")
    nameless = f"<image><timestamp>2026-01-02T03:04:05Z</timestamp>{prints(9)}</image>"
    empty = "<sha1>da39a3ee5e6b4b0d3255bfef95601890afd80709</sha1>"
    data = result(
        entry("image", "a", prints(1, "<sha1>a1a1...</sha1>")) + nameless + entry("image", "b", prints(2, empty)),
        bare,
    )
    found = read(data)
    assert [row["value"] for row in found["hash_entries"]] == [md5(1), md5(2), empty[6:-7]]
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [
        ("bad-hash", "/queryResult/images/image[1]/fingerprints/sha1"),
        ("bad-record", "/queryResult/images/image[2]"),
        ("no-hash", "/queryResult/videos/video[1]"),
    ]
    assert [row["code"] for row in found["issues"]] == ["empty-file-hash"]


def test_an_entry_given_twice_with_other_hashes_is_said() -> None:
    """Two entries of one id with different hashes of a type stay both; their number is said."""
    found = read(
        result(entry("image", "a", prints(1)) + entry("image", "a", prints(2)) + entry("image", "a", prints(2)))
    )
    assert [row["value"] for row in found["hash_entries"]] == [md5(1), md5(2), md5(2)]
    assert [row["code"] for row in found["issues"]] == ["duplicate-entry", "contradicting-entry"]


def test_a_date_that_cannot_be_read_is_said() -> None:
    """An entry without a readable timestamp keeps its hashes and has no date."""
    found = read(result(entry("image", "a", prints(1), at="soon")))
    assert found["hash_entries"][0]["listed_at"] is None
    assert [row["code"] for row in found["issues"]] == ["time-unreadable"]


def test_another_version_is_read_and_said() -> None:
    """A later namespace is read as this one, with an issue."""
    data = result(entry("image", "a", prints(1))).replace(b"/v2", b"/v3")
    assert NcmecHashes().recognise(item_of(data))
    found = read(data)
    assert len(found["hash_entries"]) == 1
    assert [row["code"] for row in found["issues"]] == ["other-version"]


BOMB = '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE q SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE, "<!DOCTYPE queryResult>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(doctype: str, encoding: str) -> None:
    """Any DTD, well-formed or not, in any encoding, ends the whole file in quarantine; nothing is resolved."""
    text = result(entry("image", "&b;", prints(1)), before=doctype).decode()
    data = text.replace("UTF-8", encoding).encode(encoding)
    found = read(data)
    assert set(found) == {"quarantine"}
    assert [row["code"] for row in found["quarantine"]] == ["xml-dtd"]
    assert "root:" not in str(found)


def test_an_entity_without_a_declaration_is_not_read() -> None:
    """An undeclared entity cuts the document there."""
    found = read(result(entry("image", "a", prints(1)) + entry("image", "&b;", prints(2))))
    assert [row["value"] for row in found["hash_entries"]] == [md5(1)]
    assert [row["code"] for row in found["quarantine"]] == ["xml-malformed"]


@pytest.mark.parametrize("part", [0.05, 0.5, 0.97])
def test_a_cut_file_keeps_whole_entries(part: float) -> None:
    """Of a truncated file the whole entries arrive, the cut is quarantined with its place."""
    data = result("".join(entry("image", f"i{number}", prints(number)) for number in range(40)))
    found = read(data[: int(len(data) * part)])
    assert len(found.get("hash_entries", [])) == pytest.approx(40 * part, abs=3)
    assert [row["code"] for row in found["quarantine"]] == ["xml-malformed"]
    assert ":" in found["quarantine"][0]["locator"]


def test_a_long_file_is_read_in_bounded_memory() -> None:
    """What was read is forgotten: many entries leave no tree behind."""
    data = result("".join(entry("image", f"i{number}", prints(number)) for number in range(5_000)))
    found = read(data)
    assert len(found["hash_entries"]) == 5_000
    assert found["hash_entries"][-1]["locator"] == "/queryResult/images/image[5000]"


def test_an_entry_without_end_is_cut_off() -> None:
    """An entry of more elements than any entry has ends the reading there; those before it arrive."""
    data = result(entry("image", "a", prints(1)) + entry("image", "b", "<x/>" * 500_000) + entry("image", "c"))
    found = read(data)
    assert [row["entry"] for row in found["hash_entries"]] == ["42/a"]
    assert [row["code"] for row in found["quarantine"]] == ["too-large"]


def test_other_xml_is_not_taken() -> None:
    """Another root, another namespace, HTML and text are not this format."""
    for data in (b"<report/>", b"<queryResult/>", b"<html>hashsharing</html>", b"queryResult hashsharing", b""):
        assert not NcmecHashes().recognise(item_of(data))


def test_reading_twice_gives_the_same_rows() -> None:
    """Same bytes, same rows."""
    data = result("".join(entry("image", f"i{number}", prints(number) + "<odd/>") for number in range(9)))
    assert read(data) == read(data)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 700))
def test_damage_anywhere_never_escapes(noise: bytes, at: int) -> None:
    """Bytes written over any place end in rows, issues and quarantine, never in another error."""
    data = result(entry("image", "a", prints(1)) + entry("deletedImage", "b"), entry("video", "c", prints(2)))
    found = read(data[:at] + noise + data[at + len(noise) :])
    assert set(found) <= {"hash_entries", "quarantine", "issues"}
    assert found
