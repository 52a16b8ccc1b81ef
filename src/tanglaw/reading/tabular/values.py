"""Texts of a table to values: instants, amounts, numbers and words; rows that do not hold are set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tanglaw.errors import BadRecord
from tanglaw.reading.tabular import fields, numbers, times
from tanglaw.reading.tabular.columns import PLACE
from tanglaw.reading.tabular.csvs import Block
from tanglaw.reading.tabular.lines import Bad
from tanglaw.reading.tabular.mapping import Mapping
from tanglaw.reading.values import truth

_HOPELESS = 10
_WHOLE = {"port": numbers.port, "person.age": numbers.age, "attachments": numbers.count}
_AMOUNTS = ("amount", "debit", "credit")


@dataclass(slots=True)
class Reading:
    """What the blocks of one table share: mapping, zone, and what was already said about words and zones."""

    mapping: Mapping
    label: str
    default_zone: str
    bad: Bad
    issue: Callable[[str, str, str], None]
    formats: tuple[str, ...] = ()
    _said: set[str] = field(default_factory=set)

    def say_once(self, code: str, reason: str) -> None:
        """An issue that a table gets once, however many rows it is about."""
        if reason not in self._said:
            self._said.add(reason)
            self.issue(code, reason, "")

    def values(self, texts: pl.DataFrame, block: Block) -> pl.DataFrame:
        """The block's good rows as values, a column per field, and `#place`; the bad ones go to quarantine.

        Instants `x` (UTC) get `x_original` and `x_assumed`; amounts are Decimal with 18 places; all else stays text
        but ports, ages and counts (integers), `seconds` (float) and `proxy` (boolean).
        """
        check = _Check(len(texts))
        frame = texts.with_columns(pl.Series(PLACE, block.places))
        for name in texts.columns:
            frame = self._field(frame, name, check)
        if "currency" in frame.columns:
            frame = frame.with_columns(pl.col("currency").str.to_uppercase())
        for name in self.mapping.required:
            check.mark(frame[name].is_null() if name in frame.columns else None, "not-a-record", f"{name} is empty")
        frame = self._settled(frame, check)
        blank = texts.select(pl.all_horizontal(pl.col(c).is_null() for c in self._stated(texts))).to_series()
        for index in np.flatnonzero(check.bad & ~blank.to_numpy()):
            code, reason = check.reasons[int(index)]
            place = int(block.places[index])
            self.bad(code, reason, place, block.raw(place))
        return frame.filter(pl.Series(~check.bad) & ~blank)

    def _stated(self, texts: pl.DataFrame) -> list[str]:
        return [name for name in texts.columns if name not in self.mapping.constants]

    def _field(self, frame: pl.DataFrame, name: str, check: _Check) -> pl.DataFrame:
        texts = frame[name]
        if name in fields.INSTANTS:
            return self._instant(frame, name, check)
        if name in _AMOUNTS:
            return self._amount(frame, name, check)
        if name in _WHOLE:
            found = numbers.mapped(texts, _WHOLE[name], pl.Int64)
        elif name == "seconds":
            found = numbers.mapped(texts, lambda text: numbers.seconds(text, self._marks()), pl.Float64)
        elif name == "proxy":
            return frame.with_columns(numbers.mapped(self._words(name, texts), truth, pl.Boolean).alias(name))
        elif name == "person.date_of_birth":
            formats = self.mapping.formats_of(name)
            dated = numbers.mapped(texts, lambda text: times.iso_date(text, (*formats, *self.formats)), pl.String)
            return frame.with_columns(dated.alias(name))
        else:
            return frame.with_columns(self._words(name, texts).alias(name))
        check.mark(found.is_null() & texts.is_not_null(), "bad-number", f"{name} is no such number")
        self._hopeless(name, check, texts)
        return frame.with_columns(found.alias(name))

    def _marks(self) -> numbers.Marks:
        return numbers.Marks(self.mapping.decimal, self.mapping.thousands)

    def _instant(self, frame: pl.DataFrame, name: str, check: _Check) -> pl.DataFrame:
        zone = self.mapping.zone or self.default_zone
        found = times.instants(frame[name], (*self.mapping.formats_of(name), *self.formats), zone)
        check.mark(found.bad, "bad-time", f"{name} fits no declared format or lies outside 1970 to 2100")
        self._hopeless(name, check, frame[name])
        if not self.mapping.zone and found.assumed.null_count() < len(found.assumed):
            self.say_once("zone-assumed", f"{name} states no zone and the mapping names none: read as {zone}")
        return frame.with_columns(
            frame[name].alias(f"{name}_original"), found.assumed.alias(f"{name}_assumed"), found.at.alias(name)
        )

    def _amount(self, frame: pl.DataFrame, name: str, check: _Check) -> pl.DataFrame:
        found, bad, codes = numbers.amounts(frame[name], self._marks())
        check.mark(bad, "bad-amount", f"{name} is no amount under the declared decimal and thousands marks")
        self._hopeless(name, check, frame[name])
        if codes:
            beside = numbers.mapped(frame[name], codes.get, pl.String)
            stated = frame["currency"].str.to_uppercase() if "currency" in frame.columns else beside
            check.mark((beside != stated).fill_null(False), "bad-amount", "the amount names another currency")
            currency = pl.select(pl.coalesce(stated, beside)).to_series()
            frame = frame.with_columns(currency.alias("currency"))
        return frame.with_columns(found.alias(name))

    def _words(self, name: str, texts: pl.Series) -> pl.Series:
        """Texts through the mapping's `values`; words of a closed vocabulary that nobody declared are said once."""
        table = {key.strip().casefold(): word for key, word in self.mapping.values.get(name, {}).items()}
        vocabulary = fields.VOCABULARY.get((self.mapping.kind, name))
        if vocabulary is None and not table:
            return texts
        known = {word.casefold(): word for word in vocabulary or ()} | table

        def word(text: str) -> str | None:
            found = known.get(text.casefold())
            if found is None and vocabulary:
                self.say_once("unknown-word", f"{name} has the word {text[:60]!r}, which the mapping does not declare")
            return found if found is not None or vocabulary else text

        return numbers.mapped(texts, word, pl.String)

    def _settled(self, frame: pl.DataFrame, check: _Check) -> pl.DataFrame:
        """Payments: direction and sign as the mapping declares them, so that amounts are not negative."""
        if self.mapping.kind != "payments":
            return frame
        if "debit" in frame.columns or "credit" in frame.columns:
            frame = _two_columns(frame, check)
        if "amount" not in frame.columns:
            raise BadRecord("mapping-mismatch", "no column of amounts is left: the mapping does not fit this table")
        below = (frame["amount"] < 0).fill_null(False)
        negative = self.mapping.negative
        if negative == "refuse":
            check.mark(below, "bad-amount", "the amount is negative and the mapping does not say what that means")
        elif negative in ("debit", "credit"):
            other = "credit" if negative == "debit" else "debit"
            way = pl.when(pl.col("amount") < 0).then(pl.lit(negative)).when(pl.col("amount") > 0).then(pl.lit(other))
            frame = frame.with_columns(way.alias("direction"), pl.col("amount").abs())
        elif negative == "reversed":
            status = pl.col("status") if "status" in frame.columns else pl.lit(None, pl.String)
            sunk = pl.when(pl.col("amount") < 0).then(pl.lit("reversed")).otherwise(status)
            frame = frame.with_columns(sunk.alias("status"), pl.col("amount").abs())
        if any(name.startswith(fields.STATEMENT) for name in frame.columns):
            unclear = frame["direction"].is_null() if "direction" in frame.columns else None
            check.mark(unclear, "no-direction", "nothing says whether the holder paid or was paid")
        return frame

    def _hopeless(self, name: str, check: _Check, texts: pl.Series) -> None:
        """A column of which nothing fits means a wrong mapping, not bad rows: the whole table waits."""
        stated = texts.is_not_null().to_numpy()
        if f"fits {name}" in self._said:
            return
        if stated.sum() >= _HOPELESS and check.last[stated].all():
            raise BadRecord(
                "mapping-mismatch", f"mapping {self.label}: no value of {name} fits what it declares", "header"
            )
        if stated.any() and not check.last[stated].all():
            self._said.add(f"fits {name}")


@dataclass(slots=True)
class _Check:
    """Which rows of a block are bad, and the first reason for each."""

    size: int
    bad: np.ndarray = field(init=False)
    last: np.ndarray = field(init=False)
    reasons: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bad = np.zeros(self.size, np.bool_)
        self.last = self.bad

    def mark(self, rows: pl.Series | None, code: str, reason: str) -> None:
        self.last = rows.to_numpy() if rows is not None else np.ones(self.size, np.bool_)
        if self.last.any():
            for index in np.flatnonzero(self.last & ~self.bad):
                self.reasons[int(index)] = (code, reason)
            self.bad = self.bad | self.last


def _two_columns(frame: pl.DataFrame, check: _Check) -> pl.DataFrame:
    """One amount and its direction from a debit and a credit column; zero counts as empty."""
    none = pl.lit(None, numbers.AMOUNT)
    sides = {}
    for side in ("debit", "credit"):
        value = pl.col(side) if side in frame.columns else none
        sides[side] = frame.select(pl.when(value != 0).then(value.abs())).to_series()
    paid, got = sides["debit"].is_not_null(), sides["credit"].is_not_null()
    check.mark(paid & got, "bad-amount", "the row has both a debit and a credit")
    check.mark(~paid & ~got, "bad-amount", "the row has neither a debit nor a credit")
    way = pl.select(pl.when(paid).then(pl.lit("debit")).when(got).then(pl.lit("credit"))).to_series()
    both = pl.select(pl.coalesce(sides["debit"], sides["credit"])).to_series()
    return frame.with_columns(way.alias("direction"), both.alias("amount"))
