"""Ground truth of a world, written beside the inbox and never into it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, TextIO

from tanglaw.simulate.clock import utc
from tanglaw.simulate.danger import danger_of
from tanglaw.simulate.facts import Identity, Report
from tanglaw.simulate.people import Account, Actor
from tanglaw.simulate.trade import Payment, Session

ACCOUNTS_HEADER = ("platform", "identifier", "actor", "kind")
REPORTS_HEADER = (
    "report_number",
    "danger_true",
    "dangerous",
    "urgent_true",
    "actor",
    "group",
    "lane",
    "channel",
    "files",
    "received_at",
)
SESSIONS_HEADER = ("buyer", "seller", "facilitator", "start", "end", "payments")
PAYMENTS_HEADER = ("reference", "kind", "sender", "receiver")
SELECTORS_HEADER = ("path", "source_index", "type", "value", "original", "start", "end")
ACTORS_HEADER = ("actor", "country", "network")
SIGNS_HEADER = ("report_number", "sign")
MESSAGES_HEADER = ("path", "platform", "messages", "copy")


class Truth:
    """Open truth files. Identifiers stand as the files write them, handles and e-mails in lower case."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: list[TextIO] = []
        self._accounts: dict[tuple[str, str], None] = {}
        self._account_rows = self._open("accounts.csv", ACCOUNTS_HEADER)
        self._report_rows = self._open("reports.csv", REPORTS_HEADER)
        self._session_rows = self._open("sessions.csv", SESSIONS_HEADER)
        self._payment_rows = self._open("payments.csv", PAYMENTS_HEADER)
        self._selector_rows = self._open("selectors.csv", SELECTORS_HEADER)
        self._message_rows = self._open("messages.csv", MESSAGES_HEADER)
        self._actor_rows = self._open("actors.csv", ACTORS_HEADER)
        self._sign_rows = self._open("signs.csv", SIGNS_HEADER)

    def _open(self, name: str, header: tuple[str, ...]) -> Any:
        file = (self._folder / name).open("w", encoding="utf-8", newline="")
        self._files.append(file)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        return writer

    def account(self, account: Account, kind: str, identifier: str | None = None) -> None:
        """Whose account an identifier names; each is written once."""
        value = account.identifier if identifier is None else identifier
        key = (account.platform.slug, value)
        if key not in self._accounts:
            self._accounts[key] = None
            self._account_rows.writerow((*key, account.holder.key, kind))

    def actors(self, actors: list[Actor]) -> None:
        """Where each actor lives and how it reaches the net: fixed, dynamic or nat, or vpn beside any of them."""
        for actor in actors:
            self._actor_rows.writerow(actor.traits)

    def identity(self, identity: Identity) -> None:
        """The identifier under which a report states an account: the service's own, else the handle."""
        if identity.identifier is not None:
            self.account(identity.account, "esp-id", identity.identifier)
        elif identity.handle:
            self.account(identity.account, "handle", identity.handle.casefold())

    def report(self, report: Report) -> None:
        """One report with what is hidden about it."""
        for identity in (report.identity, report.recipient, report.child, *(other for _, other in report.linked)):
            if identity is not None:
                self.identity(identity)
        self.report_row(
            str(report.number),
            report.latent,
            (report.dangerous, report.urgent),
            (report.actor.key, report.group, report.lane, report.channel),
            (len(report.files), report.received),
        )
        for sign in report.signs():
            self.sign(str(report.number), sign)

    def report_row(
        self,
        number: str,
        latent: float,
        truths: tuple[bool, bool],
        names: tuple[str, str, str, str],
        counts: tuple[int, int],
    ) -> None:
        """A row of reports.csv: truths are dangerous and urgent, names actor, group, lane and channel."""
        dangerous, urgent = truths
        files, received = counts
        self._report_rows.writerow(
            (number, f"{danger_of(latent):.6f}", int(dangerous), int(urgent), *names, files, utc(received))
        )

    def sign(self, number: str, sign: str) -> None:
        """A sign of danger that the files hold on a report."""
        self._sign_rows.writerow((number, sign))

    def network_signs(self, watched: list[Actor], payments: list[Payment]) -> None:
        """Signs that no report states of itself: its actor is watched, or pays or is paid by a reported or watched one."""
        seen = {actor.number for actor in watched}
        paid: dict[int, Actor] = {}
        for payment in payments:
            if payment.status in ("rejected", "reversed"):
                continue
            for one, other in ((payment.sender, payment.receiver), (payment.receiver, payment.sender)):
                if other.holder.reported or other.holder.number in seen:
                    paid[one.holder.number] = one.holder
        for sign, actors in (("watched", watched), ("paid", list(paid.values()))):
            for actor in actors:
                for number in actor.reported:
                    self.sign(str(number), sign)

    def payment(self, payment: Payment) -> None:
        """What a payment was for."""
        row = (payment.reference, payment.kind, payment.sender.holder.key, payment.receiver.holder.key)
        self._payment_rows.writerow(row)

    def session(self, session: Session) -> None:
        """One session with its payments."""
        arranger = session.arranger.key if session.arranger else ""
        times = (utc(session.start), utc(session.end))
        row = (session.buyer.key, session.seller.key, arranger, *times, " ".join(session.references))
        self._session_rows.writerow(row)

    def selector(self, path: str, index: int, plant: tuple[str, str, str, int, int]) -> None:
        """A selector planted in the message at that place of a file: type, value, original, start, end."""
        self._selector_rows.writerow((path, index, *plant))

    def chat(self, path: str, platform: str, messages: int, copy: bool) -> None:
        """How many messages a chat file holds, and whether it repeats a chat of another file."""
        self._message_rows.writerow((path, platform, messages, int(copy)))

    def close(self, world: dict[str, Any]) -> None:
        """Writes `world.json` and ends all files."""
        for file in self._files:
            file.close()
        text = json.dumps(world, indent=2, sort_keys=True)
        (self._folder / "world.json").write_text(text + "\n", encoding="utf-8")
