"""Random valid values of selector types, made by encoders of their own: none of the code that reads them has a part.

Each maker takes a `random.Random` and gives one value in its usual spelling. Numbers of phones come from the number
plans' own library; everything else from the published definitions (BIP 173 and 350, Base58Check, CashAddr, EIP-55,
Monero's and Ripple's Base58, ISO 7064, ISO/IEC 7812).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from random import Random

import phonenumbers
from Crypto.Hash import keccak

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_IBANS = {"DE": 18, "FR": 23, "GB": 18, "NL": 14, "ES": 20, "PL": 24, "AT": 16, "BE": 12}
_CARDS = {"4": 16, "51": 16, "55": 16, "2221": 16, "34": 15, "37": 15, "6011": 16, "3530": 16, "62": 16, "36": 14}


def _base58(data: bytes, alphabet: str = _BITCOIN) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = alphabet[rest] + text
    return alphabet[0] * (len(data) - len(data.lstrip(b"\0"))) + text


def _checked(data: bytes, alphabet: str = _BITCOIN) -> str:
    check = hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    return _base58(data + check, alphabet)


def _fives(data: bytes) -> list[int]:
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return [int(bits[place : place + 5], 2) for place in range(0, len(bits), 5)]


def _mod(values: list[int], terms: tuple[int, ...], width: int) -> int:
    check = 1
    for value in values:
        top = check >> width
        check = (check & ((1 << width) - 1)) << 5 ^ value
        for bit, term in enumerate(terms):
            check ^= term if top >> bit & 1 else 0
    return check


def _segwit(prefix: str, version: int, program: bytes) -> str:
    terms = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    spread = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    data = [version, *_fives(program)]
    check = _mod([*spread, *data, *[0] * 6], terms, 25) ^ (0x2BC830A3 if version else 1)
    return prefix + "1" + "".join(_BECH32[v] for v in [*data, *[check >> 5 * (5 - n) & 31 for n in range(6)]])


def btc(random: Random) -> str:
    """A Bitcoin main network address: P2PKH, P2SH, SegWit version 0 (both lengths) or Taproot."""
    kind = random.randrange(5)
    if kind < 2:
        return _checked(bytes([(0, 5)[kind]]) + random.randbytes(20))
    return _segwit("bc", int(kind == 4), random.randbytes(20 if kind == 2 else 32))


def ltc(random: Random) -> str:
    """A Litecoin address: P2PKH, P2SH (`M`) or SegWit."""
    kind = random.randrange(3)
    if kind == 2:
        return _segwit("ltc", 0, random.randbytes(20))
    return _checked(bytes([(0x30, 0x32)[kind]]) + random.randbytes(20))


def doge(random: Random) -> str:
    """A Dogecoin address: P2PKH or P2SH."""
    return _checked(bytes([random.choice((0x1E, 0x16))]) + random.randbytes(20))


def tron(random: Random) -> str:
    """A TRON address."""
    return _checked(b"\x41" + random.randbytes(20))


def xrp(random: Random) -> str:
    """A classic XRP Ledger address."""
    return _checked(b"\0" + random.randbytes(20), _RIPPLE)


def sol(random: Random) -> str:
    """A Solana address: 32 bytes in Base58."""
    return _base58(random.randbytes(32))


def bch(random: Random) -> str:
    """A Bitcoin Cash address in CashAddr form with its prefix."""
    terms = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
    data = _fives(bytes([random.choice((0, 8))]) + random.randbytes(20))
    spread = [ord(char) & 31 for char in "bitcoincash"] + [0]
    check = _mod([*spread, *data, *[0] * 8], terms, 35) ^ 1
    return "bitcoincash:" + "".join(_BECH32[v] for v in [*data, *[check >> 5 * (7 - n) & 31 for n in range(8)]])


def xmr(random: Random) -> str:
    """A Monero address: standard, subaddress or integrated."""
    data = random.choice((b"\x12", b"\x2a", b"\x13")) + random.randbytes(64)
    data += random.randbytes(8) if data[0] == 0x13 else b""
    data += keccak.new(digest_bits=256, data=data).digest()[:4]
    blocks = [data[place : place + 8] for place in range(0, len(data), 8)]
    return "".join(_base58(block).rjust(11 if len(block) == 8 else 7, "1")[-11:] for block in blocks)


def eth(random: Random) -> str:
    """An Ethereum address, with EIP-55 capitals or in lower case."""
    digits = random.randbytes(20).hex()
    if random.random() < 0.3:
        return "0x" + digits
    signs = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    return "0x" + "".join(c.upper() if int(sign, 16) > 7 else c for c, sign in zip(digits, signs, strict=False))


def _luhn(digits: str) -> str:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 - place % 2)
        total += value - 9 * (value > 9)
    return digits + str(-total % 10)


def card(random: Random) -> str:
    """The digits of a card number in one of the big schemes' ranges."""
    prefix = random.choice(list(_CARDS))
    return _luhn(prefix + _digits(random, _CARDS[prefix] - len(prefix) - 1))


def imei(random: Random) -> str:
    """The digits of an IMEI with a common allocation prefix."""
    return _luhn(random.choice(("35", "86")) + _digits(random, 12))


def iban(random: Random) -> str:
    """An IBAN without spaces."""
    country = random.choice(list(_IBANS))
    count = _IBANS[country]
    account = "WEST" + _digits(random, count - 4) if country == "GB" else _digits(random, count)
    if country == "NL":
        account = "ABNA" + _digits(random, count - 4)
    whole = "".join(str(int(char, 36)) for char in account + country + "00")
    return f"{country}{98 - int(whole) % 97:02d}{account}"


def mac(random: Random) -> str:
    """A MAC address with colons."""
    return ":".join(f"{byte:02x}" for byte in bytes([random.randrange(0, 255, 2)]) + random.randbytes(5))


def ipv4(random: Random) -> str:
    """An IPv4 address."""
    return ".".join(str(random.randrange(1, 255)) for _ in range(4))


def ipv6(random: Random) -> str:
    """An IPv6 address under the documentation prefix."""
    return "2001:db8:" + ":".join(f"{random.randrange(1, 65536):x}" for _ in range(6))


def digest(random: Random, length: int) -> str:
    """`length` hex digits with letters and digits among them."""
    return "a1" + random.randbytes(length // 2 - 1).hex()


@cache
def _mobile(region: str) -> str:
    kind = phonenumbers.PhoneNumberType.MOBILE
    found = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    return str(phonenumbers.national_significant_number(found)) if found else ""


def phone(random: Random, region: str) -> phonenumbers.PhoneNumber:
    """A number that the region's plan assigns, a mobile one where its plan has some."""
    head, code = _mobile(region), phonenumbers.country_code_for_region(region)
    while True:
        digits = head[:-6] + _digits(random, 6)
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(digits))
        if digits[0] != "0" and phonenumbers.is_valid_number_for_region(number, region):
            return number


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


COINS: dict[str, Callable[[Random], str]] = {
    "btc": btc, "eth": eth, "tron": tron, "ltc": ltc, "bch": bch, "doge": doge, "xmr": xmr, "xrp": xrp, "sol": sol,
}  # fmt: skip
