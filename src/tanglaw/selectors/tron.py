"""TRON addresses: Base58Check with version 0x41."""

from __future__ import annotations

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, whole
from tanglaw.selectors.checksums import base58check


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address, or None if length or checksum does not hold."""
    text = text.strip()
    if len(text) != 34 or text[0] != "T":
        return None
    body = base58check(text)
    return text if body is not None and len(body) == 21 and body[0] == 0x41 else None


SELECTOR = Selector(
    name="tron",
    meaning="TRON address; checksum verified",
    recognisers=(Recogniser(TOKEN, whole("tron", normalise), TOKEN, "token", opens="T", sizes=(34, 34)),),
    normalise=normalise,
    examples=(Example("USDT: TNDzfERDpxLDS2w1q6yaFC7pzqaSQ3Bg3r", *(2 * ("TNDzfERDpxLDS2w1q6yaFC7pzqaSQ3Bg3r",))),),
    non_examples=("TNDzfERDpxLDS2w1q6yaFC7pzqaSQ3Bg31", "T" * 34),
)
