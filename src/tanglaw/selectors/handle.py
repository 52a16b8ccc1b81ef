"""Handles with their platform: `@x`, profile and invitation links, `skype:live:…`, "telegram: x" in running text.

The value is `platform:name` in lower case; `@name` where the text does not say on which platform. Ids and
invitations keep their case and say what they are: `discord-invite:AbC`, `youtube-id:UC…`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from tanglaw.selectors import phone
from tanglaw.selectors.base import Example, Reading, Recogniser, Selector, words
from tanglaw.selectors.platforms import PHONE_NAMED, PLAIN, PLATFORMS, WORDY, profile
from tanglaw.selectors.web import CANDIDATE, TRIGGER, parse

_NAMES = "|".join(sorted((name.replace(" ", " ?") for name in (*PLAIN, *WORDY)), key=lambda name: (-len(name), name)))
_NOUN = "username|user name|user|name|handle|account|acct|acc|nick|tag|id|contact"
_MENTION = r"@[0-9A-Za-z_][0-9A-Za-z_.-]*(?:@[0-9A-Za-z.-]+)?"
_LABELLED = (
    rf"[0-9A-Za-z_]*(?i-u:{_NAMES})(?:[ ](?i-u:me))?(?:[ ]{{0,2}}(?i-u:{_NOUN}))?"
    r"(?:[ ]{0,2}(?:[:=]|->|[-\u2013\u2192])[ ]{0,2}@?|[ ](?i-u:is)[ :]{1,2}@?|[ ]{0,2}@|[ ][(]@?)"
    r"[+0-9A-Za-z_][0-9A-Za-z_.-]*"
    r"(?:#[0-9]{4})?"
)
_SKYPE = r"(?:(?i-u:skype):)?(?i-u:live:)[.0-9A-Za-z_,-]+|(?i-u:skype):[0-9A-Za-z][.0-9A-Za-z_,:-]+"
_LABEL_FORM = re.compile(
    rf"({_NAMES})(?: me)?( {{0,2}}(?:{_NOUN}))?(.*?)([+0-9A-Za-z_][0-9A-Za-z_.-]*(?:#[0-9]{{4}})?)$", re.I | re.S
)
_NAME_FORM = re.compile(r"[0-9a-z_][0-9a-z_.-]{1,63}", re.IGNORECASE)
_NO_MENTION_BEHIND = frozenset("@/=!#$%&*_-.")
# Nor behind a letter or digit: there it is a mailbox, unless that ends in "rt", as forwarded messages say.
UNREAD = "".join(sorted(_NO_MENTION_BEHIND)) + (string.ascii_letters + string.digits).replace("t", "").replace("T", "")
_SPACE = re.compile(r"\s")
# Measures and addresses behind an "at": @2.10ghz, @192.0.2.1.
_NUMBER_FORM = re.compile(r"[0-9]+[.][0-9]")
# Words that follow a platform's name without naming anybody: "skype: yes", "instagram - great".
_NO_NAME = words(
    "a an and app are at but by call can chat com do down for from group has have he here how http https i if in is it just "
    "link me my no not of off ok on or our she so that the then there they this to too up version was we what when where "
    "who why with works yes yet you your id user username account handle number"
)


def normalise(text: str, country: str = "") -> str | None:
    """`platform:name`, or `@name` without platform, from a handle, a profile link or `platform: name`."""
    text = text.strip()
    if len(text) > 400:
        return None
    platform, _, name = text.partition(":")
    if platform in PLATFORMS and name and "//" not in name and not any(char.isspace() for char in name):
        return of(platform, name)
    web = parse(text) if "/" in text else None
    if web is not None and (found := profile(web.host, web.path)):
        return ":".join(found)
    for read in (_read_skype, _read_labelled, _read_mention):
        for reading in read(text, country):
            if reading.valid and reading.end == len(text):
                return reading.value
    return text.lower() if ":" not in text and text.startswith("@") and _NAME_FORM.fullmatch(text[1:]) else None


def of(platform: str, name: str) -> str | None:
    """Value for a name that a field states for a platform; None if it is empty, too long or holds spaces."""
    name = name.strip().lstrip("@")
    name = name if "-" in platform else name.lower()
    if not name or len(name) > 256 or any(char.isspace() for char in name):
        return None
    return f"{platform}:{name}" if platform else f"@{name}"


def _read_mention(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    if not candidate.startswith("@") or _SPACE.search(candidate):
        return ()
    name = candidate[1:].rstrip(".-")
    if "@" in name:
        user, _, host = name.partition("@")
        return (Reading("handle", f"fediverse:{user}@{host}".lower(), 0, len(name) + 1),) if "." in host else ()
    # A hyphen or a dot may belong to the sentence; names with them exist, so they stay if a letter follows.
    if not 2 <= len(name) <= 64 or not any(char.isalnum() for char in name) or _NUMBER_FORM.match(name):
        return ()
    return (Reading("handle", "@" + name.lower(), 0, len(name) + 1),)


def _read_labelled(candidate: str, country: str) -> Sequence[Reading]:
    found = _LABEL_FORM.match(candidate[:200]) if len(candidate) <= 200 else None
    if found is None or (found[3] == "" and found[2] is None):
        return ()
    label = " ".join(found[1].lower().split())
    platform = PLAIN.get(label) or WORDY.get(label) or PLAIN.get("whatsapp", "")
    name = found[4].rstrip(".-")
    start = found.start(4)
    if platform in PHONE_NAMED and (number := phone.labelled(name, country)):
        return (Reading("handle", f"{platform}:{number}", start, start + len(name)),)
    joiner = found[3].strip().lower()
    if (
        name.lower() in _NO_NAME
        or name.lower() in PLAIN
        or name.startswith("+")
        or not _NAME_FORM.fullmatch(name.partition("#")[0])
    ):
        return ()
    marked = any(char.isdigit() or char in "_." for char in name[1:]) and any(char.isalpha() for char in name)
    strong = "@" in joiner or found[2] is not None
    if not strong and not marked and (label in WORDY or joiner not in (":", "=", "->", "\u2192")):
        return ()
    if len(name) < 3 or (name.isdigit() and not found[2]):
        return ()
    return (Reading("handle", f"{platform}:{name.lower()}", start, start + len(name)),)


def _read_skype(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    rest = candidate.rstrip(".,-:")
    name = rest[6:] if rest[:6].lower() == "skype:" else rest
    if not 3 <= len(name) <= 80 or name.lower() in ("live:", "live") or ("live:" not in name.lower() and name == rest):
        return ()
    if name.lower() in _NO_NAME or (name.lower().startswith("live:") and len(name) < 8):
        return ()
    return (Reading("handle", f"skype:{name.lower()}", 0, len(rest)),)


def _read_link(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    web = parse(candidate)
    found = profile(web.host, web.path) if web is not None and web.path else None
    if web is None or found is None:
        return ()
    platform, name = found
    reading = Reading("handle", f"{platform}:{name}", 0, web.end)
    if platform == "whatsapp" and (number := phone.normalise(name, "")):
        return (reading, Reading("phone", number, 0, web.end))
    return (reading,)


def fits(before: str, original: str, after: str) -> bool:
    """A mention stands free of words, mailboxes and paths; anything else free of letters and digits."""
    last = before[-1:]
    if not original.startswith("@"):
        return not (last.isascii() and last.isalnum()) and last not in ("_", "-") and after[:1] not in ("@", "_")
    if last in _NO_MENTION_BEHIND or (last.isascii() and last.isalnum() and before[-2:].lower() != "rt"):
        return False
    return after[:1] != "@" and after[:3] != "://" and not _accented(after[:1])


def _accented(char: str) -> bool:
    return char.isalpha() and "\u00c0" <= char <= "\u024f"


_LABEL_TRIGGER = rf"(?i-u:(?:{_NAMES})(?: me)?(?: {{0,2}}(?:{_NOUN}))? {{0,2}}(?:[:=@(-]|is[ :]))|\x{{2013}}|\x{{2192}}"

SELECTOR = Selector(
    name="handle",
    meaning="name of an account, with its platform where the text says it",
    recognisers=(
        Recogniser(_MENTION, _read_mention, "@[0-9A-Za-z_]", "at", unread=UNREAD),
        Recogniser(_LABELLED, _read_labelled, _LABEL_TRIGGER),
        Recogniser(_SKYPE, _read_skype, "(?i-u:live:|skype:)"),
        Recogniser(CANDIDATE, _read_link, TRIGGER, "web", unread="@"),
    ),
    normalise=normalise,
    fits=fits,
    hinted=True,
    examples=(
        Example("hi @Sunny_Day, all well?", "@Sunny_Day", "@sunny_day"),
        Example("find me at t.me/SunnyDay1", "t.me/SunnyDay1", "telegram:sunnyday1"),
        Example("https://wa.me/4915123456789", "https://wa.me/4915123456789", "whatsapp:+4915123456789"),
        Example("skype:live:.cid.1a2b3c4d5e6f7a8b?call", "skype:live:.cid.1a2b3c4d5e6f7a8b", "skype:live:.cid.1a2b3c4d5e6f7a8b"),
        Example("join discord.gg/AbCd12", "discord.gg/AbCd12", "discord-invite:AbCd12"),
        Example("Telegram: sunnyday", "sunnyday", "telegram:sunnyday"),
        Example("my snap is sunny_99", "sunny_99", "snapchat:sunny_99"),
        Example("https://www.instagram.com/Sunny.Day/?hl=en", "https://www.instagram.com/Sunny.Day/?hl=en", "instagram:sunny.day"),
        Example("https://x.com/sunnyday/status/12", "https://x.com/sunnyday/status/12", "x:sunnyday"),
        Example("on @sunny@social.example", "@sunny@social.example", "fediverse:sunny@social.example"),
        Example("discord - sunny#1234", "sunny#1234", "discord:sunny#1234"),
    ),
    non_examples=(
        "@_@", "f!@kn", "signal is weak here", "skype: yes", "error on line: 42", "https://x.com/home", "a@b.example", "@ noon",
        "discord is down", "@nameéx",
    ),
    within=frozenset(("email",)),
)  # fmt: skip
