"""Web addresses with a scheme, a path or `www.`; defanged spellings (hxxp, [.], [:]) are restored in the value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector
from tanglaw.selectors.domain import fits_bare
from tanglaw.selectors.hosts import scripts_said
from tanglaw.selectors.web import CANDIDATE, TRIGGER, Web, parse, url_value

# The length of a network prefix behind an address: 192.0.2.0/24.
_NETWORK = re.compile("/[0-9]{1,2}")


def is_url(web: Web) -> bool:
    """True for a link that is more than a bare host name."""
    if web.is_ip and not web.host_start and _NETWORK.fullmatch(web.path):
        return False
    return web.host_start > 0 or web.path[:1] in ("/", "?") or web.host.startswith("www.")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """`scheme://host:port/path` with restored dots, lower-case A-label host and no default port; None if no URL."""
    text = text.strip()
    web = parse(text)
    if web is None or web.end != len(text) or not web.listed:
        return None
    return url_value(web)


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    web = parse(candidate)
    if web is None or not is_url(web) or not (web.listed or web.host_start):
        return ()
    return (Reading("url", url_value(web), 0, web.end, valid=web.listed, how=scripts_said(web.host)),)


def fits(before: str, original: str, after: str) -> bool:
    """With a scheme: no letter, digit or underscore before it. Without: as a bare domain."""
    last = before[-1:]
    if original.startswith("//"):
        return not (last.isalnum() or last in (":", "/", "_", "]", "\\"))
    if "//" in original[:12]:
        return not (last.isascii() and last.isalnum()) and last not in ("_", "-", "$")
    return fits_bare(before, original, after)


SELECTOR = Selector(
    name="url",
    meaning="web address; valid means that its host is an IP address or under a known top-level domain",
    recognisers=(Recogniser(CANDIDATE, _read, TRIGGER, "web", unread="@"),),
    normalise=normalise,
    fits=fits,
    examples=(
        Example("look: HTTPS://Example.com:443/A?b=1.", "HTTPS://Example.com:443/A?b=1", "https://example.com/A?b=1"),
        Example("hxxps://evil[.]example[.]com/x", "hxxps://evil[.]example[.]com/x", "https://evil.example.com/x"),
        Example("(see example.org/wiki/A_(b))", "example.org/wiki/A_(b)", "http://example.org/wiki/A_(b)"),
        Example("http://bücher.example/", "http://bücher.example/", "http://xn--bcher-kva.example"),
        Example("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        Example("http://localhost/a", "http://localhost/a", "http://localhost/a", valid=False),
    ),
    non_examples=(
        "http://",
        "http://-example.com",
        "node.js/a",
        "ratio 3.5/2",
        "a.b",
        "user@example.com",
        "http://a.com:99999",
    ),
    within=frozenset(("email",)),
)
