"""Hash values as reports and lists write them: which type, is it whole, and one spelling for comparison.

A value is never computed from a picture here; it is text that somebody else states. Exact hashes come as hex,
base64 or base32 (Project Arachnid writes SHA-1 so) and leave as lower-case hex. Perceptual hashes other than
PDQ are opaque: PhotoDNA is 144 bytes in base64, anything else is kept as written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

# Types whose values are bytes of a fixed number: hex of twice that many digits.
SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32, "sha384": 48, "sha512": 64}
PHOTODNA_BYTES = 144
_DIGITS = {kind: 2 * size for kind, size in SIZES.items()}

_ALIASES = {
    "pdna": "photodna",
    "photo-dna": "photodna",
    "md-5": "md5",
    "md5sum": "md5",
    "sha": "sha1",
    "sha-1": "sha1",
    "sha1sum": "sha1",
    "sha-2": "sha256",
    "sha2": "sha256",
    "sha-256": "sha256",
    "sha2-256": "sha256",
    "sha256sum": "sha256",
    "sha-384": "sha384",
    "sha-512": "sha512",
    "pdqhash": "pdq",
    "pdq-hash": "pdq",
    "image-pdq": "pdq",
    "imagepdq": "pdq",
    "videomd5": "md5",
    "video-md5": "md5",
}
_SUFFIX = re.compile(r"[-_ ]?(?:hash|base-?(?:16|32|64)|hex|digest|checksum)$")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_BASE32 = re.compile(r"[A-Za-z2-7]+=*\Z")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z")
_BY_HEX_DIGITS = {32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
_BY_BASE64_DIGITS = {24: "md5", 28: "sha1", 44: "sha256", 64: "sha384", 88: "sha512", 192: "photodna"}
_LONGEST = 1_024

# The hash of no bytes at all: a list that carries one would match every empty file.
EMPTY_FILE = {
    kind: hashlib.new(kind, usedforsecurity=False).hexdigest() for kind in ("md5", "sha1", "sha256", "sha384", "sha512")
}
# What readers of lists say of it; the hit it makes is weighed down where hits are made.
EMPTY_LISTED = "hash of the empty file is listed; it is kept and counts for nothing"


class HashValue(NamedTuple):
    """A stated hash: its type, its value in one spelling, as written, and whether length and alphabet fit."""

    type: str
    value: str
    original: str
    valid: bool


@lru_cache(maxsize=4_096)
def kind_of(name: str) -> str:
    """The type that a free-text name of a hash means: `SHA-256` is sha256, `pdna` photodna.

    An unknown name is returned in lower case with dashes; a blank one stays empty.
    """
    slug = _NOT_WORD.sub("-", name.strip().casefold()).strip("-")
    for candidate in (slug, _SUFFIX.sub("", slug)):
        if candidate in SIZES or candidate == "photodna":
            return candidate
        if candidate in _ALIASES:
            return _ALIASES[candidate]
    return slug


def plain_hex(text: str, kind: str) -> str | None:
    """The value in lower case if it is as nearly all are: hex digits of just the number that `kind` has."""
    return text.lower() if len(text) == _DIGITS.get(kind) and _HEX.match(text) else None


def normal(text: str, kind: str = "") -> HashValue:
    """The stated hash in one spelling. `kind` is its name as stated; empty means: tell it by its length.

    64 hex digits without a name are taken for SHA-256 (PDQ has the same length). A value that does not fit
    the stated type keeps that type and is not valid. A value whose type has no known form is kept as written;
    it is valid if it is not blank.
    """
    plain = plain_hex(text, kind)
    if plain is not None:
        return HashValue(kind, plain, text, True)
    written = text.strip()
    stated = kind_of(kind)
    if not written or (len(written) > _LONGEST and stated in ("", *SIZES, "photodna")):
        return HashValue(stated, written, text, False)
    if not stated:
        stated = _guessed(written)
        if not stated:
            return HashValue("", written, text, False)
    if stated == "photodna":
        return _photodna(written, text)
    if stated not in SIZES:
        value = written.lower() if _HEX.match(written) else written
        return HashValue(stated, value, text, True)
    raw = _bytes_of(written, SIZES[stated])
    if raw is None:
        return HashValue(stated, written.lower() if _HEX.match(written) else written, text, False)
    return HashValue(stated, raw.hex(), text, True)


def is_empty_file(kind: str, value: str) -> bool:
    """True for the hash of no bytes at all, in its normal spelling."""
    return EMPTY_FILE.get(kind) == value


def looks_like_pdq(values: Iterable[str]) -> bool:
    """True if these 64-digit hex values are PDQ rather than SHA-256.

    PDQ sets a bit where a coefficient is above the median, so 127 or 128 of its 256 bits are set; a SHA-256
    has 127 to 129 set in 15 of 100 cases. Asks for at least eight distinct values of which nine in ten lie
    there (by chance once in four million lists of eight).
    """
    distinct = set(values)
    if len(distinct) < 8:
        return False
    halved = sum(abs(int(value, 16).bit_count() - 128) <= 1 for value in distinct)
    return halved * 10 >= len(distinct) * 9


def _guessed(written: str) -> str:
    if _HEX.match(written):
        if len(written) == 2 * PHOTODNA_BYTES:
            return "photodna"
        return _BY_HEX_DIGITS.get(len(written), "")
    if len(written) == 32 and _BASE32.match(written) and (written.isupper() or written.islower()):
        return "sha1"
    if _BASE64.match(written):
        return _BY_BASE64_DIGITS.get(len(written), "")
    return ""


def _bytes_of(written: str, size: int) -> bytes | None:
    """The bytes that hex, base64 or base32 text of exactly this size states, else None."""
    if len(written) == 2 * size and _HEX.match(written):
        return bytes.fromhex(written)
    try:
        if len(written.rstrip("=")) == -(-size * 8 // 5) and _BASE32.match(written):
            bare = written.rstrip("=").upper()
            raw = base64.b32decode(bare + "=" * (-len(bare) % 8))
        elif len(written.rstrip("=")) == -(-size * 8 // 6) and _BASE64.match(written):
            bare = written.rstrip("=").replace("-", "+").replace("_", "/")
            raw = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        else:
            return None
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == size else None


def _photodna(written: str, original: str) -> HashValue:
    if len(written) == 2 * PHOTODNA_BYTES and _HEX.match(written):
        return HashValue("photodna", written.lower(), original, True)
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return HashValue("photodna", written, original, False)
    return HashValue("photodna", written, original, len(raw) == PHOTODNA_BYTES)
