"""Instants of a column at once, by the formats that a mapping declares; day-first or month-first is never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from tanglaw.reading.values import stamped

UTC_TIME = pl.Datetime("us", "UTC")
_NAIVE = pl.Datetime("us")
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_EXCEL_FIRST = datetime(1899, 12, 30)
_ISO = r"^\d{4}-\d\d-\d\d[T ][0-2]\d:[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
_EPOCH = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?$")
_FAST = {"Y": r"[0-9]{4}", "m": r"[0-9]{1,2}", "d": r"[0-9]{1,2}", "H": r"[0-9]{1,2}", "M": r"[0-9]{1,2}"}
_FAST["S"] = r"[0-5]?[0-9]"


@dataclass(frozen=True, slots=True)
class Instants:
    """UTC instants, the zone assumed for each (empty where the text states one), and which texts did not fit."""

    at: pl.Series
    assumed: pl.Series
    bad: pl.Series


def instants(texts: pl.Series, formats: Sequence[str], zone: str) -> Instants:
    """Read each text by the first format that fits; a stamp without a zone is read in `zone`.

    Bad are texts that fit none, and instants outside 1970 to 2100.
    """
    stated = pl.Series([None], dtype=UTC_TIME).new_from_index(0, len(texts))
    local = pl.Series([None], dtype=_NAIVE).new_from_index(0, len(texts))
    for form in formats:
        left = texts if form is formats[0] else _keep(texts, stated.is_null() & local.is_null())
        if left.null_count() == len(left):
            break
        for part, kind in _by_format(left, form):
            if kind == "stated":
                stated = pl.select(pl.coalesce(stated, part)).to_series()
            else:
                local = pl.select(pl.coalesce(local, part)).to_series()
    at = pl.select(pl.coalesce(stated, _placed(local, zone))).to_series()
    at = _keep(at, (at >= _FIRST) & (at < _LAST))
    assumed = pl.select(pl.when(local.is_not_null()).then(pl.lit(zone, pl.String))).to_series()
    return Instants(at, assumed, texts.is_not_null() & at.is_null())


def _keep(values: pl.Series, condition: pl.Series) -> pl.Series:
    return pl.select(pl.when(condition).then(values)).to_series()


def _placed(local: pl.Series, zone: str) -> pl.Series:
    """Local times in UTC; a repeated hour takes its first reading, a skipped one the offset before the change."""
    if zone == "UTC" or local.null_count() == len(local):
        return local.dt.replace_time_zone("UTC")
    at = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    skipped = at.is_null() & local.is_not_null()
    if skipped.any():
        fixed = [stamped("t", stamp, "", zone).get("t") if stamp else None for stamp in _keep(local, skipped)]
        at = pl.select(pl.coalesce(at, pl.Series(fixed, dtype=UTC_TIME))).to_series()
    return at


def _by_format(texts: pl.Series, form: str) -> list[tuple[pl.Series, str]]:
    if form == "iso":
        return _iso(texts)
    if form in ("epoch-seconds", "epoch-millis"):
        scale = 1_000_000 if form == "epoch-seconds" else 1_000
        return [(_each(texts, lambda text: _epoch(text, scale), UTC_TIME), "stated")]
    if form == "excel":
        return [(_each(texts, _serial, _NAIVE), "local")]
    pattern = fast_pattern(form)
    if pattern:
        parsed = _keep(texts, texts.str.contains(pattern)).str.to_datetime(form, strict=False, time_unit="us")
        return [(parsed.cast(_NAIVE), "local")]
    if "%z" in form:
        return [(_each(texts, lambda text: _strptime(text, form), UTC_TIME), "stated")]
    return [(_each(texts, lambda text: _strptime(text, form), _NAIVE), "local")]


def fast_pattern(form: str) -> str:
    """Pattern of the texts that a numeric format such as `%d/%m/%Y %H:%M` fits; empty for other formats."""
    parts = re.split(r"%(.)", form)
    if (
        not set(parts[1::2]) <= set(_FAST)
        or len(set(parts[1::2])) != len(parts) // 2
        or not {*"Ymd"} <= set(parts[1::2])
    ):
        return ""
    if ("M" in parts[1::2]) != ("H" in parts[1::2]):
        return ""
    return "^" + "".join(_FAST[p] if i % 2 else re.escape(p) for i, p in enumerate(parts)) + "$"


def _iso(texts: pl.Series) -> list[tuple[pl.Series, str]]:
    body = texts.str.replace(" ", "T", literal=True)
    zoned = _keep(body, texts.str.contains(_ISO + r"(?:Z|[+-]\d\d:\d\d)$"))
    plain = _keep(body, texts.str.contains(_ISO + "$"))
    stated = zoned.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_unit="us", time_zone="UTC")
    local = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    found = [(stated.cast(UTC_TIME), "stated"), (local.cast(_NAIVE), "local")]
    rest = _keep(texts, stated.is_null() & local.is_null())
    if rest.null_count() < len(rest):
        found.append((_each(rest, lambda text: _iso_slow(text, True), UTC_TIME), "stated"))
        found.append((_each(rest, lambda text: _iso_slow(text, False), _NAIVE), "local"))
    return found


def _each(texts: pl.Series, read: Callable[[str], datetime | None], kind: pl.DataType) -> pl.Series:
    known = {text: read(text) for text in texts.drop_nulls().unique()}
    return pl.Series([None if text is None else known[text] for text in texts], dtype=kind)


def _iso_slow(text: str, with_zone: bool) -> datetime | None:
    try:
        stamp = datetime.fromisoformat(text)
        if (stamp.tzinfo is not None) != with_zone:
            return None
        return stamp.astimezone(UTC) if with_zone else stamp
    except (ValueError, OverflowError):
        return None


def _strptime(text: str, form: str) -> datetime | None:
    try:
        stamp = datetime.strptime(text, form)
        return stamp.astimezone(UTC) if stamp.tzinfo is not None else stamp
    except (ValueError, OverflowError):
        return None


def _epoch(text: str, scale: int) -> datetime | None:
    if not _EPOCH.match(text):
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(Decimal(text) * scale))
    except OverflowError:
        return None


def _serial(text: str) -> datetime | None:
    """Serial date of a spreadsheet: days since 1899-12-30."""
    try:
        serial = float(text)
        return _EXCEL_FIRST + timedelta(milliseconds=round(serial * 86_400_000)) if serial > 0 else None
    except (ValueError, OverflowError):
        return None


def iso_date(text: str, formats: Sequence[str]) -> str:
    """A date as ISO text if one of the formats fits it (a time of day is left out), else the text as it is."""
    for form in formats:
        stamp = _iso_slow(text, False) if form == "iso" else _serial(text) if form == "excel" else None
        if "%" in form:
            stamp = _strptime(text, form)
        if stamp is not None and 1850 <= stamp.year < 2100:
            return stamp.date().isoformat()
    return text
