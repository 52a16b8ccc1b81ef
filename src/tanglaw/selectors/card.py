"""Payment card numbers: Luhn and the schemes' number ranges (ISO/IEC 7812). Only the masked form and a keyed hash stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector, backwards
from tanglaw.selectors.cardranges import scheme
from tanglaw.selectors.checksums import luhn

_CANDIDATE = "[0-9](?:[ -]?[0-9]){11,}"
_TRIGGER = "[0-9](?:[ -]?[0-9]){11}"
# How schemes group digits in print. Numbers of other lengths than these are written as one run.
_JOINTS, _JOINTS_OR_PLUS = frozenset(".,:-/"), frozenset(".,:-/+")
_SHAPES = frozenset(((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (6, 13), (8, 8), (4, 4, 4, 1)))
_COUNTS = sorted({len(shape) for shape in _SHAPES}, reverse=True)
_GROUP = re.compile("[0-9]+")
_WRITTEN = re.compile("[0-9 -]*")
_KEPT = re.compile("[0-9a-f]{24}")
_NAMES = "card|visa|amex|american express|maestro|discover|unionpay|jcb|debit|credit"
_NOUNS = "number|num|no|nr|is|ending|card"
_NAMED = re.compile(
    rf"\n?(?:[^0-9A-Za-z]{{0,3}}\b(?:{backwards(_NOUNS)})){{0,2}}[^0-9A-Za-z]{{0,3}}\b(?:{backwards(_NAMES)}|(?:cc|nap)\b)",
    re.IGNORECASE,
)
_OTHER_NUMBERS = (
    "order|orders|ticket|case|invoice|ref|reference|id|nr|bug|issue|serial|sku|tracking|"
    "parcel|imei|isbn|mtcn|iban|version|build|commit|transaction|timestamp"
)
_NOT_BEFORE = re.compile(
    rf"\n?\s?(?:[#$€£¥₱%=_@&/.,:+-]|(?:[.:]?(?:{backwards('no|nr|number|id|is')}) )?[.:#]?(?:{backwards(_OTHER_NUMBERS)})\b)",
    re.IGNORECASE,
)


def _digits(text: str) -> str:
    return "".join(_GROUP.findall(text))


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The digits, for their keyed hash alone (a hash comes back as it is); None if range, length or Luhn does not hold."""
    text = text.strip()
    if _KEPT.fullmatch(text):
        return text
    if len(text) > 40 or _WRITTEN.fullmatch(text) is None:
        return None
    digits = _digits(text)
    return digits if scheme(digits) and len(set(digits)) > 1 and luhn(digits) else None


def mask(text: str) -> str:
    """The text with every digit but the first six and the last four as `*`; of fewer than 14 digits the last four stay."""
    places = [place for place, char in enumerate(text) if char.isdigit()]
    shown = {*places[-4:], *(places[:6] if len(places) >= 14 else ())}
    return "".join("*" if char.isdigit() and place not in shown else char for place, char in enumerate(text))


def _spans(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Places of groups that look like one card number: a run of digits, or groups in a shape that is printed.

    `lengths` are those of groups of digits, one sign between two.
    """
    start = 0
    for place, length in enumerate(lengths):
        shape = next((some for count in _COUNTS if (some := tuple(lengths[place : place + count])) in _SHAPES), ())
        if shape:
            yield start, start + sum(shape) + len(shape) - 1
        elif 12 <= length <= 19:
            yield start, start + length
        start += length + 1


# Groups of a few lengths are written again and again; none of them looks like a card as a rule.
_FEW = 12
_few_spans = lru_cache(maxsize=4096)(lambda lengths: tuple(_spans(lengths)))


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    lengths = tuple(map(len, candidate.replace("-", " ").split(" ")))
    readings, after = [], 0
    for start, end in _few_spans(lengths) if len(lengths) <= _FEW else _spans(lengths):
        if start >= after and (value := normalise(candidate[start:end])):
            readings.append(Reading("card", value, start, end, how=scheme(value)))
            after = end
    return readings


def fits(before: str, original: str, after: str) -> bool:
    """Named as a card, or grouped as one, or 15 to 16 digits that nothing around calls otherwise."""
    last, first = before[-1:], after[:1]
    if last.isalnum() or last == "_" or first.isalnum() or first == "_":
        return False
    if (first in _JOINTS and after[1:2].isdigit()) or (last in _JOINTS_OR_PLUS and before[-2:-1].isdigit()):
        return False
    if len(original) >= 15 and not original.isdigit():
        return True
    before = before[::-1]
    return _NAMED.match(before) is not None or (len(original) in (15, 16) and not _NOT_BEFORE.match(before))


SELECTOR = Selector(
    name="card",
    meaning="payment card number: keyed hash of its digits; the original is masked",
    recognisers=(Recogniser(_CANDIDATE, _read, _TRIGGER, "digits"),),
    normalise=normalise,
    fits=fits,
    wordy=True,
    mask=mask,
    examples=(
        Example("card 4111 1111 1111 1111, exp 12/27", "4111 11** **** 1111", "a0ca7f2ca1c2f8d2a4df9190"),
        Example("use 5500005555555559 please", "550000******5559", "7b808bad02edc9abf62f9bee"),
        Example("amex 3782 822463 10005.", "3782 82**** *0005", "2f9f4c1462ccf23af6f46c55"),
    ),
    non_examples=(
        "4111 1111 1111 1112",
        "order 4111111111111111",
        "0000 0000 0000 0000",
        "1234 5678 9012 3456",
        "4111.1111.1111.1111",
        "v4111111111111111",
    ),
    within=frozenset(("url", "email", "iban", "imei", "md5", "sha1", "sha256", "remittance")),
)
