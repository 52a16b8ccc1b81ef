"""Media are digested as byte streams and dropped: recognised by their first bytes, also inside base64 text.

Nothing here decodes a picture or video; base64 is undone only to take the digest of the bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re

# Texts shorter than this cannot hold a picture worth the name and are not searched.
MARK_FROM = 160
# A PhotoDNA value is 192 base64 or 288 hex digits, and random: no picture is as short as that.
_MEDIA_MIN = 193
# Blobs of this many base64 digits that are no known text format are taken out whatever they are.
_BLOB_MIN = 1_200

_RUN = re.compile(
    r"(?:data:[\w.+-]{1,80}/[\w.+-]{1,80}(?:;[\w=.+-]{1,80}){0,8}+,)?+"
    r"(?:[A-Za-z0-9+/_-]{16,}+[ \t]*+(?:\\[rn]|[\r\n])*+)++={0,2}+"
)
_HEX_RUN = re.compile(r"(?:[0-9A-Fa-f]{2}){145,}")
_PLAIN = str.maketrans("-_", "+/", "=")
_SPACE = re.compile(r"\\[rn]|\s+")

_MAGIC: tuple[tuple[int, bytes], ...] = (
    (0, b"\xff\xd8\xff"),
    (0, b"\x89PNG"),
    (0, b"GIF8"),
    (0, b"BM"),
    (0, b"II*\x00"),
    (0, b"MM\x00*"),
    (0, b"\x00\x00\x01\x00"),
    (0, b"\x1aE\xdf\xa3"),
    (0, b"FLV\x01"),
    (0, b"OggS"),
    (0, b"ID3"),
    (0, b"fLaC"),
    (0, b"\x00\x00\x01\xba"),
    (0, b"\x00\x00\x01\xb3"),
    (0, b"0&\xb2u\x8ef\xcf\x11"),
    (0, b"\x00\x00\x00\x0cJXL "),
    (0, b"\x00\x00\x00\x0cjP  "),
    (0, b"\xff\x4f\xff\x51"),
    (0, b"\xff\x0a"),
    (0, b"8BPS"),
    (0, b"%PDF"),
    (4, b"ftyp"),
    (4, b"moov"),
    (4, b"mdat"),
    (4, b"wide"),
    (8, b"WEBP"),
    (8, b"AVI "),
    (8, b"WAVE"),
)
_MAGIC_AT = {at: tuple(mark for place, mark in _MAGIC if place == at and mark != b"BM") for at in (0, 4, 8)}
_MAGIC_0, _MAGIC_4, _MAGIC_8 = _MAGIC_AT[0], _MAGIC_AT[4], _MAGIC_AT[8]
# MPEG sound: eleven set bits, then version and layer.
_SOUND = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")


def is_media(head: bytes) -> bool:
    """True if the first bytes are those of a picture, video, sound or PDF file."""
    if head.startswith(_MAGIC_0) or head.startswith(_SOUND):
        return True
    if head.startswith(_MAGIC_4, 4) or head.startswith(_MAGIC_8, 8):
        return True
    # Two letters are too little to tell a bitmap: its reserved bytes are zero.
    return head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00"


def scrub(text: str, strict: bool = False) -> str:
    """The text with embedded media (data URIs, base64, hex) replaced by a mark that has digest and size.

    `strict` also takes out any long unbroken base64 run: for excerpts of records that could not be read.
    """
    if len(text) < (40 if strict else _MEDIA_MIN):
        return text
    text = _RUN.sub(lambda match: _mark_base64(match.group(), strict), text)
    return _HEX_RUN.sub(lambda match: _mark_hex(match.group(), strict), text)


def _mark_base64(run: str, strict: bool) -> str:
    body = run.split(",", 1)[1] if run.startswith("data:") else run
    compact = _SPACE.sub("", body).rstrip("=")
    if len(compact) < (40 if strict else _MEDIA_MIN):
        return run
    raw = _decoded(compact)
    declared = run.startswith("data:")
    if declared or strict or is_media(raw[:32]) or _is_blob(body, compact):
        return _mark(raw)
    return run


def _is_blob(body: str, compact: str) -> bool:
    # Prose has blanks and one case; a long run with digits and both cases is a binary blob.
    longest = max((len(part) for part in body.split()), default=0)
    return (
        len(compact) >= _BLOB_MIN
        and longest >= 60
        and any(c.isdigit() for c in compact[:400])
        and any(c.isupper() for c in compact[:400])
        and any(c.islower() for c in compact[:400])
    )


def _mark_hex(run: str, strict: bool) -> str:
    raw = bytes.fromhex(run[: len(run) // 2 * 2])
    return _mark(raw) if strict or is_media(raw[:32]) else run


def _decoded(compact: str) -> bytes:
    # Both alphabets; a last digit that is left over says nothing.
    text = compact.translate(_PLAIN)
    text = text[: len(text) - (len(text) % 4 == 1)]
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _mark(raw: bytes) -> str:
    return f"[media removed: {len(raw)} bytes, sha256 {hashlib.sha256(raw).hexdigest()}]"
