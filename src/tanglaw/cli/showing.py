"""How things are shown: tables as wide as the terminal, JSON for scripts, and no control signs out of the evidence.

Text of reports can hold escape sequences that move the cursor or colour the screen, and marks that turn the direction
of writing, so that a name reads as another. `clean` makes them visible; nothing out of evidence is printed without it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tanglaw.lookups.tables import plain

# Where there is no terminal and no COLUMNS: a page of a log or a mail.
WIDTH = 120
# Control signs, invisible signs, turners of direction, line separators, lone surrogates, tags. The joiners U+200C
# and U+200D stay: words of several scripts and emoji are spelled with them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
# In JSON the line breaks between values are our own; those inside values are escaped already.
_UNSEEN_IN_JSON = re.compile(_UNSEEN.pattern.replace("\x00-\x1f", "", 1))


def clean(value: object) -> str:
    """The value as one line of text without control signs: `\\x1b`, `\\n` and `\\u202e` are shown as they are written."""
    return _UNSEEN.sub(lambda found: repr(found[0])[1:-1], str(value))


def shown(value: Any) -> str:
    """A value as an officer reads it: a dash for what is not stated, yes and no, two decimals, minutes in UTC."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return short_time(value)
    return clean(value)


def short_time(value: datetime | None) -> str:
    """Minutes in UTC, or a dash."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}" if value else "-"


def counted(count: int, one: str, several: str = "") -> str:
    """`1 report`, `1,200 reports`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


class _Out(Console):
    def on_broken_pipe(self) -> None:
        """The reader of the pipe went away, as `head` does: `main` ends quietly."""
        raise BrokenPipeError


def console() -> Console:
    """Standard output, as wide as the terminal or as COLUMNS says."""
    out = _Out(highlight=False)
    return out if out.is_terminal or "COLUMNS" in os.environ else _Out(highlight=False, width=WIDTH)


def say(text: str, style: str = "") -> None:
    """One line on standard output, wrapped, without markup and without control signs."""
    console().print(Text(clean(text), style))


def heading(text: str) -> None:
    """A rule with a title, or the title alone where a line does not hold it."""
    out, title = console(), Text(clean(text), "bold")
    if title.cell_len > out.width - 4:
        out.print(title)
    else:
        out.rule(title, align="left", style="dim")


def grid(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Sequence[str] = (),
    whole: Sequence[str] = (),
    lines: bool = False,
    apart: Sequence[str] = (),
) -> None:
    """Print rows as a table. Columns in `right` are numbers; those in `whole` are never broken over lines.

    Columns in `apart` stand below the table, each value on a line of its own behind its row's first cell and never broken,
    to be copied."""
    rows = list(rows)
    if title:
        say(title, "bold")
    beside = [place for place, name in enumerate(heads) if name not in apart]
    below = [place for place, name in enumerate(heads) if name in apart]
    table = Table(box=box.SIMPLE_HEAD, show_lines=lines, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for name in (heads[place] for place in beside):
        table.add_column(
            Text(name),
            justify="right" if name in right else "left",
            no_wrap=name in right or name in whole,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(row[at] if isinstance(row[at], Text) else Text(shown(row[at])) for at in beside))
    out = console()
    out.print(table)
    for row, place in ((row, place) for row in rows for place in below if row[place] is not None):
        out.print(Text(f"{shown(row[0])}  {heads[place]}  {shown(row[place])}"), soft_wrap=True)
    out.print()


def lines_of(texts: Iterable[object]) -> Text:
    """Several lines for one cell."""
    return Text("\n".join(clean(text) for text in texts))


def show_json(value: Any) -> None:
    """Print a value as JSON, instants as ISO 8601, amounts as exact text, unseen signs as `\\uXXXX`."""
    text = json.dumps(value, default=plain, ensure_ascii=False, indent=2)
    click.echo(_UNSEEN_IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], text))


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int, str], None]]:
    """A function (stage, done, all, what) that shows progress on standard error, if that is a terminal."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    errors = Console(stderr=True)
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        known: dict[str, Any] = {}

        def show(stage: str, done: int, whole: int, what: str) -> None:
            name = _BAR_OF.get(stage, "working")
            if name not in known:
                known[name] = bars.add_task(name, total=max(whole, 1), what="")
            told = clean(what)[-60:] if name == "reading" else stage
            bars.update(known[name], completed=done, total=max(whole, 1), what=told)

        yield show


_BAR_OF = {"intake": "reading", "simulate": "simulating", "custody": "checking"}
