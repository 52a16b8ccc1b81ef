"""Addresses and assets of ledgers with accounts: Ethereum and those that share its form, TRON."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from tanglaw.reading.chain.values import bad
from tanglaw.selectors.checksums import BASE58, base58check, eip55

_ETH = re.compile(r"(?:0x)?([0-9a-fA-F]{40})\Z")
_WORD = re.compile(r"0x0{24}([0-9a-fA-F]{40})\Z")
_TRON_HEX = re.compile(r"(?:0x)?41([0-9a-fA-F]{40})\Z")
_NATIVE = {"eth": ("ETH", 18), "trx": ("TRX", 6)}
# Contracts whose decimals are widely known, for dumps that state none. From the contracts' own `decimals()`.
_TOKENS: dict[tuple[str, str], tuple[str, int]] = {
    ("eth", "0xdAC17F958D2ee523a2206206994597C13D831ec7"): ("USDT", 6),
    ("eth", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"): ("USDC", 6),
    ("eth", "0x6B175474E89094C44Da98b954EedeAC495271d0F"): ("DAI", 18),
    ("eth", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"): ("WETH", 18),
    ("eth", "0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599"): ("WBTC", 8),
    ("trx", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"): ("USDT", 6),
}


def native(network: str) -> tuple[str, int]:
    """Name and decimals of the network's own coin."""
    return _NATIVE[network]


def known_token(network: str, contract: str) -> tuple[str, int] | None:
    """Symbol and decimals of a token that is known without being told."""
    return _TOKENS.get((network, contract))


def network_of(address: object) -> str | None:
    """The network whose form the address has: trx for Base58 from T and for hex from 41, eth for other hex."""
    text = str(address or "").strip()
    if text[:1] == "T" or _TRON_HEX.match(text):
        return "trx"
    return "eth" if _ETH.match(text) or _WORD.match(text) else None


@lru_cache(maxsize=1 << 18)
def address_of(text: str, network: str, name: str) -> str:
    """The address as its network writes it: EIP-55 capitals, or Base58 with its checksum.

    Mixed case that breaks EIP-55, a wrong checksum and an address of another network raise BadRecord.
    """
    text = text.strip()
    return _tron(text, name) if network == "trx" else _eth(text, name)


def _eth(text: str, name: str) -> str:
    found = _ETH.match(text) or _WORD.match(text)
    if found is None:
        raise bad(f"{name} is no Ethereum address")
    digits = found.group(1)
    spelled = eip55(digits)
    if digits not in (digits.lower(), digits.upper(), spelled):
        raise bad(f"{name} has a wrong checksum (EIP-55)")
    return "0x" + spelled


def _tron(text: str, name: str) -> str:
    found = _TRON_HEX.match(text)
    if found is not None:
        return base58_text(bytes.fromhex("41" + found.group(1)))
    body = base58check(text) if len(text) == 34 else None
    if body is None or len(body) != 21 or body[0] != 0x41:
        raise bad(f"{name} is no TRON address, or its checksum is wrong")
    return text


def base58_text(body: bytes) -> str:
    """Base58Check of version and hash."""
    whole = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    value, letters = int.from_bytes(whole, "big"), []
    while value:
        value, digit = divmod(value, 58)
        letters.append(BASE58[digit])
    zeros = len(whole) - len(whole.lstrip(b"\0"))
    return BASE58[0] * zeros + "".join(reversed(letters))
