"""Monero addresses: standard, subaddress and integrated, in Monero's blockwise Base58 with a Keccak checksum."""

from __future__ import annotations

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, whole
from tanglaw.selectors.checksums import base58, keccak256

# Network byte -> length of the address: main, test and stage network.
_KINDS = {
    18: 95, 42: 95, 19: 106, 53: 95, 63: 95, 54: 106, 24: 95, 36: 95, 25: 106,
}  # fmt: skip
_FIRST = frozenset("48957ABb")
_BLOCK, _LAST = 11, 7


def _decoded(text: str) -> bytes | None:
    """Blocks of 11 characters are 8 bytes each, the last 7 are 5."""
    data = b""
    for place in range(0, len(text), _BLOCK):
        block = text[place : place + _BLOCK]
        size = 8 if len(block) == _BLOCK else 5
        part = base58(block.lstrip("1"))
        if part is None or len(part) > size:
            return None
        data += part.rjust(size, b"\0")
    return data


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address, or None if length, network byte or checksum does not hold."""
    text = text.strip()
    if len(text) not in (95, 106) or text[0] not in _FIRST:
        return None
    data = _decoded(text)
    if data is None or _KINDS.get(data[0]) != len(text) or keccak256(data[:-4])[:4] != data[-4:]:
        return None
    return text


_SAMPLE = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"

SELECTOR = Selector(
    name="xmr",
    meaning="Monero address, subaddress or integrated address; checksum verified",
    recognisers=(Recogniser(TOKEN, whole("xmr", normalise), TOKEN, "token", opens="48957ABb", sizes=(95, 106)),),
    normalise=normalise,
    examples=(Example(f"xmr {_SAMPLE}.", _SAMPLE, _SAMPLE),),
    non_examples=(_SAMPLE[:-1] + "B", _SAMPLE[:-1], "4" * 95),
)
