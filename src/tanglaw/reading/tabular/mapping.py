"""The mapping file: which column of a table means what. docs/mappings.md explains every key."""

from __future__ import annotations

import codecs
import re
import tomllib
from dataclasses import dataclass
from typing import Literal

import msgspec

from tanglaw.errors import CheckSettings
from tanglaw.reading.tabular import fields
from tanglaw.reading.values import zone

_DIRECTIVES = frozenset("aAbBdfHIjmMpSyYz%")
NAMED_FORMATS = ("iso", "epoch-seconds", "epoch-millis", "excel")


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which tables the mapping is for: columns that must be there, and a pattern of the file's name."""

    columns: tuple[str, ...] = ()
    exact: bool = False
    file: str = ""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the file is written. What is left out is detected."""

    delimiter: str = ""
    encoding: str = ""
    quote: str | None = None
    sheet: str = ""
    skip: int | None = None
    header: tuple[str, ...] = ()


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mapping file. Keys and meanings: docs/mappings.md."""

    kind: Literal["payments", "logins", "calls", "subscribers", "accounts", "messages"]
    title: str = ""
    confirmed: bool = True
    zone: str = ""
    decimal: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ("iso",)
    negative: Literal["refuse", "keep", "debit", "credit", "reversed"] = "refuse"
    reference_unique: bool = True
    empty: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    match: Match = Match()
    file: Layout = Layout()
    columns: dict[str, str | list[str]] = {}
    join: dict[str, list[str]] = {}
    constants: dict[str, str] = {}
    formats: dict[str, list[str]] = {}
    values: dict[str, dict[str, str]] = {}

    def fields(self) -> dict[str, tuple[str, ...]]:
        """Field -> the columns it is made of, in order."""
        result = {name: tuple(columns) for name, columns in self.join.items()}
        for column, targets in self.columns.items():
            for target in [targets] if isinstance(targets, str) else targets:
                result[target] = (column,)
        return result

    def formats_of(self, field: str) -> tuple[str, ...]:
        """Date formats for a field, first fit first."""
        return tuple(self.formats.get(field, self.dates))


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping with its file name, the place it was found at (beside, workspace, built-in) and its SHA-256."""

    name: str
    place: str
    mapping: Mapping
    sha256: str = ""


def fold(name: str) -> str:
    """A header name as it is compared: blanks joined, case folded."""
    return " ".join(name.split()).casefold()


def parse(data: bytes | str, name: str) -> Mapping:
    """The mapping in TOML `data`. Raises CheckSettings that names the file and the key."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        mapping = msgspec.convert(tomllib.loads(text), Mapping)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CheckSettings(f"mapping {name} is not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise CheckSettings(f"mapping {name}: {error}") from error
    for fault in _faults(mapping):
        raise CheckSettings(f"mapping {name}: {fault}")
    return mapping


def _faults(mapping: Mapping) -> list[str]:
    return [*_field_faults(mapping), *_format_faults(mapping), *_layout_faults(mapping), *_value_faults(mapping)]


def _field_faults(mapping: Mapping) -> list[str]:
    allowed = fields.allowed(mapping.kind)
    named = [
        *(("columns", t) for v in mapping.columns.values() for t in ([v] if isinstance(v, str) else v)),
        *(("join", field) for field in mapping.join),
        *(("constants", field) for field in mapping.constants),
    ]
    places = {"formats": mapping.formats, "required": mapping.required, "values": mapping.values}
    faults = [
        f"`{key}` names the field {field!r}, which {mapping.kind} do not have (see docs/mappings.md)"
        for key, field in [*named, *((key, field) for key, names in places.items() for field in names)]
        if field not in allowed
    ]
    twice = sorted({f for _, f in named if sum(f == other for _, other in named) > 1})
    faults += [f"field {field!r} is given twice" for field in twice]
    folded = [fold(column) for column in mapping.columns]
    faults += [f"`columns` names {c!r} twice" for c in sorted({c for c in folded if folded.count(c) > 1})]
    faults += [f"`join.{field}` needs two columns or more" for field, cols in mapping.join.items() if len(cols) < 2]
    given = {field for _, field in named} | {field.split(".")[0] for _, field in named}
    for group in fields.NEEDED[mapping.kind]:
        if not given & set(group):
            faults.append(f"{mapping.kind} need a column for {' or '.join(group)}")
    return faults


def _format_faults(mapping: Mapping) -> list[str]:
    faults = []
    for key, formats in {
        "dates": list(mapping.dates),
        **{f"formats.{f}": v for f, v in mapping.formats.items()},
    }.items():
        for text in formats:
            wrong = [d for d in re.findall(r"%(.)", text) if d not in _DIRECTIVES]
            if text not in NAMED_FORMATS and ("%" not in text or wrong):
                faults.append(
                    f"`{key}` has {text!r}: neither {', '.join(NAMED_FORMATS)} nor a pattern such as %d/%m/%Y"
                )
    if mapping.zone and zone(mapping.zone) is None:
        faults.append(f"`zone` {mapping.zone!r} is no IANA time zone")
    if mapping.decimal not in (".", ","):
        faults.append("`decimal` is '.' or ','")
    if mapping.thousands == mapping.decimal or len(mapping.thousands) > 1:
        faults.append("`thousands` is one mark, other than `decimal`")
    return faults


def _layout_faults(mapping: Mapping) -> list[str]:
    layout, faults = mapping.file, []
    for key, mark in (("delimiter", layout.delimiter), ("quote", layout.quote or "")):
        if mark and (len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in "\r\n\x00"):
            faults.append(f"`file.{key}` is one ASCII mark that is no letter or digit")
    if layout.delimiter and layout.delimiter == layout.quote:
        faults.append("`file.delimiter` and `file.quote` differ")
    if layout.encoding:
        try:
            codecs.lookup(layout.encoding)
        except LookupError:
            faults.append(f"`file.encoding` {layout.encoding!r} is not known")
    if layout.skip is not None and not 0 <= layout.skip <= 10_000:
        faults.append("`file.skip` is a number of lines from 0 to 10,000")
    if mapping.match.exact and not mapping.match.columns:
        faults.append("`match.exact` needs `match.columns`")
    return faults


def _value_faults(mapping: Mapping) -> list[str]:
    faults = []
    for field, words in mapping.values.items():
        vocabulary = fields.VOCABULARY.get((mapping.kind, field))
        wrong = sorted({w for w in words.values() if vocabulary and w not in vocabulary})
        if wrong:
            faults.append(f"`values.{field}` leads to {', '.join(wrong)}; known: {', '.join(vocabulary or ())}")
    vocabulary = fields.VOCABULARY.get((mapping.kind, "status"), ())
    status = mapping.constants.get("status")
    if status is not None and status not in vocabulary:
        faults.append(f"`constants.status` is one of {', '.join(vocabulary)}")
    return faults
