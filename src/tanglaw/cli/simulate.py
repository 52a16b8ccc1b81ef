"""`tanglaw simulate OUT`: a made-up, content-free world in files of the real formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tanglaw.cli.shared import examples
from tanglaw.cli.showing import progress_bars, say
from tanglaw.errors import CheckUsage
from tanglaw.simulate import Plan, ledger, simulate
from tanglaw.simulate.week import Size, action_week


@click.command(
    "simulate",
    epilog=examples(
        "tanglaw simulate world --reports 1000 --seed 7", "tanglaw run world/inbox && tanglaw evaluate world"
    ),
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--reports", default=1_000, type=click.IntRange(1), show_default=True, help="CyberTipline reports.")
@click.option("--messages", default=10_000, type=click.IntRange(0), show_default=True, help="Neutral chat messages.")
@click.option("--buyers", default=100, type=click.IntRange(0), show_default=True, help="Paying accounts.")
@click.option("--sellers", default=20, type=click.IntRange(0), show_default=True, help="Receiving accounts.")
@click.option("--payments", type=click.IntRange(0), help="Payments; default in proportion to the buyers.")
@click.option("--seed", default=1, show_default=True, help="Same arguments and seed, same bytes.")
@click.option(
    "--scenario",
    type=click.Choice(["action-week", "coins"]),
    help="Instead of a mixed world: action-week, payers, recipients, arrangers and look-alikes at the size of a real"
    " action; coins, a chain of blocks with payers, sellers, exchanges and mixers.",
)
@click.option(
    "--difficulty",
    type=click.Choice(["easy", "middle", "hard"]),
    default="middle",
    show_default=True,
    help="How often selectors are missing, noisy or shared.",
)
@click.pass_context
def command(
    context: click.Context, /, out: Path, seed: int, scenario: str | None, difficulty: str, **sizes: Any
) -> None:
    """Write a made-up world into OUT/inbox and its truth into OUT/truth. Its chat is neutral small talk."""
    with progress_bars() as bars:

        def told(what: str, done: int, whole: int) -> None:
            bars("simulate", done, whole, what)

        given = {name: size for name, size in sizes.items() if _stated(context, name)}
        if scenario == "coins":
            if "messages" in given or _stated(context, "difficulty"):
                raise CheckUsage("the scenario coins has neither --messages nor --difficulty")
            made = ledger.coins_world(out, seed, ledger.Size(**given), told)
        elif scenario is not None:
            if "buyers" in given:
                # A smaller action has as many messages, payments and log-ins as its people bring.
                given = {"messages": None, "payments": None, "logins": None, **given}
            made = action_week(out, seed, Size(**given), difficulty, told)
        else:
            made = simulate(out, Plan(seed=seed, difficulty=difficulty, **sizes), told)
    say(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in made.items() if count))
    say(f"next: tanglaw init W && tanglaw run {out / 'inbox'} --workspace W && tanglaw evaluate {out} --workspace W")


def _stated(context: click.Context, name: str) -> bool:
    """True if the caller gave the option: the scenario has defaults of its own."""
    source = context.get_parameter_source(name)
    return source is not None and source is not click.core.ParameterSource.DEFAULT
