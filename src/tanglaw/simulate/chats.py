"""Plans which conversations were exported, by whom and in which format, and writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tanglaw.simulate import chat_files
from tanglaw.simulate.danger import actor_latent
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.figures import Level
from tanglaw.simulate.people import Account, Actor, Population
from tanglaw.simulate.platforms import CHATS, DISCORD, TELEGRAM, WHATSAPP, Platform
from tanglaw.simulate.talk import Conversation, Message, Talker, recent
from tanglaw.simulate.trade import Session, Trade
from tanglaw.simulate.truth import Truth

_ARRANGED = 0.45  # most messages that may be spent on appointments, of all
_BOTH_SIDES = 0.05
_REPORTED_OWNER = 0.3
_LONGEST = 4_000


class Chats:
    """Writes `messages` different messages; chats exported by both sides repeat theirs on top."""

    def __init__(self, seed: int, people: Population, level: Level, folder: Path, truth: Truth) -> None:
        self._dice = Dice(seed, "chats")
        self._people = people
        self._level = level
        self._folder = folder
        self._truth = truth
        self._talker = Talker(seed)
        self._names: dict[str, int] = {}
        self.written = {"messages": 0, "copies": 0, "conversations": 0, "chat_files": 0}
        self._left = 0
        self._progress: Callable[[int], None] | None = None

    def write(
        self, messages: int, trade: Trade, reported: list[Actor], progress: Callable[[int], None] | None = None
    ) -> dict[str, int]:
        """Appointments first, then small talk of anybody until all messages are written."""
        self._left, self._progress = messages, progress
        floor = int(messages * (1 - _ARRANGED))
        for conversation in self._arranged(trade):
            if self._left <= floor:
                break
            lines = self._talker.appointments(conversation, self._left - floor)
            if lines:
                self._deliver(conversation, lines)
        while self._left > 0:
            self._background(reported)
        return self.written

    def _arranged(self, trade: Trade) -> Iterable[Conversation]:
        """Conversations of those who meet, each owned by one of the two; some pairs were never exported."""
        dice = self._dice
        pairs: dict[tuple[int, int, str], list[Session]] = {}
        for session in trade.sessions:
            paid = session.arranger or session.seller
            pairs.setdefault((session.buyer.number, paid.number, session.platform.slug), []).append(session)
        keys = list(pairs)
        for place in dice.rng.permutation(len(keys)).tolist():
            if not dice.chance(self._level.evidence):
                continue
            sessions = pairs[keys[place]]
            platform = sessions[0].platform
            buyer = self._people.account(sessions[0].buyer, platform)
            contact = self._people.account(sessions[0].arranger or sessions[0].seller, platform)
            members = [buyer, contact] if dice.chance(0.5) else [contact, buyer]
            yield Conversation(platform, members, sessions[0].start, sessions)

    def _background(self, reported: list[Actor]) -> None:
        """One owner's export: several chats in one Telegram file, else one file per chat."""
        dice, platform = self._dice, CHATS.draw(self._dice)
        known = reported and dice.chance(_REPORTED_OWNER)
        owner = self._people.account(dice.pick(reported) if known else self._stranger(), platform)
        chats: list[tuple[Conversation, list[Message]]] = []
        for _ in range(1 + dice.geometric(5.0)):
            if self._left <= 0:
                break
            group = platform is DISCORD and dice.chance(0.3)
            members = [owner, *self._contacts(owner, platform, 3 + dice.below(9) if group else 1)]
            conversation = Conversation(platform, members, recent(dice))
            count = min(self._left, _LONGEST, 3 + int(dice.lognormal(70.0, 1.1)))
            lines = self._talker.idle(conversation, count)
            if platform is TELEGRAM:
                self._count(lines)
                chats.append((conversation, lines))
            else:
                self._deliver(conversation, lines)
        if chats:
            self._telegram_full(owner, chats)

    def _stranger(self) -> Actor:
        actor = self._people.new()
        actor.danger = actor_latent("none", self._dice)
        return actor

    def _contacts(self, owner: Account, platform: Platform, count: int) -> list[Account]:
        dice = self._dice
        found: list[Account] = []
        for _ in range(count):
            known = len(self._people.actors) > 50 and dice.chance(0.6)
            actor = dice.pick(self._people.actors) if known else self._stranger()
            account = self._people.account(actor, platform)
            if account is not owner and account not in found:
                found.append(account)
        return found or [self._people.account(self._stranger(), platform)]

    def _count(self, lines: list[Message]) -> None:
        self._left -= len(lines)
        self.written["messages"] += len(lines)
        self.written["conversations"] += 1
        if self._progress is not None:
            self._progress(self.written["messages"])

    def _deliver(self, conversation: Conversation, lines: list[Message]) -> None:
        self._count(lines)
        if conversation.platform is TELEGRAM:
            self._telegram_single(conversation, lines, 0)
            if self._dice.chance(_BOTH_SIDES):
                self._telegram_single(conversation, lines, 1)
        elif conversation.platform is WHATSAPP:
            self._whatsapp(conversation, lines)
        else:
            self._discord(conversation, lines)

    def _file(self, name: str, parts: Iterable[str]) -> str:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="", buffering=1 << 18) as file:
            file.writelines(parts)
        self.written["chat_files"] += 1
        return f"{self._folder.name}/{name}"

    def _plants(self, path: str, lines: list[Message], first: int) -> None:
        for index, message in enumerate(lines, first):
            if message.plant is not None:
                self._truth.selector(path, index, message.plant)

    def _telegram_single(self, conversation: Conversation, lines: list[Message], side: int) -> None:
        number = self.written["chat_files"] + 1
        parts = chat_files.telegram_chat(conversation, lines, 1 + self._dice.below(900), side)
        path = self._file(f"telegram/ChatExport_{number:06d}/result.json", parts)
        self._known(conversation, "esp-id")
        self._plants(path, lines, 0)
        self._truth.chat(path, "telegram", len(lines), bool(side))
        if side:
            self.written["copies"] += len(lines)

    def _telegram_full(self, owner: Account, chats: list[tuple[Conversation, list[Message]]]) -> None:
        number = self.written["chat_files"] + 1
        head, tail = chat_files.telegram_full(owner)

        def parts() -> Iterable[str]:
            yield head
            for place, (conversation, lines) in enumerate(chats):
                yield ",\n" if place else ""
                yield from chat_files.telegram_chat(conversation, lines, 1 + place * 10_000, 0)
            yield tail

        path = self._file(f"telegram/DataExport_{number:06d}/result.json", parts())
        first = 0
        for conversation, lines in chats:
            self._known(conversation, "esp-id")
            self._plants(path, lines, first)
            first += len(lines)
        self._truth.chat(path, "telegram", first, False)

    def _whatsapp(self, conversation: Conversation, lines: list[Message]) -> None:
        number = self.written["chat_files"] + 1
        names = [self._whatsapp_name(account, place > 0) for place, account in enumerate(conversation.members)]
        header = self._dice.pick(chat_files.WHATSAPP_HEADERS)
        parts = chat_files.whatsapp_text(conversation, lines, names, header)
        path = self._file(f"whatsapp/{number:06d}/WhatsApp Chat with {names[1]}.txt", parts)
        self._plants(path, lines, 1)
        self._truth.chat(path, "whatsapp", len(lines), False)

    def _whatsapp_name(self, account: Account, contact: bool) -> str:
        """How an export names an account: an unsaved contact by number, others by a name that nobody else has."""
        if contact and account.phone and account.identifier == account.phone.e164 and account.holder.number % 5 < 3:
            self._truth.account(account, "phone", account.phone.e164)
            return f"+{account.phone.calling} {account.phone.national}"
        name = account.holder.name
        if self._names.setdefault(name, account.holder.number) != account.holder.number:
            name = f"{name} {account.holder.number * 7_919 % 1_000_003}"
        self._truth.account(account, "name", name)
        return name

    def _discord(self, conversation: Conversation, lines: list[Message]) -> None:
        number = self.written["chat_files"] + 1
        channel = self._dice.digits(18)
        path = self._file(
            f"discord/channel-{number:06d}.json", chat_files.discord_channel(conversation, lines, channel)
        )
        self._known(conversation, "esp-id")
        self._plants(path, lines, 0)
        self._truth.chat(path, "discord", len(lines), False)

    def _known(self, conversation: Conversation, kind: str) -> None:
        for account in conversation.members:
            self._truth.account(account, kind)
