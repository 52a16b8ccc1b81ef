"""Of a picture nothing stays but its digests: no byte in any table, quarantine, temporary file or log."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from tanglaw.testing.documents import PLANTED, file_details_xml, report_xml
from tests.intake.conftest import Bench, tar_of, zip_of

DATA_URI = "data:image/png;base64," + base64.b64encode(PLANTED).decode()
BARE = base64.b64encode(PLANTED).decode()
FOLDED = "\n".join(BARE[n : n + 76] for n in range(0, len(BARE), 76))


def traces(planted: bytes) -> list[bytes]:
    """Pieces of the planted bytes, as they stand, in base64 at each shift, and in hex."""
    middle = planted[300:340]
    shifted = [base64.b64encode(b"x" * shift + middle)[8:-8] for shift in range(3)]
    return [middle, *shifted, middle.hex().encode(), middle.hex().upper().encode()]


def assert_no_trace(bench: Bench) -> None:
    held = bench.everything()
    for piece in traces(PLANTED):
        assert piece not in held


@pytest.mark.parametrize("name", ["photo.png", "report.xml", "600000001.json", "list.csv", "no-ending"])
def test_a_planted_picture_leaves_its_digests_only(bench: Bench, name: str) -> None:
    """Loose, renamed, in a ZIP and in a tar.gz: SHA-256 and MD5 are on record, not one byte of it."""
    bench.put(name, PLANTED)
    bench.put("a.zip", zip_of({f"sub/{name}": PLANTED + b"1"}))
    bench.put("b.tar.gz", tar_of({name: PLANTED + b"2"}, "w:gz"))
    bench.take_in()
    media = {row["sha256"]: row["md5"] for row in bench.rows("sources") if row["format"] == "media"}
    for data in (PLANTED, PLANTED + b"1", PLANTED + b"2"):
        assert media[hashlib.sha256(data).hexdigest()] == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert_no_trace(bench)


@pytest.mark.parametrize("text", [DATA_URI, BARE, FOLDED, PLANTED.hex()])
def test_a_picture_inside_a_field_is_digested_and_dropped(bench: Bench, text: str) -> None:
    """base64, a data URI, folded base64 or hex in a report's free text become a mark with the digest."""
    bench.put("600000001.xml", report_xml(extra=f"<additionalInfo>see {text} end</additionalInfo>"))
    bench.take_in()
    (row,) = [row for row in bench.rows("texts") if row["field"].endswith("additionalInfo")]
    assert "media removed" in row["text"]
    assert row["text"].startswith("see ")
    assert_no_trace(bench)


@pytest.mark.parametrize("text", [DATA_URI, BARE, PLANTED.hex()])
def test_a_picture_in_a_broken_record_stays_out_of_the_excerpt(bench: Bench, text: str) -> None:
    """The excerpt of a record that cannot be read holds no part of an embedded picture."""
    bench.put("broken.xml", f"<report>{text}".encode())
    bench.put("broken.json", b'{"reportId": "' + text.encode())
    bench.put("broken.csv", b"reference,paid_at,amount\n" + text.encode() + b"\n")
    bench.put("nothing.bin", b"\x01\x02" + PLANTED)
    bench.take_in()
    assert len({row["file"] for row in bench.rows("quarantine")}) == 4
    assert_no_trace(bench)


def test_miniatures_of_a_hash_set_are_dropped(bench: Bench) -> None:
    """The thumbnails that VICS sets may carry are dropped, the hashes arrive."""
    media = [{"MediaID": 1, "Category": 2, "MD5": "5D41402ABC4B2A76B9719D911017C592", "Miniature": BARE}]
    document = {"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"}
    bench.put("set.json", json.dumps({**document, "value": media}).encode())
    bench.take_in()
    assert [row["value"] for row in bench.rows("hash_entries")] == ["5d41402abc4b2a76b9719d911017c592"]
    assert_no_trace(bench)


def test_ordinary_long_text_stays_as_it_is(bench: Bench) -> None:
    """Prose, hashes and a PhotoDNA value are no media and are kept to the letter."""
    prose = "the bus was late and we waited at the corner " * 40
    photodna = base64.b64encode(bytes(range(144))).decode()
    bench.put("600000001.xml", report_xml(extra=f"<additionalInfo>{prose}{photodna}</additionalInfo>"))
    bench.put("600000001-file.xml", file_details_xml(600_000_001))
    bench.take_in()
    (row,) = [row for row in bench.rows("texts") if row["field"].endswith("additionalInfo")]
    assert row["text"] == prose + photodna
