"""Which card scheme a number's first digits belong to, and how long its numbers are. Data and one look-up.

Ranges of issuer numbers as the schemes publish them to merchants (first digits, inclusive), with the lengths in use.
"""

from __future__ import annotations

# Scheme, first digits from and to (of equal length), lengths of the whole number.
RANGES: tuple[tuple[str, str, str, frozenset[int]], ...] = (
    ("Visa", "4", "4", frozenset((13, 16, 19))),
    ("Mastercard", "51", "55", frozenset((16,))),
    ("Mastercard", "2221", "2720", frozenset((16,))),
    ("American Express", "34", "34", frozenset((15,))),
    ("American Express", "37", "37", frozenset((15,))),
    ("Discover", "6011", "6011", frozenset((16, 19))),
    ("Discover", "644", "649", frozenset((16, 19))),
    ("Discover", "65", "65", frozenset((16, 19))),
    ("Diners Club", "300", "305", frozenset((14, 16, 19))),
    ("Diners Club", "3095", "3095", frozenset((14, 16, 19))),
    ("Diners Club", "36", "36", frozenset((14, 16, 19))),
    ("Diners Club", "38", "39", frozenset((14, 16, 19))),
    ("JCB", "3528", "3589", frozenset((16, 19))),
    ("UnionPay", "62", "62", frozenset((16, 17, 18, 19))),
    ("UnionPay", "81", "81", frozenset((16, 17, 18, 19))),
    ("Mir", "2200", "2204", frozenset((16, 19))),
    ("Maestro", "5018", "5018", frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    ("Maestro", "5020", "5020", frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    ("Maestro", "5038", "5038", frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    ("Maestro", "6304", "6304", frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    ("Maestro", "6759", "6763", frozenset((12, 13, 14, 15, 16, 17, 18, 19))),
    ("Verve", "506099", "506198", frozenset((16, 18, 19))),
    ("RuPay", "60", "60", frozenset((16,))),
    ("RuPay", "82", "82", frozenset((16,))),
    ("RuPay", "508", "508", frozenset((16,))),
    ("Troy", "9792", "9792", frozenset((16,))),
)


_BY_FIRST = {
    digit: tuple(one for one in RANGES if one[1][0] <= digit <= one[2][0]) for digit in "0123456789"
}  # fmt: skip


def scheme(digits: str) -> str:
    """The scheme whose range and length hold; empty if none does."""
    for name, low, high, lengths in _BY_FIRST.get(digits[:1], ()):
        if len(digits) in lengths and low <= digits[: len(low)] <= high:
            return name
    return ""
