"""Amounts and numbers of a column at once: exact decimals, marks as declared, nothing guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from tanglaw.reading.values import amount, whole

AMOUNT = pl.Decimal(38, 18)
_PLAIN = r"^[+-]?[0-9]{1,20}(?:\.[0-9]{1,18})?$"
_CODE = re.compile(r"^([A-Z]{3})\s*(?=[-+(\d.,])|(?<=[\d).,-])\s*([A-Z]{3})$")
_DIGITS = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$")
_EXPONENT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}$")
_SPAN = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class Marks:
    """Decimal mark and thousands mark of a mapping."""

    decimal: str = "."
    thousands: str = ""

    def pattern(self) -> str:
        """A number under these marks, thousands in groups of three (or two, as in 1,00,000) if there are any."""
        point = re.escape(self.decimal)
        group = r"[\s\x{a0}\x{202f}]" if self.thousands == " " else re.escape(self.thousands)
        digits = "[0-9]+" if not self.thousands else f"(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}})"
        return f"^[+-]?{digits}(?:{point}[0-9]+)?$"


def amounts(texts: pl.Series, marks: Marks) -> tuple[pl.Series, pl.Series, dict[str, str]]:
    """Exact amounts (Decimal with 18 places), which texts are none, and currency codes found beside an amount
    (text of the cell -> code). Empty cells stay empty and are not bad."""
    plain = _plain(texts, marks)
    found = pl.select(pl.when(plain.str.contains(_PLAIN)).then(plain)).to_series().cast(AMOUNT)
    rest = texts.filter(found.is_null() & texts.is_not_null()).unique()
    codes: dict[str, str] = {}
    if len(rest):
        known: dict[str, Decimal | None] = {}
        for text in rest:
            known[text], code = _careful(text, marks)
            if code and known[text] is not None:
                codes[text] = code
        more = pl.Series([known.get(text) for text in texts], dtype=AMOUNT)
        found = pl.select(pl.coalesce(found, more)).to_series()
    return found, found.is_null() & texts.is_not_null(), codes


def _plain(texts: pl.Series, marks: Marks) -> pl.Series:
    """The texts with a point and no thousands, empty where they do not fit the marks."""
    if marks == Marks():
        return texts
    fit = pl.select(pl.when(texts.str.contains(marks.pattern())).then(texts)).to_series()
    if marks.thousands:
        group = r"[\s\x{a0}\x{202f}]" if marks.thousands == " " else re.escape(marks.thousands)
        fit = fit.str.replace_all(group, "")
    return fit.str.replace(marks.decimal, ".", literal=True) if marks.decimal != "." else fit


def _careful(text: str, marks: Marks) -> tuple[Decimal | None, str]:
    """One amount with a currency sign or code, brackets or a minus behind it, or an exponent."""
    body = "".join(c for c in text.replace("\u2212", "-") if unicodedata.category(c) != "Sc").strip()
    code = _CODE.search(body)
    if code:
        body = (body[: code.start()] + body[code.end() :]).strip()
    negative = (body.startswith("(") and body.endswith(")")) or body.endswith("-")
    body = body.strip("()").strip() if body.startswith("(") else body.removesuffix("-").strip()
    if negative and body.startswith(("-", "+")):
        return None, ""
    sign = -1 if negative else 1
    plain = _plain(pl.Series([re.sub(r"^([+-])\s+", r"\1", body)]), marks)[0]
    if _EXPONENT.match(body):
        plain = body
    number = amount(plain) if plain and (_DIGITS.match(plain) or _EXPONENT.match(plain)) else None
    if number is None:
        return None, ""
    return number * sign, (code.group(1) or code.group(2)) if code else ""


def mapped(texts: pl.Series, function: Callable[[str], Any], kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    """`function` of every text, called once per distinct text; empty stays empty."""
    coded = texts.to_arrow().dictionary_encode()
    found = pl.Series([function(str(text)) for text in coded.dictionary.to_pylist()], dtype=kind)
    # A place behind the last, for empty cells.
    found = found.extend(pl.Series([None], dtype=kind))
    return found.gather(pl.Series(coded.indices).fill_null(len(found) - 1)).alias(texts.name)


def seconds(text: str, marks: Marks) -> float | None:
    """A length of time: seconds, mm:ss or h:mm:ss."""
    span = _SPAN.match(text)
    if span:
        return int(span.group(1) or 0) * 3600 + int(span.group(2)) * 60 + float(span.group(3))
    number, _ = _careful(text, marks)
    return float(number) if number is not None and 0 <= number < 10**9 else None


def port(text: str) -> int | None:
    """A TCP or UDP port."""
    return whole(text, 0, 65_535)


def age(text: str) -> int | None:
    """An age in years."""
    return whole(text, 0, 150)


def count(text: str) -> int | None:
    """A number of things."""
    return whole(text, 0, 10**9)
