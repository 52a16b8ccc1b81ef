"""The head of a WhatsApp line: date, time, and where they end; and which order the date's numbers have.

WhatsApp writes them as the exporting phone's language and country do, and does not say which. The order is told by
the whole file: by numbers that cannot be a month, by years before WhatsApp existed, and by time running forward.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

MARKS: Final = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_M: Final = f"[{MARKS}]{{0,4}}"
_S: Final = "[ \u00a0\u202f\u2009]"
# Spellings of the two halves of the day; those of the first half of each line are before noon.
_BEFORE: Final = (
    rf"[Aa]\.?{_S}?[Mm]\.?|vorm\.|f\.?{_S}?m\.|ÖÖ|öö|SA|PG|de\.|dop\.|π\.?μ\.?|"
    "오전|上午|午前|凌晨|清晨|早上|ص|ق\\.ظ\\.?|पूर्वाह्न|পূর্বাহ্ণ|முற்பகல்|ก่อนเที่ยง"
)
_AFTER: Final = (
    rf"[Pp]\.?{_S}?[Mm]\.?|nachm\.|e\.?{_S}?m\.|ÖS|ös|CH|PTG|du\.|odp\.|μ\.?μ\.?|"
    "오후|下午|午後|中午|晚上|م|ب\\.ظ\\.?|अपराह्न|অপরাহ্ণ|பிற்பகல்|หลังเที่ยง"
)
_HALF: Final = f"{_BEFORE}|{_AFTER}"
_JOIN: Final = rf"[,،]?{_S}{{1,2}}(?:(?:at|um|klo|kl\.?|à|às|as|a{_S}las|alle|om|o|la|в){_S})?"
_HEADER: Final = re.compile(
    rf"^{_M}(?P<open>\[)?{_M}"
    rf"(?P<a>\d{{1,4}}){_M}(?P<sep>{_S}?[./\-年년]{_S}?){_M}(?P<b>\d{{1,2}}){_M}{_S}?[./\-月월]{_S}?{_M}(?P<c>\d{{1,4}})"
    rf"{_M}[.日일]?{_M}{_JOIN}{_M}(?:(?P<pre>{_HALF}){_S}?)?"
    rf"(?P<h>\d{{1,2}})(?:[:.٫]|{_S}?h{_S}?)(?P<m>\d{{2}})(?:[:.٫](?P<s>\d{{2}}))?(?:{_S}{{0,2}}(?P<post>{_HALF}))?"
    rf"{_M}(?:{_S}?Uhr)?{_M}(?(open)\]{_S}?|{_S}[-–—]{_S}){_M}",
    re.MULTILINE,
)
_IS_BEFORE: Final = re.compile(_BEFORE)
_FIRST_YEAR: Final = 2009
_LAST_YEAR: Final = 2099

Shape = tuple[bool, str, bool]


class Header(NamedTuple):
    """One header: where it stands, the numbers of its date as written, and its time of day in 24 hours."""

    start: int
    end: int
    stamp: str
    date: tuple[str, str, str]
    time: tuple[int, int, int]
    shape: Shape


def headers(text: str) -> Iterator[Header]:
    """All headers in a text of whole lines."""
    for found in _HEADER.finditer(text):
        hour, half = int(found["h"]), found["pre"] or found["post"]
        if half and hour <= 12:
            hour = hour % 12 + (0 if _IS_BEFORE.fullmatch(half) else 12)
        shape = (found["open"] is not None, found["sep"].strip(), found["s"] is not None)
        yield Header(
            found.start(),
            found.end(),
            _stamp(found.group()),
            (found["a"], found["b"], found["c"]),
            (hour, int(found["m"]), int(found["s"] or 0)),
            shape,
        )


_AROUND: Final = re.compile(rf"^[{MARKS}\[]+|[{MARKS}\] \u00a0\u202f–—-]+$")


def _stamp(header: str) -> str:
    return _AROUND.sub("", header)


ORDERS: Final = ("dmy", "mdy", "ymd", "ydm")
_YEAR_AT: Final = {"dmy": 2, "mdy": 2, "ymd": 0, "ydm": 0}


def date_of(date: tuple[str, str, str], order: str) -> tuple[int, int, int] | None:
    """Year, month and day, or None if they cannot be a date of a WhatsApp message."""
    year = date[_YEAR_AT[order]]
    if len(year) not in (2, 4):
        return None
    numbers = dict(zip(order, map(int, date), strict=True))
    full = numbers["y"] + 2000 if len(year) == 2 else numbers["y"]
    if 2500 <= full < 2700:
        # Thai exports count years from the Buddha's death.
        full -= 543
    if not (_FIRST_YEAR <= full <= _LAST_YEAR):
        return None
    try:
        datetime(full, numbers["m"], numbers["d"])
    except ValueError:
        return None
    return full, numbers["m"], numbers["d"]


@dataclass
class Evidence:
    """What the headers of a file say about the order of its dates."""

    count: int = 0
    _last: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    _against: Counter[str] = field(default_factory=Counter)
    _impossible: Counter[str] = field(default_factory=Counter)
    _date: tuple[str, str, str] | None = None

    def add(self, header: Header) -> None:
        """Count one header."""
        self.count += 1
        if header.date == self._date:
            return
        self._date = header.date
        for order in ORDERS:
            date = date_of(header.date, order)
            if date is None:
                self._impossible[order] += 1
                continue
            if date < self._last.get(order, date):
                self._against[order] += 1
            self._last[order] = date

    def order(self, month_first: bool) -> tuple[str, bool]:
        """The order, and whether it had to be assumed because the file fits several."""
        weight = {order: (self._impossible[order], self._against[order]) for order in ORDERS}
        least = min(weight.values())
        fitting = [order for order in ORDERS if weight[order] == least and order != "ydm"] or ["ydm"]
        if month_first and "mdy" in fitting:
            return "mdy", len(fitting) > 1
        return fitting[0], len(fitting) > 1
