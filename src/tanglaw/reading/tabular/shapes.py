"""What the values of a column look like: date formats, marks of numbers, e-mail, phone, address. Never a verdict."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_DATE = re.compile(
    r"^(?P<a>\d{1,4})(?P<s>[./-])(?P<b>\d{1,2})(?P=s)(?P<c>\d{1,4})"
    r"(?:(?P<gap>,? ?T?)(?P<h>\d{1,2}):\d\d(?P<sec>:\d\d)?(?P<frac>\.\d{1,6})?(?P<ampm> ?[AaPp][Mm])?)?$"
)
_ISO = re.compile(r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$")
_CLOCK = re.compile(r"^\d{1,2}:\d\d(?P<sec>:\d\d)?(?P<ampm> ?[AaPp][Mm])?$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_PHONE = re.compile(r"^(?:\+|00)?[\d\s()./-]{8,22}$")
_NUMBER = re.compile(r"^[+\-(]?\s?[^\d\s.,()-]{0,3}\s?\d[\d.,' \u00a0]*\)?-?(?:\s?[A-Z]{3})?$")
_ZONED = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class DateShape:
    """A date format that fits the sampled values; `decide` says what a person must decide, if anything."""

    form: str
    decide: str = ""
    zoned: bool = False


def shape_of(values: Sequence[str]) -> str:
    """email, ip, currency, clock, date, number, phone, text or empty: what most of the values look like."""
    if not values:
        return "empty"
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("email", lambda v: bool(_EMAIL.match(v))),
        ("ip", _is_ip),
        ("clock", lambda v: bool(_CLOCK.match(v))),
        ("date", lambda v: bool(_ISO.match(v) or _DATE.match(v))),
        ("currency", lambda v: len(v) == 3 and v.isascii() and v.isalpha() and v.isupper()),
        ("phone", lambda v: v.startswith(("+", "00")) and _is_phone(v)),
        ("number", lambda v: bool(_NUMBER.match(v))),
        ("phone", _is_phone),
    )
    for name, test in tests:
        if _most(values, test):
            return name
    return "text"


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_phone(value: str) -> bool:
    return bool(_PHONE.match(value)) and 8 <= sum(c.isdigit() for c in value) <= 15


def date_shape(values: Sequence[str]) -> DateShape | None:
    """The format of most values: ISO, epoch, serial, or a pattern whose order of day and month the values show."""
    if not values:
        return None
    if _most(values, lambda v: bool(_ISO.match(v))):
        return DateShape("iso", zoned=_most(values, lambda v: "T" in v.replace(" ", "T") and bool(_ZONED.search(v))))
    if all(v.isdecimal() for v in values):
        return _digits(values)
    matches = [match for match in map(_DATE.match, values) if match]
    if len(matches) < _MOSTLY * len(values):
        return None
    first, mark = matches[0], matches[0]["s"]
    clock = _clock_form(first["gap"] or " ", first["sec"], first["frac"], first["ampm"]) if first["h"] else ""
    if len(first["a"]) == 4:
        return DateShape(f"%Y{mark}%m{mark}%d{clock}")
    year = "%Y" if len(first["c"]) == 4 else "%y"
    days = any(int(match["a"]) > 12 for match in matches)
    months = any(int(match["b"]) > 12 for match in matches)
    order = f"%m{mark}%d" if months and not days else f"%d{mark}%m"
    decide = ""
    if days == months:
        said = "both orders occur" if days else "no sampled date tells"
        decide = f"day first or month first? {said}: %d{mark}%m or %m{mark}%d"
    return DateShape(f"{order}{mark}{year}{clock}", decide)


def _digits(values: Sequence[str]) -> DateShape | None:
    lengths = {len(v) for v in values}
    if lengths == {10}:
        return DateShape("epoch-seconds", zoned=True)
    if lengths == {13}:
        return DateShape("epoch-millis", zoned=True)
    if lengths == {8}:
        return DateShape("%Y%m%d")
    if lengths == {5}:
        return DateShape("excel", "numbers of five digits: serial dates of a spreadsheet?")
    return None


def _clock_form(gap: str, sec: str | None, frac: str | None, ampm: str | None) -> str:
    hour = "%I" if ampm else "%H"
    tail = (" %p" if ampm.startswith(" ") else "%p") if ampm else ""
    return f"{gap}{hour}:%M{':%S' if sec else ''}{'.%f' if frac else ''}{tail}"


def clock_form(values: Sequence[str]) -> str:
    """Pattern of a column of times of day."""
    match = next((m for m in map(_CLOCK.match, values) if m), None)
    return _clock_form("", match["sec"], None, match["ampm"]) if match else "%H:%M:%S"


def _most(values: Sequence[str], test: Callable[[str], bool]) -> bool:
    return sum(test(value) for value in values) >= _MOSTLY * len(values)


@dataclass(frozen=True, slots=True)
class MarkShape:
    """Decimal and thousands mark that the sampled amounts show."""

    decimal: str = "."
    thousands: str = ""
    decide: str = ""


def marks_of(values: Sequence[str]) -> MarkShape:
    """Marks of a column of amounts: the last mark before one or two digits is the decimal one."""
    decimals: set[str] = set()
    thousands: set[str] = set()
    unclear = False
    for value in values:
        digits = re.sub(r"[^\d.,' \u00a0]", "", value).strip()
        found = re.findall(r"[.,' \u00a0](?=\d)", digits)
        if not found:
            continue
        last = found[-1]
        after = len(digits) - digits.rfind(last) - 1
        if last in ".," and (after != 3 or (len(set(found)) == 2 and found.count(last) == 1)):
            decimals.add(last)
            thousands.update(set(found[:-1]) - {last})
        elif found.count(last) > 1 or last not in ".,":
            thousands.add(last)
        else:
            unclear = True
            thousands.add(last)
    thousands -= decimals
    decimal = "," if "," in decimals and "." not in decimals else "."
    if not decimals and "." in thousands:
        decimal = ","
    mark = next(iter(sorted(thousands)), "")
    decide = "is the mark before three digits a thousands mark?" if unclear and not decimals else ""
    if len(decimals) > 1:
        decide = "both marks occur as decimal mark"
    return MarkShape(decimal, " " if mark == "\u00a0" else mark, decide)
