"""Wallet addresses and account numbers with valid checksums, made of random bytes.

Base58Check (Bitcoin wiki), Bech32 (BIP 173), Bech32m (BIP 350), IBAN (ISO 13616, ISO 7064 mod 97-10). No key
belongs to any address.
"""

from __future__ import annotations

import hashlib

from tanglaw.simulate.dice import Dice

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32M = 0x2BC830A3


def base58check(version: int, payload: bytes) -> str:
    """Base58Check text of a version byte and a payload."""
    raw = bytes((version,)) + payload
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number = int.from_bytes(raw, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def segwit(prefix: str, program: bytes, version: int = 0) -> str:
    """Address of a witness program: Bech32 for version 0, Bech32m for later ones."""
    data = [version, *_five_bits(program)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*expanded, *data, 0, 0, 0, 0, 0, 0]) ^ (_BECH32M if version else 1)
    data += [(check >> 5 * (5 - i)) & 31 for i in range(6)]
    return f"{prefix}1{''.join(_BECH32[value] for value in data)}"


def iban(country: str, account: str) -> str:
    """IBAN of a country code and a BBAN of digits."""
    digits = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"


def wallet(dice: Dice) -> tuple[str, str]:
    """Type and address of a random wallet: btc in either form, or eth in lower case."""
    turn = dice.unit()
    if turn < 0.45:
        return "btc", base58check(0, dice.token(20))
    if turn < 0.85:
        return "btc", segwit("bc", dice.token(20))
    return "eth", f"0x{dice.token(20).hex()}"


def bank_account(dice: Dice) -> str:
    """An IBAN of the German length with a bank code that is not given out (it begins with 0)."""
    return iban("DE", f"0{dice.digits(7)}{dice.digits(10)}")


def _five_bits(raw: bytes) -> list[int]:
    number, left = int.from_bytes(raw, "big"), -len(raw) * 8 % 5
    number <<= left
    return [number >> shift & 31 for shift in range(len(raw) * 8 + left - 5, -1, -5)]


def _folded(top: int) -> int:
    found = 0
    for i, generator in enumerate(_GENERATORS):
        if top >> i & 1:
            found ^= generator
    return found


_FOLDS = [_folded(top) for top in range(32)]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _FOLDS[check >> 25]
    return check
