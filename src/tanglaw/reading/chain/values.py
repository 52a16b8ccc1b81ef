"""Values of ledgers as exports write them: digests, amounts, whole numbers, instants. Each raises BadRecord for what is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from tanglaw.errors import BadRecord
from tanglaw.reading.values import moment

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_EXACT = Context(prec=80)
_WHOLE = re.compile(r"[+-]?\d{1,78}\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,64}\Z")
_PLAIN = re.compile(r"\d+(?:\.\d+)?\Z")
_LARGEST = 1 << 63
COIN = 8
MOST_MONEY = 21_000_000 * 10**COIN
_MILLISECONDS = 10**11


def bad(reason: str, place: str = "") -> BadRecord:
    """One record that cannot be read."""
    return BadRecord("ledger-value", reason, place)


def digest(value: object, name: str) -> str:
    """A digest of 32 bytes as 64 lower-case hex digits, `0x` in front taken off."""
    text = str(value or "").strip().lower().removeprefix("0x")
    if not _DIGEST.match(text):
        raise bad(f"{name} is not 64 hex digits")
    return text


def number(value: object, name: str, least: int = 0) -> int | None:
    """A whole number, decimal or 0x hex; None if it is not stated."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise bad(f"{name} is not a whole number")
    text = str(value).strip().replace(",", "")
    if text.endswith(".0"):
        text = text[:-2]
    if _HEX.match(text):
        found = int(text, 16)
    elif _WHOLE.match(text):
        found = int(text)
    else:
        raise bad(f"{name} is not a whole number")
    if not least <= found:
        raise bad(f"{name} is below {least}")
    return found


def small(value: object, name: str) -> int | None:
    """A whole number that fits a column."""
    found = number(value, name)
    if found is not None and found >= _LARGEST:
        raise bad(f"{name} is too large")
    return found


def satoshi(value: object, name: str) -> int | None:
    """An amount in coins as whole smallest units, exact; None if it is not stated."""
    if value is None or value == "":
        return None
    return units(scaled(decimal(value, name), COIN), name)


def units(value: Decimal | int | None, name: str) -> int | None:
    """An amount of smallest units that there may be."""
    if value is None:
        return None
    whole = int(value)
    if whole != value or not 0 <= whole <= MOST_MONEY:
        raise bad(f"{name} is not an amount between 0 and 21 million coins")
    return whole


def decimal(value: object, name: str) -> Decimal:
    """An exact decimal number."""
    try:
        found = _EXACT.create_decimal(str(value).strip().replace(",", ""))
    except InvalidOperation as error:
        raise bad(f"{name} is not a number") from error
    if not found.is_finite() or abs(found) >= Decimal(10) ** 70:
        raise bad(f"{name} is not a number that an amount may have")
    return found


def scaled(value: Decimal, places: int) -> Decimal:
    """The value with its point moved to the right, exact."""
    return value.scaleb(places, _EXACT)


def amount(value: Decimal, places: int, name: str) -> Decimal:
    """Smallest units as units of an asset with that many decimals. A column holds 20 digits before the point, 18 behind."""
    found = scaled(value, -places)
    if found < 0 or found >= Decimal(10) ** 20:
        raise bad(f"{name} is negative or has more than 20 digits before the point")
    if found != found.quantize(Decimal(1).scaleb(-18), context=_EXACT):
        raise bad(f"{name} has more than 18 decimals")
    return found


def stamp(value: object, zone: str) -> dict[str, Any]:
    """The columns of an instant from seconds or milliseconds since 1970 (decimal, hex) or from text."""
    if value is None or value == "":
        return {}
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=UTC)
        return {"at": at.astimezone(UTC), "at_original": value.isoformat()}
    text = str(value).strip()
    if not (_PLAIN.match(text) or _HEX.match(text)):
        return moment("at", text.removesuffix(" UTC").replace(" UTC", "+00:00"), "UTC" if "UTC" in text else zone)
    seconds = Decimal(int(text, 16)) if text.startswith("0x") else decimal(text, "time")
    while seconds >= _MILLISECONDS:
        seconds /= 1000
    return {"at": datetime.fromtimestamp(float(seconds), UTC), "at_original": text}
