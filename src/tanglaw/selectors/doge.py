"""Dogecoin addresses: P2PKH and P2SH."""

from __future__ import annotations

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, whole
from tanglaw.selectors.checksums import base58check

_VERSIONS = frozenset((0x1E, 0x16))
_FIRST = frozenset("DA9")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address, or None if length or checksum does not hold."""
    text = text.strip()
    if text[:1] not in _FIRST or not 33 <= len(text) <= 34:
        return None
    body = base58check(text)
    return text if body is not None and len(body) == 21 and body[0] in _VERSIONS else None


SELECTOR = Selector(
    name="doge",
    meaning="Dogecoin address; checksum verified",
    recognisers=(Recogniser(TOKEN, whole("doge", normalise), TOKEN, "token", opens="DA9", sizes=(33, 34)),),
    normalise=normalise,
    examples=(Example("doge DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L ok", *(2 * ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",))),),
    non_examples=("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7M", "D" * 34),
)
