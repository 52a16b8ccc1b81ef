"""Telephone numbers of every country in E.164, by libphonenumber's number plans; national spellings need a country.

A number is read internationally with `+` or `00`; else by the hint, if its digits carry the national prefix that
the country writes. Named as a phone in the text ("tel", "whatsapp"), digits that start with a country code do too.
Where the hint names several countries and a number fits more than one, every reading stays with its likelihood: the
weight of its countries among those that it fits. The likeliest is chosen, and valid, from two thirds on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from tanglaw.selectors import hints, numberplan
from tanglaw.selectors.base import Example, Reading, Recogniser, Selector, backwards

_BODY = r"[(\[]?[0-9](?:[ ()\[\]./\-~\t]{0,3}[0-9]){6,}"
_CANDIDATE = rf"\+?[ ]?{_BODY}(?:[ ()]{{0,2}}\+[ ]?{_BODY})*"
_WORDS = "whats ?app|viber|telephone|phone|mobile|mob|cell|tel|fon|telefono|telefone|celular|handy|call|text me|sms|gcash|imo"
_LABEL = rf"(?i-u:{_WORDS})(?:[ ](?i-u:number|no|nr|me at|me on|me|at|is|on))?[ ]?[.:=#-]?[ ]{{0,2}}\+?[ ]?"
_LABELLED = rf"[0-9A-Za-z_]*{_LABEL}{_BODY}"
# The label must be a word of its own: the candidate starts with the word that holds it.
_LABEL_FORM = re.compile(rf"(?:{_WORDS})", re.IGNORECASE)
_BODY_FORM = re.compile(r"(?:\+ ?)?[(\[]?[0-9][0-9 ()\[\]./\-~\t]*$")
_DATE = re.compile(
    r"\D?(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:(?:19|20)\d\d|\d\d))(?:[ .\t]|$)(?!\d{2}[ .]\d{2}[ .])"
)
# Numbers that are no phones: decimals, thousands, addresses (with dots or, in host names, hyphens), fractions.
_NO_PHONE = re.compile(
    r"(?:0|[1-9]\d*)\.\d+|\d{1,3}(?:\.\d{3})+|\d+(?:\.\d+){3}|(?=.*\d{3})[0-2]?\d?\d(?:-[0-2]?\d?\d){3}|\d+/\d+"
)
_GROUP = re.compile(r"\+? ?[(\[]?\d[^ \t+]*")
_OTHER_NUMBERS = (
    "order|orders|ticket|case|invoice|ref|reference|id|no|nr|bug|issue|version|ver|v|pid|uid|code|isbn|"
    "account|acct|serial|sku|tracking|mtcn|usd|eur|gbp|php|inr|rs"
)
_NOT_BEFORE = re.compile(rf"\n?\s?(?:[#$€£¥₱%=_@&]|[.:#]?(?:{backwards(_OTHER_NUMBERS)})\b)", re.IGNORECASE)
_PLUS = re.compile(r" ?\+ ?((?!00)[0-9](?:[ -]?[0-9]){6,14})")
_JOINTS = str.maketrans("", "", " -")
_DIGITS = re.compile(r"\d")
_RUN = re.compile(r"\d+")


def normalise(text: str, country: str = "") -> str | None:
    """E.164, or None if no number plan holds it or none is chosen; `country` hints at how national spellings are read."""
    return next((reading.value for reading in several(text, country) if reading.valid), None)


def several(text: str, country: str = "") -> Sequence[Reading]:
    """Every reading of a text that is said to be one number: E.164 values with likelihoods, at most one of them valid."""
    text = text.strip().removeprefix("tel:")
    if len(text) > 60:
        return ()
    span = (0, len(text))
    parsed = [(region, weight, _parse(text, region, True)) for region, weight in hints.weighed(country) or (("", 1.0),)]
    return _weighed(
        [(Reading("phone", found.value, *span, found.valid, found.how), weight) for _, weight, found in parsed if found]
    )


def _weighed(readings: Sequence[tuple[Reading, float]]) -> Sequence[Reading]:
    """One reading of each place and value, its likelihood the share of its weight at that place."""
    weights: dict[tuple[int, int], dict[str, float]] = {}
    for reading, weight in readings:
        values = weights.setdefault((reading.start, reading.end), {})
        values[reading.value] = values.get(reading.value, 0.0) + weight
    made, done = [], set()
    for reading, _ in readings:
        place = (reading.start, reading.end)
        values = weights[place]
        if (place, reading.value) in done:
            continue
        done.add((place, reading.value))
        share = values[reading.value] / sum(values.values())
        made.append(reading._replace(valid=reading.valid and share >= hints.CHOSEN, likelihood=share))
    return made


def labelled(text: str, country: str) -> str | None:
    """E.164 of digits that the text names as a number; a country code needs no `+`. None if no plan holds it."""
    return normalise(text, country) if sum(char.isdigit() for char in text) >= 7 else None


class _Parsed(NamedTuple):
    """E.164, validity, and how it was read."""

    value: str
    valid: bool
    how: str


def _parse(text: str, region: str, labelled: bool) -> _Parsed | None:
    """The reading of one spelling; None if it cannot be a number."""
    digits = text[1:] if text[:1] == "+" and text[1:].isdecimal() else "".join(_DIGITS.findall(text))
    count = len(digits)
    if not (4 if labelled else 7) <= count <= 17:
        return None
    if text.lstrip("([ ").startswith("+"):
        return _international("+" + digits.removeprefix("00"), text, keep=True)
    if digits.startswith("00") and count >= 10 and (found := _international("+" + digits[2:], text, keep=False)):
        return found
    if region and (labelled or _stands_alone(text, digits)):
        national = _national(text, digits, region)
        if national is not None and (labelled or (national[1] and _grouped(text, national[0]))):
            return _Parsed(national[0], True, f"national, in {region}")
    if labelled and count >= 10 and digits[0] != "0":
        return _international("+" + digits, text, keep=False)
    return None


def _number(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _international(plus: str, text: str, keep: bool) -> _Parsed | None:
    """Reads `+digits`; as written where that has an optional trunk zero. `keep` keeps possible but unassigned ones."""
    known = numberplan.standing(plus[1:]) if "(0)" not in text else None
    if known is not None:
        return _Parsed(plus, known.valid, "international") if known.valid or (keep and known.possible) else None
    number = _number(text if "(0)" in text and text.lstrip("([ ").startswith("+") else plus, None)
    if number is None:
        return None
    valid = phonenumbers.is_valid_number(number)
    if not valid and not (keep and phonenumbers.is_possible_number(number)):
        return None
    return _Parsed(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), valid, "international")


def _stands_alone(text: str, digits: str) -> bool:
    """True if nothing but its digits and separators speaks against a national number."""
    if len(digits) < 9 and digits == text:
        return False
    if "." in text and any(char in text for char in " -/("):
        return False
    return _NO_PHONE.fullmatch(text) is None and len(set(digits)) > 2


def _grouped(text: str, value: str) -> bool:
    """True unless it is a list of small numbers, or one of the North American plan split elsewhere than 1-3-3-4."""
    groups = _RUN.findall(text)
    if len(groups) > 3 and len(groups[0]) < 3 and {len(group) for group in groups[1:]} in ({1}, {1, 2}):
        return False
    if not value.startswith("+1"):
        return True
    ends = {sum(len(group) for group in groups[place:]) for place in range(1, len(groups))}
    return ends <= {4, 7, 10}


@lru_cache(maxsize=65536)
def _national(text: str, digits: str, region: str) -> tuple[str, bool] | None:
    """E.164 of a valid national spelling, and whether the national prefix is written where the country writes it."""
    plan = numberplan.local(region)
    abroad = plan.abroad.match(digits) is not None
    if len(digits) not in plan.lengths and not abroad:
        return None
    if plan.plain and not abroad and digits.startswith(plan.prefix):
        plus = f"{plan.code}{digits[len(plan.prefix) :]}"
        if (known := numberplan.standing(plus)) is not None and known.valid:
            return "+" + plus, True
    # A tilde would start an extension.
    if not abroad and "~" not in text and numberplan.refuses(digits, plan.code):
        return None
    number = _number(text, region)
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), _prefixed(number, digits)


def _prefixed(number: phonenumbers.PhoneNumber, digits: str) -> bool:
    """True if the national prefix is written, or the country writes such numbers without one."""
    region = phonenumbers.region_code_for_number(number)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region or "", None)
    national = phonenumbers.national_significant_number(number)
    if metadata is None or metadata.national_prefix is None or not digits.endswith(national):
        return metadata is not None
    if digits != national:
        return True
    for form in metadata.number_format:
        leading = form.leading_digits_pattern
        if (not leading or re.match(leading[-1], national)) and form.pattern and re.fullmatch(form.pattern, national):
            rule = form.national_prefix_formatting_rule or ""
            return bool(form.national_prefix_optional_when_formatting) or not rule.startswith(metadata.national_prefix)
    return True


def _read(candidate: str, country: str) -> Sequence[Reading]:
    if not country and "+" not in candidate and "00" not in candidate:
        return ()
    if (plain := _PLUS.fullmatch(candidate)) is not None:
        # Nearly all numbers with a calling code are written so, and no hint changes them.
        digits = plain[1].translate(_JOINTS)
        standing = numberplan.standing(digits)
        if standing is not None and standing.valid:
            start = candidate.index("+")
            return (Reading("phone", "+" + digits, start, len(candidate), how="international"),)
    known = hints.weighed(country)
    if len(known) < 2:
        return tuple(_readings(candidate, known[0][0] if known else ""))
    return _weighed([(reading, weight) for region, weight in known for reading in _readings(candidate, region)])


def _readings(candidate: str, region: str) -> Iterator[Reading]:
    """Readings of a run of digits: as a whole, else by its groups from left to right, a bounded number of tries."""
    if not region and "+" not in candidate and "00" not in candidate:
        return
    tries = 8 + len(candidate) // 6
    for start, end in _pieces(candidate):
        if (found := _try(candidate, start, end, region)) is not None:
            yield found
            continue
        groups = [(start + group.start(), start + group.end()) for group in _GROUP.finditer(candidate[start:end])]
        place = 0
        while place < len(groups) > 1 and tries > 0:
            for last in range(min(len(groups), place + 6), place, -1):
                tries -= 1
                found = _try(candidate, groups[place][0], groups[last - 1][1], region)
                if found is not None:
                    yield found
                    place = last - 1
                    break
            place += 1


def _pieces(candidate: str) -> Iterator[tuple[int, int]]:
    """Parts of a candidate, each from one `+` to the next."""
    start = 0
    while True:
        plus = candidate.find("+", start + 1)
        end = len(candidate) if plus < 0 else plus
        yield start, end
        if plus < 0:
            return
        start = plus


def _try(candidate: str, start: int, end: int, region: str) -> Reading | None:
    while start < end and candidate[start] in " )]./-~\t":
        start += 1
    while end > start and not candidate[end - 1].isdigit():
        end -= 1
    text = candidate[start:end]
    if len(text) < 7 or len(text) > 40 or (text[0] != "+" and _DATE.match(text)):
        return None
    if text[0] in "([" and text.count(")") + text.count("]") == 0:
        start, text = start + 1, text[1:]
    elif text.count("(") > text.count(")"):
        text = text.replace("(", " ")
    found = _parse(text, region, labelled=False)
    return Reading("phone", found.value, start, end, found.valid, found.how) if found else None


def _read_labelled(candidate: str, country: str) -> Sequence[Reading]:
    if _LABEL_FORM.match(candidate) is None:
        return ()
    found = _BODY_FORM.search(candidate, max(0, len(candidate) - 60))
    if found is None:
        return ()
    place = found.start()
    return [
        one._replace(start=place, end=found.end())
        for one in several(found[0], country)
        if one.valid or one.likelihood < 1
    ]


def fits(before: str, original: str, after: str) -> bool:
    """True unless a word, an amount, a time or a longer number stands around it; `+` needs less."""
    last, first = before[-1:], after[:1]
    if (last.isalnum() and last.isascii()) or last == "_" or first == "_" or (first.isalnum() and first.isascii()):
        return False
    if original.lstrip("([ ").startswith("+"):
        return last != "="
    if first in (".", ",", ":", "-", "/", "\u2044") and after[1:2].isdigit():
        return False
    if first in ("%", "$", "€", "£", "@") or (last in (".", ",", "-", "/", ":", "+") and before[-2:-1].isdigit()):
        return False
    return _NOT_BEFORE.match(before[::-1]) is None


def _shown(value: str) -> str:
    number = _number(value, None)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if number else value


_TRIGGER = r"[0-9](?:[ ()\[\]./\-~\t]{0,3}[0-9]){6}"

SELECTOR = Selector(
    name="phone",
    meaning="telephone number in E.164; valid means that the number plan assigns it",
    recognisers=(
        Recogniser(_LABELLED, _read_labelled, rf"{_LABEL}[(\[]?[0-9]", "digits"),
        Recogniser(_CANDIDATE, _read, _TRIGGER, "digits"),
    ),
    normalise=normalise,
    show=_shown,
    hinted=True,
    several=several,
    fits=fits,
    wordy=True,
    examples=(
        Example("ring +49 (0)30 901820 now", "+49 (0)30 901820", "+4930901820"),
        Example("0917 123 4567 ok?", "0917 123 4567", "+639171234567", "PH"),
        Example("call (415) 555-2671.", "(415) 555-2671", "+14155552671", "US"),
        Example("01 42 68 53 00", "01 42 68 53 00", "+33142685300", "FR"),
        Example("0044 20 7946 0958", "0044 20 7946 0958", "+442079460958"),
        Example("+1 415-555-2671 +1 415-555-2672", "+1 415-555-2672", "+14155552672"),
        Example("whatsapp 4915123456789", "4915123456789", "+4915123456789"),
        Example("98765 43210", "98765 43210", "+919876543210", "IN"),
        Example("not +1 555 555 0100", "+1 555 555 0100", "+15555550100", valid=False),
    ),
    non_examples=(
        "2024-01-15 12:30",
        "1,234,567.89",
        "order 12345678",
        "10.20.30.40",
        "0917 123 4567",
        "12/05/2024",
        "1 2 3 4 5",
    ),
    within=frozenset(
        (
            "url",
            "email",
            "iban",
            "ipv4",
            "ipv6",
            "mac",
            "imei",
            "remittance",
            "cybertip",
            "btc",
            "eth",
            "md5",
            "sha1",
            "sha256",
            "card",
            "coordinates",
        )
    ),
)
