"""Cell values of a workbook as text: numbers with their digits, dates as ISO 8601."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum

_WHOLE = re.compile(r"-?\d+$")
_BUILT_IN_DATES = frozenset(map(str, (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))))
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")


class Style(Enum):
    """What a number stands for."""

    NUMBER = "number"
    DATE = "date"
    ELAPSED = "elapsed"


def style_of(number: str, codes: dict[str, str]) -> Style:
    """What the number format with that id shows (ECMA-376 part 1, 18.8.30)."""
    if number == "46":
        return Style.ELAPSED
    if number in _BUILT_IN_DATES:
        return Style.DATE
    code = _NOT_CODE.sub("", codes.get(number, ""))
    if _ELAPSED.search(code):
        return Style.ELAPSED
    code = _BRACKETS.sub("", code.split(";")[0])
    return Style.DATE if re.search(r"[ymdhs]", code, re.IGNORECASE) and "General" not in code else Style.NUMBER


def number_text(value: str, decimal: str = ".") -> str:
    """Digits of a stored number: no exponent, no binary noise (36.359999999999999 is 36.36)."""
    value = value.strip()
    if _WHOLE.match(value):
        return value
    try:
        number = Decimal(repr(float(value)))
    except (ValueError, InvalidOperation):
        return value
    if not number.is_finite() or abs(number.adjusted()) > 60:
        return value
    if number == number.to_integral_value():
        return str(int(number))
    return format(number, "f").replace(".", decimal)


def date_text(value: str, style: Style, since_1904: bool) -> str:
    """ISO text of a serial date: a date, a time of day below 1, or both; h:mm:ss for a length of time."""
    try:
        serial = float(value)
    except ValueError:
        return ""
    if not 0 <= serial < 2_958_466:
        return ""
    seconds = round(serial * 86_400, 3)
    if style is Style.ELAPSED or serial < 1:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"
    try:
        stamp = (datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)) + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    if stamp.time() == datetime.min.time():
        return stamp.date().isoformat()
    return stamp.isoformat(timespec="milliseconds" if stamp.microsecond else "seconds")
