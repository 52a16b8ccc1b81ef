"""Selectors planted in real chat lines, in national and messy spellings, and look-alikes that are none.

Values come from encoders that share no code with the readers; spellings are templates written here, without a look
at the patterns. A line is public help-channel talk with a planted part at a random place between its words.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import phonenumbers

from tanglaw.testing import values

EACH = 240
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
KEYCAPS = {digit: digit + "\ufe0f\u20e3" for digit in "0123456789"}
REGIONS = (
    "DE",
    "GB",
    "FR",
    "PH",
    "IN",
    "BR",
    "US",
    "NG",
    "KE",
    "RO",
    "TH",
    "VN",
    "MX",
    "ID",
    "AU",
    "ES",
    "PL",
    "UA",
    "CO",
    "ZA",
)
NAMES = ("kim", "river", "stone", "maple", "sunny", "harbor", "lark", "cedar", "willow", "north", "pebble", "fern")


@dataclass(frozen=True)
class Planted:
    """A text, where in it the selector stands, what it is, and the country hint of its row; no type for a look-alike.

    What was planted, with the words or the link around the selector, goes from `first` to `last`.
    """

    text: str
    first: int
    start: int
    end: int
    last: int
    type: str
    value: str
    country: str
    about: str


Spelling = tuple[str, str, str]
Maker = Callable[[Random], tuple[str, str, str, str]]


def name(random: Random, joints: str = "._") -> str:
    return f"{random.choice(NAMES)}{random.choice(joints)}{random.choice(NAMES)}{random.randrange(10, 99)}"


def host(random: Random) -> str:
    return f"{random.choice(NAMES)}-{random.choice(NAMES)}.{random.choice(('org', 'com', 'net', 'co.uk', 'de', 'com.br', 'info'))}"


def mixed(random: Random, text: str) -> str:
    return "".join(random.choice((char.upper(), char)) for char in text)


def wrapped(random: Random, text: str) -> tuple[str, str]:
    """What people put before and behind a value."""
    return random.choice(
        (
            ("", ""),
            ("", ","),
            ("(", ")"),
            ("", "."),
            ('"', '"'),
            ("here: ", ""),
            ("", "!"),
            ("", " thx"),
            ("<", ">"),
            ("", "?"),
        )
    )


# A maker gives: what stands before the selector, the selector as written, what stands behind it, its value; and a country
# where the row has one, in front of the value and set off by a bar.


def email(random: Random) -> tuple[str, str, str, str]:
    local, domain = name(random), host(random)
    at = random.choice(
        ("{}@{}", "{}@{}", "{} [at] {}", "{}(at){}", "{} (at) {}", "{}＠{}", "{} at {}", "{} @ {}", "{}[@]{}")
    )
    bare = at == "{} at {}"
    spelled = domain.replace(
        ".", random.choice((" dot ", " (dot) ", "[.]", " [dot] ")) if bare or random.random() < 0.3 else "."
    )
    if bare and " dot " not in spelled:
        spelled = domain.replace(".", " dot ")
    before, after = wrapped(random, "")
    return (
        before,
        at.format(mixed(random, local) if random.random() < 0.3 else local, spelled),
        after,
        f"{local}@{domain}",
    )


def phone(random: Random) -> tuple[str, str, str, str]:
    region = random.choice(REGIONS)
    number = values.phone(random, region)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    way = random.randrange(8)
    lead = random.choice(("", "my number ", "call me ", "whatsapp ", "tel. ", "its ", "text "))
    if way < 2:
        return lead, international, random.choice(("", ",", " ok")), e164
    if way == 2:
        return lead, e164.translate(random.choice((FULL, ARABIC))), "", e164
    if way == 3:
        return lead, international.replace(" ", random.choice(("-", "\u00a0", ".", " "))), "", e164
    if way == 4:
        return lead, "00" + international[1:], "", e164
    if way == 5:
        return lead, "".join(KEYCAPS.get(char, char) for char in e164), "", e164
    if way == 6:
        return lead, national, random.choice(("", ".", " pls")), f"{region}|{e164}"
    joint = random.choice((" ", "-", "."))
    return lead, national.replace("-", " ").replace(" ", joint), "", f"{region}|{e164}"


def handle(random: Random) -> tuple[str, str, str, str]:
    user = name(random, "_")
    way = random.randrange(7)
    if way == 0:
        return "", "@" + user, random.choice(("", ",", "?")), "@" + user
    if way == 1:
        link, platform = random.choice(
            (
                ("t.me/", "telegram"),
                ("https://www.instagram.com/", "instagram"),
                ("https://x.com/", "x"),
                ("tiktok.com/@", "tiktok"),
                ("https://www.snapchat.com/add/", "snapchat"),
            )
        )
        return "", link + user, "", f"{platform}:{user}"
    if way == 2:
        label, platform = random.choice(
            (
                ("telegram: ", "telegram"),
                ("my insta is ", "instagram"),
                ("Snapchat - ", "snapchat"),
                ("kik=", "kik"),
                ("tg @", "telegram"),
            )
        )
        return label, user, random.choice(("", ".")), f"{platform}:{user}"
    if way == 3:
        number = random.choice(("4915123456789", "639171234567", "447911123456"))
        return "", f"https://wa.me/{number}", "", f"whatsapp:+{number}"
    if way == 4:
        cid = f"live:.cid.{random.randbytes(8).hex()}"
        return random.choice(("skype ", "")), cid, "", f"skype:{cid}"
    if way == 5:
        code = "".join(random.choices("abcdefghkmnpqrstuvwxyzABCDEF23456789", k=8))
        return "", f"discord.gg/{code}", random.choice(("", "!")), f"discord-invite:{code}"
    tag = f"{random.choice(NAMES)}#{random.randrange(1000, 9999)}"
    return "discord: ", tag, "", f"discord:{tag}"


def url(random: Random) -> tuple[str, str, str, str]:
    domain, path = (
        host(random),
        f"{random.choice(NAMES)}/{random.randrange(1000)}?{random.choice(NAMES)}={random.randrange(99)}",
    )
    way = random.randrange(6)
    if way == 0:
        return "", f"hxxps://{domain.replace('.', '[.]')}/{path}", "", f"https://{domain}/{path}"
    if way == 1:
        return "(", f"http://{domain}:8080/{path}", ")", f"http://{domain}:8080/{path}"
    if way == 2:
        return "see ", f"www.{domain}/{path}", random.choice((".", ",", "!")), f"http://www.{domain}/{path}"
    if way == 3:
        return "<", f"HTTPS://{domain.upper()}/{path}", ">", f"https://{domain}/{path}"
    if way == 4:
        return "看", f"https://{domain}/{path}", "吧", f"https://{domain}/{path}"
    return "", f"{domain}/{path}", "", f"http://{domain}/{path}"


def domain(random: Random) -> tuple[str, str, str, str]:
    domain = host(random)
    written = random.choice(
        (
            domain,
            "shop." + domain,
            domain.replace(".", "[.]"),
            domain.replace(".", "(.)"),
            "www." + domain,
            domain.upper(),
        )
    )
    return random.choice(("", "on ", "at ")), written, random.choice(("", ",", "?", ")")), domain


def ipv4(random: Random) -> tuple[str, str, str, str]:
    made = values.ipv4(random)
    written = random.choice(
        (made, made, made.replace(".", "[.]"), made + f":{random.randrange(1024, 65535)}", made.translate(FULL))
    )
    return random.choice(("", "from ", "ip ", "(")), written, random.choice(("", ",", ".", ")")), made


def ipv6(random: Random) -> tuple[str, str, str, str]:
    made = values.ipv6(random)
    written = random.choice((made, made.upper(), f"[{made}]:{random.randrange(1024, 65535)}"))
    return random.choice(("", "via ", "ip ")), written, random.choice(("", ",", ".")), made


def coin(kind: str) -> Maker:
    def make(random: Random) -> tuple[str, str, str, str]:
        made = values.COINS[kind](random)
        if kind == "bch":
            return random.choice(("", "pay ")) + random.choice(("bitcoincash:", "")), made.partition(":")[2], "", made
        if kind == "sol":
            before, after = random.choice(
                (
                    ("sol: ", ""),
                    ("my solana address ", "."),
                    ("https://solscan.io/account/", ""),
                    ("phantom wallet ", ""),
                    ("", " on solana"),
                )
            )
            return before, made, after, made
        upper = kind in ("btc", "ltc") and made[:3] in ("bc1", "ltc") and random.random() < 0.3
        written = made.upper() if upper else made
        before, after = random.choice(
            (("", ""), ("send to ", ","), (f"{kind}: ", "."), ("(", ")"), ("wallet ", " asap"), ("地址", "谢谢"))
        )
        return before, written, after, made.lower() if kind == "eth" or upper else made

    return make


def iban(random: Random) -> tuple[str, str, str, str]:
    made = values.iban(random)
    groups = " ".join(made[place : place + 4] for place in range(0, len(made), 4))
    written = random.choice((made, groups, made.lower(), groups.replace(" ", "-"), groups.replace(" ", "\u00a0")))
    return random.choice(("", "IBAN ", "IBAN: ", "to ")), written, random.choice(("", ",", ".", " bank")), made


def card(random: Random) -> tuple[str, str, str, str]:
    made = values.card(random)
    groups = (
        " ".join((made[:4], made[4:10], made[10:]))
        if len(made) < 16
        else " ".join(made[p : p + 4] for p in range(0, 16, 4))
    )
    written = random.choice(
        (
            made if len(made) > 14 else groups,
            groups,
            groups.replace(" ", "-"),
            made.translate(FULL) if len(made) > 14 else groups,
        )
    )
    return (
        random.choice(("", "card ", "visa: ", "use ", "cc ")),
        written,
        random.choice(("", ",", " exp 12/27", ".")),
        made,
    )


def remittance(random: Random) -> tuple[str, str, str, str]:
    digits = str(random.randrange(10**9, 10**10))
    written = random.choice(
        (digits, f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", f"{digits[:3]} {digits[3:6]} {digits[6:]}")
    )
    before = random.choice(
        (
            "MTCN ",
            "mtcn: ",
            "MTCN# ",
            "western union mtcn ",
            "moneygram ref no ",
            "reference number: ",
            "tracking number ",
            "transaction id ",
        )
    )
    return before, written, random.choice(("", ",", " pls")), digits


def imei(random: Random) -> tuple[str, str, str, str]:
    made = values.imei(random)
    parts = f"{made[:2]}-{made[2:8]}-{made[8:14]}-{made[14]}"
    return (
        random.choice(("IMEI ", "imei: ", "IMEI no. ", "")),
        random.choice((made, made, parts)),
        random.choice(("", ",", ".")),
        made,
    )


def mac(random: Random) -> tuple[str, str, str, str]:
    made = values.mac(random)
    plain = made.replace(":", "")
    dotted = ".".join(plain[place : place + 4] for place in range(0, 12, 4))
    written = random.choice((made, made.upper(), made.replace(":", "-"), dotted if not plain.isdigit() else made))
    return random.choice(("", "mac ", "router ")), written, random.choice(("", ",", ".")), made


def digest(kind: str, length: int) -> Maker:
    def make(random: Random) -> tuple[str, str, str, str]:
        made = values.digest(random, length)
        before = random.choice(("", f"{kind} ", f"{kind.upper()}: ", "hash=", "("))
        return before, random.choice((made, made.upper())), random.choice(("", ",", ".", ")")), made

    return make


def cybertip(random: Random) -> tuple[str, str, str, str]:
    made = str(random.randrange(10**7, 10**9))
    before = random.choice(
        ("CyberTip ", "cybertip #", "CyberTipline report ", "Cyber Tip no. ", "cybertipline report number: ")
    )
    return before, made, random.choice(("", ",", " thx")), made


def coordinates(random: Random) -> tuple[str, str, str, str]:
    north, east = random.randrange(-60_000_000, 70_000_000), random.randrange(-170_000_000, 170_000_000)
    lat, lon = north / 1e6, east / 1e6
    value = ",".join(f"{part:.6f}".rstrip("0").rstrip(".") for part in (lat, lon))
    way = random.randrange(6)
    if way < 2:
        return random.choice(("", "at ", "loc ")), f"{lat:.6f}{random.choice((', ', ',', ' '))}{lon:.6f}", "", value
    if way == 2:
        return "geo:", f"{lat:.6f},{lon:.6f}", "", value
    if way == 3:
        link = random.choice(
            (
                "https://www.google.com/maps/@{},{},17z",
                "https://maps.google.com/?q={},{}",
                "https://maps.apple.com/?ll={},{}",
                "https://www.openstreetmap.org/#map=17/{}/{}",
            )
        )
        return "", link.format(f"{lat:.6f}", f"{lon:.6f}"), "", value
    letters = ("N" if lat >= 0 else "S", "E" if lon >= 0 else "W")
    if way == 4:
        return "", f"{abs(lat):.6f}° {letters[0]}, {abs(lon):.6f}° {letters[1]}", "", value
    parts, angles = [], []
    for number, letter in zip((abs(north), abs(east)), letters, strict=True):
        seconds = round(number * 36 / 10_000)
        parts.append(f"{seconds // 36000}°{seconds // 600 % 60:02d}'{seconds % 600 / 10:04.1f}\"{letter}")
        angles.append((-1 if letter in "SW" else 1) * seconds / 36000)
    value = ",".join(f"{part:.6f}".rstrip("0").rstrip(".") for part in angles)
    return "", " ".join(parts), "", value


def payment(random: Random) -> tuple[str, str, str, str]:
    user = random.choice(NAMES) + random.choice(NAMES) + str(random.randrange(10, 99))
    way = random.randrange(6)
    if way == 0:
        link, service = random.choice(
            (
                ("https://paypal.me/", "paypal"),
                ("paypal.me/", "paypal"),
                ("https://cash.app/$", "cashapp"),
                ("https://venmo.com/u/", "venmo"),
                ("https://revolut.me/", "revolut"),
            )
        )
        return "", link + user, "", f"{service}:{user}"
    if way == 1:
        return (
            random.choice(("cashapp ", "Cash App: ", "my cash app is ")),
            "$" + user,
            random.choice(("", ",")),
            f"cashapp:{user}",
        )
    if way == 2:
        return "", "$" + user, " on cashapp", f"cashapp:{user}"
    if way == 3:
        return random.choice(("venmo ", "Venmo: ")), "@" + user, "", f"venmo:{user}"
    if way == 4:
        address = f"{user}@example.org"
        return (
            random.choice(("paypal ", "PayPal: ", "paypal me at ")),
            address,
            random.choice(("", ".")),
            f"paypal:{address}",
        )
    service, region = random.choice(
        (("gcash", "PH"), ("mpesa", "KE"), ("bkash", "BD"), ("paytm", "IN"), ("nequi", "CO"))
    )
    number = values.phone(random, region)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    label = {"gcash": "GCash", "mpesa": "M-Pesa"}.get(service, service)
    return (
        f"{label}{random.choice((' ', ': ', ' number ', ' no. '))}",
        random.choice((national, e164)),
        "",
        f"{service}:{e164}",
    )


MAKERS: dict[str, Maker] = {
    "email": email, "phone": phone, "handle": handle, "url": url, "domain": domain, "ipv4": ipv4, "ipv6": ipv6, "iban": iban,
    "card": card, "remittance": remittance, "imei": imei, "mac": mac, "cybertip": cybertip, "coordinates": coordinates,
    "payment": payment, "md5": digest("md5", 32), "sha1": digest("sha1", 40), "sha256": digest("sha256", 64),
    **{kind: coin(kind) for kind in values.COINS},
}  # fmt: skip


def _order(random: Random) -> str:
    return random.choice(
        ("order {}", "order #{}", "ticket {}", "invoice no. {}", "bug {}", "case id {}", "tracking {}")
    ).format(random.randrange(10**6, 10**12))


def _version(random: Random) -> str:
    parts = [str(random.randrange(30)) for _ in range(random.randrange(3, 5))]
    return random.choice(
        ("v{}", "version {}", "kernel {}-generic", "libc6-{}-2ubuntu1", "firefox {}esr", "build {}")
    ).format(".".join(parts))


def _date(random: Random) -> str:
    day, month, year = random.randrange(1, 29), random.randrange(1, 13), random.randrange(1980, 2030)
    time = f"{random.randrange(24):02d}:{random.randrange(60):02d}:{random.randrange(60):02d}"
    return random.choice(
        (
            f"{day:02d}.{month:02d}.{year} {time}",
            f"{year}-{month:02d}-{day:02d}T{time}Z",
            f"{month}/{day}/{year}",
            f"{year}{month:02d}{day:02d}",
            f"[{time}]",
            f"{day}-{month}-{year} - {day + 1}-{month}-{year}",
        )
    )


def _price(random: Random) -> str:
    amount = random.randrange(100, 10**8)
    return random.choice(("${:,}.99", "{:,} pesos", "EUR {:,}.00", "{} usd", "₱{:,}", "{:,}.50€", "R$ {}")).format(
        amount
    )


def _score(random: Random) -> str:
    some = [random.randrange(100) for _ in range(6)]
    return random.choice(
        ("{}-{} {}-{} {}-{}", "score {}:{}", "{}/{} and {}/{}", "{}% of {}%", "ratio {}.{} {}.{}", "{} {} {} {} {} {}")
    ).format(*some)


def _name(random: Random) -> str:
    return random.choice(
        (
            "node.js",
            "install.sh",
            "/etc/apt/sources.list",
            "~/.config",
            "e.g.this",
            "std::string",
            "a::b::c",
            "x86_64",
            "#ubuntu",
            "$HOME",
            "foo@",
            "@",
            "C++/CLI",
            "file.tar.gz",
            "ok.so",
            "0x1f",
            "1,2,3,4,5,6,7",
            "deadbeef",
            "::",
            "50 @ 3.20",
            "telegram is down",
            "signal - weak",
            "skype: no",
            "paypal was slow",
            "uuid 123e4567-e89b-12d3-a456-426614174000",
        )
    )


LOOK_ALIKES: dict[str, Callable[[Random], str]] = {
    "order number": _order, "version": _version, "date": _date, "price": _price, "score": _score, "name": _name,
}  # fmt: skip


def talk(folder: Path) -> list[str]:
    """What people wrote in the public logs, without time and nick."""
    lines = []
    with tarfile.open(folder / "chat" / "irc-ubuntu-train.tar.gz") as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            if member.name.endswith(".raw.txt"):
                stream = archive.extractfile(member)
                for line in stream.read().decode("utf-8", "replace").splitlines() if stream else ():
                    head, mark, said = line.partition("> ")
                    if mark and head.startswith("[") and said.strip():
                        lines.append(said.strip())
    return lines


def _plain(line: str) -> bool:
    """True for talk that itself holds nothing that could be a selector, by a rule of its own."""
    return len(line) > 20 and not any(sign in line for sign in "@/:.#$") and sum(char.isdigit() for char in line) < 4


def corpus(lines: list[str], seed: int) -> Iterator[Planted]:
    """EACH lines with a planted selector for every type, and as many with a look-alike for every kind of it."""
    random = Random(seed)
    plain = [line for line in lines if _plain(line)]
    for kind, make in MAKERS.items():
        for _ in range(EACH):
            before, written, after, value = make(random)
            country, _, value = value.rpartition("|")
            head, tail = _split(random, plain)
            start = len(head) + len(before)
            text = f"{head}{before}{written}{after}{tail}"
            last = start + len(written) + len(after)
            yield Planted(text, len(head), start, start + len(written), last, kind, value, country, kind)
    for about, look in LOOK_ALIKES.items():
        for _ in range(EACH):
            head, tail = _split(random, plain)
            written = look(random)
            first, last = len(head), len(head) + len(written)
            country = random.choice(("", "PH", "US", "DE"))
            yield Planted(f"{head}{written}{tail}", first, first, last, last, "", "", country, about)


def _split(random: Random, lines: list[str]) -> tuple[str, str]:
    words = random.choice(lines).split()
    place = random.randrange(len(words) + 1)
    head, tail = " ".join(words[:place]), " ".join(words[place:])
    return f"{head} " if head else "", f" {tail}" if tail else ""
