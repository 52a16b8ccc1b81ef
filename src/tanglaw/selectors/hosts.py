"""Host names: refanged, in A-label form (RFC 5891), split by the public suffix list that its wheel carries."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

# Names for special use (RFC 2606, RFC 6761, RFC 7686): no registry has them, yet people and files write them.
SPECIAL = frozenset(("example", "test", "onion", "i2p", "local"))
DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}|(?i-u:\[dot\]|\(dot\)))"
_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|[\uff0e\u3002]", re.IGNORECASE)
_PLAIN = re.compile("[a-z0-9.-]{1,63}")
_NO_LABELS = re.compile(r"\A[.-]|[.-]\Z|[.-]\.|\.-")
_LABEL = re.compile("[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)


def refang(text: str) -> str:
    """The host with its dots restored."""
    return text if text.isascii() and "[" not in text and "(" not in text and "{" not in text else _DOT.sub(".", text)


def ascii_host(text: str) -> str | None:
    """Lower-case A-label form of a host name without final dot; None if a label or the length does not hold."""
    if len(text) > 253:
        return None
    lower = text.lower()
    if _PLAIN.fullmatch(lower) and not _NO_LABELS.search(lower) and "xn--" not in lower and text.isascii():
        return lower
    labels = []
    for label in unicodedata.normalize("NFKC", text).lower().split("."):
        name = label if label.isascii() else _a_label(label)
        if name is None or len(name) > 63 or _LABEL.fullmatch(name) is None or not _decodes(name):
            return None
        labels.append(name)
    host = ".".join(labels)
    return host if len(host) <= 253 and "_" not in ".".join(labels[-2:]) else None


def _a_label(label: str) -> str | None:
    if label.startswith("xn--"):
        return None
    return "xn--" + label.encode("punycode").decode("ascii")


def _decodes(name: str) -> bool:
    if not name.startswith("xn--"):
        return True
    try:
        return bool(name[4:].encode("ascii").decode("punycode"))
    except (UnicodeError, ValueError, OverflowError):
        return False


def unicode_host(host: str) -> str:
    """The host as people read it; labels that do not decode stay."""
    labels = []
    for label in host.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError, OverflowError):
            labels.append(label)
    return ".".join(labels)


# Scripts whose letters pass for one another's.
_ALIKE = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"))
MIXED = "mixed scripts"


def scripts_said(host: str) -> str:
    """`mixed scripts` if a label of an A-label host has letters of two scripts that look alike (after UTS 39); else empty."""
    for label in unicode_host(host).split(".") if "xn--" in host else ():
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in label if char.isalpha()}
        if len(scripts & _ALIKE) > 1:
            return MIXED
    return ""


@lru_cache(maxsize=65536)
def registrable(host: str) -> str | None:
    """Registrable domain of an A-label host by the public suffix list, private section included, or None.

    Under a suffix that is not listed it is the second label, as the list's own rule `*` says.
    """
    head, _, top = host.rpartition(".")
    second = head.rpartition(".")[2]
    # Where no rule ends in the last two labels the top-level label is the suffix.
    if (
        second
        and top
        and (pair := f"{second}.{top}") not in _ruled()
        and f"*.{top}" not in _ruled()
        and _PLAIN.fullmatch(host)
    ):
        return pair
    domain = _suffixes().privatesuffix(host)
    return str(domain) if domain is not None else None


@cache
def _rules() -> tuple[str, ...]:
    """The rules of the public suffix list in A-label form."""
    lines = Path(PSLFILE).read_text(encoding="utf-8").splitlines()
    rules = (line.split()[0].lower() for line in lines if line.strip() and not line.startswith("//"))
    return tuple(
        ".".join(label if label.isascii() else _a_label(label) or label for label in rule.removeprefix("!").split("."))
        for rule in rules
    )


@cache
def _ruled() -> frozenset[str]:
    """The last two labels of each rule that has more than one."""
    return frozenset(".".join(rule.split(".")[-2:]) for rule in _rules() if "." in rule)


@cache
def _listed() -> frozenset[str]:
    """Top-level labels of the public suffix list, in A-label form."""
    return frozenset(rule.rpartition(".")[2] for rule in _rules())


def is_known(tld: str) -> bool:
    """True if the A-label is a listed top-level domain or a special-use name."""
    return tld in SPECIAL or tld in _listed()


def show(host: str) -> str:
    """The Unicode form, with the A-label form behind it where they differ, since look-alike letters hide in it."""
    shown = unicode_host(host)
    return host if shown == host else f"{shown} ({host})"
