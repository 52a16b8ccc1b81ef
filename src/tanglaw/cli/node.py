"""`tanglaw node fetch`: blocks from a node of one's own, as files for `run`."""

from __future__ import annotations

from pathlib import Path

import click

from tanglaw.chain.node import fetch, node_of, tip
from tanglaw.cli.shared import Who, examples, open_workspace, who_options, workspace_option
from tanglaw.cli.showing import counted, say


@click.group("node", epilog=examples("tanglaw node fetch blocks --from 800000 --to 800010 --workspace cases"))
def command() -> None:
    """A node of a public ledger that you run yourself (docs/chain.md). Off unless `node_url` is set."""


@command.command(
    "fetch",
    epilog=examples(
        "tanglaw node fetch blocks --from 800000 --to 800010 --workspace cases",
        "tanglaw node fetch blocks --from 800000 --raw --workspace cases",
    ),
)
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "first", type=click.IntRange(min=0), required=True, help="Height of the first block.")
@click.option("--to", "last", type=click.IntRange(min=0), help="Height of the last block; default the node's last.")
@click.option("--raw", is_flag=True, help="Bytes of the blocks instead of JSON with what each input spends.")
@workspace_option
@who_options
def fetch_command(out: Path, first: int, last: int | None, raw: bool, folder: Path, who: Who) -> None:
    """Write blocks of your own node into the folder OUT, one file each, for `tanglaw run OUT`.

    The node is asked for blocks by number and nothing else: it learns no address. Files that are there are passed over.
    """
    _, settings = open_workspace(folder, "node", f"blocks from {first}", who)
    node = node_of(settings)
    written = fetch(node, first, tip(node) if last is None else last, out, raw)
    say(f"{counted(written, 'block')} written into {out}; next: tanglaw run {out} --workspace {folder}")
