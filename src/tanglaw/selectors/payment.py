"""Payment handles: pay-me links, Cash App names, and numbers or names that the text states for an e-wallet.

The value is `service:name`, or `service:+number` where the service goes by phone numbers. A link's platform and name
are also a `handle`, a number also a `phone`, so that either joins accounts known otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors import email, phone
from tanglaw.selectors.base import Example, Reading, Recogniser, Selector
from tanglaw.selectors.platforms import PAYMENT, profile
from tanglaw.selectors.wallets import SERVICES, WORDY
from tanglaw.selectors.web import CANDIDATE, TRIGGER, parse

_NAMES = "|".join(
    sorted((name.replace(".", "[.]").replace(" ", "[ ]?") for name in SERVICES), key=lambda name: (-len(name), name))
)
_NOUN = "number|num|no|nr|account|acct|acc|wallet|handle|username|user|name|tag|id|me|is|at|to|my|on|it"
_NAME = r"[$@]?[0-9A-Za-z_][0-9A-Za-z_.@-]*"
_BODY = r"\+?[(]?[0-9](?:[ ()./-]{0,2}[0-9]){6,}"
_LABELLED = (
    rf"[0-9A-Za-z_]*(?i-u:{_NAMES})(?:[ ]{{1,2}}(?i-u:{_NOUN})[.]?){{0,3}}"
    rf"(?:[ ]{{0,2}}(?:[:=#-]|->)[ ]{{0,2}}|[ ]{{1,2}})(?:{_BODY}|{_NAME})"
)
_CASHTAG = r"\$[A-Za-z][0-9A-Za-z_-]{0,19}[ ](?:[(]|(?i-u:on|via|in)[ ])(?i-u:cash[ ]?app)"
_LABEL_FORM = re.compile(
    rf"(?P<service>{_NAMES})(?P<nouns>(?: {{1,2}}(?:{_NOUN})\.?){{0,3}})(?: {{0,2}}(?P<joint>[:=#-]|->) {{0,2}}| {{1,2}})"
    rf"(?:(?P<number>{_BODY})|(?P<name>{_NAME}))",
    re.IGNORECASE,
)
_TAG_FORM = re.compile(r"\$([A-Za-z][0-9A-Za-z_-]{0,19})")
_PLAIN_NAME = re.compile(r"[0-9a-z][0-9a-z_.-]{1,39}", re.IGNORECASE)


def normalise(text: str, country: str = "") -> str | None:
    """`service:name` or `service:+number` from a value, a pay-me link or `service: name`; None for anything else."""
    text = text.strip()
    if len(text) > 200:
        return None
    service, mark, name = text.partition(":")
    if (
        mark
        and service in {found[0] for found in SERVICES.values()}
        and name
        and not any(char.isspace() for char in name)
    ):
        return f"{service}:{name.lower()}" if name != "//" and not name.startswith("//") else None
    for read in (_read_link, _read_labelled, _read_cashtag):
        for reading in read(text, country):
            if reading.type == "payment" and reading.end == len(text):
                return reading.value
    return None


def _read_link(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    web = parse(candidate)
    found = profile(web.host, web.path) if web is not None and web.path else None
    if web is None or found is None or found[0] not in PAYMENT:
        return ()
    return (Reading("payment", ":".join(found).lower(), 0, web.end, how="link"),)


def _read_cashtag(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    found = _TAG_FORM.match(candidate)
    if found is None or " " not in candidate[found.end() :] + " ":
        return ()
    return (Reading("payment", f"cashapp:{found[1].lower()}", 0, found.end(), how="named in the text"),)


def _read_labelled(candidate: str, country: str) -> Sequence[Reading]:
    found = _LABEL_FORM.fullmatch(candidate) if len(candidate) <= 160 else None
    if found is None:
        return ()
    label = " ".join(found["service"].lower().split())
    service, home = SERVICES.get(label) or SERVICES[label.replace(" ", "")]
    stated = bool(found["joint"] or found["nouns"].strip())
    if label in WORDY and not stated:
        return ()
    if found["number"]:
        return _number(found, service, home, country)
    return _named(found, service, stated)


def _number(found: re.Match[str], service: str, home: str, country: str) -> Sequence[Reading]:
    """A phone number stated for a service, read in the service's country before the hint."""
    start, end = found.span("number")
    for region in dict.fromkeys((home, country)):
        if value := phone.labelled(found["number"], region):
            how = (
                f"named in the text, in {region}"
                if region and not found["number"].startswith("+")
                else "named in the text"
            )
            return (
                Reading("payment", f"{service}:{value}", start, end, how=how),
                Reading("phone", value, start, end, how=how),
            )
    return ()


def _named(found: re.Match[str], service: str, stated: bool) -> Sequence[Reading]:
    """A name stated for a service that goes by names: `$name`, `@name`, an e-mail, or a name behind a colon."""
    start, end = found.span("name")
    name = found["name"].rstrip(".-@")
    end = start + len(name)
    bare = name.lstrip("$@")
    if service in ("paypal", "zelle", "upi", "pix") and "@" in bare:
        value = bare.lower() if service == "upi" else email.normalise(bare)
        return (Reading("payment", f"{service}:{value}", start, end, how="named in the text"),) if value else ()
    marked = name[:1] == ("$" if service == "cashapp" else "@")
    telling = any(char.isdigit() or char in "_." for char in bare[1:]) and any(char.isalpha() for char in bare)
    if service not in ("cashapp", "venmo", "paypal") or not _PLAIN_NAME.fullmatch(bare):
        return ()
    if not marked and not (telling and stated and found["joint"]):
        return ()
    return (Reading("payment", f"{service}:{bare.lower()}", start, end, how="named in the text"),)


def fits(before: str, original: str, after: str) -> bool:  # noqa: ARG001
    """True unless a word or a mailbox goes on around it."""
    last, first = before[-1:], after[:1]
    if (last.isascii() and last.isalnum()) or last in ("_", "-") or first in ("_",):
        return False
    return not (first.isascii() and first.isalnum()) and not (first == "@" and after[1:2].isalnum())


_TRIGGER = rf"(?i-u:{_NAMES})"

SELECTOR = Selector(
    name="payment",
    meaning="name or number that a payment service goes by, with the service",
    recognisers=(
        Recogniser(CANDIDATE, _read_link, TRIGGER, "web", unread="@"),
        Recogniser(_LABELLED, _read_labelled, _TRIGGER),
        Recogniser(_CASHTAG, _read_cashtag, "(?i-u:cash ?app)"),
    ),
    normalise=normalise,
    hinted=True,
    fits=fits,
    examples=(
        Example("via https://paypal.me/SunnyDay", "https://paypal.me/SunnyDay", "paypal:sunnyday"),
        Example("cash.app/$SunnyDay ok", "cash.app/$SunnyDay", "cashapp:sunnyday"),
        Example("Cash App $sunnyday99", "$sunnyday99", "cashapp:sunnyday99"),
        Example("$sunnyday on cashapp", "$sunnyday", "cashapp:sunnyday"),
        Example("venmo @sunny-day", "@sunny-day", "venmo:sunny-day"),
        Example("GCash 0917 123 4567 thanks", "0917 123 4567", "gcash:+639171234567"),
        Example("m-pesa number: 0712 345678", "0712 345678", "mpesa:+254712345678"),
        Example("paypal: kim@example.org", "kim@example.org", "paypal:kim@example.org"),
    ),
    non_examples=(
        "$20 on cashapp",
        "paypal is down",
        "gcash 500 pesos",
        "maya 12",
        "venmo me later",
        "https://paypal.com/signin",
    ),
)
