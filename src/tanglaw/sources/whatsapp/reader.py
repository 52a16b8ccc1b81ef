"""Reads a WhatsApp export twice: once for the order of dates and the senders, once for the messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from tanglaw.errors import BadRecord
from tanglaw.reading.chats import Chats, Conversation, Sent, micros
from tanglaw.reading.item import Item
from tanglaw.reading.lines import Block, LongLine, blocks
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import stamped
from tanglaw.sources.whatsapp.headers import Evidence, Header, Shape, date_of, headers
from tanglaw.sources.whatsapp.people import People, is_phone, split, title_of
from tanglaw.sources.whatsapp.words import call_of, edited, kind_of

_ROWS: Final = 20_000
_LOOKED_AT: Final = 20
# Words that stand where a sender would in the logs of programs.
_LOG_WORDS: Final = frozenset(("debug", "info", "notice", "warn", "warning", "error", "fatal", "critical", "trace"))
# Countries whose phones write the month first.
_MONTH_FIRST: Final = frozenset(("US", "PH", "PR", "GU", "FM", "MH", "PW"))


class WhatsApp:
    """Reads the text file of `Export chat`."""

    name = "whatsapp-txt"
    tables = ("conversations", "participants", "messages", "calls", "accounts")

    def recognise(self, item: Item) -> bool:
        """True for text whose first lines are WhatsApp's headers, one at least with a sender."""
        lines = [line for line in item.text_head[:60_000].split("\n") if line.strip()][:_LOOKED_AT]
        if not lines or next(headers(lines[0]), None) is None:
            return False
        for line in lines:
            header = next(headers(line), None)
            sender = split(line[header.end :])[0] if header else None
            if sender is not None:
                return sender.casefold() not in _LOG_WORDS
        return "whatsapp" in "\n".join(lines).casefold() or "whatsapp" in item.name.casefold()

    def hints(self, item: Item) -> tuple[str, ...]:
        """None: chats state no report numbers."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Write the conversation, participants, accounts, messages and calls. Times are the exporting phone's:
        they state no zone, and `settings.default_zone` is assumed and said."""
        shape, evidence, people = _survey(item, rows)
        order, assumed = evidence.order(rows.settings.default_country.upper() in _MONTH_FIRST)
        if assumed:
            rows.issue("date-order-assumed", f"dates fit several orders of day, month and year; {order} was assumed")
        _File(item, rows, people.conversation(rows.ids, title_of(item)), order).read(shape, people)


@dataclass(slots=True)
class _Entry:
    """One message: its header, and the parts of its text; `size` counts all of it, also what is over the limit."""

    header: Header
    line: int
    parts: list[str] = field(default_factory=list)
    size: int = 0

    def text(self) -> str:
        whole = "".join(self.parts).replace("\r\n", "\n")
        return whole.rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class _Loose:
    """Text that belongs to no message."""

    line: int
    text: str


def _survey(item: Item, rows: Rows) -> tuple[Shape, Evidence, People]:
    """The shape that most headers have (others are quoted text), with its evidence and people."""
    found: dict[Shape, tuple[Evidence, People]] = {}
    for entry in _entries(item, rows, None):
        if isinstance(entry, _Entry):
            evidence, people = found.setdefault(entry.header.shape, (Evidence(), People()))
            evidence.add(entry.header)
            people.add(entry.header, entry.text())
    if not found:
        raise BadRecord("no-messages", "no line has a header of WhatsApp")
    shape = max(found, key=lambda one: (found[one][0].count, one))
    return shape, *found[shape]


def _entries(item: Item, rows: Rows, shape: Shape | None) -> Iterator[_Entry | _Loose | Block | LongLine]:
    """Messages in order; between them blocks and long lines as they come, for what is to be said of them."""
    limit = rows.settings.max_line_bytes
    entry: _Entry | None = None
    with item.open() as stream:
        for block in blocks(stream, limit):
            if isinstance(block, LongLine):
                if entry is not None and _begins(block):
                    yield entry
                    entry = None
                yield block
                continue
            yield block
            text, at, line = block.text, 0, block.line
            for header in headers(text):
                if shape is not None and header.shape != shape:
                    continue
                if entry is not None:
                    _extend(entry, text[at : header.start], limit)
                    yield entry
                elif text[at : header.start].strip():
                    yield _Loose(line, text[at : header.start])
                line += text.count("\n", at, header.start)
                entry, at = _Entry(header, line), header.end
            if entry is not None:
                _extend(entry, text[at:], limit)
            elif text[at:].strip():
                yield _Loose(line, text[at:])
    if entry is not None:
        yield entry


def _begins(long: LongLine) -> bool:
    """True if the long line is a message of its own."""
    return next(headers(long.head.decode("utf-8", "replace")), None) is not None


def _extend(entry: _Entry, text: str, limit: int) -> None:
    entry.size += len(text)
    room = limit - (entry.size - len(text))
    if room > 0 and text:
        entry.parts.append(text[:room])


class _File:
    def __init__(self, item: Item, rows: Rows, chat: Conversation, order: str) -> None:
        self._item, self._rows, self._chat, self._order = item, rows, chat, order
        self._zone = rows.settings.default_zone
        self._chats = Chats(rows, item.path, "whatsapp")
        self._index = 0
        self._accounts: dict[str, str] = {}

    def read(self, shape: Shape, people: People) -> None:
        self._chats.open(self._chat)
        held: list[_Entry] = []
        size = 0
        for entry in _entries(self._item, self._rows, shape):
            if isinstance(entry, Block):
                self._say(entry)
            elif isinstance(entry, _Loose):
                reason = "text that stands in no message"
                self._rows.quarantine("no-header", reason, f"line {entry.line}", entry.text)
            elif isinstance(entry, LongLine):
                self._write(held, people)
                held, size = [], 0
                self._index += _begins(entry)
                reason = f"line of {entry.size} bytes is over the limit"
                self._rows.quarantine("line-too-long", reason, f"line {entry.line}", entry.head)
            else:
                held.append(entry)
                size += entry.size
                if len(held) >= _ROWS or size > self._rows.settings.max_line_bytes:
                    self._write(held, people)
                    held, size = [], 0
        self._write(held, people)
        self._chats.close()

    def _say(self, block: Block) -> None:
        for line in block.replaced:
            self._rows.issue("bad-encoding", "bytes that are not UTF-8 were replaced", f"line {line}")

    def _write(self, entries: list[_Entry], people: People) -> None:
        said = [split(entry.text()) for entry in entries]
        texts = [text for _, text in said]
        kinds = [
            "service" if name is None else kind_of(text, text.startswith("\u200e") or name not in people.senders)
            for name, text in said
        ]
        times = [self._time(entry.header) for entry in entries]
        sent = Sent(
            self._index,
            times,
            [entry.header.stamp for entry in entries],
            [self._sender(name, entry, people) for (name, _), entry in zip(said, entries, strict=True)],
            texts,
            kinds,
        )
        sent.places = [f"line {entry.line}" for entry in entries]
        sent.assumed = [self._zone] * len(entries)
        sent.recipients = self._recipients(sent.senders, people)
        sent.edited = [edited(text) for text in texts]
        sent.attachments = [int(kind == "attachment") for kind in kinds]
        self._index += len(entries)
        ids = self._chats.write(self._chat, sent)
        for index, entry in enumerate(entries):
            if entry.size > self._rows.settings.max_line_bytes:
                reason = f"message of {entry.size} characters is over the limit and was cut"
                self._rows.issue("text-cut", reason, sent.places[index])
            if kinds[index] == "call":
                self._call(sent, index, ids[index])

    def _time(self, header: Header) -> int | None:
        day = date_of(header.written, self._order)
        try:
            local = datetime.combine(day, time(*header.time)) if day else None
        except ValueError:
            local = None
        at = stamped("at", local, header.stamp, self._zone).get("at") if local else None
        return micros(at) if at else None

    def _sender(self, name: str | None, entry: _Entry, people: People) -> str | None:
        if name is None or name not in people.senders:
            return None
        return self._account(name, f"line {entry.line}")

    def _account(self, name: str, place: str) -> str:
        """A number is a stable identifier; a name holds inside this conversation only."""
        account = self._accounts.get(name)
        if account is None:
            if is_phone(name):
                account = self._chats.account("phone", name, name=name, place=place)
            else:
                account = self._chats.named(self._chat.id, name, place=place)
            self._accounts[name] = account
            self._chats.takes_part(self._chat, account, place)
        return account

    def _recipients(self, senders: object, people: People) -> list[str | None]:
        names = list(people.senders)
        title = self._chat.title
        if len(names) == 1 and title is not None and title != names[0]:
            names.append(title)
        if self._chat.kind != "direct" or len(names) != 2 or not isinstance(senders, list):
            return []
        one, other = (self._account(name, self._chat.locator) for name in names)
        return [other if sender == one else one if sender == other else None for sender in senders]

    def _call(self, sent: Sent, index: int, ident: str) -> None:
        kind, outcome, seconds = call_of(sent.texts[index])
        self._rows.add(
            "calls",
            {
                "call_id": self._rows.ids.of("call", ident),
                "conversation_id": self._chat.id,
                "platform": "whatsapp",
                "started_at": sent.times[index],
                "started_at_original": sent.originals[index],
                "started_at_assumed": self._zone,
                "seconds": seconds,
                "caller_account_id": sent.senders[index],
                "callee_account_id": sent.recipients[index] if sent.recipients else None,
                "kind": kind,
                "outcome": outcome,
                "locator": sent.places[index],
            },
        )


WHATSAPP = WhatsApp()
