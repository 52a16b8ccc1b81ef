"""Check digits and checksums: Base58Check, Bech32 and Bech32m (BIP 173, BIP 350), Luhn, ISO 7064 mod 97, EIP-55."""

from __future__ import annotations

import hashlib
import string
from functools import lru_cache

from Crypto.Hash import keccak

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE58 = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BASE58_VALUES = {alphabet: {char: value for value, char in enumerate(alphabet)} for alphabet in (BASE58, RIPPLE58)}
BECH32_VALUE = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}


def sums(terms: tuple[int, ...]) -> tuple[int, ...]:
    """For every set of `terms`, as bits, their sum in GF(2): what a step of a BCH checksum adds."""
    made = [0]
    for term in terms:
        made += [one ^ term for one in made]
    return tuple(made)


_SUMS = sums((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3))
# Digits and letters as ISO 7064 counts them.
_LETTER_VALUES = {char: str(int(char, 36)) for char in string.ascii_letters + string.digits}
BECH32, BECH32M = 1, 0x2BC830A3


def base58(text: str, alphabet: str = BASE58) -> bytes | None:
    """The bytes that a Base58 text of at most 64 characters stands for; None for any other text."""
    if len(text) > 64:
        return None
    values, number = _BASE58_VALUES[alphabet], 0
    for char in text:
        value = values.get(char)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


@lru_cache(maxsize=16)
def base58check(text: str, alphabet: str = BASE58) -> bytes | None:
    """Version and payload of a Base58Check text of at most 64 characters, or None if its checksum does not hold."""
    data = base58(text, alphabet) if len(text) >= 8 else None
    if data is None:
        return None
    body, check = data[:-4], data[-4:]
    if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] != check:
        return None
    return body


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _SUMS[top]
    return check


def segwit(text: str, prefixes: frozenset[str]) -> tuple[int, bytes] | None:
    """Witness version and program of a segregated-witness address with one of `prefixes`, or None (BIP 173, 350)."""
    if len(text) > 90 or (text != text.lower() and text != text.upper()):
        return None
    prefix, mark, data = text.lower().rpartition("1")
    if not mark or prefix not in prefixes or len(data) < 8:
        return None
    values = [BECH32_VALUE.get(char, -1) for char in data]
    if -1 in values:
        return None
    spread = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    version = values[0]
    if _polymod(spread + values) != (BECH32 if version == 0 else BECH32M):
        return None
    program = bytes_of_fives(values[1:-6])
    if program is None or version > 16 or not 2 <= len(program) <= 40:
        return None
    if version == 0 and len(program) not in (20, 32):
        return None
    return version, program


def bytes_of_fives(values: list[int]) -> bytes | None:
    """Groups of five bits as bytes; None if the padding is too long or not zero."""
    number = bits = 0
    for value in values:
        number, bits = number << 5 | value, bits + 5
    spare = bits % 8
    if spare >= 5 or number & ((1 << spare) - 1):
        return None
    return (number >> spare).to_bytes(bits // 8, "big")


def luhn(digits: str) -> bool:
    """True if the last of the ASCII `digits` is the Luhn check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) << (place & 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod97(text: str) -> int:
    """Remainder by 97 of letters and digits, letters counting from A=10 (ISO 7064, as IBAN uses it)."""
    return int("".join(map(_LETTER_VALUES.__getitem__, text))) % 97


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum and Monero use it, before the padding of SHA-3."""
    return keccak.new(digest_bits=256, data=data).digest()


def eip55(digits: str) -> str:
    """The mixed-case spelling of 40 hex digits (EIP-55): upper case where the Keccak-256 digit is 8 or more."""
    lower = digits.lower()
    signs = keccak256(lower.encode("ascii")).hex()
    return "".join([high if sign > "7" else low for low, high, sign in zip(lower, lower.upper(), signs, strict=False)])
