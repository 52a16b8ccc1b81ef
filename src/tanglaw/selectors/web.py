"""The shape shared by URLs, domains and profile links: one candidate expression and one strict reading of it."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

from tanglaw.selectors.hosts import DOT, ascii_host, is_known, refang

# Scripts written without spaces: a link ends where they begin, since the sentence goes on without one.
_UNSPACED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\x{3000}-\x{303F}\x{FF00}-\x{FFEF}"
)
_SCHEME = r"(?i-u:https?|hxxps?|h\*\*ps?|ftps?|fxps?)(?:://|\[:\]//|\[://\])|//"
_ANY = r"[\p{L}\p{N}\p{M}\p{So}_-]+"
_SPACED = rf"[\p{{L}}\p{{N}}\p{{M}}_\-&&[^{_UNSPACED}]]+"
CANDIDATE = (
    rf"(?:(?:{_SCHEME})(?:[^\s/?#@<>\"()\[\]]+@)?(?:\[[0-9A-Fa-f:.]+\]|{_ANY}(?:{DOT}{_ANY})*)|{_SPACED}(?:{DOT}{_SPACED})+)"
    rf"(?::[0-9]+)?(?:[/?#][^\s<>\"{_UNSPACED}]*)?"
)
TRIGGER = (
    r"[0-9A-Za-z]\.[A-Za-z]{2}|\.[0-9]{1,3}(?::[0-9]{1,5})?/|:\]?//|\[:|[\[({](?:\.|(?i-u:dot))[\])}]"
    r"|[^\x00-\x7F]\.[^\x00-\x2F]"
)
_SCHEME_FORM = re.compile(r"(https?|hxxps?|h\*\*ps?|ftps?|fxps?)(?:://|\[:\]//|\[://\])|(//)", re.IGNORECASE)
_STOP = re.compile("[/?#]")
_REAL = {"hxxp": "http", "hxxps": "https", "h**p": "http", "h**ps": "https", "fxp": "ftp", "fxps": "ftps"}
_PORTS = {"http": "80", "https": "443", "ftp": "21", "ftps": "990"}
# The shortener's slugs are letters and digits, at most 40; what follows belongs to the sentence.
_SLUG = re.compile(r"/[0-9A-Za-z]{1,40}(?![0-9A-Za-z])(?:\?.*)?", re.DOTALL)
_CLOSING = frozenset('.,;:!?"*\u2026\u2019\u201d\u00bb|`([{')
_OPENERS = {")": "(", "]": "[", "}": "{"}
_CLOSED = re.compile(r"[)\]}]")


class Web(NamedTuple):
    """A link's parts. `end`, `host_start` and `host_end` are code points in the candidate; `host` is in A-label form.

    `scheme` is empty where none is written; `path` is what follows host and port, as written; `listed` says
    that the host is an address or ends in a known top-level domain.
    """

    end: int
    scheme: str
    user: str
    host_start: int
    host_end: int
    host: str
    port: str
    path: str
    is_ip: bool
    listed: bool


@lru_cache(maxsize=16)
def parse(candidate: str) -> Web | None:
    """The parts of a candidate without the punctuation that ends its sentence; None if the host does not hold."""
    head = _SCHEME_FORM.match(candidate)
    start, scheme = (head.end(), (head[1] or head[2]).lower()) if head else (0, "")
    found = _STOP.search(candidate, start)
    stop = found.start() if found else len(candidate)
    user_end = candidate.rfind("@", start, stop) + 1
    user, start = candidate[start : user_end - 1] if user_end else "", max(start, user_end)
    host_end, port_end = _host_ends(candidate, start, stop)
    raw, port = candidate[start:host_end], candidate[host_end + 1 : port_end]
    cut = len(raw) if raw.isascii() else _cut_at_script(raw)
    if cut < len(raw):
        raw, port, host_end, port_end = raw[:cut], "", start + cut, start + cut
    host, is_ip = _host(raw)
    listed = is_ip or ("." in host and is_known(host.rpartition(".")[2]))
    if not host or (port_end > host_end and not is_port(port)) or (scheme == "//" and not listed):
        return None
    end = port_end if port_end < stop else stop + _path_end(host, candidate[stop:])
    if end < port_end:
        return None
    scheme = "" if scheme == "//" else _REAL.get(scheme, scheme)
    return Web(end, scheme, user, start, host_end, host, port, candidate[port_end:end], is_ip, listed)


def is_port(text: str) -> bool:
    """True for a decimal number from 1 to 65535."""
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= 65535


def _host_ends(candidate: str, start: int, stop: int) -> tuple[int, int]:
    """Where the host ends and where the port after it ends."""
    if candidate[start : start + 1] == "[" and ":" in candidate[start : start + 6]:
        end = candidate.find("]", start, stop) + 1 or stop
    else:
        end = candidate.find(":", start, stop)
        end = stop if end < 0 else end
    if candidate[end : end + 1] != ":":
        return end, end
    return end, stop


def _host(raw: str) -> tuple[str, bool]:
    """The host in its one spelling and whether it is an IP address; empty if it does not hold."""
    if raw.startswith("[") and raw.endswith("]") and ":" in raw:
        try:
            return f"[{ipaddress.IPv6Address(raw[1:-1])}]", True
        except ValueError:
            return "", False
    name = refang(raw)
    last = name.rpartition(".")[2]
    if last.isdigit() and "." in name:
        try:
            return str(ipaddress.IPv4Address(name)), True
        except ValueError:
            return "", False
    return ascii_host(name) or "", False


def _cut_at_script(raw: str) -> int:
    """Where a host ends because a known top-level domain in ASCII is followed by letters of another script."""
    place = raw.find(".") + 1
    while place > 0 and place < len(raw):
        end = place
        while end < len(raw) and raw[end].isascii() and raw[end] != ".":
            end += 1
        if end < len(raw) and raw[end] != "." and end > place and is_known(raw[place:end].lower()):
            return end
        place = raw.find(".", end) + 1
    return len(raw)


def _path_end(host: str, path: str) -> int:
    """Length of the path without an unmatched closing bracket, what follows it, and closing punctuation; or -1."""
    if host == "t.co":
        slug = _SLUG.match(path)
        return slug.end() if slug else (0 if len(path) < 2 else -1)
    end = _matched(path)
    if path[end - 2 : end] in ("'s", "\u2019s"):
        end -= 2
    quotes = path.count("'", 0, end)
    while end and (path[end - 1] in _CLOSING or (path[end - 1] == "'" and quotes % 2)):
        quotes -= path[end - 1] == "'"
        end -= 1
    return end


def _matched(path: str) -> int:
    """Where the first closing bracket stands that nothing opened, or the length."""
    if _CLOSED.search(path) is None:
        return len(path)
    depth = dict.fromkeys(_OPENERS.values(), 0)
    for place, char in enumerate(path):
        if char in depth:
            depth[char] += 1
        elif char in _OPENERS:
            depth[_OPENERS[char]] -= 1
            if depth[_OPENERS[char]] < 0:
                return place
    return len(path)


def url_value(web: Web) -> str:
    """Scheme and host in lower case, defaults left out, the rest as written; `http` where no scheme is written."""
    scheme = web.scheme or "http"
    user = f"{web.user}@" if web.user else ""
    port = f":{web.port}" if web.port and web.port != _PORTS.get(scheme) else ""
    return f"{scheme}://{user}{web.host}{port}{web.path if web.path != '/' else ''}"
