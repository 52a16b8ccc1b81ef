"""Ways in which documents of the real world differ from those of a schema, for tests of two readers side by side."""

from __future__ import annotations

import random
import re

TEXTS = (
    "", " ", "\n ", " x ", "true", "false", "0", "1", "yes", "maybe", "N/A", "n/a", "None", "é", "\U0001f332", "x\u3000",
    "\u00a0x", "\u0085", "\u200bx", "Straße", "İ", "@Garden.Path", "@", "@@ @x", "+49 151 5550 0123", "0049151555", "٣٤",
    "user@mail.example.com", "USER@Example.ORG", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z",
    "2026-01-02 03:04:05.5-00:30", "2026-01-02T03:04:05.123456789+05:30", "2026-02-30T00:00:00Z", "2024-02-29T23:59:59Z",
    "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "2099-12-31T23:59:59-23:59", "2100-01-01T00:00:00Z",
    "2026-01-02T24:00:00Z", "2026-01-02T03:04Z", "20260102T030405Z", "2026-01-02T03:04:05z", "2026-01-02T03:04:05+0530",
    "65535", "65536", "080", "-1", "+80", "1e3", "12345678901234567890", "000123456", "LOGIN", "Login", "logout", "GB", "A1",
    "gb", "Facebook, Inc.", "d41d8cd98f00b204e9800998ecf8427e", "D41D8CD98F00B204E9800998ECF8427E", "1B2M2Y8AsgTpgAmyPhCfg==",
    "x" * 700, "\ufffe", "\ufffd", "'\"", "a\tb", "a\rb", "]]", "N/A ",
)  # fmt: skip
_MARKUP = (
    "&amp;", "&#65;", "&unknown;", "<![CDATA[x < y]]>", "<!-- seen -->x", "<?note x?>x", "<b>x</b>", "]]>", "<", "\x00", "\x0b",
)  # fmt: skip
_FRONT = (
    "\ufeff", "\n", "<!-- x -->", "<!DOCTYPE report>", '<?xml version="1.0"?>', '<?xml version="1.1" encoding="UTF-8"?>',
    '<?xml version="1.0" encoding="ISO-8859-1"?>', "x",
)  # fmt: skip
_ATTRIBUTES = (
    ' note="x"', ' type="Home"', ' type=""', ' verified="true"', ' verified="maybe"', " verified='true'", ' hashType="PDQ"',
    ' xml:lang="de"', ' xsi:nil="true"', ' xmlns="https://report.cybertip.org/ispws/xsd"', ' xmlns="x"', ' type="a&amp;b"',
    ' type="<"', ' userNotified="false"', ' thirdPartyHostedContent="true"', ' xmlns:a="urn:a" a:b="c"', ' type="é"',
)  # fmt: skip
_TAG = re.compile(r"(<[^>]*>)")


def changed(document: str, chance: random.Random) -> str:
    """The document with one thing changed."""
    parts = _TAG.split(document)
    spans = _elements(parts)
    if not spans:
        return document
    first, last = chance.choice(spans)
    other, _ = chance.choice(spans)
    element = parts[first : last + 1]
    kind = chance.randrange(11)
    if kind == 0:
        del parts[first : last + 1]
    elif kind == 1:
        parts[last + 1 : last + 1] = element
    elif kind == 2:
        parts[other:other] = element
    elif kind in (3, 4):
        leaves = [span for span in spans if span[1] - span[0] == 2]
        first = chance.choice(leaves)[0] if leaves else first
        parts[first + 1] = chance.choice(TEXTS)
    elif kind == 5:
        parts[first + 1] = chance.choice(_MARKUP) + parts[first + 1]
    elif kind == 6:
        parts[first] = parts[first][:-1] + chance.choice(_ATTRIBUTES) + ">"
    elif kind == 7:
        parts[first : last + 1] = [parts[first][:-1] + "/>"]
    elif kind == 8:
        parts[first] = parts[first].replace(_name(parts[first]), chance.choice(("extra", "a:b", "report", "email")), 1)
        parts[last] = f"</{_name(parts[first])}>"
    elif kind == 9:
        parts[first:first] = [chance.choice(("<extra>x</extra>", "x", "<extra/>", "</a>", "<a>", "<!-- x -->"))]
    else:
        parts[0:0] = [chance.choice(_FRONT)]
    return "".join(parts)


def _name(tag: str) -> str:
    return re.split(r"[\s/>]", tag[1:])[0]


def _elements(parts: list[str]) -> list[tuple[int, int]]:
    """The places of each element's first and last tag among the parts."""
    found, opened = [], []
    for place in range(1, len(parts), 2):
        tag = parts[place]
        if tag.startswith("</"):
            if opened:
                found.append((opened.pop(), place))
        elif not tag.endswith("/>") and not tag.startswith(("<?", "<!")):
            opened.append(place)
    return found
