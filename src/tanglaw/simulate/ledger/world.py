"""Makes the scenario: a chain in block files, reports that name addresses, a list of tags, and the truth."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tanglaw.errors import CheckUsage, FreeSpace
from tanglaw.simulate.clock import WORLD_END, utc
from tanglaw.simulate.deliveries import Deliveries
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.figures import level
from tanglaw.simulate.ledger import figures, files
from tanglaw.simulate.ledger.market import Market
from tanglaw.simulate.ledger.trails import trails
from tanglaw.simulate.people import Population
from tanglaw.simulate.truth import Truth

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a chain is: payers, sellers, payments to sellers, and reports of which many name an address."""

    buyers: int = figures.BUYERS
    sellers: int = figures.SELLERS
    payments: int = figures.PAYMENTS
    reports: int = figures.REPORTS

    def check(self) -> None:
        """Raises CheckUsage for a chain without people or with a negative number."""
        if min(self.buyers, self.sellers, self.reports) < 1 or self.payments < 0:
            raise CheckUsage("the scenario needs a buyer, a seller and a report at least, and no negative number")


def coins_world(out: Path, seed: int, size: Size | None = None, progress: Progress | None = None) -> dict[str, int]:
    """Writes `out/inbox` and `out/truth`; returns how many of each thing were written. Same arguments, same bytes.

    `files` and `trails` say what the truth holds. Raises CheckUsage and FreeSpace as `simulate` does.
    """
    size = size or Size()
    size.check()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CheckUsage(f"{out} is not an empty folder")
    try:
        return _make(out, seed, size, progress or _silent)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise FreeSpace(f"the disk is full: {out} is not complete") from error
        raise


def _silent(_what: str, _done: int, _whole: int) -> None:
    return None


def _make(out: Path, seed: int, size: Size, told: Progress) -> dict[str, int]:
    inbox, folder = out / "inbox", out / "truth"
    inbox.mkdir(parents=True, exist_ok=True)
    truth = Truth(folder)
    market = Market(seed, inbox / "chain", size.buyers, size.sellers)
    market.run(size.payments, lambda done, whole: told("blocks", done, whole))
    people = Population(seed, int(size.reports * 0.75) + 10, level("middle"))
    seeds = files.draw_seeds(market, size.reports, Dice(seed, "ledger-seeds"))
    desk = files.NamingDesk(seed, size.reports, people, seeds)
    desk.staff(0, 0)
    counts = dict(Deliveries(seed, inbox, truth).write(desk, lambda done: told("reports", done, size.reports)))
    counts["tags"] = files.write_tags(inbox / "references" / "address-tags.csv", market, Dice(seed, "ledger-tags"))
    found = trails(market.book.txs, [key for _, key, _ in desk.named if key is not None])
    counts["trails"] = files.write_truth(folder, market, desk.named, found)
    counts["blocks"] = market.book.height + 1
    counts["transactions"] = len(market.book.txs) + 1
    counts["addresses"] = len(market.keys.made)
    counts["coin_payments"] = len(market.payments)
    for actor in people.actors:
        for account in actor.accounts:
            truth.account(account, "esp-id")
    truth.actors(people.actors)
    truth.close(
        {
            "scenario": "coins",
            "parameters": {**asdict(size), "seed": seed},
            "counts": counts,
            "as_of": utc(WORLD_END),
            "network": "btc-regtest",
        }
    )
    return counts
