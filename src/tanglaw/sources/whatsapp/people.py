"""Who writes in a WhatsApp chat, and which conversation it therefore is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tanglaw.ids import Ids
from tanglaw.reading.accounts import account_id
from tanglaw.reading.chats import Conversation, direct_id
from tanglaw.reading.item import Item
from tanglaw.sources.whatsapp.headers import Header
from tanglaw.sources.whatsapp.words import kind_of, plain

_PHONE: Final = re.compile(r"\+[\d\s().\u00a0\u202f\u2010\u2011-]{6,30}")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]+")
_QUOTES: Final = frozenset('"“”«»')
_LONGEST: Final = 100
_TITLE: Final = re.compile(
    r"whatsapp[\s_-]*(?:chat)?[\s_-]*(?:with|con|mit|com|avec|met|med|con|ile|-|_)[\s_]+(.+)", re.IGNORECASE
)
_ENDING: Final = re.compile(r"\.(?:txt|zip)$", re.IGNORECASE)


def is_phone(name: str) -> bool:
    """True for a sender who is shown by number, as those are who are not in the exporter's address book."""
    return _PHONE.fullmatch(name) is not None and sum(c.isdigit() for c in name) >= 7


def split(line: str) -> tuple[str | None, str]:
    """Sender and text of what stands behind a header; no sender for WhatsApp's own lines."""
    written, colon, text = line.partition(":")
    if not colon or len(written) > _LONGEST or text[:1] not in ("", " ", "\n"):
        return None, line
    name = _name(written)
    return (None, line) if name is None else (name, text[1:] if text[:1] == " " else text)


@lru_cache(maxsize=4096)
def _name(written: str) -> str | None:
    name = _SPACES.sub(" ", plain(written)).strip().removeprefix("~").strip()
    return name if name and _QUOTES.isdisjoint(name) else None


def title_of(item: Item) -> str | None:
    """The other side's or the group's name, from the file's name or that of its folder or archive."""
    for part in (item.name, item.folder):
        found = _TITLE.search(_ENDING.sub("", plain(part)))
        if found:
            return found.group(1).strip() or None
    return None


@dataclass
class People:
    """The senders of one file, in order of appearance, and its first message."""

    senders: dict[str, None] = field(default_factory=dict)
    first: tuple[str, str] | None = None

    def add(self, header: Header, line: str) -> None:
        """Count one line that begins with a header."""
        name, text = split(line)
        if name is None or (name in self.senders and self.first is not None):
            return
        if kind_of(text, text.startswith("\u200e")) != "service":
            self.senders[name] = None
            self.first = self.first or (header.stamp, text)

    def conversation(self, ids: Ids, title: str | None) -> Conversation:
        """The conversation. Sides known by number make the same one whoever exported it; names hold only inside
        one chat, so there its first message is part of the id."""
        names = dict(self.senders)
        if len(names) < 2 and title is not None and title not in names and (is_phone(title) or len(names) == 1):
            names[title] = None
        kind = "direct" if len(names) <= 2 else "group"
        phones = sorted(account_id(ids, "whatsapp", "phone", name) for name in names if is_phone(name))
        if len(phones) == len(names) >= 2:
            ident = (
                direct_id(ids, "whatsapp", *phones) if len(phones) == 2 else ids.of("conversation", "whatsapp", *phones)
            )
        else:
            others = sorted(name for name in names if not is_phone(name))
            stamp, text = self.first or ("", "")
            ident = ids.of("conversation", "whatsapp", "names", *phones, *others, stamp, text)
        return Conversation(ident, "whatsapp", kind, title, "line 1")
