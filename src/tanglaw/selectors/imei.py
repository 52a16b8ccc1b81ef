"""IMEI device numbers: 15 digits with Luhn; named as such in the text, or with an allocation prefix in common use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector
from tanglaw.selectors.checksums import luhn

_NUMBER = "[0-9](?:[ /-]?[0-9]){14,}"
_LABELLED = (
    "(?i-u:imei)[ \t]{0,3}(?:(?i-u:no|number|nr|is)[ \t.]{0,3})?[1-2]?[:=#.-]?[ \t]{0,3}[0-9](?:[ /-]?[0-9]){13,}"
)
_COMMON = ("01", "35", "86", "99")
_TAIL = re.compile("[0-9][0-9 /-]*$")
# One run of digits, or the groups that boxes print: 35-693803-564380-9, 35 693803 564380 9.
_PARTS = re.compile(r"(?<![0-9])(?:[0-9]{15}|[0-9]{2}([ /-])[0-9]{6}\1[0-9]{6}\1[0-9])(?![0-9])")
_STRIP = str.maketrans("", "", " /-\t")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The 15 digits (of 16, the IMEISV form, none); None if length or check digit does not hold."""
    digits = text.strip().translate(_STRIP)
    if len(digits) != 15 or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return None
    return digits if luhn(digits) else None


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    return [
        Reading("imei", value, *found.span())
        for found in _PARTS.finditer(candidate)
        if found[0].startswith(_COMMON) and (value := normalise(found[0]))
    ]


def _read_labelled(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    found = _TAIL.search(candidate[4:])
    if found is None:
        return ()
    value = normalise(found[0])
    place = (4 + found.start(), len(candidate))
    if value is None:
        return (Reading("imei", found[0].translate(_STRIP), *place, valid=False),) if len(found[0]) < 24 else ()
    return (Reading("imei", value, *place),)


_TRIGGER = "[0-9](?:[ /-]?[0-9]){13}"

SELECTOR = Selector(
    name="imei",
    meaning="IMEI of a device; Luhn check digit verified",
    recognisers=(
        Recogniser(_LABELLED, _read_labelled, _TRIGGER, "digits"),
        Recogniser(_NUMBER, _read, _TRIGGER, "digits"),
    ),
    normalise=normalise,
    examples=(
        Example("IMEI: 49-015420-323751-8", "49-015420-323751-8", "490154203237518"),
        Example("phone 356938035643809 sold", "356938035643809", "356938035643809"),
        Example("imei 490154203237519", "490154203237519", "490154203237519", valid=False),
    ),
    non_examples=("356938035643808", "490154203237518", "order 123456789012345", "3569380356438091"),
    within=frozenset(("url", "iban", "email", "card")),
)
