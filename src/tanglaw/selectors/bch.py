"""Bitcoin Cash addresses: CashAddr, and the old form, which reads as Bitcoin unless the text names the coin."""

from __future__ import annotations

import re

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, free, whole
from tanglaw.selectors.checksums import BECH32_VALUE, base58check, bytes_of_fives, sums

_PREFIXES = ("bitcoincash", "bchtest", "bchreg")
_SUMS = sums((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470))
_CHARS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
# Payloads of 20 and of 32 bytes; version bits say P2PKH, P2SH or the same with tokens.
_LENGTHS = {42: 20, 61: 32}
_OLD = {0x00: 0, 0x05: 8}
_NAMED = re.compile(r"(?:\bbch|bitcoin ?cash)\b[^0-9A-Za-z]{0,3}(?:\w{1,10}[^0-9A-Za-z]{1,3}){0,2}$", re.IGNORECASE)


def _checksum(prefix: str, values: list[int]) -> int:
    check = 1
    for value in [*(ord(char) & 31 for char in prefix), 0, *values]:
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ value ^ _SUMS[top]
    return check ^ 1


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """`prefix:address` in lower case, also of the old form; None if length or checksum does not hold."""
    text = text.strip()
    if text[:1] in ("1", "3") and 26 <= len(text) <= 35:
        body = base58check(text)
        if body is None or len(body) != 21 or body[0] not in _OLD:
            return None
        return _cashaddr(bytes([_OLD[body[0]]]) + body[1:])
    if text != text.lower() and text != text.upper():
        return None
    prefix, _, address = text.lower().rpartition(":")
    if len(address) not in _LENGTHS or prefix not in (*_PREFIXES, ""):
        return None
    values = [BECH32_VALUE.get(char, -1) for char in address]
    if -1 in values:
        return None
    named = next((name for name in ([prefix] if prefix else _PREFIXES) if not _checksum(name, values)), None)
    data = bytes_of_fives(values[:-8])
    return f"{named}:{address}" if named and data and len(data) == _LENGTHS[len(address)] + 1 else None


def _cashaddr(data: bytes) -> str:
    """The CashAddr spelling of a version byte and 20 bytes."""
    number = int.from_bytes(data, "big") << 2
    values = [number >> 5 * place & 31 for place in range(33, -1, -1)]
    check = _checksum("bitcoincash", [*values, *[0] * 8])
    return "bitcoincash:" + "".join(
        _CHARS[v] for v in [*values, *(check >> 5 * place & 31 for place in range(7, -1, -1))]
    )


def fits(before: str, original: str, after: str) -> bool:
    """Free of letters and digits; the old form only where the text before it names the coin."""
    return free(before, original, after) and (original[0] not in "13" or _NAMED.search(before) is not None)


SELECTOR = Selector(
    name="bch",
    meaning="Bitcoin Cash address; checksum verified",
    recognisers=(Recogniser(TOKEN, whole("bch", normalise), TOKEN, "token", sizes=(26, 61)),),
    normalise=normalise,
    fits=fits,
    wordy=True,
    examples=(
        Example(
            "to bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
        ),
        Example(
            "BCH: 1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
            "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
        ),
    ),
    non_examples=("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu"),
)
