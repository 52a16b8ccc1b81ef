"""What two people write around their meetings and between them: neutral small talk, as messages in the order of time."""

from __future__ import annotations

import numpy as np

from tanglaw.simulate.clock import WORLD_END
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.talk import Message
from tanglaw.simulate.week import figures as week
from tanglaw.simulate.week.ties import Meeting, Paid, Tie
from tanglaw.simulate.words import BEFORE_MEETING, SMALL_TALK, THANKS

_DAY = 86_400
BURST = 8.5  # messages of an ordinary exchange
_PAUSED = 0.15  # ordinary exchanges with a pause inside
_QUOTE = ("reference {reference}", "it is sent, reference {reference}", "the number is {reference}")
_SUM = ("I sent {amount}", "{amount} is on its way", "{amount} as usual")
# How often the two speak of a payment: what is said does not tell who is who.
_QUOTES = {"session": 1.0, "minor": 1.0, "lesson": 0.6, "freelance": 0.8, "family": 1.0, "honest": 1.0, "forward": 1.0}


class Talker:
    """Draws the chats of ties. Side 0 is the payer."""

    def __init__(self, seed: int, level: week.WeekLevel) -> None:
        self._dice = Dice(seed, "week-talk")
        self._level = level

    def chat(self, tie: Tie, factor: float) -> list[Message]:
        """All messages of a tie that were not deleted; `factor` scales the ordinary exchanges."""
        messages = self._idle(tie, factor)
        for meeting in tie.meetings:
            self._around(messages, tie, meeting)
        quotes = _QUOTES.get(tie.kind, 0.0)
        for paid in tie.payments:
            self._quote(messages, paid, quotes)
        kept, deleted, unit = [], self._level.deleted, self._dice.unit
        messages.sort(key=lambda message: message.at)
        for message in messages:
            if unit() >= deleted and message.at < WORLD_END:
                kept.append(message)
        return kept

    def _idle(self, tie: Tie, factor: float) -> list[Message]:
        rng, span = self._dice.rng, max(tie.finish - tie.begin, _DAY)
        bursts = int(rng.poisson(tie.bursts * factor * span / _DAY))
        if not bursts:
            return []
        starts = tie.begin + (rng.random(bursts) * span).astype(np.int64)
        sizes = 2 + rng.geometric(1 / (BURST - 1), bursts)
        gaps = (12 + rng.exponential(70.0, int(sizes.sum()))).astype(np.int64)
        firsts = np.cumsum(sizes) - sizes
        paused = rng.random(bursts) < _PAUSED
        within = firsts + (rng.random(bursts) * sizes).astype(np.int64)
        gaps[within[paused]] += (480 + rng.random(int(paused.sum())) * 4_900).astype(np.int64)
        run = np.cumsum(gaps)
        before = np.repeat(run[firsts] - gaps[firsts], sizes)
        times = (np.repeat(starts, sizes) + run - before).tolist()
        sides = (rng.random(len(times)) < 0.5).astype(np.int64).tolist()
        texts = rng.integers(0, len(SMALL_TALK), len(times)).tolist()
        return [
            Message(at, side, SMALL_TALK[text], None, "message", 0)
            for at, side, text in zip(times, sides, texts, strict=True)
        ]

    def _around(self, messages: list[Message], tie: Tie, meeting: Meeting) -> None:
        """What is said before and after a meeting, and the call itself where the chat names it."""
        dice = self._dice
        if meeting.named:
            caller = dice.below(2)
            messages.append(Message(meeting.start, caller, "", None, "call", meeting.end - meeting.start))
        if not dice.chance(self._level.talk * (1.0 if tie.kind in ("session", "minor") else 0.8)):
            return
        at = meeting.start - int(dice.lognormal(900.0, 0.8))
        hour = f"{meeting.start // 3_600 % 24}:{meeting.start // 60 % 60:02d}"
        for _ in range(3 + dice.geometric(4.0)):
            at += 15 + int(-60 * np.log(1 - dice.unit()))
            if at >= meeting.start - 5:
                break
            text = dice.pick(BEFORE_MEETING).format(hour=hour) if dice.chance(0.2) else dice.pick(SMALL_TALK)
            messages.append(Message(at, dice.below(2), text, None, "message", 0))
        at = meeting.end
        if dice.chance(0.65):
            for _ in range(1 + dice.geometric(1.5)):
                at += 20 + int(dice.lognormal(150.0, 1.0))
                messages.append(Message(at, dice.below(2), dice.pick(SMALL_TALK), None, "message", 0))

    def _quote(self, messages: list[Message], paid: Paid, often: float) -> None:
        dice = self._dice
        if dice.chance(week.QUOTED_REFERENCE * often):
            text = dice.pick(_QUOTE).format(reference=paid.reference)
        elif dice.chance(week.QUOTED_AMOUNT * often):
            text = dice.pick(_SUM).format(amount=f"{paid.amount:g}")
        else:
            return
        at = paid.at + 20 + int(dice.lognormal(300.0, 1.0))
        messages.append(Message(at, 0, text, None, "message", 0))
        if dice.chance(0.6):
            messages.append(Message(at + 30 + dice.below(900), 1, dice.pick(THANKS), None, "message", 0))
