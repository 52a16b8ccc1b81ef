"""Solana addresses: 32 bytes in Base58, without checksum; so only where the text or a link names the coin."""

from __future__ import annotations

import re

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, free, whole
from tanglaw.selectors.checksums import base58

_NAMED = re.compile(
    r"(?:\b(?:sol|solana|phantom)\b[^0-9A-Za-z]{0,3}(?:\w{1,10}[^0-9A-Za-z]{1,3}){0,2}"
    r"|(?:solscan\.io|solana\.com|solana\.fm|solanabeach\.io)/(?:account|address)/)$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(r"[\s,(]{1,3}(?:on )?(?:sol|solana|phantom)\b", re.IGNORECASE)


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address as written; None unless it stands for 32 bytes and has letters of both cases and digits."""
    text = text.strip()
    if not 32 <= len(text) <= 44 or text.isdigit() or text.lower() == text or text.upper() == text:
        return None
    data = base58(text)
    return text if data is not None and len(data) == 32 else None


def fits(before: str, original: str, after: str) -> bool:
    """Free of letters and digits, and named as Solana's before or behind it."""
    named = _NAMED.search(before) is not None or _NAMED_AFTER.match(after) is not None
    return named and free(before, original, after)


SELECTOR = Selector(
    name="sol",
    meaning="Solana address, named as such; 32 bytes, no checksum exists",
    recognisers=(Recogniser(TOKEN, whole("sol", normalise), TOKEN, "token", sizes=(32, 44)),),
    normalise=normalise,
    fits=fits,
    wordy=True,
    examples=(
        Example(
            "SOL wallet: 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV ok",
            *(2 * ("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",)),
        ),
        Example(
            "https://solscan.io/account/9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM",
            *(2 * ("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM",)),
        ),
    ),
    non_examples=("7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", "sol 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLK"),
)
