"""Hash values from reports and lists."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.reading.hashes import EMPTY_FILE, SIZES, is_empty_file, kind_of, looks_like_pdq, normal

MD5 = hashlib.md5(b"a neutral text").hexdigest()
SHA1 = hashlib.sha1(b"a neutral text").hexdigest()
SHA256 = hashlib.sha256(b"a neutral text").hexdigest()
PHOTODNA = base64.b64encode(bytes(range(144))).decode()
# From the public PDQ documentation: a hash has half of its bits set.
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MD5", "md5"),
        ("md5sum", "md5"),
        ("SHA-1", "sha1"),
        ("Sha1", "sha1"),
        ("sha1_base32", "sha1"),
        ("sha256_hex", "sha256"),
        ("SHA 256 hash", "sha256"),
        ("SHA2-256", "sha256"),
        ("PDNA", "photodna"),
        ("PhotoDNA", "photodna"),
        ("PDQ Hash", "pdq"),
        ("TMK_PDQF", "tmk-pdqf"),
        ("SSVH_SAFER_HASH", "ssvh-safer-hash"),
        ("  ", ""),
    ],
)
def test_names_of_types(name: str, kind: str) -> None:
    """The many spellings of a hash's name mean one type; an unknown name stays itself."""
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("text", "kind", "type_", "value"),
    [
        (MD5.upper(), "", "md5", MD5),
        (f"  {SHA1} ", "", "sha1", SHA1),
        (SHA256, "", "sha256", SHA256),
        (PDQ, "pdq", "pdq", PDQ),
        (PHOTODNA, "", "photodna", PHOTODNA),
        (base64.b32encode(bytes.fromhex(SHA1)).decode(), "", "sha1", SHA1),
        (base64.b64encode(bytes.fromhex(MD5)).decode(), "MD5", "md5", MD5),
        (base64.b64encode(bytes.fromhex(SHA256)).decode(), "", "sha256", SHA256),
        (base64.urlsafe_b64encode(bytes.fromhex(SHA256)).decode().rstrip("="), "sha256", "sha256", SHA256),
        ("opaque text", "videntifier", "videntifier", "opaque text"),
    ],
)
def test_one_spelling(text: str, kind: str, type_: str, value: str) -> None:
    """Hex in any case, base64 and base32 leave as lower-case hex; opaque values as written."""
    found = normal(text, kind)
    assert (found.type, found.value, found.valid) == (type_, value, True)
    assert found.original == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "md5"),
        ("", ""),
        (MD5[:-1], "md5"),
        (MD5 + "0", "md5"),
        (SHA1, "md5"),
        (MD5, "sha1"),
        ("g" + MD5[1:], "md5"),
        ("not a hash", ""),
        (PHOTODNA[:-4], "photodna"),
        ("é" * 32, "md5"),
        ("٣" * 32, ""),
        ("A" * 100_000, ""),
        ("A" * 100_000, "photodna"),
    ],
)
def test_what_is_no_hash(text: str, kind: str) -> None:
    """A value of another length or alphabet keeps the stated type, its text, and is not valid."""
    found = normal(text, kind)
    assert not found.valid
    assert found.type == kind
    assert found.original == text


@given(st.sampled_from(sorted(SIZES)), st.data())
def test_every_spelling_of_the_same_bytes_is_one_value(kind: str, data: st.DataObject) -> None:
    """Hex, base64 and base32 of the same bytes, under the same stated type, are the same value."""
    raw = data.draw(st.binary(min_size=SIZES[kind], max_size=SIZES[kind]))
    spellings = [
        raw.hex(),
        raw.hex().upper(),
        base64.b64encode(raw).decode(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.b32encode(raw).decode(),
    ]
    assert {normal(text, kind)[:2] for text in spellings} == {(kind, raw.hex())}
    assert all(normal(text, kind).valid for text in spellings)


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_gives_an_answer(text: str, kind: str) -> None:
    """No text makes it fail, and what it gives back as valid is valid again."""
    found = normal(text, kind)
    if found.valid:
        again = normal(found.value, found.type)
        assert (again.type, again.value, again.valid) == (found.type, found.value, True)


def test_hash_of_nothing() -> None:
    """The hash of the empty file is known in each type, and no other value is."""
    for kind, value in EMPTY_FILE.items():
        assert value == hashlib.new(kind).hexdigest()
        assert is_empty_file(kind, normal(value.upper(), kind).value)
    assert not is_empty_file("md5", MD5)
    assert not is_empty_file("sha1", EMPTY_FILE["md5"])


def _halves(count: int) -> list[str]:
    """Values with exactly 128 of 256 bits set, as PDQ makes them."""
    return [f"{int(PDQ, 16) << shift & (2**256 - 1) | int(PDQ, 16) >> (256 - shift):064x}" for shift in range(count)]


def test_pdq_is_told_from_sha256_by_its_bits() -> None:
    """Half of a PDQ's bits are set; a list of SHA-256, or too short a list, is not taken for one."""
    assert looks_like_pdq(_halves(8))
    assert not looks_like_pdq(_halves(7))
    assert not looks_like_pdq([PDQ] * 20)
    sha256s = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(4_000)]
    assert not any(looks_like_pdq(sha256s[start : start + 8]) for start in range(0, 4_000, 8))
