"""Ways in which people and services spell e-mails, handles and phone numbers.

E-mails use domains reserved by RFC 2606. Phone numbers come from ranges that regulators keep free for fiction
(NANP 555-01xx, Ofcom, Arcep, ACMA, Bundesnetzagentur); when a country's range is used up, its people have none.
"""

from __future__ import annotations

from typing import NamedTuple

from tanglaw.simulate.dice import Dice
from tanglaw.simulate.words import HANDLE_WORDS, MAIL_DOMAINS, listed

_NANP_US = listed(
    "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 220 224 225 228 229 231 234 239 240 248 251"
    " 252 253 254 256 260 262 267 269 270 272 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318"
    " 319 320 321 323 325 330 331 334 336 337 339 346 347 351 352 360 361 385 386 401 402 404 405 406 407 408 409 410"
    " 412 413 414 415 417 419 423 424 425 430 432 434 435 440 442 443 458 463 469 470 475 478 479 480 484 501 502 503"
    " 504 505 507 508 509 510 512 513 515 516 517 518 520 530 531 534 539 540 541 551 559 561 562 563 567 570 571 573"
)
_NANP_CA = listed(
    "204 226 236 249 250 289 306 343 365 403 416 418 431 437 438 450 506 514 519 548 579 581 587 604 613 639 647"
)
# Country: (national prefix of the range without trunk digit, digits that are free)
_RANGES: dict[str, tuple[tuple[str, int], ...]] = {
    "US": tuple((f"{area}55501", 2) for area in _NANP_US),
    "CA": tuple((f"{area}55501", 2) for area in _NANP_CA),
    "GB": tuple((p, 3) for p in listed("1134960 1144960 1164960 1174960 1184960 1214960 1314960 1414960"))
    + tuple((p, 3) for p in listed("1514960 1614960 2079460 1914980")),
    "FR": tuple((p, 4) for p in listed("19900 26191 35301 46571 53649")),
    "AU": tuple((p, 4) for p in listed("25550 27010 35550 37010 75550 77010 85550 87010")),
    "DE": (("3023125", 3),),
}
_CALLING = {"US": "1", "CA": "1", "GB": "44", "FR": "33", "AU": "61", "DE": "49"}


class Phone(NamedTuple):
    """A phone number: calling code without `+`, national number without trunk digit, country."""

    calling: str
    national: str
    country: str

    @property
    def e164(self) -> str:
        """`+` and all digits."""
        return f"+{self.calling}{self.national}"


class PhoneBook:
    """Gives out the fiction ranges, each number once, in an order that looks random."""

    def __init__(self) -> None:
        self._given = dict.fromkeys(_RANGES, 0)
        self._size = {country: sum(10**free for _, free in ranges) for country, ranges in _RANGES.items()}

    def new(self, country: str) -> Phone | None:
        """The next free number of a country; None if it has no range or none left."""
        given, size = self._given.get(country, 0), self._size.get(country, 0)
        if given >= size:
            return None
        self._given[country] = given + 1
        place = given * 7_919 % size  # 7,919 is prime and divides no size
        for prefix, free in _RANGES[country]:
            if place < 10**free:
                return Phone(_CALLING[country], f"{prefix}{place:0{free}d}", country)
            place -= 10**free
        return None


def national(phone: Phone, dice: Dice) -> str:
    """The number as people in its country write it: blanks, hyphens, brackets, trunk digit."""
    n, style = phone.national, dice.below(3)
    if phone.calling == "1":
        return (f"({n[:3]}) {n[3:6]}-{n[6:]}", f"{n[:3]}-{n[3:6]}-{n[6:]}", f"{n[:3]}.{n[3:6]}.{n[6:]}")[style]
    if phone.country == "FR":
        pairs = [f"0{n[0]}", *(n[i : i + 2] for i in range(1, 9, 2))]
        return (" ".join(pairs), ".".join(pairs), "".join(pairs))[style]
    if phone.country == "AU":
        return (f"0{n[0]} {n[1:5]} {n[5:]}", f"(0{n[0]}) {n[1:5]} {n[5:]}", f"0{n}")[style]
    cut = 2 if n.startswith(("20", "30")) else 3
    return (f"0{n[:cut]} {n[cut:-4]} {n[-4:]}", f"0{n[:cut]} {n[cut:]}", f"0{n}")[style]


def international(phone: Phone, dice: Dice) -> str:
    """The number with its calling code, in one of the usual spellings."""
    n, style = phone.national, dice.below(4)
    return (
        phone.e164,
        f"+{phone.calling} {n[:3]} {n[3:6]} {n[6:]}",
        f"00{phone.calling} {n[:2]} {n[2:]}" if phone.calling != "1" else f"+1 {n[:3]}-{n[3:6]}-{n[6:]}",
        f"+{phone.calling} {n}",
    )[style]


def handle(dice: Dice) -> str:
    """A fresh user name of two words and perhaps a number."""
    first, second = dice.pick(HANDLE_WORDS), dice.pick(HANDLE_WORDS)
    joint = ("", "_", ".", "")[dice.below(4)]
    return f"{first}{joint}{second}{dice.below(1_000) if dice.chance(0.7) else ''}"


def near_handle(name: str, dice: Dice) -> str:
    """A variant as one person takes it on another service: other joints, a tail, capitals."""
    turn = dice.below(5)
    if turn == 0:
        return name.replace("_", "").replace(".", "") + "_"
    if turn == 1:
        return f"{name}{dice.below(90) + 10}"
    if turn == 2:
        return f"the_{name}"
    if turn == 3:
        return name.capitalize()
    return f"{name}x"


def email(base: str, dice: Dice) -> str:
    """An address whose local part is `base` or close to it."""
    tail = str(dice.below(9_000) + 1_000) if dice.chance(0.5) else str(dice.below(90) + 10)
    return f"{base.strip('_.').lower()}{tail}@{dice.pick(MAIL_DOMAINS)}"


def email_variant(address: str, dice: Dice) -> str:
    """The same mailbox spelled otherwise: with a tag or in capitals."""
    local, _, domain = address.partition("@")
    turn = dice.below(3)
    if turn == 0:
        return f"{local}+{dice.pick(('shop', 'news', 'app', '2'))}@{domain}"
    if turn == 1:
        return f"{local.capitalize()}@{domain}"
    return f"{local}@{domain.upper()}"


def email_apart(address: str) -> str:
    """The address written so that simple scanners miss it."""
    local, _, domain = address.partition("@")
    return f"{local} at {domain.replace('.', ' dot ')}"
