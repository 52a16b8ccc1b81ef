"""Makes a whole content-free world: an inbox of files in the real formats and the truth beside it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tanglaw.errors import CheckUsage, FreeSpace
from tanglaw.simulate import figures, tabular
from tanglaw.simulate.chats import Chats
from tanglaw.simulate.clock import WORLD_END, utc
from tanglaw.simulate.deliveries import Deliveries
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.drawing import Desk
from tanglaw.simulate.hotline import write_hotline
from tanglaw.simulate.lists import write_hash_lists, write_watch_list
from tanglaw.simulate.odd import write_media, write_odd
from tanglaw.simulate.people import Population
from tanglaw.simulate.trade import Market
from tanglaw.simulate.truth import Truth

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """The arguments of a world.

    `reports` CyberTipline reports, `messages` different chat messages, `buyers` and `sellers` in the live
    trade, `payments` in all (never fewer than the buyers' own; None: five for each one of theirs). `difficulty`
    is easy, middle or hard: how often selectors are missing, noisy or shared. `broken` adds files that a run
    must hold back. With a `turn`, four countries and four ways to the net are dealt to households
    in turn instead of drawn: in turns 0 to 3 each has been in every one, and nothing else differs between them, while
    each country has phone numbers left (40,000 reports).
    """

    reports: int
    messages: int
    buyers: int
    sellers: int
    seed: int
    payments: int | None = None
    difficulty: str = "middle"
    broken: bool = True
    turn: int | None = None

    def check(self) -> None:
        """Raises CheckUsage for a negative number or an unknown difficulty."""
        for name in ("reports", "messages", "buyers", "sellers", "seed", "payments", "turn"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise CheckUsage(f"{name} must not be negative")
        if self.buyers and not self.sellers:
            raise CheckUsage("buyers need at least one seller")
        figures.level(self.difficulty)


def simulate(out: Path, plan: Plan, progress: Progress | None = None) -> dict[str, int]:
    """Writes `out/inbox` and `out/truth`; returns how many of each thing were written.

    `progress(stage, done, total)` is called now and then. Same plan, same bytes.

    Raises CheckUsage for arguments that do not fit or a folder that is not empty, FreeSpace on a full disk.
    """
    plan.check()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CheckUsage(f"{out} is not an empty folder")
    try:
        return _World(plan, out, progress).make()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise FreeSpace(f"the disk is full: {out} is not complete") from error
        raise


class _World:
    """One world while it is made. Reports come first, so that more messages do not change them."""

    def __init__(self, plan: Plan, out: Path, progress: Progress | None) -> None:
        self._plan = plan
        self._inbox = out / "inbox"
        self._inbox.mkdir(parents=True, exist_ok=True)
        self._truth = Truth(out / "truth")
        self._told = progress
        self._level = figures.level(plan.difficulty)
        expected = int(plan.reports * 0.75) + 2 * (plan.buyers + plan.sellers) + 10
        self._people = Population(plan.seed, expected, self._level, plan.turn)

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._told is not None:
            self._told(stage, done, total)

    def make(self) -> dict[str, int]:
        plan, seed = self._plan, self._plan.seed
        desk = Desk(seed, plan.reports, self._people, self._level)
        reported = desk.staff(plan.buyers, plan.sellers)
        deliveries = Deliveries(seed, self._inbox, self._truth)
        counts = dict(deliveries.write(desk, lambda done: self._progress("reports", done, plan.reports)))
        market = Market(seed, self._people, reported)
        trade = market.open(plan.buyers, plan.sellers, plan.payments)
        counts["payments"] = tabular.write_payments(self._inbox / "payments", trade, self._truth)
        self._progress("payments", counts["payments"], counts["payments"])
        live = [session for session in trade.sessions if not session.lesson]
        for session in live:
            self._truth.session(session)
        counts["sessions"] = len(live)
        chats = Chats(seed, self._people, self._level, self._inbox / "chats", self._truth)
        counts.update(
            chats.write(plan.messages, trade, reported, lambda done: self._progress("messages", done, plan.messages))
        )
        records = tabular.Records(seed, self._people, self._level, self._truth)
        folder = self._inbox / "records"
        counts["logins"] = tabular.write_rows(
            folder / "logins.csv", tabular.LOGINS_HEADER, records.logins(trade, reported)
        )
        counts["returns"] = tabular.write_rows(
            folder / "returns.csv", tabular.RETURNS_HEADER, records.returns(self._people.actors)
        )
        counts["calls"] = tabular.write_rows(folder / "calls.csv", tabular.CALLS_HEADER, records.calls(trade.sessions))
        counts["subscribers"] = tabular.write_rows(
            folder / "subscribers.csv", tabular.SUBSCRIBERS_HEADER, records.subscribers(self._people.actors)
        )
        counts.update(write_hash_lists(self._inbox / "references", desk.material, Dice(seed, "lists")))
        counts["watch_entries"], watched = write_watch_list(
            self._inbox / "references" / "watch-list.csv", self._people.actors, Dice(seed, "watch")
        )
        self._truth.network_signs(watched, trade.payments)
        counts["hotline_reports"] = write_hotline(
            self._inbox / "hotline",
            plan.reports // 200,
            self._people,
            desk.material,
            (Dice(seed, "hotline"), self._truth),
        )
        counts["media"] = write_media(self._inbox, Dice(seed, "media"))
        held = write_odd(self._inbox, deliveries.sample, Dice(seed, "odd")) if plan.broken else []
        counts["broken"] = len(held)
        counts["actors"] = len(self._people.actors)
        self._truth.actors(self._people.actors)
        self._truth.close(
            {
                "parameters": asdict(plan),
                "counts": counts,
                "as_of": utc(WORLD_END),
                "held_back": held,
                "trade": {
                    "buyers": [actor.key for actor in trade.buyers],
                    "sellers": [actor.key for actor in trade.sellers],
                },
            }
        )
        return counts
