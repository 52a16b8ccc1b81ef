"""`tanglaw hashes FILE...`: which hash lists know these hashes, as a filter."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import click

from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import Who, examples, who_options, workspace_option
from tanglaw.lookups.hashes import known
from tanglaw.reading.hashes import kind_of, normal

_AT_ONCE = 200_000
_LONGEST = 4_096
_ASIDE = 3


@click.command(
    "hashes",
    epilog=examples(
        "tanglaw hashes --type pdq seized.txt | jq 'select(.hits != [])'",
        "md5sum * | tanglaw hashes",
    ),
)
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("--type", "kind", default="", metavar="TYPE", help="Type of the hashes; else told by their length.")
@workspace_option
@who_options
def command(files: tuple[str, ...], kind: str, folder: Path, who: Who) -> None:
    """Look hashes up in the lists held, one a line (standard input for - or no FILE); print a JSON line for each.

    The first word of a line is the hash; PDQ hashes match up to 31 bits apart and need --type pdq. Nothing is stored.
    Exit 1 if no list knows any, 3 if a line is no hash.
    """
    workspace, settings = open_to_read(folder, "hashes", " ".join(files) or "-", who)
    found = aside = False
    lines = _lines(files or ("-",))
    while part := list(islice(lines, _AT_ONCE)):
        asked = [normal(text, kind_of(kind)) for _, _, text in part]
        for (name, number, _), one, hits in zip(part, asked, known(workspace, settings, asked), strict=True):
            if not one.valid:
                click.echo(f"{name}:{number}: no {one.type or 'hash'}", err=True)
                aside = True
                continue
            said = {"file": name, "line": number, "type": one.type, "value": one.value, "hits": hits}
            click.echo(json.dumps(said, ensure_ascii=False))
            found = found or bool(hits)
    sys.exit(_ASIDE if aside else 0 if found else 1)


def _lines(files: tuple[str, ...]) -> Iterator[tuple[str, int, str]]:
    """File, line number and first word of each line that is neither blank nor a comment."""
    for name in files:
        if name == "-":
            yield from _words("-", sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from _words(name, stream)


def _words(name: str, stream: IO[bytes]) -> Iterator[tuple[str, int, str]]:
    number, begins = 0, True
    while line := stream.readline(_LONGEST):
        number += begins
        words = line.decode("utf-8", "replace").removeprefix("\ufeff").split(maxsplit=1)
        if begins and words and not words[0].startswith("#"):
            yield name, number, words[0]
        begins = line.endswith(b"\n")
