"""Litecoin addresses: P2PKH, P2SH in its own version, SegWit. The old P2SH form starts with 3 and reads as Bitcoin."""

from __future__ import annotations

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, whole
from tanglaw.selectors.checksums import base58check, segwit

_PREFIXES = frozenset(("ltc", "tltc"))
_VERSIONS = frozenset((0x30, 0x32))


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address; Bech32 in lower case. None if length or checksum does not hold."""
    text = text.strip()
    if text[:1] in ("L", "M") and 26 <= len(text) <= 35:
        body = base58check(text)
        return text if body is not None and len(body) == 21 and body[0] in _VERSIONS else None
    if text[:4].lower() in ("ltc1", "tltc") and segwit(text, _PREFIXES) is not None:
        return text.lower()
    return None


SELECTOR = Selector(
    name="ltc",
    meaning="Litecoin address; checksum verified",
    recognisers=(Recogniser(TOKEN, whole("ltc", normalise), TOKEN, "token", opens="LMltT", sizes=(26, 90)),),
    normalise=normalise,
    examples=(Example("ltc: LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", *(2 * ("LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9",))),),
    non_examples=("LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH8", "Loooooooooooooooooooooooooooooong"),
)
