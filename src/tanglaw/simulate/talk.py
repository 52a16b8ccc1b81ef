"""Small talk between two accounts, with selectors in some messages and appointments around sessions.

Buyers, pupils and their counterparts use the same sentences: what is said does not tell who is who.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tanglaw.simulate import coins, spelling
from tanglaw.simulate.clock import DAY, WORLD_END
from tanglaw.simulate.dice import Dice, Weighted
from tanglaw.simulate.people import Account, Actor
from tanglaw.simulate.platforms import Platform
from tanglaw.simulate.trade import Session
from tanglaw.simulate.words import AFTER_PAYING, BEFORE_MEETING, GIVE, SMALL_TALK, THANKS

PLANTED = 0.035  # share of messages that carry a selector
_KINDS = Weighted(
    ("email", "email-apart", "phone", "handle", "url", "coin", "iban", "reference"),
    (0.2, 0.03, 0.27, 0.2, 0.14, 0.07, 0.04, 0.05),
)
_LONG_PAUSE = 0.06


class Plant(NamedTuple):
    """A selector in a text: type, normal form, as written, and where it stands in code points."""

    type: str
    value: str
    original: str
    start: int
    end: int


class Message(NamedTuple):
    """One message. `side` 0 is the owner of the export; `kind` is message or call."""

    at: int
    side: int
    text: str
    plant: Plant | None
    kind: str
    seconds: int


@dataclass(slots=True)
class Conversation:
    """Two or more accounts that talk; the first is the owner of the export."""

    platform: Platform
    members: list[Account]
    start: int
    sessions: list[Session] = field(default_factory=list)

    @property
    def owner(self) -> Account:
        """Whose device or account was exported."""
        return self.members[0]


class Talker:
    """Draws the messages of conversations."""

    def __init__(self, seed: int) -> None:
        self._dice = Dice(seed, "talk")

    def idle(self, conversation: Conversation, count: int) -> list[Message]:
        """Small talk of that many messages from the start of the conversation."""
        dice, sides = self._dice, len(conversation.members)
        unit, pick = dice.unit, dice.pick
        at, side, messages = conversation.start, 0, []
        for _ in range(count):
            turn = unit()
            at += int(20 + 200 * unit()) if turn > _LONG_PAUSE else int(3_600 + 90_000 * unit())
            at = min(at, WORLD_END - 60)
            if turn < 0.7:
                side = int(unit() * sides)
            if turn > 1 - PLANTED:
                messages.append(self._planting(at, side, conversation.members[side].holder))
            elif 0.5 < turn < 0.502 and sides == 2:
                messages.append(Message(at, side, "", None, "call", int(unit() * 900)))
            else:
                messages.append(Message(at, side, pick(SMALL_TALK), None, "message", 0))
        return messages

    def appointments(self, conversation: Conversation, limit: int) -> list[Message]:
        """Messages around the conversation's sessions, at most `limit`, in the order of time.

        The owner and the other are the payer and the paid, in either order.
        """
        messages: list[Message] = []
        for session in conversation.sessions:
            if len(messages) >= limit:
                break
            messages.extend(self._around(conversation, session))
        messages.sort(key=lambda message: message.at)
        return messages[:limit]

    def _around(self, conversation: Conversation, session: Session) -> list[Message]:
        dice = self._dice
        payer = 0 if conversation.members[0].holder is session.buyer else 1
        hour = f"{session.start // 3_600 % 24}:{session.start // 60 % 60:02d}"
        at = session.start - 600 - dice.below(9_000)
        messages = []
        for _ in range(1 + dice.below(3)):
            at += 20 + dice.below(200)
            text = dice.pick(BEFORE_MEETING).format(hour=hour) if dice.chance(0.5) else dice.pick(SMALL_TALK)
            messages.append(Message(at, dice.below(2), text, None, "message", 0))
        if dice.chance(0.5):
            reference = dice.pick(session.references)
            template = dice.pick(AFTER_PAYING)
            at += 30 + dice.below(120)
            messages.append(Message(at, payer, *_filled(template, "reference", reference, reference), "message", 0))
            messages.append(Message(at + 60 + dice.below(600), 1 - payer, dice.pick(THANKS), None, "message", 0))
        if dice.chance(0.15):
            messages.append(self._planting(at + 5, payer, conversation.members[payer].holder))
        if dice.chance(0.5):
            messages.append(Message(session.start, payer, "", None, "call", session.end - session.start))
        if dice.chance(0.4):
            text = dice.pick(SMALL_TALK)
            messages.append(Message(session.end + 30 + dice.below(3_000), dice.below(2), text, None, "message", 0))
        return messages

    def _planting(self, at: int, side: int, speaker: Actor) -> Message:
        kind = _KINDS.draw(self._dice)
        given = self._value(kind, speaker)
        if given is None:
            return Message(at, side, self._dice.pick(SMALL_TALK), None, "message", 0)
        type_, value, original = given
        template = self._dice.pick(GIVE.get(kind) or GIVE[type_])
        key = "value"
        return Message(at, side, *_filled(template, type_, value, original, key), "message", 0)

    def _value(self, kind: str, speaker: Actor) -> tuple[str, str, str] | None:
        """Type, normal form and spelling of one of the speaker's own selectors."""
        dice = self._dice
        if kind in ("email", "email-apart"):
            address = dice.pick(speaker.emails)
            return "email", address, spelling.email_apart(address) if kind == "email-apart" else address
        if kind == "phone":
            if not speaker.phones:
                return None
            phone = dice.pick(speaker.phones)
            spell = spelling.national if dice.chance(0.5) else spelling.international
            return "phone", phone.e164, spell(phone, dice)
        if kind == "handle":
            name = dice.pick(speaker.accounts).handle if speaker.accounts else speaker.handle
            name = name.rstrip(".")
            return "handle", name.casefold(), f"@{name}"
        if kind == "url":
            url = f"https://www.example.com/{dice.pick(('map', 'times', 'menu', 'news'))}/{dice.digits(4)}"
            return "url", url, url
        if kind == "coin":
            speaker.wallet = speaker.wallet or coins.wallet(dice)
            return speaker.wallet[0], speaker.wallet[1], speaker.wallet[1]
        if kind == "iban":
            speaker.iban = speaker.iban or coins.bank_account(dice)
            grouped = " ".join(speaker.iban[i : i + 4] for i in range(0, len(speaker.iban), 4))
            return "iban", speaker.iban, grouped if dice.chance(0.5) else speaker.iban
        reference = f"NO{dice.digits(10)}"
        return "reference", reference, reference


def _filled(template: str, type_: str, value: str, original: str, key: str = "reference") -> tuple[str, Plant]:
    start = template.index(f"{{{key}}}")
    return template.replace(f"{{{key}}}", original), Plant(type_, value, original, start, start + len(original))


def recent(dice: Dice) -> int:
    """A start for a conversation, within the last year and a half."""
    return WORLD_END - int(dice.between(3, 540) * DAY)
