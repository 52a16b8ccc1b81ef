"""`tanglaw trace ADDRESS`: where coins of an address went or came from, and who can name an owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from tanglaw.attach import attached, to_look_up
from tanglaw.chain.coins import in_coins
from tanglaw.cli.casework import open_to_read
from tanglaw.cli.shared import (
    Who,
    examples,
    instant,
    json_option,
    policy_of,
    who_options,
    workspace_option,
)
from tanglaw.cli.showing import console, counted, grid, heading, say, show_json
from tanglaw.config import Settings
from tanglaw.engine.base import Engine
from tanglaw.errors import CheckUsage
from tanglaw.lookups.tables import exact
from tanglaw.lookups.trail_picture import picture
from tanglaw.lookups.trails import METHODS, NAMED, Question, Trails, known_address, payers, peels, stored, traced
from tanglaw.store.workspace import Workspace

_PATHS = 5
_HEADS = {
    "end_kind": "end",
    "service": "called",
    "end_address": "address",
    "fifo": "fifo",
    "haircut": "in proportion",
    "poison": "poison",
    "asset": "asset",
    "hops": "hops",
    "first_at": "first",
    "last_at": "last",
}
# Signs a line from which first and last stand in the table.
_WIDE = 100


@click.command(
    "trace",
    epilog=examples(
        "tanglaw trace bc1q... --svg trail.svg",
        "tanglaw trace 0x... --back --since 2026-01-01",
        "tanglaw trace 1... --payers",
        "tanglaw trace 1... --shared-payers 3...",
    ),
)
@click.argument("address")
@workspace_option
@click.option("--back", is_flag=True, help="Where the coins came from, instead of where they went.")
@click.option(
    "--depth", default=0, type=click.IntRange(0, 30), help="Transactions to follow; default is the policy pack's."
)
@click.option("--since", default=None, metavar="TIME", help="Follow nothing before this, ISO 8601, UTC.")
@click.option("--until", default=None, metavar="TIME", help="Follow nothing after this.")
@click.option("--least", default=None, metavar="AMOUNT", help="Least amount that is followed, in units of the asset.")
@click.option(
    "--method",
    default="fifo",
    show_default=True,
    type=click.Choice(METHODS),
    help="What ranks, and the picture's widths.",
)
@click.option("--svg", default=None, type=click.Path(path_type=Path), help="Write the trails as a picture.")
@click.option("--payers", "want_payers", is_flag=True, help="Clusters that paid the address, instead.")
@click.option("--shared-payers", "other", default=None, metavar="ADDRESS", help="Clusters that paid both, instead.")
@click.option("--peels", "want_peels", is_flag=True, help="Peel chains that begin at the address, instead.")
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="How many ends to show; 0 for all.")
@json_option
@who_options
def command(
    address: str, folder: Path, svg: Path | None, top: int, as_json: bool, who: Who, method: str, **asked: Any
) -> None:
    """Follow coins of ADDRESS through the ledgers read, and name the services that can name an owner.

    Amounts: fifo (first in, first out), in proportion (haircut), and poison (all of what was touched in any part; by itself it
    says nothing). The share without attribution is always stated. Exit 1 if the ledgers read do not hold the address.
    """
    value, networks = known_address(address)
    workspace, settings = open_to_read(folder, "trace", value, who)
    asks = _Asks(workspace, settings, networks)
    if asked["other"] is not None or asked["want_payers"]:
        others = (known_address(asked["other"])[0],) if asked["other"] else ()
        _show_payers(asks.payers((value, *others)), as_json)
    elif asked["want_peels"]:
        _show_peels(asks.peels(value), as_json)
    else:
        question = Question(value, asked["back"], asked["depth"], *_limits(asked))
        found = asks.trails(question)
        if not found.trails and not found.coverage:
            say("The ledgers read hold no coins of this address.")
            raise click.exceptions.Exit(1)
        found.trails.sort(key=lambda row: (row["end_kind"] not in NAMED, -row[method], row["trail_id"]))
        if svg is not None:
            svg.write_text(picture(found, method), encoding="utf-8")
        _show(found, top, as_json)


class _Asks:
    """Questions to one workspace."""

    def __init__(self, workspace: Workspace, settings: Settings, networks: tuple[str, ...]) -> None:
        self._workspace, self._settings, self._networks = workspace, settings, networks
        self._given = to_look_up(workspace, settings)

    @contextmanager
    def _opened(self) -> Iterator[Engine]:
        with attached(self._workspace, self._settings) as engine:
            for name, rows in policy_of(self._workspace).tables().items():
                engine.put(name, rows)
            yield engine

    def trails(self, question: Question) -> Trails:
        found = stored(self._workspace, question) if question.usual else None
        if found is not None:
            return found
        with self._opened() as engine:
            return traced(engine, question, self._networks, self._given)

    def payers(self, addresses: tuple[str, ...]) -> list[dict[str, Any]]:
        with self._opened() as engine:
            return payers(engine, addresses, self._networks, self._given)

    def peels(self, address: str) -> list[list[dict[str, Any]]]:
        with self._opened() as engine:
            return peels(engine, address, self._networks, self._given)


def _limits(asked: dict[str, Any]) -> tuple[datetime | None, datetime | None, Decimal | None]:
    since, until = (
        instant(asked[name], f"--{name}").astimezone(UTC) if asked[name] else None for name in ("since", "until")
    )
    if asked["least"] is None:
        return since, until, None
    try:
        least = Decimal(asked["least"])
    except InvalidOperation as error:
        raise CheckUsage(f"--least is an amount such as 0.01, not {asked['least']!r}") from error
    if not 0 <= least < 10**18:
        raise CheckUsage("--least is an amount from 0 on")
    return since, until, least


def _show(found: Trails, top: int, as_json: bool) -> None:
    if as_json:
        rows = [row | {"path": found.hops[row["trail_id"]]} for row in found.trails]
        without = [{"asset": asset, "share": round(share, 4)} for asset, share in found.uncovered()]
        ranges = [dict(zip(("service", "asset", "from", "to"), one, strict=True)) for one in found.undivided()]
        show_json({"trails": rows, "coverage": found.coverage, "without_attribution": without, "undivided": ranges})
        return
    for row in found.trails:
        if row["end_kind"] == "refused":
            say(
                f"Not traced: the address is itself a service's, {row['service'] or 'contradictory tags'} ({row['attribution']})."
            )
            return
    shown = found.trails[:top] if top else found.trails
    assets = {row["asset"] for row in found.trails}
    one = assets.pop() if len(assets) == 1 else None
    columns = [name for name in _HEADS if name != "asset" or not one]
    way = "came from" if found.direction == "backward" else "went"
    grid(
        f"Where coins {way}: {counted(len(found.trails), 'end')}{f', in {one}' if one else ''}",
        ["no.", *(_HEADS[name] for name in columns)],
        _numbered(shown, columns),
        right=("no.", "fifo", "in proportion", "poison", "hops"),
        apart=("address",) if console().width >= _WIDE else ("first", "last", "address"),
    )
    for service, asset, low, high in found.undivided():
        amounts = f"{exact(low)} to {exact(high)} {asset}".rstrip()
        say(f"{service}: {amounts}, as one divides coins that were mixed on the way; how much it was is not known.")
    for row in [row for row in shown if row["end_kind"] in NAMED][:_PATHS]:
        _path(row, found)
    _coverage(found)


def _numbered(rows: list[dict[str, Any]], columns: Sequence[str]) -> list[list[Any]]:
    """Cells of the columns behind the row's number from 1."""
    return [
        [number, *(exact(row[name]) if isinstance(row[name], Decimal) else row[name] for name in columns)]
        for number, row in enumerate(rows, 1)
    ]


def _path(row: dict[str, Any], found: Trails) -> None:
    heading(f"to {row['service'] or row['end_kind']}: {row['attribution'] or 'no attribution'}")
    cells = [
        (
            hop["hop"],
            hop["at"],
            hop["txid"],
            hop["rule"],
            exact(hop["value"]),
            exact(hop["fifo"]),
            exact(hop["haircut"]),
            hop["to_address"],
        )
        for hop in found.hops[row["trail_id"]]
    ]
    grid(
        "",
        ("hop", "at", "transaction", "rule", "value", "fifo", "in proportion", "to"),
        cells,
        right=("hop", "value", "fifo", "in proportion"),
        apart=("transaction", "to"),
    )


def _coverage(found: Trails) -> None:
    cells = [(row["asset"], row["end_kind"], exact(row["amount"]), f"{row['share']:.1%}") for row in found.coverage]
    grid("Where all of it ends, in proportion", ("asset", "end", "amount", "share"), cells, right=("amount", "share"))
    for asset, share in found.uncovered():
        say(f"Without attribution: {share:.1%} of {asset}.")


def _show_payers(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        show_json(rows)
        return
    columns = ("payer", "service", "payments", "amount", "asset", "first_at", "last_at")
    heads = ("no.", "payer (smallest address)", "service", "payments", "amount", "asset", "first", "last")
    cells = _numbered(rows, columns)
    grid(counted(len(rows), "payer"), heads, cells, right=("no.", "payments", "amount"), apart=heads[1:2])
    if not rows:
        raise click.exceptions.Exit(1)


def _show_peels(chains: list[list[dict[str, Any]]], as_json: bool) -> None:
    if as_json:
        show_json(chains)
        return
    for number, chain in enumerate(chains, 1):
        cells = [
            (
                place,
                step["at"],
                step["txid"],
                exact(in_coins(step["peeled"])),
                step["peeled_to"],
                step["service"],
                exact(in_coins(step["rest"])),
            )
            for place, step in enumerate(chain, 1)
        ]
        heads = ("no.", "at", "transaction", "peeled", "to", "service", "goes on")
        grid(
            f"Peel chain {number}: {counted(len(chain), 'step')} (coins)",
            heads,
            cells,
            right=("no.", "peeled", "goes on"),
            apart=("transaction", "to"),
        )
    if not chains:
        say("No peel chain begins there.")
        raise click.exceptions.Exit(1)
