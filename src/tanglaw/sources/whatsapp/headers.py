"""The head of a WhatsApp line: date, time, and where they end; and which order the date's numbers have.

WhatsApp writes them as the exporting phone's language and country do, and does not say which. The order is told by
the whole file: by numbers that cannot be a month, by years before WhatsApp existed, and by time running forward.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
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

_AROUND: Final = "[] -–—\u00a0\u2009\u202f\u200e\u200f\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)

Shape = tuple[bool, str, bool]


class Header(NamedTuple):
    """One header: where it stands, the numbers of its date as written, and its time of day in 24 hours."""

    start: int
    end: int
    stamp: str
    written: tuple[str, str, str]
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
            found.group().strip(_AROUND),
            (found["a"], found["b"], found["c"]),
            (hour, int(found["m"]), int(found["s"] or 0)),
            shape,
        )


ORDERS: Final = ("dmy", "mdy", "ymd", "ydm")
_YEAR_AT: Final = {"dmy": 2, "mdy": 2, "ymd": 0, "ydm": 0}


@lru_cache(maxsize=4096)
def date_of(written: tuple[str, str, str], order: str) -> date | None:
    """The day, or None if the numbers in that order cannot be the date of a WhatsApp message."""
    text = written[_YEAR_AT[order]]
    if len(text) not in (2, 4):
        return None
    numbers = dict(zip(order, map(int, written), strict=True))
    year = numbers["y"] + 2000 if len(text) == 2 else numbers["y"]
    if 2500 <= year < 2700:
        # Thai exports count years from the Buddha's death.
        year -= 543
    if not (_FIRST_YEAR <= year <= _LAST_YEAR):
        return None
    try:
        return date(year, numbers["m"], numbers["d"])
    except ValueError:
        return None


@dataclass
class Evidence:
    """What the headers of a file say about the order of its dates."""

    count: int = 0
    _dates: int = 0
    _first: dict[str, date] = field(default_factory=dict)
    _last: dict[str, date] = field(default_factory=dict)
    _impossible: Counter[str] = field(default_factory=Counter)
    _backward: Counter[str] = field(default_factory=Counter)
    _written: tuple[str, str, str] | None = None

    def add(self, header: Header) -> None:
        """Count one header."""
        self.count += 1
        if header.written == self._written:
            return
        self._written = header.written
        self._dates += 1
        for order in ORDERS:
            day = date_of(header.written, order)
            last = self._last.setdefault(order, day) if day is not None else None
            if day is None or last is None:
                self._impossible[order] += 1
            elif day < last:
                self._backward[order] += 1
            if day is not None:
                self._first.setdefault(order, day)
                self._last[order] = day

    def order(self, month_first: bool) -> tuple[str, bool]:
        """The order, and whether it had to be assumed because the file fits several.

        Least against it wins, day or month first before year first with two digits, which few phones write. Of
        two that fit alike, the one whose days stand closer together is assumed, else the country's.
        """
        against = self._impossible + self._backward
        least = min(against[order] for order in ORDERS)
        common = min(against["dmy"], against["mdy"])
        if common > least and (common > 1 or self._dates == 1) and common * 10 >= self._dates:
            return ("ymd" if against["ymd"] == least else "ydm"), False
        weight = {order: (self._impossible[order], self._backward[order]) for order in ("dmy", "mdy")}
        if weight["dmy"] != weight["mdy"]:
            return min(weight, key=lambda order: weight[order]), False
        spans = {order: self._last[order] - self._first[order] for order in ("dmy", "mdy") if order in self._first}
        if len(spans) == 2 and self._dates > 2 and min(spans.values()) * 4 < max(spans.values()):
            return min(spans, key=lambda order: spans[order]), True
        return ("mdy" if month_first else "dmy"), True
