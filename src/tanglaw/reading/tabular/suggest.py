"""Proposes a mapping for an unknown table, as TOML with `confirmed = false` and comments on what to decide.

Nothing is read with a suggestion before a person sets `confirmed = true`. Sampled values are looked at but not
written into it.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

from tanglaw.config import Settings
from tanglaw.errors import BadRecord
from tanglaw.reading.item import HEAD_BYTES, Item
from tanglaw.reading.tabular import dialect, fields
from tanglaw.reading.tabular.columns import header_names
from tanglaw.reading.tabular.guess import Guess, assign, kind_of, look
from tanglaw.reading.tabular.mapping import fold
from tanglaw.reading.tabular.recognise import is_header
from tanglaw.reading.tabular.shapes import clock_form, date_shape, marks_of
from tanglaw.reading.tabular.tables import QUOTE, Sheet, checked_width
from tanglaw.reading.tabular.workbook import Workbook, is_workbook

_ROWS = 200
_PREAMBLE = 40


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the start of a table shows: layout lines for the mapping, header cells, sampled rows."""

    layout: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    headless: bool = False


def suggest(data: bytes, name: str, settings: Settings | None = None) -> str:
    """A mapping in TOML for the table in `data`, the bytes of a file called `name`.

    Raises BadRecord `no-table` if the bytes are no table, and what opening a workbook raises.
    """
    digest = hashlib.sha256(data).hexdigest()
    return suggest_for(Item(name, digest, len(data), data[:HEAD_BYTES], lambda: io.BytesIO(data)), settings)


def suggest_for(item: Item, settings: Settings | None = None) -> str:
    """As `suggest`, for an item; a delimited text is looked at only where it starts."""
    settings = settings or Settings()
    seen = _workbook(item, settings) if is_workbook(item.head) else _delimited(item, settings)
    names = checked_width(header_names(seen.header), settings)
    guesses = look(names, seen.rows)
    kind = kind_of(guesses)
    found = assign(kind, guesses)
    joined = _joined(guesses, found)
    lines = [
        f"# Proposed for {_comment(item.name)}. Check every line, decide where it says DECIDE, then set confirmed = true.",
        "# docs/mappings.md explains the keys. Keep this file beside the data as",
        f"# {_comment(item.name)}.mapping.toml, or in the workspace's folder of mappings.",
        "confirmed = false",
        f"kind = {_text(kind)}",
        *_times(guesses, found),
        *_amounts(kind, guesses, found),
        "",
        "[match]",
        f"columns = {_list(_distinct(seen.header))}" if not seen.headless else f"file = {_text(item.name)}",
        "",
        "[file]",
        *seen.layout,
        *([f"header = {_list(names)}"] if seen.headless else []),
        *_join(joined),
        *_columns(guesses, {name: column for name, column in found.items() if name not in joined}, joined),
        *_needed(kind, found),
        *_constants(kind, found),
        *_words(kind, guesses, found),
    ]
    return "\n".join(lines) + "\n"


def _delimited(item: Item, settings: Settings) -> _Seen:
    found = dialect.sample(item, "", settings.max_line_bytes)
    delimiter, width, _ = dialect.delimiter_of(found, QUOTE, settings.max_columns + 1)
    if not delimiter:
        delimiter, width = ",", 1
    rows = [row for row in found.rows(delimiter, QUOTE, settings.max_columns, 0, _ROWS) if row.cells != [""]]
    if not rows:
        raise BadRecord("no-table", f"{item.name} holds no rows")
    wide = [row for row in rows if len(row.cells) == width] or rows
    first = wide[0]
    for row in wide[:_PREAMBLE]:
        # Lines above the header may be padded to its width.
        if is_header(row.cells) and _filled(row.cells) * 5 >= max(_filled(other.cells) for other in wide) * 4:
            first = row
            break
    headless = not is_header(first.cells)
    guess = "  # a guess: DECIDE whether names and places read well" if found.assumed else ""
    layout = [f"delimiter = {_text(delimiter)}", f"encoding = {_text(found.encoding)}{guess}"]
    if first.first and not headless:
        layout.append(f"skip = {first.first}  # lines above the header")
    header = tuple(f"column {i}" for i in range(1, width + 1)) if headless else tuple(first.cells)
    below = wide if headless else [row for row in wide if row.first > first.first]
    return _Seen(tuple(layout), header, tuple(tuple(row.cells) for row in below), headless)


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _workbook(item: Item, settings: Settings) -> _Seen:
    with item.open() as stream:
        book = Workbook(stream if stream.seekable() else io.BytesIO(item.read(settings.max_document_bytes)), settings)
        for name in book.sheets:
            rows = Sheet(book, name, settings).first_rows()
            sizes = [_filled(row.cells) for row in rows]
            if not sizes:
                continue
            index = next(i for i, size in enumerate(sizes) if size * 2 > max(sizes))
            layout = [f"sheet = {_text(name)}"]
            if rows[index].first:
                layout.append(f"skip = {rows[index].first}  # rows above the header")
            last = max(i for i, cell in enumerate(rows[index].cells, 1) if cell.strip())
            below = tuple(tuple(row.cells[:last]) for row in rows[index + 1 :])
            return _Seen(tuple(layout), tuple(rows[index].cells[:last]), below)
    raise BadRecord("no-table", f"{item.name} holds no rows")


def _times(guesses: Sequence[Guess], found: dict[str, str]) -> list[str]:
    field = next((name for name in fields.INSTANTS if name in found), "")
    clock = next((guess for guess in guesses if guess.role == "clock"), None)
    values = _values(guesses, found.get(field, ""))
    shape = date_shape(values)
    lines = []
    if field and shape is None:
        lines.append(f'dates = ["iso"]  # DECIDE: the format of {_comment(found[field])} was not recognised')
    elif field and shape is not None:
        form = shape.form
        if clock is not None and "%H" not in form and "%I" not in form:
            form = f"{'%Y-%m-%d' if form == 'iso' else form} {clock_form(clock.values)}"
        note = f"  # DECIDE: {shape.decide}" if shape.decide else ""
        lines.append(f"dates = {_list([form])}{note}")
    if field and not (shape and shape.zoned):
        lines.append('zone = ""  # DECIDE: IANA zone of the times, such as "Asia/Manila"; they state none')
    birth = date_shape(_values(guesses, found.get("person.date_of_birth", "")))
    if birth is not None:
        note = f"  # DECIDE: {birth.decide}" if birth.decide else ""
        lines.append(f'formats."person.date_of_birth" = {_list([birth.form])}{note}')
    return lines


def _amounts(kind: str, guesses: Sequence[Guess], found: dict[str, str]) -> list[str]:
    if kind != "payments":
        return []
    values = [v for field in ("amount", "debit", "credit") for v in _values(guesses, found.get(field, ""))]
    shape = marks_of(values)
    note = f"  # DECIDE: {shape.decide}" if shape.decide else ""
    lines = [f"decimal = {_text(shape.decimal)}{note}"]
    if shape.thousands:
        lines.append(f"thousands = {_text(shape.thousands)}")
    if any(value.startswith(("-", "(", "\u2212")) for value in _values(guesses, found.get("amount", ""))):
        lines.append('negative = "refuse"  # DECIDE: amounts below zero occur: debit, credit, reversed or keep')
    return lines


def _joined(guesses: Sequence[Guess], found: dict[str, str]) -> dict[str, list[str]]:
    """A date and a time of day in two columns make one field."""
    clock = next((guess.name for guess in guesses if guess.role == "clock"), "")
    field = next((name for name in fields.INSTANTS if name in found), "")
    shape = date_shape(_values(guesses, found.get(field, "")))
    if not clock or not shape or "%H" in shape.form or "%I" in shape.form or shape.zoned:
        return {}
    return {field: [found[field], clock]}


def _join(joined: dict[str, list[str]]) -> list[str]:
    return ["", "[join]", *(f"{field} = {_list(columns)}" for field, columns in joined.items())] if joined else []


def _columns(guesses: Sequence[Guess], found: dict[str, str], joined: dict[str, list[str]]) -> list[str]:
    lines = ["", "[columns]"]
    by_name = {column: field for field, column in found.items()}
    folded = {fold(column) for columns in joined.values() for column in columns}
    for guess in guesses:
        field = by_name.get(guess.name)
        if field and fold(guess.name) not in folded:
            party, _, name = field.partition(".")
            note = f"  # {party}.name, if the name is to identify the account" if name == "display_name" else ""
            lines.append(f"{_text(guess.name)} = {_text(field)}{note}")
            folded.add(fold(guess.name))
        elif fold(guess.name) not in folded:
            lines.append(
                f'# {_comment(_text(guess.name))} = ""  # DECIDE: {guess.shape}; a field, or add it to `ignore`'
            )
    return lines


def _needed(kind: str, found: dict[str, str]) -> list[str]:
    """What the kind cannot do without and no column was recognised for."""
    given = {*found, *(field.split(".")[0] for field in found)}
    return [
        f"# DECIDE: {kind} need a column for {' or '.join(group)}; none was recognised"
        for group in fields.NEEDED[kind]
        if not given & set(group)
    ]


def _constants(kind: str, found: dict[str, str]) -> list[str]:
    lines = ["", "[constants]"]
    if kind == "payments":
        if "currency" not in found:
            lines.append('# currency = "PHP"  # DECIDE: ISO 4217 code, if all rows share one')
        if "provider" not in found:
            lines.append('# provider = ""  # DECIDE: the payment service that wrote this table')
    elif "platform" not in found:
        lines.append('# platform = ""  # DECIDE: the service that the accounts are of')
    return lines if len(lines) > 2 else []


def _words(kind: str, guesses: Sequence[Guess], found: dict[str, str]) -> list[str]:
    """The words of closed vocabularies that occur, each to be led to a known one."""
    lines = []
    for (of, field), vocabulary in fields.VOCABULARY.items():
        if of != kind or field not in found:
            continue
        words = sorted({value for value in _values(guesses, found[field]) if len(value) <= 40})[:20]
        known = {word.casefold(): word for word in vocabulary}
        lines += ["", f"[values.{field}]  # DECIDE: words of the table = one of {', '.join(vocabulary)}"]
        for word in {word.casefold(): word for word in words}.values():
            same = known.get(word.casefold())
            lines.append(f"{_text(word)} = {_text(same)}" if same else f'# {_comment(_text(word))} = ""')
    return lines


def _values(guesses: Sequence[Guess], column: str) -> tuple[str, ...]:
    return next((guess.values for guess in guesses if guess.name == column), ())


def _distinct(header: Sequence[str]) -> list[str]:
    return list({fold(cell): " ".join(cell.split()) for cell in reversed(header) if cell.strip()}.values())[::-1]


def _text(value: str) -> str:
    """A TOML basic string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _comment(text: str) -> str:
    """Text fit for a comment: control characters end a line or are not allowed there."""
    return "".join(c if c == "\t" or (c >= " " and c != "\x7f") else " " for c in text)[:200]
