"""Registrable domains, of links and of bare host names, by the public suffix list; e-mail hosts are left to e-mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector, words
from tanglaw.selectors.hosts import ascii_host, is_known, refang, registrable, scripts_said, show
from tanglaw.selectors.platforms import PLATFORM_HOSTS
from tanglaw.selectors.web import CANDIDATE, TRIGGER, Web, parse

# Country codes that end file names, or that are English words after a full stop without its space: alone,
# a name of two labels under them is more often a file or a sentence than a host.
_FILES = words("ac am as bz cat cc in la md mk ml mo mov pl pm ps py rs sc sh so st tf zip app")
_WORDS = words("ad ai al am as at be by cat de do es eu he id ie im in is it la me my no se so to us") - {
    "de",
    "eu",
}
# Longer top-level domains that bare host names do use; the others are words ("see you.live").
_LONG = words(
    "com net org info edu gov mil int biz mobi xyz online site club dev tech icu onion example test wiki blog"
)


# What stands before the host of a link, of the schemes that this reads and of others that name a host.
_IN_LINK = re.compile(
    r"(?<![0-9A-Za-z_$])(?:https?|hxxps?|h\*\*ps?|s?ftps?|fxps?|wss?|ssh|git|irc|rtmp|rtsp|smb|ldaps?)(?:://|\[:\]//|\[://\])(?:[^\s/@]*@)?$"
    r"|(?<![0-9A-Za-z:/_])//$",
    re.IGNORECASE,
)


# Nearly all of them, told at once.
_LINK_HEAD = re.compile(r"(?:\A|.*[^0-9A-Za-z_$])https?://\Z", re.IGNORECASE | re.DOTALL)
_NO_NAME_BEHIND = frozenset("@#$_-./\\~")


def _stands_bare(web: Web, raw: str) -> bool:
    """True if a host without scheme, path or `www.` is a host and not a file name or two joined sentences."""
    labels = web.host.split(".")
    tld = labels[-1]
    if not web.listed or web.is_ip or "[" in raw or web.host in PLATFORM_HOSTS:
        return web.listed and not web.is_ip
    last = raw.rpartition(".")[2]
    if last[:1].isupper() and not last.isupper() and not raw[:1].isupper():
        return False
    suffix_labels = len(labels) - len((registrable(web.host) or "").split(".")) + 1
    if tld in _FILES | _WORDS:
        return tld not in _FILES and len(labels) > 2 and suffix_labels > 0
    return len(tld) == 2 or tld in _LONG or tld.startswith("xn--")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The registrable domain in A-label form; None if the name is a public suffix or no host name."""
    host = ascii_host(refang(text.strip()).removesuffix("."))
    if host is None or "." not in host or not is_known(host.rpartition(".")[2]):
        return None
    return registrable(host)


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    web = parse(candidate)
    if web is None or web.is_ip or not web.listed:
        return ()
    linked = web.scheme or web.host.startswith("www.") or len(web.path) > 1
    value = registrable(web.host)
    if value is None or not (linked or _stands_bare(web, candidate[: web.host_end])):
        return ()
    return (Reading("domain", value, web.host_start, web.host_end, how=scripts_said(web.host)),)


def fits_bare(before: str, original: str, after: str) -> bool:  # noqa: ARG001
    """True unless a word, `@`, `$`, `#`, a path or a mailbox goes on around the name."""
    last = before[-1:]
    if (last.isascii() and last.isalnum()) or last in _NO_NAME_BEHIND:
        return False
    return after[:1] not in ("@", "_") and not (after[:1].isascii() and after[:1].isalnum())


def fits(before: str, original: str, after: str) -> bool:
    """In a link with a scheme any place fits; elsewhere as a bare name."""
    if "//" in before and (_LINK_HEAD.match(before[-9:]) or _IN_LINK.search(before)):
        return after[:1] != "_"
    return fits_bare(before, original, after)


SELECTOR = Selector(
    name="domain",
    meaning="registrable domain of a host name",
    recognisers=(Recogniser(CANDIDATE, _read, TRIGGER, "web", unread="@"),),
    normalise=normalise,
    fits=fits,
    show=show,
    examples=(
        Example("at shop.example.co.uk today", "shop.example.co.uk", "example.co.uk"),
        Example("https://user.github.io/x", "user.github.io", "user.github.io"),
        Example("example[.]com", "example[.]com", "example.com"),
        Example("www.bücher.example", "www.bücher.example", "xn--bcher-kva.example"),
        Example("президент.рф", "президент.рф", "xn--d1abbgf6aiiy.xn--p1ai"),
    ),
    non_examples=(
        "node.js",
        "install.sh",
        "done.it was",
        "a@example.com",
        "file.tar.gz",
        "e.g. this",
        "co.uk",
        "foo.Bar",
    ),
    within=frozenset(("email",)),
)
