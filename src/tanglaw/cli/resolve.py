"""`tanglaw resolve FILE`: which rows of a person table speak of one person."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from tanglaw.cli.shared import Who, examples, json_option, open_workspace, who_options
from tanglaw.cli.showing import counted, grid, lines_of, say, show_json
from tanglaw.errors import CheckUsage
from tanglaw.identity.columns import ROLES
from tanglaw.identity.resolve import SAME_PERSON, Resolved, resolve
from tanglaw.reading.sheet import read_sheet


@click.command(
    "resolve",
    epilog=examples(
        "tanglaw resolve subscribers.csv",
        "tanglaw resolve subscribers.csv --column last_name=Nachname --out groups.csv",
        "tanglaw resolve subscribers.csv --json | jq '.pairs[0]'",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--column", "columns", multiple=True, metavar="ROLE=HEADER", help=f"Say which column is what: {', '.join(ROLES)}."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the table there, each row with its group in front.")
@click.option(
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    envvar="TANGLAW_WORKSPACE",
    metavar="DIR",
    help="Workspace of the case; an operational one records the reading.",
)
@json_option
@who_options
def command(
    file: Path, columns: tuple[str, ...], out: Path | None, folder: Path | None, as_json: bool, who: Who
) -> None:
    """Link the rows of FILE, a CSV of persons that are in a case already, with each other.

    Names are compared across scripts, order, short forms and typing errors; birth dates, addresses, phones, e-mails and
    identifiers by how rare they are. Country, nationality, language and sex are not read. It proposes; a person decides.
    """
    if folder is not None:
        open_workspace(folder, "resolve", file.name, who)
    headers, rows = read_sheet(file)
    table = pa.table({name: [cells[at] for _, cells in rows] for at, name in enumerate(headers)})
    found = resolve(table, dict(_stated(one) for one in columns))
    if out is not None:
        _write(out, headers, rows, found)
    if as_json:
        show_json(_facts(found))
    else:
        _show(found, len(rows), out)


def _stated(text: str) -> tuple[str, str]:
    role, equals, header = text.partition("=")
    if not equals:
        raise CheckUsage(f"--column is ROLE=HEADER, such as last_name=Surname, not {text!r}")
    return role.strip(), header.strip()


def _groups(found: Resolved) -> list[list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for at, group in enumerate(found.groups):
        groups[group].append(at)
    return [members for members in groups.values() if len(members) > 1]


def _facts(found: Resolved) -> dict[str, Any]:
    pairs = ({**row, "a": found.ids[row["a"]], "b": found.ids[row["b"]]} for row in found.pairs.to_pylist())
    return {
        "model": found.model,
        "not_read": found.unused,
        "groups": [[found.ids[at] for at in members] for members in _groups(found)],
        "pairs": [row for row in pairs if row["bits"] > 0],
    }


def _show(found: Resolved, rows: int, out: Path | None) -> None:
    groups = _groups(found)
    best: dict[int, str] = {}
    for row in sorted(found.pairs.to_pylist(), key=lambda one: (-one["bits"], one["a"], one["b"])):
        if found.groups[row["a"]] == found.groups[row["b"]]:
            best.setdefault(found.groups[row["a"]], f"{row['bits']:.1f} bits: {row['evidence']}")
    told = (
        (number, lines_of(found.ids[at] for at in members), best.get(found.groups[members[0]], ""))
        for number, members in enumerate(groups, 1)
    )
    grid("", ("group", "rows", "strongest pair"), told, right=("group",), lines=True)
    say(f"{counted(len(groups), 'group')} of {counted(rows, 'row')}; a pair joins from probability {SAME_PERSON} on")
    if found.unused:
        say(f"not read: {', '.join(found.unused)}")
    if out is not None:
        say(f"written to {out}")


def _write(out: Path, headers: list[str], rows: list[tuple[int, list[str]]], found: Resolved) -> None:
    partial = out.with_name(f".{out.name}.partial")
    with partial.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["group", *map(_harmless, headers)])
        for (_, cells), group in zip(rows, found.groups, strict=True):
            writer.writerow([found.ids[group], *map(_harmless, cells)])
    partial.replace(out)


def _harmless(cell: str) -> str:
    """The cell with an apostrophe in front of what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
