"""International bank account numbers: country, its length, and the mod-97 check of ISO 13616."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector
from tanglaw.selectors.checksums import mod97

# Length of an IBAN by country, as registered (SWIFT IBAN registry).
LENGTHS = {
    code: int(length)
    for length, codes in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL FK SD", "19": "MK SI", "20": "AT BA EE KZ LT LU XK MN",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ TL OM SO",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HN HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC",
        "32": "LC", "33": "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip
_HEAD = re.compile("[A-Za-z]{2}[0-9]{2}")
_SPACE = str.maketrans("", "", " -\t\u00a0")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """Upper case without spaces; None if country, length or check digits do not hold."""
    text = text.strip().translate(_SPACE).upper()
    if len(text) != LENGTHS.get(text[:2]) or not (text.isascii() and text.isalnum()) or not text[2:4].isdigit():
        return None
    return text if mod97(text[4:] + text[:4]) == 1 else None


def _cut(candidate: str, start: int) -> int | None:
    """Where the account number that starts at `start` must end by its country's length; None if it cannot."""
    wanted = LENGTHS.get(candidate[start : start + 2].upper())
    if wanted is None:
        return None
    place = start
    while place < len(candidate) and wanted:
        part = candidate[place : place + wanted]
        place += wanted
        wanted = part.count(" ") + part.count("-")
    return None if wanted or place > len(candidate) or candidate[place : place + 1].isalnum() else place


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    readings, place = [], 0
    while found := _HEAD.search(candidate, place):
        start, place = found.start(), found.start() + 1
        if candidate[start : start + 2].upper() not in LENGTHS or (start and candidate[start - 1].isalnum()):
            continue
        end = _cut(candidate, start)
        if end is not None and (value := normalise(candidate[start:end])):
            readings.append(Reading("iban", value, start, end))
            place = end
    return readings


_HEADS = f"(?i-u:{'|'.join(sorted(LENGTHS))})[0-9]{{2}}"
_TRIGGER = _HEADS + "[ -]?[0-9A-Za-z]{3,4}[ -]?[0-9A-Za-z]{3,4}[ -]?[0-9A-Za-z]{3}"

SELECTOR = Selector(
    name="iban",
    meaning="international bank account number; country length and check digits verified",
    recognisers=(Recogniser(_HEADS + "(?:[ -]?[0-9A-Za-z]){11,}", _read, _TRIGGER, "iban"),),
    normalise=normalise,
    show=lambda value: " ".join(value[place : place + 4] for place in range(0, len(value), 4)),
    examples=(
        Example("IBAN DE89 3704 0044 0532 0130 00 please", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        Example("gb82west12345698765432", "gb82west12345698765432", "GB82WEST12345698765432"),
        Example("to FR1420041010050500013M02606.", "FR1420041010050500013M02606", "FR1420041010050500013M02606"),
    ),
    non_examples=("DE89 3704 0044 0532 0130 01", "ZZ89370400440532013000", "DE8937040044053201300"),
    within=frozenset(("url", "email")),
)
