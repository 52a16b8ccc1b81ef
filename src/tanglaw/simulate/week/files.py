"""Writes the scenario's chats, payments, calls, log-ins, subscribers and watch list in files of the real formats."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tanglaw.simulate import chat_files, spelling
from tanglaw.simulate.clock import DAY, WORLD_END, iso, utc
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.people import Account, Actor, Population
from tanglaw.simulate.platforms import BANK, DISCORD, PROVIDERS, REMIT, REPORTING, TELEGRAM, WALLET
from tanglaw.simulate.tabular import CALLS_HEADER, LOGINS_HEADER, PAYMENTS_HEADER, SUBSCRIBERS_HEADER, write_rows
from tanglaw.simulate.talk import Conversation, Message
from tanglaw.simulate.week import figures as week
from tanglaw.simulate.week.ties import Paid, Tie

_DEVICE_HEADER = ("service", "sender", "receiver", "time", "text", "what")
_MAPPING = """# Messages as a phone's extraction lists them{note}.
kind = "messages"
title = "Messages of a phone"
dates = ["iso"]

[match]
columns = ["service", "sender", "receiver", "time", "text", "what"]
exact = true

[columns]
service = "platform"
sender = "sender.esp-id"
receiver = "recipient.esp-id"
time = "sent_at"
text = "text"
what = "kind"
"""
_WATCH_HEADER = ("type", "value", "case_number", "placed_by", "expires_at", "note")


class Clocks:
    """How far each provider's clock is off, in seconds."""

    def __init__(self, seed: int, level: week.WeekLevel) -> None:
        dice = Dice(seed, "week-clocks")
        self.of = {platform.slug: int(60 * level.skew * dice.normal()) for platform in (REMIT, WALLET, BANK)}
        self.calls = int(60 * level.skew * dice.normal())


class Chats:
    """Writes chats owner by owner: Telegram exports, Discord channels, and tables of phones for the rest."""

    def __init__(self, seed: int, folder: Path, level: week.WeekLevel) -> None:
        self._dice = Dice(seed, "week-files")
        self._folder, self._level = folder, level
        self.written = {"messages": 0, "conversations": 0, "chat_files": 0}
        self._owners: dict[int, list[tuple[Conversation, list[Message]]]] = {}
        self._account: dict[int, Account] = {}

    def owner_of(self, tie: Tie) -> Actor | None:
        """Whose device or account the chat comes from; None if nobody's was exported."""
        if not self._dice.chance(self._level.exported):
            return None
        return tie.payee if tie.kind in ("session", "minor", "forward") and self._dice.chance(0.6) else tie.payer

    def add(self, conversation: Conversation, lines: list[Message]) -> None:
        """One chat; its first member is the owner, and side 0."""
        self.written["messages"] += len(lines)
        self.written["conversations"] += 1
        if conversation.platform is TELEGRAM:
            self._owners.setdefault(conversation.owner.holder.number, []).append((conversation, lines))
        elif conversation.platform is DISCORD:
            channel = self._dice.digits(18)
            parts = chat_files.discord_channel(conversation, lines, channel)
            self._file(f"discord/channel-{self.written['chat_files'] + 1:06d}.json", parts)
        else:
            self._phone(conversation, lines)

    def close(self) -> None:
        """Write the exports of whole Telegram accounts."""
        for chats in self._owners.values():
            head, tail = chat_files.telegram_full(chats[0][0].owner)
            self._file(
                f"telegram/DataExport_{self.written['chat_files'] + 1:06d}/result.json", _full(head, chats, tail)
            )
        self._owners.clear()

    def _phone(self, conversation: Conversation, lines: list[Message]) -> None:
        dice, offset = self._dice, 0
        zoneless = dice.chance(self._level.zoneless / 0.2)
        if zoneless:
            offset = conversation.owner.holder.country.offset * 3_600
        name = f"phones/{self.written['chat_files'] + 1:06d}.csv"
        ends = [account.identifier for account in conversation.members]
        rows = (
            (
                conversation.platform.service,
                ends[message.side],
                ends[1 - message.side],
                iso(message.at + offset).replace("T", " ") if zoneless else utc(message.at),
                message.text if message.kind == "message" else f"Video call, {message.seconds // 60} min",
                message.kind,
            )
            for message in lines
        )
        self.written["chat_files"] += 1
        write_rows(self._folder / name, _DEVICE_HEADER, rows)
        note = ", in local time without zone" if zoneless else ""
        (self._folder / f"{name}.mapping.toml").write_text(_MAPPING.format(note=note), encoding="utf-8")

    def _file(self, name: str, parts: Iterable[str]) -> None:
        self.written["chat_files"] += 1
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="", buffering=1 << 18) as file:
            file.writelines(parts)


def _full(head: str, chats: list[tuple[Conversation, list[Message]]], tail: str) -> Iterator[str]:
    yield head
    for place, (conversation, lines) in enumerate(chats):
        yield ",\n" if place else ""
        yield from chat_files.telegram_chat(conversation, lines, 1 + place * 100_000, 0)
    yield tail


def write_payments(folder: Path, payments: Iterable[Paid], clocks: Clocks, dice: Dice) -> int:
    """One file per provider; what the provider did not give is left out. Some rows repeat in a second delivery."""
    count = 0
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = {
            platform.slug: csv.writer(
                stack.enter_context((folder / f"payments-{platform.slug}.csv").open("w", encoding="utf-8", newline="")),
                lineterminator="\n",
            )
            for platform in PROVIDERS
        }
        again = csv.writer(
            stack.enter_context((folder / "payments-second-delivery.csv").open("w", encoding="utf-8", newline="")),
            lineterminator="\n",
        )
        for writer in (*files.values(), again):
            writer.writerow(PAYMENTS_HEADER)
        for paid in payments:
            if not paid.known:
                continue
            row = _payment_row(paid, clocks)
            files[paid.sender.platform.slug].writerow(row)
            count += 1
            if dice.chance(0.02):
                again.writerow(row)
    return count


def _payment_row(paid: Paid, clocks: Clocks) -> tuple[object, ...]:
    payer, payee = paid.sender.holder, paid.receiver.holder
    return (
        paid.reference,
        utc(paid.at + clocks.of[paid.sender.platform.slug]),
        f"{paid.amount:.2f}",
        payer.country.currency,
        paid.sender.platform.esp,
        paid.sender.identifier,
        payer.name,
        paid.receiver.identifier,
        payee.name,
        paid.sender.platform.service,
        paid.status,
        "",
        payee.city,
    )


def calls(
    ties: list[Tie], people: Population, clocks: Clocks, dice: Dice, level: week.WeekLevel
) -> list[tuple[object, ...]]:
    """Call records of logged meetings, and short or missed ones that mean nothing."""
    rows: list[tuple[object, ...]] = []
    for tie in ties:
        host = tie.host or tie.payee
        for meeting in tie.meetings:
            if not meeting.logged:
                continue
            ends = [people.account(actor, tie.platform) for actor in (tie.payer, host)]
            caller, callee = ends if dice.chance(0.5) else (ends[1], ends[0])
            at = meeting.start + clocks.calls + (3_600 if dice.chance(level.wrong_zone / 4) else 0)
            rows.append(_call(len(rows), caller, callee, at, meeting.end - meeting.start, dice))
            if dice.chance(0.3):
                rows.append(_call(len(rows), callee, caller, at - dice.below(90_000), 0, dice))
    rows.sort(key=lambda row: (str(row[4]), str(row[0])))
    return rows


def _call(number: int, caller: Account, callee: Account, at: int, seconds: int, dice: Dice) -> tuple[object, ...]:
    outcome = "answered" if seconds else dice.pick(("missed", "declined"))
    names = (f"call-{number:07d}", caller.platform.service, caller.identifier, callee.identifier)
    return (*names, utc(at), seconds, "video" if dice.chance(0.8) else "audio", outcome)


def logins(ties: list[Tie], people: Population, wanted: int, dice: Dice) -> list[tuple[object, ...]]:
    """Log-ins near meetings on both sides, and ordinary ones of the same accounts until there are `wanted`."""
    rows: list[tuple[object, ...]] = []
    for tie in ties:
        for meeting in tie.meetings:
            for actor in (tie.payer, tie.host or tie.payee):
                if len(rows) < wanted and dice.chance(week.ONLINE * 0.5):
                    at = meeting.start - int(dice.lognormal(600.0, 1.0))
                    rows.append(_login(people.account(actor, tie.platform), at, people, dice))
    while len(rows) < wanted and ties:
        tie = ties[dice.below(len(ties))]
        actor = tie.payer if dice.chance(0.5) else tie.payee
        at = tie.begin + dice.below(max(tie.finish - tie.begin, DAY))
        rows.append(_login(people.account(actor, tie.platform), min(at, WORLD_END - 60), people, dice))
    rows.sort(key=lambda row: (str(row[5]), str(row[0])))
    return rows


def _login(account: Account, at: int, people: Population, dice: Dice) -> tuple[object, ...]:
    seen = people.network.see(account.holder.line, account.holder.vpn, at, dice)
    port = "" if dice.chance(0.2) else seen.port
    return (account.identifier, account.platform.service, "Login", seen.ip, port, utc(at))


def subscribers(actors: Iterable[Actor], minors: set[int], dice: Dice) -> Iterator[tuple[object, ...]]:
    """What services say about the holders of the accounts in the action."""
    for actor in actors:
        for account in actor.accounts:
            if not dice.chance(0.93) and actor.number not in minors:
                continue
            platform = account.platform
            yield (
                account.identifier,
                platform.esp if platform in PROVIDERS else platform.service,
                account.handle if platform in REPORTING else "",
                actor.name,
                actor.born if actor.number in minors or dice.chance(0.6) else "",
                account.email or "",
                spelling.international(account.phone, dice) if account.phone else "",
                "",
                actor.city,
                actor.country.code,
            )


def write_calls(path: Path, rows: list[tuple[object, ...]]) -> int:
    """`calls.csv`."""
    return write_rows(path, CALLS_HEADER, rows)


def write_logins(path: Path, rows: list[tuple[object, ...]]) -> int:
    """`logins.csv`."""
    return write_rows(path, LOGINS_HEADER, rows)


def write_subscribers(path: Path, rows: Iterable[tuple[object, ...]]) -> int:
    """`subscribers.csv`."""
    return write_rows(path, SUBSCRIBERS_HEADER, rows)


def write_watch(path: Path, actors: Iterable[Actor], dice: Dice) -> int:
    """The watch list: an e-mail of each of these people."""
    rows = [
        (
            "email",
            a.emails[0],
            f"EX-2026-{100 + dice.below(900)}",
            f"unit {1 + dice.below(9)}",
            utc(WORLD_END + 400 * DAY),
            "named in an open case",
        )
        for a in actors
    ]
    return write_rows(path, _WATCH_HEADER, rows)
