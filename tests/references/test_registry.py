"""What every registered reference reader keeps to."""

from __future__ import annotations

import hashlib
import json

import pytest

from tanglaw.reading.item import Reader
from tanglaw.references import REFERENCES
from tanglaw.tables import TABLES
from tanglaw.testing.hashes import pdq_of, tmk_file
from tanglaw.testing.rows import collect, item_of

MD5 = hashlib.md5(b"1").hexdigest()
EXAMPLES: dict[str, str | bytes] = {
    "vics-json": json.dumps(
        {"odata.metadata": "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media", "value": [{"MD5": MD5}]}
    ),
    "ncmec-hash-xml": (
        '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images><image><member id="1">M</member>'
        f"<timestamp>2026-01-01T00:00:00Z</timestamp><id>i</id><fingerprints><md5>{MD5}</md5></fingerprints>"
        "</image></images></queryResult>"
    ),
    "watch-list": "type,value,case_number,placed_by,expires_at\nemail,a@example.org,C-7,o,2030-01-01T00:00:00Z\n",
    "tmk-pdqf": tmk_file(1),
    "vpdq": f"0,100,{pdq_of(1)},0.000\n1,98,{pdq_of(2)},0.033\n",
    "hash-list-csv": f"md5,category\n{MD5},1\n",
    "hash-list-plain": f"{MD5}\n{hashlib.md5(b'2').hexdigest()}\n",
    "tagpack-yaml": (
        "title: Desks\ncreator: Team B\ncurrency: BTC\nsource: https://example.org\ntags:\n"
        "- address: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT\n  label: North Desk\n"
    ),
    "address-tags-csv": "address,currency,label\n1BoatSLRHtKNngkdXEeobR76b53LETtpyT,BTC,North Desk\n",
    "address-list": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT\n3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX\n",
}


def test_every_reader_has_an_example() -> None:
    """A new reader comes with a file that it reads."""
    assert [reader.name for reader in REFERENCES] == list(EXAMPLES)


@pytest.mark.parametrize("reader", REFERENCES, ids=lambda reader: reader.name)
def test_contract(reader: Reader) -> None:
    """It is a Reader, takes its own example alone, writes declared tables with provenance, the same twice."""
    assert isinstance(reader, Reader)
    assert set(reader.tables) <= set(TABLES)
    example = EXAMPLES[reader.name]
    data = example if isinstance(example, bytes) else example.encode()
    item = item_of(data, "inbox/example")
    assert [other.name for other in REFERENCES if other.recognise(item)] == [reader.name]
    assert reader.hints(item) == ()
    found = collect(reader, data, "inbox/example")
    assert set(found) - {"issues"} == set(reader.tables)
    assert all(row["source_id"] and row["locator"] for rows in found.values() for row in rows)
    assert found == collect(reader, data, "inbox/example")


@pytest.mark.parametrize("reader", REFERENCES, ids=lambda reader: reader.name)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 70_000,
        b"\xff\xd8\xff\xe0" + bytes(500),
        bytes(range(256)) * 300,
        b"{" * 70_000,
        b"<" * 70_000,
        b"," * 70_000,
        b'"' * 70_000,
        b"\n" * 70_000,
        "hôtel".encode("utf-16"),
    ],
)
def test_nothing_strange_is_taken(reader: Reader, data: bytes) -> None:
    """Empty, binary and endless input is not recognised by any reader, and asking does not fail."""
    assert not reader.recognise(item_of(data))


@pytest.mark.parametrize("reader", REFERENCES, ids=lambda reader: reader.name)
@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"{}", b"<a/>", b"see you at noon\n", b"[[watch]]\n"])
def test_a_file_that_changed_since_it_was_recognised_ends_in_quarantine_or_nothing(reader: Reader, data: bytes) -> None:
    """Reading what is not its format gives no evidence row and no other error."""
    found = collect(reader, data)
    assert set(found) <= {"quarantine", "issues"}
