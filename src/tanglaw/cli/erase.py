"""`tanglaw erase`: take values out of the workspace for good, on a lawful ground, by two named people."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tanglaw.casework import services_erasure
from tanglaw.cli.casework import opened
from tanglaw.cli.shared import Who, examples, json_option, open_workspace, who_options, workspace_option
from tanglaw.cli.showing import counted, grid, say, show_json
from tanglaw.config import Settings
from tanglaw.linking.spelled import forms
from tanglaw.lookups.search import readings_of
from tanglaw.store.erase import SHORTEST, Eraser, carried_out, left, planned, spellings
from tanglaw.store.tombstones import Tombstone
from tanglaw.store.workspace import Workspace, now

# What linking compares is spelled more plainly than what was stated; elsewhere such a form may be somebody else's word.
_LINKED = ("links", "link_evidence", "proposal_ties")
_values = click.argument("values", metavar="VALUE...", nargs=-1, required=True)


@click.group(
    "erase",
    epilog=examples(
        "tanglaw erase ask +639175550123 --by 'A. Cruz' --ground 'order 12/26 of the court'",
        "tanglaw erase sign 1 +639175550123 --by 'B. Lim' --reason 'checked against the order'",
    ),
)
def command() -> None:
    """Erase values lawfully: from every table, index, log and decision. A tombstone stays that `custody verify` names.

    It cannot be undone. Stop `tanglaw serve` first. Files that were delivered lie outside of the workspace: erase those by hand.
    """


@command.command("ask", epilog=examples("tanglaw erase ask +639175550123 --by 'A. Cruz' --ground 'order 12/26'"))
@_values
@workspace_option
@click.option("--by", required=True, help="Who asks; kept with the erasure.")
@click.option(
    "--ground", required=True, help="Law or order that demands it; kept with the erasure. Never the value itself."
)
@who_options
def ask_command(values: tuple[str, ...], folder: Path, by: str, ground: str, who: Who) -> None:
    """Ask to erase each VALUE as it is written, and every other spelling of it that the last run found. Nothing is erased yet.

    Only keyed digests of the values are kept: whoever signs states them again.
    """
    workspace, settings = open_workspace(folder, "erase", "ask", who)
    if Eraser(values).stands_in(f"{by} {ground}".encode()):
        raise click.UsageError("the ground would keep the value: say it without")
    row = services_erasure.ask(opened(workspace, settings), _digests(workspace, values), by, ground)
    say(
        f"erasure {row.number} waits for a second person: tanglaw erase sign {row.number} VALUE... --by NAME --reason TEXT"
    )


@command.command("sign", epilog=examples("tanglaw erase sign 1 +639175550123 --by 'B. Lim' --reason 'checked'"))
@click.argument("number", type=click.IntRange(1))
@_values
@workspace_option
@click.option("--by", required=True, help="Who signs: somebody else than who asked.")
@click.option("--reason", required=True, help="Why; kept with the erasure.")
@who_options
def sign_command(number: int, values: tuple[str, ...], folder: Path, by: str, reason: str, who: Who) -> None:
    """Sign erasure NUMBER and carry it out; one that was cut off is gone on with. Exit 1 if a value still stands somewhere."""
    workspace, settings = open_workspace(folder, "erase", f"sign {number}", who)
    using = opened(workspace, settings)
    spelled = [*values, *_spelled(workspace, settings, values)]
    eraser = Eraser(spelled)
    compared = {form for value in spelled for form in forms(value) if len(form) >= SHORTEST}
    linked = dict.fromkeys(_LINKED, Eraser([*spelled, *compared]))
    asked, signed = services_erasure.sign(using, number, _digests(workspace, values), by, reason)
    with workspace.writing():
        parts, lines = planned(workspace, eraser, linked)
        rows = services_erasure.planned(using, eraser.text)
        digests = tuple(asked.values.split())
        names = (asked.stated_by, signed.stated_by, asked.ground)
        stone = Tombstone(number, now(), *names, digests, tuple(one for one, _ in parts), tuple(lines), tuple(rows))
        # First the stone: what is cut off after it is told by `custody verify` and gone on with.
        workspace.entomb(stone)
        carried_out(workspace, eraser, parts)
        services_erasure.carried_out(using, eraser.text)
    say(stone.told)
    remain = left(folder, eraser)
    for name in remain:
        say(f"a value still stands in {name}: take it out by hand", "bold")
    say("Every table that was made from these is made anew by the next `tanglaw run`.", "dim")
    sys.exit(1 if remain else 0)


@command.command("list", epilog=examples("tanglaw erase list --json"))
@workspace_option
@json_option
@who_options
def list_command(folder: Path, as_json: bool, who: Who) -> None:
    """List erasures that were asked for, who signed, and what was rewritten."""
    workspace, settings = open_workspace(folder, "erase", "list", who)
    stones, _ = workspace.tombstones()
    cells = {one.number: sum(each.cells for each in (*one.parts, *one.lines, *one.rows)) for one in stones}
    rows = [
        {
            "number": one.number,
            "asked_by": one.stated_by,
            "ground": one.ground,
            "at": f"{one.at:%Y-%m-%d %H:%M}",
            "signed_by": one.signature.stated_by if hasattr(one, "signature") else "",
            "cells": cells.get(one.number, ""),
        }
        for one in services_erasure.asked(opened(workspace, settings))
    ]
    if as_json:
        show_json(rows)
    else:
        heads = ("erasure", "asked by", "ground", "at (UTC)", "signed by", "cells")
        grid(counted(len(rows), "erasure"), heads, [tuple(row.values()) for row in rows], right=("cells",))


def _digests(workspace: Workspace, values: tuple[str, ...]) -> list[str]:
    return sorted({workspace.ids.of("erased", value.strip()) for value in values})


def _spelled(workspace: Workspace, settings: Settings, values: tuple[str, ...]) -> list[str]:
    readings = {one for value in values for one in readings_of(value, workspace.ids, settings.default_country)}
    return spellings(workspace, sorted(readings))
