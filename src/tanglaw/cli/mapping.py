"""`tanglaw mapping suggest FILE`: propose a mapping for a table."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.cli.shared import examples
from tanglaw.cli.showing import clean, say
from tanglaw.config import load
from tanglaw.errors import BadRecord, CheckUsage
from tanglaw.reading.item import HEAD_BYTES, Item
from tanglaw.reading.tabular.recognise import looks_tabular
from tanglaw.reading.tabular.suggest import suggest_for
from tanglaw.reading.tabular.workbook import is_workbook


@click.group("mapping", epilog=examples("tanglaw mapping suggest payments.csv"))
def command() -> None:
    """Mappings say what the columns of a CSV, TSV or XLSX mean (docs/mappings.md)."""


@command.command(
    "suggest",
    epilog=examples(
        "tanglaw mapping suggest payments.csv",
        "tanglaw mapping suggest payments.csv --out payments.csv.mapping.toml",
        "tanglaw mapping suggest payments.csv --out tanglaw-workspace/mappings/bank.toml",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="Write it there instead of showing it.")
def suggest_command(file: Path, out: Path | None) -> None:
    """Propose a mapping for FILE from its header and sampled values, for you to check and confirm.

    Set `confirmed = true` once every line is right. It is used if it lies beside the data as NAME.mapping.toml, or in
    the folder `mappings` of the workspace; then `tanglaw quarantine retry` reads the table.
    """
    if out is not None and out.exists():
        raise CheckUsage(f"{out} exists and may be confirmed: choose another name or remove it")
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    item = Item(file.name, "", file.stat().st_size, head, lambda: file.open("rb"))
    try:
        text = suggest_for(item, load())
    except BadRecord as fault:
        raise CheckUsage(str(fault) if file.name in str(fault) else f"{file}: {fault}") from fault
    if not (is_workbook(head) or looks_tabular(item)):
        click.echo(f"{clean(file)} does not look like a table: the proposal is of little worth", err=True)
    if out is None:
        for line in text.splitlines():
            click.echo(clean(line))
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    say(f"check {out}, decide what it asks, and set confirmed = true")
