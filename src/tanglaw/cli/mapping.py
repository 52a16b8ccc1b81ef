"""`tanglaw mapping suggest FILE`: propose a mapping for a table."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.config import load
from tanglaw.reading.tabular.suggest import suggest


@click.group("mapping")
def command() -> None:
    """Mappings say what the columns of a CSV, TSV or XLSX mean (docs/mappings.md)."""


@command.command("suggest")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="Write it there instead of showing it.")
def suggest_command(file: Path, out: Path | None) -> None:
    """Propose a mapping for FILE from its header and sampled values, for you to check and confirm."""
    text = suggest(file.read_bytes(), file.name, load())
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"check it, set confirmed = true, and keep it as {out}")
