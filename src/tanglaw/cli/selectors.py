"""`tanglaw selectors FILE...`: selectors out of text, as a filter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tanglaw.cli.shared import examples
from tanglaw.lookups.stream import Filter, Lines, lines_of
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.spread import spread
from tanglaw.selectors.terms import TERM, load

# Files that together are smaller are read by one process: starting others takes longer.
_LARGE = 1 << 25
_ASIDE = 3


@click.command(
    "selectors",
    epilog=examples(
        "tanglaw selectors chat.txt | jq -r .value | sort | uniq -c | sort -rn",
        "tanglaw selectors --type phone --country PH notes.txt",
        "zcat export.jsonl.gz | tanglaw selectors --field text --field from.name -",
        "tail -f room.log | tanglaw selectors --type url --type btc",
    ),
)
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option(
    "--type", "types", multiple=True, type=click.Choice([*SELECTORS, TERM]), help="Only this type; may be repeated."
)
@click.option(
    "--country",
    default="",
    metavar="XX",
    help="Countries (ISO 3166) of numbers without calling code: PH, or PH:3 US:1 by weight.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="Lines are JSON objects: look into this field, by dotted path; may be repeated.",
)
@click.option("--terms", "listed", type=click.Path(path_type=Path), help="Your own list of terms to look for as well.")
@click.option(
    "--workers", default=0, type=click.IntRange(0), help="Processes; 0 for one a core on large files, else one."
)
def command(
    files: tuple[str, ...],
    types: tuple[str, ...],
    country: str,
    fields: tuple[str, ...],
    listed: Path | None,
    workers: int,
) -> None:
    """Find selectors in lines of text (standard input for - or no FILE); print a JSON line for each.

    Offsets count code points of the line, or of the field, from 0. Nothing is stored; card numbers are shown masked.
    Exit 1 if nothing is found, 3 if a line was passed over.
    """
    work = Filter(country, frozenset(types), fields, load(listed) if listed else None)
    found, aside = 0, False
    for told in spread(work, _chunks(files or ("-",)), workers or _workers(files)):
        if told.out:
            sys.stdout.write(told.out)
            sys.stdout.flush()
        for sentence in told.aside:
            click.echo(sentence, err=True)
        found, aside = found + told.found, aside or bool(told.aside)
    sys.exit(_ASIDE if aside else 0 if found else 1)


def _chunks(files: tuple[str, ...]) -> Iterator[Lines]:
    for name in files:
        if name == "-":
            yield from lines_of("-", sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from lines_of(name, stream)


def _workers(files: tuple[str, ...]) -> int:
    size = sum(Path(name).stat().st_size for name in files if name != "-" and Path(name).is_file())
    return len(os.sched_getaffinity(0)) if size > _LARGE else 1
