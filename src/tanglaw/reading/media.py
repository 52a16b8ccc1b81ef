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

# What stands at the very start, MPEG sound last: eleven set bits, then version and layer. Two letters are too little to
# tell a bitmap: its reserved bytes are zero.
_MEDIA = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|II\*\x00|MM\x00\*|\x00\x00\x01[\x00\xba\xb3]|\x1aE\xdf\xa3|FLV\x01|OggS|ID3|fLaC"
    rb"|0&\xb2u\x8ef\xcf\x11|\x00\x00\x00\x0c(?:JXL |jP  )|\xff\x4f\xff\x51|\xff\x0a|8BPS|%PDF|BM.{4}\x00{4}"
    rb"|.{4}(?:ftyp|moov|mdat|wide)|.{8}(?:WEBP|AVI |WAVE)|\xff[\xfb\xf3\xf2\xf1\xf9]",
    re.DOTALL,
)


def is_media(head: bytes) -> bool:
    """True if the first bytes are those of a picture, video, sound or PDF file."""
    return _MEDIA.match(head) is not None


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
