"""`tanglaw audit`: is the audit whole?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tanglaw.casework import audit
from tanglaw.casework.models import AuditRow
from tanglaw.cli.casework import opened
from tanglaw.cli.shared import examples, json_option, settings_of, workspace_option
from tanglaw.cli.showing import counted, say, show_json
from tanglaw.store.chain import check_lines
from tanglaw.store.tombstones import erased_lines
from tanglaw.store.workspace import Workspace


@click.group("audit", epilog=examples("tanglaw audit verify"))
def command() -> None:
    """The audit of reads, searches and changes, by the workbench and by reading verbs."""


@command.command("verify", epilog=examples("tanglaw audit verify --json | jq .faults"))
@workspace_option
@json_option
def verify_command(folder: Path, as_json: bool) -> None:
    """Check every row, its chain and the signed seals; name the first that was altered, is missing or was moved.

    Exit 1 if anything differs. It shows no row.
    """
    workspace = Workspace(folder)
    using = opened(workspace, settings_of(workspace))
    stones, broken = workspace.tombstones()
    lines = check_lines(folder / "audit.jsonl", erased_lines(stones, "audit.jsonl"))
    faults = [*broken, *audit.verify(using, folder, audit.erased_rows(stones)), *lines]
    rows = AuditRow.objects.using(using).count()
    if as_json:
        show_json({"faults": faults, "rows": rows, "erasures": [one.told for one in stones]})
    else:
        for fault in faults:
            say(fault)
        for stone in stones:
            say(stone.told, "dim")
        say(f"{'FAULTS FOUND' if faults else 'the audit is whole'}: checked {counted(rows, 'row')}")
    sys.exit(1 if faults else 0)
