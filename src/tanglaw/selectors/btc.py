"""Bitcoin addresses of every kind: P2PKH, P2SH, SegWit version 0, Taproot; main and test networks."""

from __future__ import annotations

import re

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, whole
from tanglaw.selectors.checksums import base58check, segwit

_PREFIXES = frozenset(("bc", "tb", "bcrt"))
_VERSIONS = frozenset((0x00, 0x05, 0x6F, 0xC4))
_FIRST = frozenset("13mn2")
_SEGWIT_FORM = re.compile(r"(?:bc|tb)1(?:[qQpP])[0-9a-z]{38}(?:[0-9a-z]{20})?", re.IGNORECASE)


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address; Bech32 in lower case. None if length or checksum does not hold."""
    text = text.strip()
    if text[:1] in _FIRST and 26 <= len(text) <= 35:
        body = base58check(text)
        return text if body is not None and len(body) == 21 and body[0] in _VERSIONS else None
    if text[:2].lower() in ("bc", "tb") and segwit(text, _PREFIXES) is not None:
        return text.lower()
    return None


def _unmistakable(text: str) -> bool:
    return len(text) <= 90 and _SEGWIT_FORM.fullmatch(text) is not None


SELECTOR = Selector(
    name="btc",
    meaning="Bitcoin address; checksum verified",
    recognisers=(
        Recogniser(TOKEN, whole("btc", normalise, _unmistakable), TOKEN, "token", opens="13mn2bBtT", sizes=(26, 90)),
    ),
    normalise=normalise,
    examples=(
        Example("send to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT.", *(2 * ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT",))),
        Example("bitcoin:3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX?x", *(2 * ("3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX",))),
        Example(
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        Example(
            "taproot bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            *(2 * ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",)),
        ),
        Example(
            "typo bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            *(2 * ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",)),
            valid=False,
        ),
    ),
    non_examples=(
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
        "bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyTT",
        "13mn2000000000000000000000000000",
    ),
    within=frozenset(("bch",)),
)
