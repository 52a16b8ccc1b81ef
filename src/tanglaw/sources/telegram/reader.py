"""Reads Telegram's messages batch by batch into rows."""

from __future__ import annotations

import re
from typing import Any, Final

from tanglaw.errors import BadRecord
from tanglaw.reading.chats import LATEST, Chats, Conversation, Sent, direct_id, group_id, micros, set_aside
from tanglaw.reading.item import Item
from tanglaw.reading.json_known import Known
from tanglaw.reading.json_stream import Batch, Fault, Members, Place, elements, pointer
from tanglaw.reading.rows import Rows
from tanglaw.sources.telegram.account import Account, sender, unix_moment
from tanglaw.sources.telegram.extras import Extras, text_of
from tanglaw.sources.telegram.fields import CHAT_TYPES, DIRECT, LISTS, PATHS, SELF, TOP, UNUSED, Message
from tanglaw.sources.telegram.people import Head, Survey, head_of, other_than, owner_of, survey

_TYPES: Final = re.compile(rf'"type"\s*:\s*"(?:{"|".join(CHAT_TYPES)})"')
_CHAT: Final = frozenset(("name", "type", "id", "messages"))


class Telegram:
    """Reads `result.json` of Telegram Desktop."""

    name = "telegram-json"
    tables = (
        "conversations",
        "participants",
        "messages",
        "calls",
        "accounts",
        "contacts",
        "captures",
        "texts",
    )

    def recognise(self, item: Item) -> bool:
        """True for an object with a chat of a Telegram type, or with the parts of a whole-account export."""
        text = item.text_head.lstrip()
        if not text.startswith("{"):
            return False
        whole = '"personal_information"' in text or ('"about"' in text and '"chats"' in text and '"list"' in text)
        return ('"messages"' in text and _TYPES.search(text) is not None) or (whole and '"guild"' not in text)

    def hints(self, item: Item) -> tuple[str, ...]:
        """None: chats state no report numbers."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Write conversations, participants, accounts, messages and calls; a whole-account export also gives
        the owner's profile, address book and sessions."""
        _File(item, rows).read()


class _File:
    def __init__(self, item: Item, rows: Rows) -> None:
        self._item, self._rows = item, rows
        self._limit = rows.settings.max_line_bytes
        self._chats = Chats(rows, item.path, "telegram")
        self._survey: Survey | None = None
        self._owner: str | None = None
        self._top: dict[str, bytes] = {}
        self._at: Place | None = None
        self._head = Head()
        self._chat: Conversation | None = None
        self._other: str | None = None
        self._accounts: dict[object, str | None] = {}
        self._pairs: set[tuple[object, str | None]] = set()
        self._base = self._count = 0
        self._extras = Extras(rows, self._chats)

    def read(self) -> None:
        known = Known(Message, UNUSED, lambda name: self._chats.unknown("/messages/*", [name]))
        found = False
        with self._item.open() as stream:
            for event in elements(stream, *PATHS, kind=known, limit=self._limit):
                if isinstance(event, Batch):
                    self._batch(event)
                elif isinstance(event, Members):
                    self._members(event)
                elif not found and event.place == ():
                    raise BadRecord(event.code, event.reason, f"byte {event.offset}", event.raw)
                else:
                    self._fault(event)
                found = found or not isinstance(event, Fault)
        Account(self._rows, self._chats, self._chats.unknown).write(self._top)
        self._chats.close()

    def _fault(self, fault: Fault) -> None:
        set_aside(self._rows, fault)
        if fault.code != "bad-encoding" and fault.place[-1:] == ("messages",):
            self._count = max(self._count, self._base + fault.index + 1)

    def _members(self, event: Members) -> None:
        """Before an array: the head of its chat. At the end of an object: what else it holds."""
        keys, place = event.members.keys(), event.place
        if place == ():
            self._top = event.members
            self._owner = self._owner or owner_of(event.members)
        if event.into == "messages":
            self._begin(place, event.members)
        if not event.complete:
            return
        known = TOP if place == () else LISTS if len(place) == 1 else _CHAT
        self._chats.unknown(pointer(tuple("*" if isinstance(part, int) else part for part in place)), keys - known)
        if self._at != place and (len(place) > 1 or (place == () and {"type", "id"} <= keys)):
            self._begin(place, event.members)
        if self._at == place and self._chat is None:
            self._open(place, [])

    def _begin(self, place: Place, members: dict[str, bytes]) -> None:
        self._at, self._head, self._chat, self._other = place, head_of(members), None, None
        self._accounts, self._pairs = {}, set()
        self._base = self._count
        if self._head.type is None or self._head.id is None:
            self._head = self._surveyed().heads.get(place, self._head)
        if self._head.type not in CHAT_TYPES:
            self._rows.issue("unknown-value", "chat of an unknown type is read as a group", pointer(place, "type"))

    def _surveyed(self) -> Survey:
        if self._survey is None:
            self._survey = survey(self._item, self._limit)
            self._owner = self._owner or self._survey.owner
        return self._survey

    def _open(self, place: Place, senders: list[object]) -> Conversation:
        """Write the conversation once its two sides are known."""
        head = self._head
        other = sender(head.id) if head.id is not None else None
        if head.type in DIRECT or head.type == SELF:
            self._owner = self._owner or other_than(head, senders) or self._surveyed().owner
        kind = CHAT_TYPES.get(head.type or "", "group")
        # A chat exported by itself is the whole document.
        where = pointer(place) or "/"
        if kind == "direct" and other is not None:
            self._other = self._chats.account("esp-id", other, name=head.name, place=where)
            owner = self._chats.account("esp-id", self._owner, place=where) if self._owner else None
            ident = direct_id(self._rows.ids, "telegram", self._other, owner)
        else:
            # Basic groups are numbered apart from supergroups and channels.
            series = "chat" if head.type == "private_group" else "channel" if other else f"{head.type} of {self._owner}"
            ident = group_id(self._rows.ids, "telegram", f"{series}{other or ''}")
        self._chat = Conversation(ident, "telegram", kind, head.name, where)
        self._chats.open(self._chat)
        if self._other is not None:
            self._chats.takes_part(self._chat, self._other, where)
        return self._chat

    def _batch(self, batch: Batch) -> None:
        messages: list[Any] = batch.values
        raw = [m.actor_id if m.from_id is None else m.from_id for m in messages]
        chat = self._chat or self._open(batch.place[:-1], raw)
        prefix = pointer(batch.place) + "/"
        senders = self._senders(chat, messages, raw, prefix, batch.first)
        texts = [t if (t := m.text).__class__ is str and m.type == "message" else text_of(m) for m in messages]
        plain = "message"
        kinds = [plain if m.type == plain and m.photo is m.file is m.media_type is None else _kind(m) for m in messages]
        times, originals, assumed = self._times(messages)
        sent = Sent(self._base + batch.first, times, originals, senders, texts, kinds, prefix, number=batch.first)
        sent.assumed = assumed
        sent.recipients = self._recipients(chat, senders)
        sent.edited = _texts([m.edited if m.edited_unixtime is None else m.edited_unixtime for m in messages])
        sent.replies = _texts([m.reply_to_message_id for m in messages])
        sent.attachments = [(m.photo is not None) + (m.file is not None) for m in messages]
        self._count = max(self._count, sent.first + len(messages))
        ids = self._chats.write(chat, sent)
        self._extras.write(chat, messages, sent, ids)

    def _senders(
        self, chat: Conversation, messages: list[Any], raw: list[Any], prefix: str, first: int
    ) -> list[str | None]:
        """Account ids of the senders, who thereby take part; those without an id go by name."""
        known = self._accounts
        names = [m.from_ or m.actor for m in messages]
        fresh = set(zip(raw, names, strict=True)) - self._pairs
        for index, pair in enumerate(zip(raw, names, strict=True) if fresh else ()):
            if pair not in fresh:
                continue
            fresh.discard(pair)
            self._pairs.add(pair)
            (one, name), place = pair, f"{prefix}{first + index}"
            if one is not None:
                account = known[one] = self._chats.account("esp-id", sender(one), name=name, place=place)
            elif name:
                account = known[pair] = self._chats.named(chat.id, name, place=place)
            else:
                continue
            self._chats.takes_part(chat, account, place)
        known[None] = None
        if None not in raw:
            return [known[one] for one in raw]
        return [known.get((one, name)) if one is None else known[one] for one, name in zip(raw, names, strict=True)]

    def _recipients(self, chat: Conversation, senders: list[str | None]) -> list[str | None]:
        if chat.kind != "direct" or self._other is None or self._head.type == SELF or self._owner is None:
            return []
        owner = self._chats.account("esp-id", self._owner)
        other = self._other
        return [other if one == owner else owner if one == other else None for one in senders]

    def _times(self, messages: list[Any]) -> tuple[list[int | None], list[str | None], list[str | None]]:
        """Instants in microseconds, the stamps as written, and the zones assumed (empty if for none)."""
        originals: list[Any] = [m.date_unixtime for m in messages]
        try:
            seconds = [int(one) for one in originals]
        except (TypeError, ValueError):
            seconds = [-1]
        if min(seconds) >= 0 and max(seconds) < LATEST and int not in set(map(type, originals)):
            return [one * 1_000_000 for one in seconds], originals, []
        times: list[int | None] = []
        assumed: list[str | None] = []
        for index, message in enumerate(messages):
            unix = None if message.date_unixtime is None else str(message.date_unixtime)
            at = unix_moment("at", unix, message.date, self._rows.settings.default_zone)
            times.append(micros(at["at"]) if at.get("at") else None)
            originals[index] = at.get("at_original")
            assumed.append(at.get("at_assumed"))
        return times, originals, assumed


def _texts(values: list[Any]) -> list[str | None]:
    """The values as text; nothing if none is stated."""
    kinds = set(map(type, values))
    if int in kinds:
        return [None if value is None else str(value) for value in values]
    return values if str in kinds else []


def _kind(message: Any) -> str:
    if message.type == "service":
        return "call" if message.action in ("phone_call", "group_call") else "service"
    return "attachment" if message.type in ("message", "unsupported") else "service"


TELEGRAM = Telegram()
