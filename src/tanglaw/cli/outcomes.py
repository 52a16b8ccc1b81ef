"""`tanglaw outcomes FILE`: the agency's own outcomes, in the form that `tanglaw backtest` reads."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import click

from tanglaw.backtest.outcomes import COLUMNS
from tanglaw.casework.queries_statistics import outcomes_by_report
from tanglaw.cli.casework import opened
from tanglaw.cli.shared import Who, examples, open_workspace, who_options, workspace_option
from tanglaw.cli.showing import clean, counted, say
from tanglaw.lookups.tables import derived

# What `backtest` calls an outcome, where casework says it in other words.
_WORDS = {"child safeguarded": "child"}


@click.command("outcomes", epilog=examples("tanglaw outcomes outcomes.csv", "tanglaw backtest outcomes.csv"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@who_options
def command(file: Path, folder: Path, who: Who) -> None:
    """Write what came of reports, as people recorded it in cases, to FILE: number, outcome and date, for `tanglaw backtest`.

    An outcome of a case counts for each of its reports. A report with several has one date, the last. Exit 1 if there is none.
    """
    workspace, settings = open_workspace(folder, "outcomes", file.name, who)
    numbers = {row["report_id"]: row["report_number"] for row in derived(workspace, "reports").to_pylist()}
    found: dict[str, set[str]] = {}
    last: dict[str, date] = {}
    for one, outcome, day in outcomes_by_report(opened(workspace, settings)):
        number = numbers.get(one, one) or one
        found.setdefault(number, set()).add(_WORDS.get(outcome, outcome))
        last[number] = max(day, last.get(number, day))
    if not found:
        click.echo("no outcome was recorded yet", err=True)
        raise SystemExit(1)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(
            [number, outcome, last[number].isoformat()] for number in sorted(found) for outcome in sorted(found[number])
        )
    say(f"outcomes of {counted(len(found), 'report')} in {clean(file)}")
