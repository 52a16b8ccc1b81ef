"""DiscordChatExporter's JSON, one channel or direct chat a file, of any size."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tanglaw.errors import BadRecord
from tanglaw.reading.chats import Chats, Conversation, Sent, group_id, micros, set_aside
from tanglaw.reading.item import Item
from tanglaw.reading.json_known import Known
from tanglaw.reading.json_stream import Batch, Fault, Members, elements
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import moment

_PATH: Final = ("messages",)
# Both sides of a direct chat mostly write in its first messages.
_FIRST: Final = 16_384
_TOP: Final = frozenset(("guild", "channel", "dateRange", "exportedAt", "messages", "messageCount"))
_PARTS: Final = {
    "guild": frozenset(("id", "name", "iconUrl")),
    "channel": frozenset(("id", "type", "categoryId", "category", "name", "topic", "iconUrl")),
    "user": frozenset(("id", "name", "discriminator", "nickname", "color", "isBot", "roles", "avatarUrl")),
    "attachments": frozenset(("id", "url", "fileName", "fileSizeBytes")),
    "reference": frozenset(("type", "messageId", "channelId", "guildId")),
    "forwardedMessage": frozenset(("timestamp", "timestampEdited", "content", "attachments", "embeds", "stickers")),
    "interaction": frozenset(("id", "name", "user")),
}
_UNUSED: Final = frozenset(("isPinned", "embeds", "stickers", "reactions", "inlineEmojis", "components"))
# Kinds that the exporter has no name for come as Discord's numbers: replies and commands are messages.
_MESSAGES: Final = frozenset(("Default", "Reply", "0", "19", "20", "23"))


class Message(msgspec.Struct, kw_only=True, gc=False):
    """One entry of `messages`, as far as it is used."""

    id: str | int
    type: str | int
    timestamp: str | None = None
    timestampEdited: str | None = None
    callEndedTimestamp: str | None = None
    content: str | None = None
    author: dict[str, Any] | None = None
    attachments: list[Any] | None = None
    mentions: list[Any] | None = None
    reference: dict[str, Any] | None = None
    forwardedMessage: dict[str, Any] | None = None
    interaction: dict[str, Any] | None = None


class _Slim(msgspec.Struct, gc=False):
    author: Any = None


class Discord:
    """Reads the JSON files of DiscordChatExporter."""

    name = "discord-json"
    tables = ("conversations", "participants", "messages", "calls", "accounts")

    def recognise(self, item: Item) -> bool:
        """True for an object that begins with a guild and a channel."""
        text = item.text_head.lstrip()
        return text.startswith("{") and all(f'"{word}"' in text[:20_000] for word in ("guild", "channel", "exportedAt"))

    def hints(self, item: Item) -> tuple[str, ...]:
        """None: chats state no report numbers."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Write the conversation, participants, accounts, messages and calls. Media and embeds are only counted
        or passed over."""
        _File(item, rows).read()


class _File:
    def __init__(self, item: Item, rows: Rows) -> None:
        self._item, self._rows = item, rows
        self._limit = rows.settings.max_line_bytes
        self._chats = Chats(rows, item.path, "discord")
        self._chat: Conversation | None = None
        self._sides: tuple[str, ...] = ()
        self._users: dict[tuple[Any, ...], str] = {}
        self._read = 0

    def read(self) -> None:
        known = Known(Message, _UNUSED, lambda name: self._chats.unknown("/messages/*", [name]))
        found = False
        with self._item.open() as stream:
            for event in elements(stream, _PATH, kind=known, limit=self._limit):
                if isinstance(event, Batch):
                    self._batch(event)
                elif isinstance(event, Members):
                    self._members(event)
                elif not found and event.place == ():
                    raise BadRecord(event.code, event.reason, f"byte {event.offset}", event.raw)
                else:
                    self._fault(event)
                found = found or not isinstance(event, Fault)
        self._chats.close()

    def _fault(self, fault: Fault) -> None:
        set_aside(self._rows, fault)
        if fault.code != "bad-encoding" and fault.place == _PATH:
            self._read = max(self._read, fault.index + 1)

    def _members(self, event: Members) -> None:
        if event.place != ():
            return
        if event.into:
            self._open(event.members if "channel" in event.members else self._late())
        if not event.complete:
            return
        self._chats.unknown("", event.members.keys() - _TOP)
        count = _decoded(event.members.get("messageCount"))
        if isinstance(count, int) and count != self._read:
            self._rows.issue(
                "count-differs", f"the file states {count} messages and holds {self._read}", "/messageCount"
            )

    def _late(self) -> dict[str, bytes]:
        """The members that stand behind the messages."""
        with self._item.open() as stream:
            for event in elements(stream, _PATH, kind=_Slim, limit=self._limit):
                if isinstance(event, Members) and event.complete and event.place == ():
                    return event.members
        return {}

    def _open(self, members: dict[str, bytes]) -> None:
        """Discord numbers each channel once for all, direct ones too, so both sides state the same."""
        parts = {name: _decoded(members.get(name)) for name in ("guild", "channel")}
        for name, part in parts.items():
            if isinstance(part, dict):
                self._chats.unknown(f"/{name}", part.keys() - _PARTS[name])
        channel = parts["channel"] if isinstance(parts["channel"], dict) else {}
        ident, kind = channel.get("id"), str(channel.get("type") or "")
        if not ident:
            self._rows.issue(
                "missing-field", "the file names no channel; it is a conversation of its own", "/channel/id"
            )
            ident = f"file {self._rows.source_id}"
        titles = [part.get("name") for part in parts.values() if isinstance(part, dict)]
        self._chat = Conversation(
            group_id(self._rows.ids, "discord", str(ident)),
            "discord",
            "direct" if kind == "DirectTextChat" else "group" if kind == "DirectGroupTextChat" else "channel",
            " / ".join(str(title) for title in titles if title) or None,
            "/channel",
        )
        self._chats.open(self._chat)
        if self._chat.kind == "direct":
            self._sides = self._both()

    def _both(self) -> tuple[str, ...]:
        """The accounts of the two sides of a direct chat, as far as they wrote."""
        sides: dict[str, None] = {}
        with self._item.open() as stream:
            for event in elements(stream, _PATH, kind=_Slim, chunk=_FIRST, limit=self._limit):
                for value in event.values if isinstance(event, Batch) else ():
                    if isinstance(value.author, dict) and value.author.get("id"):
                        sides[str(value.author["id"])] = None
                if len(sides) > 1:
                    break
        return tuple(self._chats.account("esp-id", side, place="/messages") for side in list(sides)[:2])

    def _batch(self, batch: Batch) -> None:
        chat = self._chat
        if chat is None:
            return
        messages: list[Any] = batch.values
        zone = self._rows.settings.default_zone
        stamps = [moment("at", m.timestamp, zone) for m in messages]
        senders = [self._user(chat, m.author, f"/messages/{batch.first + n}") for n, m in enumerate(messages)]
        sent = Sent(
            batch.first,
            [micros(stamp["at"]) if stamp.get("at") else None for stamp in stamps],
            [m.timestamp for m in messages],
            senders,
            [m.content or _forwarded(m) for m in messages],
            [_kind(m) for m in messages],
            "/messages/",
            number=batch.first,
        )
        sent.recipients = [self._recipient(one) for one in senders]
        sent.assumed = [stamp.get("at_assumed") for stamp in stamps]
        sent.edited = [m.timestampEdited for m in messages]
        sent.replies = [_text((m.reference or {}).get("messageId")) for m in messages]
        sent.attachments = [_attachments(m) for m in messages]
        self._read = batch.first + len(messages)
        ids = self._chats.write(chat, sent)
        for index, message in enumerate(messages):
            self._rest(chat, message, sent, index)
            if sent.kinds[index] == "call":
                self._call(chat, message, sent, index, ids[index])

    def _user(self, chat: Conversation, user: object, place: str, role: str = "participant") -> str | None:
        if not isinstance(user, dict) or not user.get("id"):
            return None
        key = (role, user["id"], user.get("name"), user.get("nickname"))
        if key in self._users:
            return self._users[key]
        self._chats.unknown("/messages/*/author", user.keys() - _PARTS["user"])
        nickname, number = _text(user.get("nickname")), _text(user.get("discriminator"))
        account = self._chats.account("esp-id", str(user["id"]), role, name=nickname, place=place)
        if name := _text(user.get("name")):
            self._chats.handle(account, role, name if number in (None, "0", "0000") else f"{name}#{number}")
        if role == "participant":
            self._chats.takes_part(chat, account, place)
        self._users[key] = account
        return account

    def _recipient(self, one: str | None) -> str | None:
        if len(self._sides) != 2 or one not in self._sides:
            return None
        return self._sides[1 - self._sides.index(one)]

    def _rest(self, chat: Conversation, message: Any, sent: Sent, index: int) -> None:
        """Third parties, and keys inside that nobody knows."""
        for name in ("reference", "forwardedMessage", "interaction"):
            part = getattr(message, name)
            if part is not None:
                self._chats.unknown(f"/messages/*/{name}", part.keys() - _PARTS[name])
        for part in message.attachments or ():
            if isinstance(part, dict):
                self._chats.unknown("/messages/*/attachments/*", part.keys() - _PARTS["attachments"])
        others = [*(message.mentions or ()), (message.interaction or {}).get("user")]
        for other in others:
            self._user(chat, other, sent.locator(index), "mentioned")

    def _call(self, chat: Conversation, message: Any, sent: Sent, index: int, ident: str) -> None:
        started = sent.times[index]
        ended = moment("at", message.callEndedTimestamp, self._rows.settings.default_zone).get("at")
        self._rows.add(
            "calls",
            {
                "call_id": self._rows.ids.of("call", ident),
                "conversation_id": chat.id,
                "platform": chat.platform,
                "started_at": started,
                "started_at_original": sent.originals[index],
                "started_at_assumed": sent.assumed[index],
                "seconds": None if started is None or ended is None else (micros(ended) - started) / 1_000_000,
                "caller_account_id": sent.senders[index],
                "callee_account_id": sent.recipients[index],
                "kind": "call",
                "locator": sent.locator(index),
            },
        )


def _kind(message: Any) -> str:
    kind = str(message.type)
    if kind == "Call" or message.callEndedTimestamp:
        return "call"
    if kind not in _MESSAGES:
        return "service"
    return "attachment" if _attachments(message) else "message"


def _attachments(message: Any) -> int:
    inner = (message.forwardedMessage or {}).get("attachments")
    return len(message.attachments or ()) + (len(inner) if isinstance(inner, list) else 0)


def _forwarded(message: Any) -> str:
    return _text((message.forwardedMessage or {}).get("content")) or ""


def _decoded(raw: bytes | None) -> Any:
    try:
        return msgspec.json.decode(raw) if raw else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None


DISCORD = Discord()
