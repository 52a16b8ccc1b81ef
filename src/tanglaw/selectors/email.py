"""E-mail addresses, also spelled `name [at] host (dot) org`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector, free, words
from tanglaw.selectors.hosts import ascii_host, is_known, refang, scripts_said

_LOCAL = r"[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]+"
_LABELS = r"[\p{L}\p{N}_-]+(?:(?:\.|\[\.\]|\(\.\)|(?i-u:\[dot\]|\(dot\)))[\p{L}\p{N}_-]+)+"
_PLAIN = rf"{_LOCAL}@{_LABELS}"
_SPELLED_DOT = r"(?:[ ]?[\[({<][ ]?(?i-u:dot|\.)[ ]?[\])}>][ ]?|[ ](?i-u:dot)[ ])"
_SPELLED = (
    r"[\p{L}\p{N}_.+-]+(?:(?:[ ]?[\[({<][ ]?(?i-u:at|@)[ ]?[\])}>][ ]?|[ ]@[ ]|[ ](?i-u:at)[ ])"
    rf"[\p{{L}}\p{{N}}_-]+(?:(?:{_SPELLED_DOT}|\.)[\p{{L}}\p{{N}}_-]+)+"
    rf"|@[\p{{L}}\p{{N}}_-]+(?:\.[\p{{L}}\p{{N}}_-]+)*(?:{_SPELLED_DOT}[\p{{L}}\p{{N}}_-]+)+)"
)
_AT = re.compile(r" ?[\[({<] ?(?:at|@) ?[\])}>] ?| @ | at |@", re.IGNORECASE)
_DOT = re.compile(r" ?[\[({<] ?(?:dot|\.) ?[\])}>] ?| dot ", re.IGNORECASE)
_SPELLED_OUT = re.compile(r"[ \[({<]")
# Words before a bare "at" that name no mailbox: "look at example dot com".
_NO_MAILBOX = words("is are was be look looking see it me us them here there out up not only page site shop meet back")
_LOCAL_FORM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_PLAINLY = re.compile(r"(?=[^@]{1,64}@)[a-z0-9][a-z0-9_+-]*(?:\.[a-z0-9_+-]+)*@([a-z0-9.-]+\.)([a-z0-9-]+)")
_IN_LINK = re.compile(r"//[^\s/()\[\]<>]*$")
_MAX = 320


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """Lower-case `local@host`, host in A-label form; None unless both parts and the top-level domain hold."""
    text = text.strip().removeprefix("mailto:").removeprefix("MAILTO:").strip("<>")
    if len(text) > _MAX:
        return None
    parts = _AT.split(_DOT.sub(".", text)) if _SPELLED_OUT.search(text) else text.split("@")
    if len(parts) != 2:
        return None
    local, host = parts[0].lower(), ascii_host(refang(parts[1]))
    if not 1 <= len(local) <= 64 or _LOCAL_FORM.fullmatch(local) is None or host is None or "." not in host:
        return None
    tld = host.rpartition(".")[2]
    return f"{local}@{host}" if is_known(tld) or tld == "invalid" else None


def _edges(candidate: str) -> tuple[int, int]:
    """The candidate without quotes and dots at its start and without letters of another script at either end."""
    start, end = 0, len(candidate)
    at = candidate.find("@")
    while start < at and candidate[start] in "'`*_~/=?.{|!#$%&^-+":
        start += 1
    start = max(start, candidate.rfind("=", start, max(at, 0)) + 1)
    foreign = not candidate.isascii()
    if foreign and at > 0 and candidate[at - 1].isascii():
        for place in range(at - 1, max(start, at - 65) - 1, -1):
            if ord(candidate[place]) > 0x24F:
                start = place + 1
                break
    dot = candidate.rfind(".")
    if foreign and 0 < dot < end - 1 and candidate[dot + 1].isascii():
        place = dot + 1
        while place < end and ord(candidate[place]) <= 0x24F:
            place += 1
        end = place
    while end > start and candidate[end - 1] in "-":
        end -= 1
    return start, end


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    # Nearly all are written so, and are their own value.
    plain = _PLAINLY.fullmatch(candidate) if len(candidate) <= 128 else None
    if (
        plain is not None
        and is_known(plain[2])
        and (host := plain[1] + plain[2]) == ascii_host(host)
        and "xn--" not in host
    ):
        return (Reading("email", candidate, 0, len(candidate)),)
    start, end = _edges(candidate)
    value = normalise(candidate[start:end])
    return (Reading("email", value, start, end, how=scripts_said(value.rpartition("@")[2])),) if value else ()


def _read_spelled(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    if len(candidate) > _MAX:
        return ()
    words = candidate.lower().split()
    if len(words) > 1 and words[1] == "at" and words[0] in _NO_MAILBOX:
        return ()
    # Words that follow are taken for labels ("dot org dot thanks"): shorten until the top-level domain is one.
    ends = [len(candidate)] + [found.start() for found in reversed(list(_DOT.finditer(candidate)))]
    for end in ends[:6]:
        if value := normalise(candidate[:end]):
            return (Reading("email", value, 0, end, how="spelled out"),)
    return ()


def fits(before: str, original: str, after: str) -> bool:
    """True unless another `@` touches it: `@user@host` is a handle of the fediverse."""
    return before[-1:] != "@" and _IN_LINK.search(before) is None and after[:1] != "@" and free(before, original, after)


_TRIGGER = r"@|(?i-u:[\[({<] ?at ?[\])}>]| dot |[\[({<] ?dot)"

SELECTOR = Selector(
    name="email",
    meaning="e-mail address",
    recognisers=(Recogniser(_PLAIN, _read, _TRIGGER, "at"), Recogniser(_SPELLED, _read_spelled, _TRIGGER, "at")),
    normalise=normalise,
    fits=fits,
    examples=(
        Example("write to Jane.Doe+post@Example.ORG, please", "Jane.Doe+post@Example.ORG", "jane.doe+post@example.org"),
        Example("jane [at] example (dot) org", "jane [at] example (dot) org", "jane@example.org"),
        Example("jane(at)mail.example[.]com!", "jane(at)mail.example[.]com", "jane@mail.example.com"),
        Example("jane.doe at gmail dot com ok", "jane.doe at gmail dot com", "jane.doe@gmail.com"),
        Example("我的邮箱abc@example.com谢谢", "abc@example.com", "abc@example.com"),
        Example("<jörg@bücher.example>", "jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        Example("'name@example.com'", "name@example.com", "name@example.com"),
    ),
    non_examples=(
        "a@b",
        "meet at noon dot",
        "foo@bar.coma",
        "@user@example.org",
        "look at example dot com",
        "5 @ 2.50",
    ),
)
