"""`tanglaw backtest OUTCOMES.csv`: where closed reports would have stood in the queue of their day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import pyarrow as pa

from tanglaw.backtest.days import ranked_at
from tanglaw.backtest.outcomes import read_outcomes
from tanglaw.backtest.places import LEAST, LED_TO, Found, backtest, count, summary
from tanglaw.cli.casework import decided
from tanglaw.cli.shared import Who, examples, json_option, open_workspace, policy_of, who_options, workspace_option
from tanglaw.cli.showing import grid, progress_bars, say, show_json
from tanglaw.errors import CheckUsage
from tanglaw.lookups.tables import derived

_HEADS = ("outcome", "reports", "median place %", "by arrival %", "in first 2 %", "in first 10 %", "in first 25 %")


@click.command(
    "backtest",
    epilog=examples(
        "tanglaw backtest outcomes.csv", "tanglaw backtest outcomes.csv --every 7 --led-to child --led-to arrest --json"
    ),
)
@click.argument("outcomes", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@workspace_option
@click.option(
    "--led-to", multiple=True, default=LED_TO, show_default=True, help="Outcome that counts; may be repeated."
)
@click.option(
    "--every",
    default=1,
    show_default=True,
    type=click.IntRange(1, 366),
    help="Days from one ranking to the next; more is faster.",
)
@click.option(
    "--least",
    default=LEAST,
    show_default=True,
    type=click.IntRange(LEAST),
    help="Smallest number that is shown; counts are rounded to it.",
)
@json_option
@who_options
def command(
    outcomes: Path, folder: Path, led_to: tuple[str, ...], every: int, least: int, as_json: bool, who: Who
) -> None:
    """Rank your own closed reports as of the days they came in, and show where those with an outcome would have stood.

    OUTCOMES is a CSV with the columns number, outcome and date (of closing, YYYY-MM-DD). Each ranking knows only what had been
    received by the end of its day, and no watch list. Nothing leaves this machine, no report is named, and small numbers are not
    shown. Exit 1 if no report of the file can be placed.
    """
    workspace, settings = open_workspace(folder, "backtest", outcomes.name, who)
    closed = read_outcomes(outcomes)
    policy = policy_of(workspace)
    received: dict[str, datetime | None] = {
        str(row["report_number"]): row["received_at"]
        for row in derived(workspace, "reports").select(["report_number", "received_at"]).to_pylist()
    }
    if not received:
        raise CheckUsage("the workspace has no reports: tanglaw run INBOX")
    with progress_bars() as bars:
        done = 0

        def ranked(at: datetime) -> pa.Table:
            nonlocal done
            bars("backtest", done, done + 1, f"{at:%Y-%m-%d}")
            done += 1
            return ranked_at(workspace, settings, policy, at, decided(workspace, settings, at))

        found = backtest(received, closed, ranked, every)
    _tell(found, summary(found, led_to, least), least, as_json)
    if not found.places:
        raise SystemExit(1)


def _tell(found: Found, rows: list[dict[str, object]], least: int, as_json: bool) -> None:
    left = {
        "not_in_workspace": count(found.unknown, least),
        "without_date_of_receipt": count(found.undated, least),
        "closed_before_ranked": count(found.same_day, least),
    }
    if as_json:
        show_json({"outcomes": rows, "rankings": found.days, "not_placed": left, "counts_rounded_to": least})
        return
    grid(
        "Place in the open queue at the end of the day of receipt, 0 the very front",
        _HEADS,
        (tuple(row.values()) for row in rows),
        right=_HEADS[1:],
    )
    say("not placed: " + ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in left.items()))
    say(f"counts are rounded to multiples of {least}; what fewer than {least} reports would show is not shown", "dim")
