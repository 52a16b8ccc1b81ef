"""Single values from text: instants, numbers, three-valued facts, platforms, account identifiers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = datetime(2100, 1, 1, tzinfo=UTC)
_BEYOND = Decimal(10) ** 20
_WORDS = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class Instant(NamedTuple):
    """An instant as read: microseconds since 1970 or None, the zone assumed for it, the text that ids are made of.

    That text is seconds since 1970 with six decimals, or what was written where it is no instant.
    """

    at: int | None
    assumed: str | None
    key: str | None


def instant(text: str, default_zone: str = "UTC") -> Instant:
    """The instant that an ISO 8601 text names, from 1970 to 2099; without a zone in it, in `default_zone`."""
    # The documents of one report state the same instants again and again.
    return _remembered(text, default_zone) if len(text) <= _LONGEST else _instant(text, default_zone)


def _instant(text: str, default_zone: str) -> Instant:
    try:
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        return Instant(None, None, text)
    found = stamped("at", stamp, text, default_zone)
    at = found.get("at")
    if at is None:
        return Instant(None, found.get("at_assumed"), text)
    return Instant((at - _FIRST) // _MICROSECOND, found.get("at_assumed"), f"{at.timestamp():.6f}")


_LONGEST = 64
_remembered = lru_cache(maxsize=4_096)(_instant)


def moment(name: str, text: str | None, default_zone: str = "UTC") -> dict[str, Any]:
    """The three columns of an instant: `name` (UTC or None), `name_original`, `name_assumed`.

    Reads ISO 8601. A stamp without a zone is read in `default_zone` and says so. A stamp that cannot be read
    or lies outside 1970 to 2100 leaves the instant empty and keeps the text.
    """
    if not text:
        return {}
    try:
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        return {f"{name}_original": text}
    return stamped(name, stamp, text, default_zone)


def stamped(name: str, stamp: datetime, original: str, default_zone: str = "UTC") -> dict[str, Any]:
    """As `moment`, for a stamp that is parsed already. An hour that a clock change skips or repeats takes
    its first reading."""
    assumed = ""
    try:
        if stamp.tzinfo is None:
            assumed = default_zone
            stamp = stamp.replace(tzinfo=zone(default_zone) or UTC)
        stamp = stamp.astimezone(UTC)
        if not _FIRST <= stamp < _LAST:
            return {f"{name}_original": original, f"{name}_assumed": assumed or None}
    except (OverflowError, ValueError):
        return {f"{name}_original": original}
    return {name: stamp, f"{name}_original": original, f"{name}_assumed": assumed or None}


def truth(value: object) -> bool | None:
    """Three-valued: true, false, or None for not stated (also "N/A", blanks and words that are neither)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return bool(value) if value in (0, 1) else None
    if isinstance(value, str):
        return _WORDS.get(value.strip().casefold())
    return None


def whole(value: object, low: int = 0, high: int = 2**63 - 1) -> int | None:
    """An integer within bounds, else None."""
    if isinstance(value, bool):
        return None
    try:
        number = int(str(value).strip())
    except ValueError:
        return None
    return number if low <= number <= high else None


def amount(value: object) -> Decimal | None:
    """An exact amount with at most 18 decimals and 20 digits before the point, else None."""
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= _BEYOND:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -18:
        return None
    return number


_COMPANY = re.compile(
    r"[,.]?\s+(?:inc|llc|ltd|limited|gmbh|corp|corporation|co|plc|s\.?a\.?r?\.?l?|b\.?v|pte|platforms|technologies|messenger|services?)\b\.?",
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_ALIASES = {
    "fb": "facebook",
    "meta": "facebook",
    "facebook-messenger": "facebook",
    "ig": "instagram",
    "whats-app": "whatsapp",
    "wa": "whatsapp",
    "x": "x",
    "twitter": "x",
    "x-corp": "x",
    "telegram-messenger": "telegram",
    "snap": "snapchat",
    "snap-inc": "snapchat",
    "google-drive": "google",
    "gmail": "google",
    "g-cash": "gcash",
    "tik-tok": "tiktok",
    "microsoft-skype": "skype",
}


@lru_cache(maxsize=65_536)
def platform(name: str) -> str:
    """Normalised name of a service: lower case, company endings gone, well-known aliases joined."""
    text = _COMPANY.sub("", name.strip().casefold())
    slug = _NOT_WORD.sub("-", text).strip("-") or _NOT_WORD.sub("-", name.strip().casefold()).strip("-")
    return _ALIASES.get(slug, slug or name.strip().casefold())


_NOT_DIGIT = re.compile(r"[^0-9]+")


def identifier(kind: str, text: str) -> str:
    """The form of an account identifier that its id is made of: handles and e-mails in lower case without
    `@` in front, phones as `+` and digits where a calling code is stated, anything else trimmed."""
    value = text.strip()
    if kind == "handle":
        return value.lstrip("@").casefold()
    if kind == "email":
        return value.casefold()
    if kind == "phone":
        digits = _NOT_DIGIT.sub("", value)
        if value.startswith("+"):
            return f"+{digits}"
        return f"+{digits[2:]}" if value.startswith("00") else digits
    return value
