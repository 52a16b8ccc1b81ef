"""Makes the scenario: an inbox of files in the real formats and the truth beside it."""

from __future__ import annotations

import csv
import errno
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tanglaw.errors import CheckUsage, FreeSpace
from tanglaw.simulate.clock import DAY, WORLD_END, calendar, utc
from tanglaw.simulate.danger import actor_latent
from tanglaw.simulate.deliveries import Deliveries
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.drawing import Desk
from tanglaw.simulate.people import Actor, Population
from tanglaw.simulate.platforms import BANK, REMIT, WALLET
from tanglaw.simulate.talk import Conversation
from tanglaw.simulate.truth import Truth
from tanglaw.simulate.week import figures as week
from tanglaw.simulate.week import files
from tanglaw.simulate.week.talk import BURST, Talker
from tanglaw.simulate.week.ties import Paid, Tie
from tanglaw.simulate.week.trade import START, Trade

Progress = Callable[[str, int, int], None]
SESSIONS_HEADER = ("buyer", "seller", "facilitator", "start", "end", "payments", "logged", "named", "lane")
TIES_HEADER = ("kind", "payer", "payee", "meetings", "payments")
LOOK_ALIKE = ("lesson", "freelance", "family", "friend", "honest")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a scenario is. None for messages, payments or log-ins: as many as the ties bring by themselves."""

    buyers: int = week.BUYERS
    sellers: int = week.SELLERS
    messages: int | None = week.MESSAGES
    payments: int | None = week.PAYMENTS
    logins: int | None = week.LOGINS
    reports: int = week.REPORTS

    def check(self) -> None:
        """Raises CheckUsage for a negative number or a scenario without people."""
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None and value < 0:
                raise CheckUsage(f"{name} must not be negative")
        if not self.buyers or not self.sellers:
            raise CheckUsage("the scenario needs at least one buyer and one seller")


def action_week(
    out: Path, seed: int, size: Size | None = None, difficulty: str = "middle", progress: Progress | None = None
) -> dict[str, int]:
    """Writes `out/inbox` and `out/truth`; returns how many of each thing were written. Same arguments, same bytes.

    `truth/week_sessions.csv` has each session with payer, recipient, arranger, start and end in UTC, its payments, and
    whether a call log (`logged`) or the chat (`named`) shows its call; `lane` is safeguarding where the recipient
    is under age. `truth/ties.csv` has every tie with its kind. Raises CheckUsage and FreeSpace as `simulate` does.
    """
    size = size or Size()
    size.check()
    level = week.week_level(difficulty)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CheckUsage(f"{out} is not an empty folder")
    try:
        return _Week(out, seed, size, level, progress).make(difficulty)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise FreeSpace(f"the disk is full: {out} is not complete") from error
        raise


class _Week:
    """One scenario while it is made."""

    def __init__(self, out: Path, seed: int, size: Size, level: week.WeekLevel, progress: Progress | None) -> None:
        self._seed, self._size, self._level, self._told = seed, size, level, progress
        self._inbox, self._folder = out / "inbox", out / "truth"
        self._inbox.mkdir(parents=True, exist_ok=True)
        self._truth = Truth(self._folder)
        self._people = Population(seed, 4 * size.buyers + 3 * size.sellers + size.reports, level.people)
        self._dice = Dice(seed, "week")
        self._minors: set[int] = set()

    def make(self, difficulty: str) -> dict[str, int]:
        """Everything, in an order in which no part changes another."""
        size, seed = self._size, self._seed
        desk = Desk(seed, size.reports, self._people, self._level.people)
        reported = desk.staff(size.buyers // 20, max(1, round(size.sellers * week.GONE_SELLERS)))
        sellers = self._cast("seller", size.sellers, reported)
        buyers = self._cast("buyer", size.buyers, reported)
        arrangers = self._cast("facilitator", max(1, size.sellers // 4), [])
        minors = self._young(max(4, round(size.sellers * week.MINOR_SHARE)))
        trade = Trade(seed, self._people, self._level)
        trade.open(buyers, sellers, arrangers, minors)
        deliveries = Deliveries(seed, self._inbox, self._truth)
        counts = dict(deliveries.write(desk, lambda done: self._progress("reports", done, size.reports)))
        clocks = files.Clocks(seed, self._level)
        counts.update(self._chats(trade.ties))
        counts["payments"] = self._payments(trade.ties, clocks)
        rows = files.calls(trade.ties, self._people, clocks, Dice(seed, "week-calls"), self._level)
        counts["calls"] = files.write_calls(self._inbox / "records" / "calls.csv", rows)
        wanted = size.logins if size.logins is not None else 2 * sum(len(tie.meetings) for tie in trade.ties)
        logins = files.logins(trade.ties, self._people, wanted, Dice(seed, "week-logins"))
        counts["logins"] = files.write_logins(self._inbox / "records" / "logins.csv", logins)
        holders = files.subscribers(self._people.actors, self._minors, Dice(seed, "week-holders"))
        counts["subscribers"] = files.write_subscribers(self._inbox / "records" / "subscribers.csv", holders)
        watched = [seller for seller in sellers if seller not in reported and self._dice.chance(week.GONE_SELLERS / 2)]
        path = self._inbox / "references" / "watch-list.csv"
        counts["watch_entries"] = files.write_watch(path, watched, Dice(seed, "week-watch"))
        counts["sessions"] = self._write_truth(trade.ties)
        for actor in self._people.actors:
            for account in actor.accounts:
                self._truth.account(account, "esp-id")
        counts["actors"] = len(self._people.actors)
        self._truth.close(
            {
                "scenario": "action-week",
                "parameters": {**asdict(size), "seed": seed, "difficulty": difficulty},
                "counts": counts,
                "as_of": utc(WORLD_END),
                "minors": sorted(f"actor-{number:07d}" for number in self._minors),
            }
        )
        return counts

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._told is not None:
            self._told(stage, done, total)

    def _cast(self, role: str, count: int, reported: list[Actor]) -> list[Actor]:
        found = [actor for actor in reported if actor.role == role][:count]
        while len(found) < count:
            actor = self._people.new()
            actor.role, actor.danger = role, actor_latent(role, self._dice)
            found.append(actor)
        return found

    def _young(self, count: int) -> list[Actor]:
        """Recipients who are under age, as a service's record of their birth day says."""
        found = []
        for _ in range(count):
            actor = self._people.new()
            actor.born = calendar(WORLD_END // DAY - 366 * (10 + self._dice.below(6)))
            self._minors.add(actor.number)
            found.append(actor)
        return found

    def _chats(self, ties: list[Tie]) -> dict[str, int]:
        chats = files.Chats(self._seed, self._inbox / "chats", self._level)
        talker = Talker(self._seed, self._level)
        kept = self._level.exported * (1 - self._level.deleted)
        ordinary = sum(map(_ordinary, ties)) * kept
        around = 7.5 * kept * sum(len(tie.meetings) for tie in ties)
        wanted, factor = self._size.messages, 1.0
        for done, tie in enumerate(ties):
            if wanted is not None and not done % 200:
                # Chats come out shorter or longer than expected: what is left to write sets those that follow.
                factor = max(0.02, (wanted - chats.written["messages"] - around) / max(ordinary, 1.0))
            ordinary -= _ordinary(tie) * kept
            around -= 7.5 * kept * len(tie.meetings)
            owner = chats.owner_of(tie)
            lines = talker.chat(tie, factor)
            if owner is None or not lines:
                continue
            ends = [self._people.account(actor, tie.platform) for actor in (tie.payer, tie.payee)]
            if owner is tie.payee:
                ends.reverse()
                lines = [line._replace(side=1 - line.side) for line in lines]
            chats.add(Conversation(tie.platform, ends, tie.begin), lines)
            if not done % 500:
                self._progress("messages", done, len(ties))
        chats.close()
        return chats.written

    def _payments(self, ties: list[Tie], clocks: files.Clocks) -> int:
        payments = [paid for tie in ties for paid in tie.payments]
        if self._size.payments is not None:
            payments.extend(self._strangers(self._size.payments - len(payments)))
        payments.sort(key=lambda paid: (paid.at, paid.reference))
        return files.write_payments(self._inbox / "payments", payments, clocks, Dice(self._seed, "week-again"))

    def _strangers(self, count: int) -> list[Paid]:
        """Payments between people who have nothing to do with the action."""
        dice, found = Dice(self._seed, "week-strangers"), []
        people = [self._people.new() for _ in range(max(2, count // 12))] if count > 0 else []
        for number in range(max(0, count)):
            provider = dice.pick((REMIT, WALLET, BANK))
            payer, payee = people[dice.below(len(people))], people[int(len(people) * dice.unit() ** 2)]
            ends = self._people.account(payer, provider), self._people.account(payee, provider)
            reference = f"{provider.slug[:2].upper()}{number * 6_700_417 % 10_000_019:08d}{dice.below(100):02d}S"
            at = START + dice.below(WORLD_END - START - DAY)
            amount = 5.0 * round(dice.lognormal(60.0, 0.9) * payer.country.rate / 5) or 5.0
            found.append(Paid(reference, at, amount, provider.service, "completed", *ends, True))
        return found

    def _write_truth(self, ties: list[Tie]) -> int:
        count = 0
        with (
            (self._folder / "week_sessions.csv").open("w", encoding="utf-8", newline="") as sessions,
            (self._folder / "ties.csv").open("w", encoding="utf-8", newline="") as pairs,
        ):
            rows, kinds = csv.writer(sessions, lineterminator="\n"), csv.writer(pairs, lineterminator="\n")
            rows.writerow(SESSIONS_HEADER)
            kinds.writerow(TIES_HEADER)
            for tie in ties:
                kinds.writerow((tie.kind, tie.payer.key, tie.payee.key, len(tie.meetings), len(tie.payments)))
                if tie.seller is None:
                    continue
                facilitator = "" if tie.payee is tie.seller else tie.payee.key
                lane = "safeguarding" if tie.kind == "minor" else ""
                for meeting in tie.meetings:
                    references = " ".join(paid.reference for paid in meeting.paid)
                    times = (utc(meeting.start), utc(meeting.end))
                    facts = (references, int(meeting.logged), int(meeting.named), lane)
                    rows.writerow((tie.payer.key, tie.seller.key, facilitator, *times, *facts))
                    count += 1
        return count


def _ordinary(tie: Tie) -> float:
    """How many messages of ordinary exchanges are to be expected of a tie."""
    return tie.bursts * (tie.finish - tie.begin) / DAY * (BURST + 1)
