"""Draws the reports of a world, one after the other, in the order in which they arrive."""

from __future__ import annotations

from collections.abc import Iterator

from tanglaw.simulate import figures, spelling
from tanglaw.simulate.clock import DAY, WORLD_END
from tanglaw.simulate.danger import Hidden, actor_latent, shows
from tanglaw.simulate.dice import Dice, Weighted, zeta
from tanglaw.simulate.facts import Event, FileFact, Identity, Report
from tanglaw.simulate.figures import Level
from tanglaw.simulate.material import Material, file_name
from tanglaw.simulate.people import Account, Actor, Population
from tanglaw.simulate.platforms import ESP_MIX, META, REPORTING
from tanglaw.simulate.words import NOTES, SMALL_TALK

FIRST_NUMBER = 700_000_000
_FILE_FLAGS = (("possibleSelfProduction", 0.02), ("infant", 0.008), ("violenceGore", 0.002))
_LANES = (
    ("minorToMinorInteraction", figures.MINOR_TO_MINOR),
    ("sextortion", figures.SEXTORTION),
    ("compromised", figures.COMPROMISED),
    ("generated", figures.GENERATED_FILE_REPORTS),
    ("spam", figures.SPAM),
)
_MEANINGS = ("Time of detection by an automated system", "Time of upload", "Newest reported post", None, None)
_DETAILS = Weighted(
    ("webPage", "chatIm", "email", "newsgroup", "onlineGaming", "cellPhone", "nonInternet", "peer2peer", ""),
    (0.3, 0.3, 0.08, 0.01, 0.04, 0.02, 0.01, 0.02, 0.22),
)
_EVENTS = Weighted(
    ("Login", "Registration", "Upload", "Other", "Unknown", "Purchase"), (0.5, 0.2, 0.2, 0.05, 0.03, 0.02)
)


class Desk:
    """Draws reports. Make the actors with `staff` first; then `reports` yields each report once."""

    def __init__(self, seed: int, count: int, people: Population, level: Level) -> None:
        self.count = count
        self.days = max(2, min(14, count // 150))
        self.material = Material(seed, count)
        self.people = people
        self._level = level
        self._dice = Dice(seed, "reports")
        self._hidden_dice = Dice(seed, "hidden")
        self._files_dice = Dice(seed, "files")
        self._events_dice = Dice(seed, "events")

    def staff(self, buyers: int, sellers: int) -> list[Actor]:
        """Make the reported actors, some of them with a hidden part in the trade."""
        dice, repeat = self._hidden_dice, zeta(figures.REPEAT_EXPONENT, figures.REPEAT_CAP)
        plan: list[int] = []
        left = self.count
        while left > 0:
            wanted = repeat.draw(dice) + 1 if dice.chance(figures.REPEATERS) else 1
            plan.append(min(wanted, left))
            left -= plan[-1]
        return self._hire(plan, buyers, sellers)

    def _hire(self, plan: list[int], buyers: int, sellers: int) -> list[Actor]:
        dice = self._hidden_dice
        roles = ["buyer"] * min(buyers, len(plan) // 4) + ["seller"] * min(sellers, len(plan) // 8)
        where = dice.rng.permutation(len(plan))[: len(roles)].tolist()
        parts = dict(zip(where, roles, strict=True))
        actors, slots = [], []
        for place, reports in enumerate(plan):
            actor = self.people.new()
            actor.role = parts.get(place, "none")
            actor.danger = actor_latent(actor.role, dice)
            actors.append(actor)
            slots.extend([actor] * reports)
        self._slots = [slots[i] for i in dice.rng.permutation(len(slots)).tolist()]
        self._viral = [dice.chance(figures.VIRAL_REPORTS) for _ in self._slots]
        self.hidden = Hidden(dice, [actor.danger for actor in self._slots], self._viral)
        for actor in actors:
            if shows("earlier", actor.danger, dice):
                actor.before = [FIRST_NUMBER - 1 - dice.below(90_000_000) for _ in range(1 + dice.geometric(0.8))]
        return actors

    def reports(self) -> Iterator[Report]:
        """All reports in the order of their numbers."""
        number = FIRST_NUMBER
        start = WORLD_END - self.days * DAY
        for index, actor in enumerate(self._slots):
            number += 1 + self._dice.below(24)
            received = start + int((index + self._dice.unit()) * self.days * DAY / self.count)
            report = self._draw(index, number, received, actor)
            actor.reported.append(number)
            yield report

    def _draw(self, index: int, number: int, received: int, actor: Actor) -> Report:
        dice, latent, hidden = self._dice, self.hidden.latent[index], self.hidden
        lane = next((name for name, share in _LANES if dice.chance(share)), "")
        account = self._account(actor)
        age = self._age()
        viral = self._viral[index]
        group = self.material.viral(self._files_dice) if viral else -1
        escalated = index in hidden.stated
        report = Report(
            index=index,
            number=number,
            received=received,
            incident=received - int(age) - dice.below(3_600),
            meaning=dice.pick(_MEANINGS),
            actor=actor,
            platform=account.platform,
            latent=latent,
            urgent=index in hidden.urgent,
            escalated=escalated,
            dangerous=index in hidden.dangerous,
            lane=lane,
            group=f"viral-{group:06d}" if viral else "",
            incident_type=self._incident_type(latent),
            flags=self._flags(lane, latent),
            batched=viral and dice.chance(figures.BATCHED),
            identity=self._identity(account),
            events=[],
            files=[],
            earlier=self._earlier(actor),
            group_identifier=self._group(actor, latent),
            disabled=("permanently", "temporarily", "")[min(2, dice.below(5))],
            compromised=lane == "compromised",
            third_party=dice.chance(0.02),
            linked=self._linked(actor, account),
            recipient=None,
            child=None,
            school=None,
            child_access=self._child_access(latent),
            legal_process=self._legal(latent),
            detail=_DETAILS.draw(dice),
            note=self._note(account),
            channel=self._channel(escalated),
        )
        if report.third_party:
            report.identity.service = account.platform.service
        self._others(report)
        self._add_events(report, age)
        self._add_files(report, group, age)
        if report.channel == "xml" and dice.chance(figures.SUPPLEMENTED):
            report.late_note = f"Supplement: {dice.pick(SMALL_TALK[:12])}."
        return report

    def _account(self, actor: Actor) -> Account:
        dice, accounts = self._dice, [a for a in actor.accounts if a.platform in REPORTING]
        if accounts and dice.chance(0.5):
            return dice.pick(accounts)
        platform = ESP_MIX.draw(dice)
        if accounts and platform is accounts[-1].platform:
            platform = ESP_MIX.draw(dice)
        return self.people.account(actor, platform)

    def _age(self) -> float:
        """Seconds from capture to arrival."""
        days = self._events_dice.weibull(figures.IP_AGE_SHAPE, figures.IP_AGE_SCALE_DAYS)
        return min(days, 700.0) * DAY

    def _incident_type(self, latent: float) -> str:
        dice = self._hidden_dice
        for sign, place in figures.SIGN_TYPES.items():
            if shows(sign, latent, dice):
                return figures.INCIDENT_TYPES[place]
        if dice.chance(figures.RARE_TYPES_SHARE):
            return figures.INCIDENT_TYPES[dice.pick(figures.RARE_TYPES)]
        return figures.INCIDENT_TYPES[0]

    def _flags(self, lane: str, latent: float) -> list[str]:
        flags = [lane] if lane in ("minorToMinorInteraction", "sextortion", "spam") else []
        if shows("csamSolicitation", latent, self._hidden_dice):
            flags.append("csamSolicitation")
        if shows("sadistic", latent, self._hidden_dice):
            flags.append("sadisticOnlineExploitation")
        return flags

    def _missing(self, rate: float) -> bool:
        return self._dice.unit() < rate * self._level.missing

    def _identity(self, account: Account, rate: float = 1.0) -> Identity:
        """What is stated of an account; the handle always stands where the identifier is missing."""
        dice = self._dice
        identifier = None if self._missing(0.08 * rate) else account.identifier
        identity = Identity(
            account,
            identifier,
            None if self._missing(0.15) else account.platform.service,
            account.handle if identifier is None or not self._missing(0.2 * rate) else None,
            account.display if not self._missing(0.4) else None,
        )
        if account.email and not self._missing(0.42 * rate):
            noisy = dice.chance(self._level.email_noise)
            address = spelling.email_variant(account.email, dice) if noisy else account.email
            identity.emails.append((address, (True, False, None)[dice.below(3)]))
        identity.phone = account.phone is not None and not self._missing(0.5 * rate)
        identity.named = not self._missing(0.55 * rate)
        identity.addressed = identity.named and dice.chance(0.12)
        identity.born = dice.chance(0.3)
        identity.located = dice.chance(0.5)
        identity.device = not self._missing(0.62 * rate)
        identity.profile = dice.chance(0.3)
        identity.bio = self._bio(account) if dice.chance(0.12) else None
        return identity

    def _bio(self, account: Account) -> str:
        dice, actor = self._dice, account.holder
        if dice.chance(0.3):
            return f"{dice.pick(SMALL_TALK[:12])}. Mail {actor.emails[0]}"
        if dice.chance(0.3):
            return f"also @{spelling.near_handle(actor.handle, dice)} & friends"
        return dice.pick(SMALL_TALK)

    def _note(self, account: Account) -> str | None:
        dice = self._dice
        if not dice.chance(0.35):
            return None
        phone = account.holder.phones[0] if account.holder.phones else None
        return dice.pick(NOTES).format(
            email=account.holder.emails[-1],
            phone=spelling.international(phone, dice) if phone else "no number",
            handle=f"@{account.holder.handle}",
            url=f"https://{account.platform.slug}.example.com/{account.handle}",
        )

    def _earlier(self, actor: Actor) -> list[int]:
        dice, known = self._dice, actor.before + actor.reported
        return [number for number in known if dice.chance(0.6)][:12]

    def _group(self, actor: Actor, latent: float) -> str | None:
        if not shows("group", latent, self._hidden_dice):
            return None
        return f"group-{actor.household % 97:02d}"

    def _linked(self, actor: Actor, account: Account) -> list[tuple[str, Identity]]:
        dice = self._dice
        others = [a for a in actor.accounts if a is not account and a.platform in REPORTING]
        if others and dice.chance(0.15):
            return [
                (dice.pick(("Linked", "Other", "Business", "Creator", "Billing")), self._identity(dice.pick(others)))
            ]
        if dice.chance(0.01):
            return [("Parent/Guardian", self._identity(self._stranger(account), 0.5))]
        return []

    def _stranger(self, like: Account) -> Account:
        return self.people.account(self.people.new(), like.platform)

    def _child_access(self, latent: float) -> str | None:
        if self._dice.chance(0.6):
            return None
        return "Yes" if shows("child-access", latent, self._hidden_dice) else "No"

    def _legal(self, latent: float) -> bool | None:
        if shows("legal-process", latent, self._hidden_dice):
            return True
        return False if self._dice.chance(0.02) else None

    def _channel(self, escalated: bool) -> str:
        if escalated:
            return "xml"
        turn = self._dice.unit()
        if turn < figures.BOTH_CHANNELS:
            return "both"
        return "police" if turn < figures.BOTH_CHANNELS + figures.POLICE_ONLY else "xml"

    def _others(self, report: Report) -> None:
        """A recipient, and a child where the report names one."""
        if self._dice.chance(0.03):
            report.recipient = self._identity(self._stranger(report.identity.account))
        if shows("child-named", report.latent, self._hidden_dice):
            report.child = self._identity(self._stranger(report.identity.account), 0.8)
            report.school = f"{self._dice.pick(report.actor.country.cities)} School" if self._dice.chance(0.2) else None

    def _event(self, report: Report, name: str, at: int) -> Event:
        dice = self._events_dice
        seen = self.people.network.see(report.actor.line, report.actor.vpn, at, dice)
        timed = not dice.chance(0.06 * self._level.missing)
        ported = dice.chance(max(0.05, 0.6 - 0.25 * self._level.missing))
        return Event(name, seen, at if timed else None, seen.port if ported else None)

    def _add_events(self, report: Report, age: float) -> None:
        dice = self._events_dice
        if dice.chance(0.1 * self._level.missing):
            return
        newest = report.received - int(age)
        report.events.append(self._event(report, _EVENTS.draw(dice), newest))
        for _ in range(min(12, dice.geometric(figures.MORE_EVENTS))):
            report.events.append(self._event(report, _EVENTS.draw(dice), newest - int(dice.weibull(0.7, 6.0) * DAY)))

    def _add_files(self, report: Report, group: int, age: float) -> None:
        dice = self._files_dice
        if dice.chance(figures.NO_FILES) and group < 0:
            return
        count = 1 + min(40, dice.geometric(figures.FILES_MEAN / (1 - figures.NO_FILES * 0.72) - 1))
        for place in range(count):
            number = group if place == 0 and group >= 0 else self._material(report)
            if any(fact.number == number for fact in report.files):
                number = self._material(report)
            report.files.append(self._file(report, number, place, age))

    def _material(self, report: Report) -> int:
        dice, mine = self._files_dice, report.actor.material
        tilt = 1.25 if shows("fresh", report.latent, self._hidden_dice) else 0.8
        turn = dice.unit()
        if turn < figures.FRESH_FILE * tilt:
            number = self.material.fresh()
            mine.append(number)
            return number
        if mine and turn < figures.FRESH_FILE * tilt + figures.REPEATED_BY_ACTOR:
            return dice.pick(mine)
        return self.material.viral(dice)

    def _file(self, report: Report, number: int, place: int, age: float) -> FileFact:
        dice = self._files_dice
        flags = self._file_flags(report, number)
        old_meme = "potentialMeme" in flags and len(flags) == 1 and dice.chance(0.3)
        supplemental = place > 0 and dice.chance(0.04)
        if supplemental:
            flags, old_meme = [f for f in flags if f != "potentialMeme"], False
        yes, no = figures.VIEWED_META if report.platform in META else figures.VIEWED
        turn = dice.unit()
        uploaded = report.received - int(age) - dice.below(600)
        return FileFact(
            token=dice.token(16).hex(),
            number=number,
            name=file_name(number, dice),
            original=file_name(number, dice) if dice.chance(0.35) else None,
            hashes=self.material.hashes(number),
            uploaded=uploaded if not dice.chance(0.3) else None,
            viewed=True if turn < yes else False if turn < yes + no else None,
            exif_viewed=(True, False, None)[dice.below(3)] if turn < yes else None,
            public=(True, False, None, None)[dice.below(4)],
            supplemental=supplemental,
            old_meme=old_meme,
            flags=[] if old_meme else flags,
            classification="" if supplemental else self._classification(report.latent),
            capture=self._event(report, "Upload", uploaded) if dice.chance(0.3) else None,
            url=f"https://files.example.net/{dice.digits(9)}" if dice.chance(0.08) else None,
        )

    def _file_flags(self, report: Report, number: int) -> list[str]:
        dice, hidden = self._files_dice, self._hidden_dice
        flags = [name for name, share in _FILE_FLAGS if dice.chance(share)]
        if number < self.material.pool and dice.chance(0.25):
            flags.append("viral")
        if number < 12 and dice.chance(0.3):
            flags.append("potentialMeme")
        if report.lane == "generated" and dice.chance(0.8):
            flags.append("generativeAi")
        elif dice.chance(0.012):
            flags.append("animeDrawingVirtualHentai")
        flags += [name for name in ("liveStreaming", "physicalHarm") if shows(name, report.latent, hidden)]
        return flags

    def _classification(self, latent: float) -> str:
        if self._files_dice.chance(0.3):
            return ""
        letter = self._files_dice.pick("AB")  # an age group: never drawn from the latent
        return f"{letter}{1 if shows('rank-one', latent, self._hidden_dice) else 2}"
