"""Writes payments, log-ins, calls and subscribers as CSV files with the headers that partners agreed on."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tanglaw.simulate import spelling
from tanglaw.simulate.clock import DAY, WORLD_END, iso, utc
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.figures import Level
from tanglaw.simulate.people import Account, Actor, Population
from tanglaw.simulate.platforms import PROVIDERS, REPORTING, TELEGRAM, WHATSAPP
from tanglaw.simulate.trade import Session, Trade
from tanglaw.simulate.truth import Truth

PAYMENTS_HEADER = (
    *("reference", "paid_at", "amount", "currency", "sender_provider", "sender_account", "sender_name"),
    *("receiver_account", "receiver_name", "method", "status", "purpose", "payout_place"),
)
LOGINS_HEADER = ("account", "platform", "event", "ip", "port", "at")
CALLS_HEADER = ("call_id", "platform", "caller", "callee", "started_at", "seconds", "kind", "outcome")
RETURNS_HEADER = (*LOGINS_HEADER, "device", "device_kind")
SUBSCRIBERS_HEADER = (
    *("account", "platform", "handle", "full_name", "date_of_birth", "email", "phone", "address", "city", "country"),
)
# Share of accounts whose holder a service states: payment services must know their customers (FATF
# recommendations 10 and 16 [K]), other services state what they have when asked [A].
_HOLDER_KNOWN, _PAYER_KNOWN = 0.3, 0.85
_LOGINS_KNOWN, _PAYER_LOGINS_KNOWN = 0.4, 0.8  # share of accounts whose log-ins a service returns [A]


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """A CSV file; how many rows it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_payments(folder: Path, trade: Trade, truth: Truth) -> int:
    """One file per provider, in the order of time."""
    with ExitStack() as stack:
        writers = {}
        for provider in PROVIDERS:
            path = folder / f"payments-{provider.slug}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            writers[provider] = csv.writer(
                stack.enter_context(path.open("w", encoding="utf-8", newline="")), lineterminator="\n"
            )
            writers[provider].writerow(PAYMENTS_HEADER)
        for payment in trade.payments:
            sender, receiver = payment.sender, payment.receiver
            truth.account(sender, "account-number")
            truth.account(receiver, "account-number")
            truth.payment(payment)
            writers[sender.platform].writerow(
                (
                    payment.reference,
                    utc(payment.at),
                    f"{payment.amount:.2f}",
                    sender.holder.country.currency,
                    sender.platform.esp,
                    sender.identifier,
                    sender.holder.name,
                    receiver.identifier,
                    receiver.holder.name,
                    sender.platform.service,
                    payment.status,
                    payment.purpose,
                    receiver.holder.city,
                )
            )
    return len(trade.payments)


class Records:
    """Log-ins, calls and subscribers around the sessions and the reported accounts."""

    def __init__(self, seed: int, people: Population, level: Level, truth: Truth) -> None:
        self._dice = Dice(seed, "records")
        self._people = people
        self._level = level
        self._truth = truth

    def logins(self, trade: Trade, reported: list[Actor]) -> list[tuple[object, ...]]:
        """Log-ins near sessions, seen by both sides' services, and ordinary ones of reported accounts."""
        rows: list[tuple[object, ...]] = []
        for session in trade.sessions:
            for actor in (session.buyer, session.seller):
                if self._dice.chance(0.45):
                    account = self._people.account(actor, session.platform)
                    rows.append(self._login(account, session.start - self._dice.below(1_800)))
        for actor in reported:
            for account in actor.accounts:
                if account.platform in REPORTING and self._dice.chance(0.1):
                    rows.append(self._login(account, account.created + self._dice.below(60 * 86_400)))
        rows.sort(key=lambda row: (str(row[5]), str(row[0])))
        return rows

    def returns(self, actors: Iterable[Actor]) -> Iterable[tuple[object, ...]]:
        """Log-ins with their device, as services return them for payment and chat accounts when asked."""
        dice = self._dice
        for actor in actors:
            for account in actor.accounts:
                if account.platform in REPORTING and account.platform is not WHATSAPP:
                    continue
                if not dice.chance(_PAYER_LOGINS_KNOWN if account.platform in PROVIDERS else _LOGINS_KNOWN):
                    continue
                for _ in range(1 + min(6, dice.geometric(1.5))):
                    kind, device = account.device if dice.chance(0.7 / self._level.missing**0.5) else ("", "")
                    yield (*self._login(account, WORLD_END - dice.below(120 * DAY) - 3_600), device, kind)

    def _login(self, account: Account, at: int) -> tuple[object, ...]:
        dice, holder = self._dice, account.holder
        seen = self._people.network.see(holder.line, holder.vpn, at, dice)
        self._truth.account(account, "esp-id")
        event = "Login" if dice.chance(0.9) else "Registration"
        port = "" if dice.chance(0.3 * self._level.missing) else seen.port
        service = account.platform.esp if account.platform in PROVIDERS else account.platform.service
        return (account.identifier, service, event, seen.ip, port, utc(at))

    def calls(self, sessions: list[Session]) -> list[tuple[object, ...]]:
        """Calls of some sessions, and short ones that mean nothing."""
        rows: list[tuple[object, ...]] = []
        for session in sessions:
            if session.platform not in (TELEGRAM, WHATSAPP) or not self._dice.chance(0.35):
                continue
            caller, callee = (self._people.account(a, session.platform) for a in (session.buyer, session.seller))
            rows.append(self._call(len(rows), caller, callee, session.start, session.end - session.start))
            if self._dice.chance(0.3):
                rows.append(self._call(len(rows), callee, caller, session.start - self._dice.below(90_000), 0))
        rows.sort(key=lambda row: (str(row[4]), str(row[0])))
        return rows

    def _call(self, number: int, caller: Account, callee: Account, at: int, seconds: int) -> tuple[object, ...]:
        dice = self._dice
        self._truth.account(caller, "esp-id")
        self._truth.account(callee, "esp-id")
        kind = "video" if dice.chance(0.7) else "audio"
        outcome = "answered" if seconds else dice.pick(("missed", "declined"))
        return (
            f"call-{number:07d}",
            caller.platform.service,
            caller.identifier,
            callee.identifier,
            utc(at),
            seconds,
            kind,
            outcome,
        )

    def subscribers(self, actors: Iterable[Actor]) -> Iterable[tuple[object, ...]]:
        """What services say about the holders of some accounts."""
        dice = self._dice
        for actor in actors:
            for account in actor.accounts:
                if not dice.chance(_PAYER_KNOWN if account.platform in PROVIDERS else _HOLDER_KNOWN):
                    continue
                self._truth.account(account, "esp-id")
                phone = spelling.international(account.phone, dice) if account.phone else ""
                yield (
                    account.identifier,
                    account.platform.service if account.platform in REPORTING else account.platform.esp,
                    account.handle,
                    actor.name,
                    actor.born if dice.chance(0.7) else "",
                    account.email or "",
                    phone,
                    actor.street if dice.chance(0.6) else "",
                    actor.city,
                    actor.country.code,
                )


def unmapped_table(path: Path, dice: Dice) -> None:
    """A small table whose header no built-in mapping knows."""
    rows = [(iso(1_780_000_000 + i * 86_400)[:10], f"row {i}", dice.below(90)) for i in range(12)]
    write_rows(path, ("day of entry", "what", "how many"), rows)
