"""The hands behind the accounts: who exists, what they hold, and what they share with strangers and family.

Names, places, birth days and lines are drawn from streams of their own; nothing hidden follows from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tanglaw.simulate import spelling
from tanglaw.simulate.clock import DAY, WORLD_END, calendar
from tanglaw.simulate.dice import Dice, Weighted
from tanglaw.simulate.figures import Level
from tanglaw.simulate.network import Dealt, Line, Network
from tanglaw.simulate.platforms import Platform
from tanglaw.simulate.spelling import Phone, PhoneBook
from tanglaw.simulate.words import (
    COMMON_HANDLES,
    COUNTRIES,
    COUNTRY_WEIGHTS,
    FIRST_NAMES,
    LAST_NAMES,
    STREETS,
    Country,
)

_HOUSEHOLD = 0.12
_HAS_PHONE = 0.75
_TWO_DEVICES = 0.3
_RECYCLED_PHONE = 0.004
_COMMON_HANDLE = 0.015
# Countries of a world with turns: those with more than 10,000 phone numbers.
_DEALT = tuple(country for country in COUNTRIES if country.code in ("US", "GB", "FR", "AU"))
_DEVICE_KINDS = ("IMEI", "Advertising ID", "Android ID")


@dataclass(slots=True)
class Account:
    """One account: its holder and what the service knows of it."""

    platform: Platform
    identifier: str
    handle: str
    display: str
    email: str | None
    phone: Phone | None
    device: tuple[str, str]
    created: int
    holder: Actor


@dataclass(slots=True)
class Actor:
    """One hand. `danger` is the hidden variable (standard scale), `role` the hidden part in the trade."""

    number: int
    first: str
    last: str
    country: Country
    city: str
    street: str
    born: str
    emails: list[str]
    phones: list[Phone]
    devices: list[tuple[str, str]]
    line: Line
    vpn: bool
    handle: str
    household: int
    role: str = "none"
    danger: float = 0.0
    accounts: list[Account] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    material: list[int] = field(default_factory=list)
    wallet: tuple[str, str] | None = None
    iban: str | None = None

    @property
    def key(self) -> str:
        """Name of the actor in the truth files."""
        return f"actor-{self.number:07d}"

    @property
    def traits(self) -> tuple[str, str, str]:
        """Key, country, and way to the net: fixed, dynamic or nat, or vpn beside any of them."""
        return self.key, self.country.code, "vpn" if self.vpn else self.line.kind

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.first} {self.last}"


class Population:
    """Everybody of a world; people are made when they are first needed, always in the same order."""

    def __init__(self, seed: int, expected: int, level: Level, turn: int | None = None) -> None:
        self.actors: list[Actor] = []
        self.network = Network(expected, level) if turn is None else Dealt(expected, level, turn)
        self._level = level if turn is None else replace(level, vpn=0.0)
        self._turn = turn
        self._dice = Dice(seed, "people")
        self._accounts = Dice(seed, "accounts")
        self._phones = PhoneBook()
        self._countries = Weighted(COUNTRIES, COUNTRY_WEIGHTS)
        self._taken: set[tuple[str, str]] = set()
        self._households = 0

    def new(self) -> Actor:
        """A new person, perhaps of the household of the one before."""
        dice, near = self._dice, self.actors[-1] if self.actors else None
        shares = near is not None and dice.chance(_HOUSEHOLD)
        country = near.country if near and shares else self._country(dice)
        if not shares:
            self._households += 1
        handle = dice.pick(COMMON_HANDLES) if dice.chance(_COMMON_HANDLE) else spelling.handle(dice)
        actor = Actor(
            number=len(self.actors) + 1,
            first=dice.pick(FIRST_NAMES),
            last=near.last if near and shares and dice.chance(0.7) else dice.pick(LAST_NAMES),
            country=country,
            city=near.city if near and shares else dice.pick(country.cities),
            street=near.street if near and shares else f"{1 + dice.below(180)} {dice.pick(STREETS)}",
            born=calendar(WORLD_END // DAY - 18 * 366 - dice.below(45 * 365)),
            emails=[],
            phones=[],
            devices=[self._device(dice) for _ in range(1 + dice.chance(_TWO_DEVICES))],
            line=(line := near.line if near and shares else self.network.line(dice)),
            vpn=dice.chance(self._level.vpn) or line.vpn,
            handle=handle,
            household=self._households,
        )
        base = handle if dice.chance(0.6) else f"{_plain(actor.first)}.{_plain(actor.last)}"
        actor.emails.append(self._new_email(base, dice))
        if dice.chance(_HAS_PHONE):
            self._give_phone(actor, near)
        if near and shares:
            self._share(actor, near)
        self.actors.append(actor)
        return actor

    def _country(self, dice: Dice) -> Country:
        """A country drawn by weight; in a world with turns, the next of those with many phone numbers."""
        drawn = self._countries.draw(dice)
        return drawn if self._turn is None else _DEALT[(self._households + self._turn) % len(_DEALT)]

    def account(self, actor: Actor, platform: Platform) -> Account:
        """The actor's account on a platform; made if there is none."""
        for account in actor.accounts:
            if account.platform is platform:
                return account
        return self.another(actor, platform)

    def another(self, actor: Actor, platform: Platform) -> Account:
        """A further account of the actor on a platform."""
        dice = self._accounts
        handle = self._handle(actor, platform, dice)
        phone = self._phone(actor, dice)
        created = WORLD_END - int(dice.between(60, 2_400)) * DAY
        account = Account(
            platform,
            self._identifier(platform, handle, phone, dice),
            handle,
            actor.name if dice.chance(0.6) else handle.replace("_", " ").replace(".", " ").title(),
            self._email(actor, handle, dice),
            phone,
            dice.pick(actor.devices),
            created,
            actor,
        )
        actor.accounts.append(account)
        return account

    def _handle(self, actor: Actor, platform: Platform, dice: Dice) -> str:
        handle = actor.handle
        if actor.accounts:
            turn = dice.unit()
            if turn > self._level.same_handle + self._level.near_handle:
                handle = spelling.handle(dice)
            elif turn > self._level.same_handle:
                handle = spelling.near_handle(handle, dice)
        while (platform.slug, handle.casefold()) in self._taken:
            handle = f"{handle}{dice.below(10_000)}"
        self._taken.add((platform.slug, handle.casefold()))
        return handle

    def _identifier(self, platform: Platform, handle: str, phone: Phone | None, dice: Dice) -> str:
        identifier = platform.identifier(handle, phone, dice)
        while (f"{platform.slug} id", identifier) in self._taken:
            identifier = platform.identifier(f"{handle}{dice.below(10_000)}", None, dice)
        self._taken.add((f"{platform.slug} id", identifier))
        return identifier

    def _email(self, actor: Actor, handle: str, dice: Dice) -> str:
        if actor.accounts and not dice.chance(self._level.same_email):
            actor.emails.append(self._new_email(handle, dice))
            return actor.emails[-1]
        return actor.emails[0]

    def _new_email(self, base: str, dice: Dice) -> str:
        address = spelling.email(base, dice)
        while ("", address) in self._taken:
            address = f"{dice.below(10)}{address}"
        self._taken.add(("", address))
        return address

    def _phone(self, actor: Actor, dice: Dice) -> Phone | None:
        if not actor.phones:
            return None
        if actor.accounts and not dice.chance(self._level.same_phone):
            fresh = self._phones.new(actor.country.code)
            if fresh is not None:
                actor.phones.append(fresh)
            return fresh
        return actor.phones[0]

    def _give_phone(self, actor: Actor, near: Actor | None) -> None:
        if near and near.phones and self._dice.chance(_RECYCLED_PHONE):
            actor.phones.append(near.phones[0])
            return
        phone = self._phones.new(actor.country.code)
        if phone is not None:
            actor.phones.append(phone)

    def _share(self, actor: Actor, near: Actor) -> None:
        if self._dice.chance(self._level.shared_device):
            actor.devices.append(near.devices[0])
        if self._dice.chance(0.05):
            actor.emails.append(near.emails[0])

    @staticmethod
    def _device(dice: Dice) -> tuple[str, str]:
        kind = dice.pick(_DEVICE_KINDS)
        if kind == "IMEI":
            return kind, f"00{dice.digits(13)}"
        if kind == "Android ID":
            return kind, dice.token(8).hex()
        raw = dice.token(16).hex()
        return kind, f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def _plain(name: str) -> str:
    """The letters of a name that fit into an address."""
    table = str.maketrans("áàâäčéèëíïñóöšúüźžýąęł", "aaaaceeeiinoosuuzzyael")
    return "".join(c for c in name.lower().translate(table) if c.isascii() and c.isalpha()) or "user"
