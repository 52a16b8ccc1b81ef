"""What chat exports share: ids of conversations and messages, the accounts in them, and their rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.ids import ID_BYTES, Ids
from tanglaw.reading.accounts import account_id
from tanglaw.reading.json_stream import Fault, pointer
from tanglaw.reading.rows import Column, Rows
from tanglaw.reading.values import identifier

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_REMEMBERED: Final = 65_536
_NAMES: Final = 20
# Below this, making a column in Python takes less than calling Arrow for it.
_FEW: Final = 1_000


def direct_id(ids: Ids, platform: str, one: str, other: str | None) -> str:
    """Id of the conversation of two accounts, whichever of them exported it."""
    return ids.of("conversation", platform, *(sorted((one, other)) if other is not None else (one, None)))


def group_id(ids: Ids, platform: str, group: str) -> str:
    """Id of a group or channel that the platform gave the id `group`."""
    return ids.of("conversation", platform, "group", group)


def micros(stamp: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (stamp - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat: `kind` is direct, group or channel; `locator` is its place in the file."""

    id: str
    platform: str
    kind: str
    title: str | None
    locator: str


@dataclass(slots=True)
class Sent:
    """Consecutive messages of one conversation, column by column, all of the same length.

    `times` are microseconds since 1970 in UTC or None; `first` is the place of the first one in its file, and
    locators are `places`, or `prefix` and a count from `number` on. A column left empty is empty in every row.
    """

    first: int
    times: Sequence[int | None]
    originals: Sequence[str | None]
    senders: Sequence[str | None]
    texts: Sequence[str]
    kinds: Sequence[str]
    prefix: str = ""
    recipients: Sequence[str | None] = ()
    edited: Sequence[str | None] = ()
    replies: Sequence[str | None] = ()
    attachments: Sequence[int] = ()
    assumed: Sequence[str | None] = ()
    number: int = 0
    places: Sequence[str] = ()

    def locator(self, index: int) -> str:
        """Place of message `index` of these in the file."""
        return self.places[index] if self.places else f"{self.prefix}{self.number + index}"


@dataclass(slots=True)
class _Seen:
    kind: str
    identifier: str
    handle: str | None
    locator: str
    names: dict[str, None] = field(default_factory=dict)


class Chats:
    """Writes the rows of the chats of one file."""

    def __init__(self, rows: Rows, path: str, platform: str) -> None:
        self._rows, self._path, self._platform = rows, path, platform
        self._accounts: dict[tuple[str, str], _Seen] = {}
        self._members: dict[tuple[str, str], None] = {}
        self._numbers: dict[str, int] = {}
        self._told: set[str] = set()

    def unknown(self, path: str, keys: Iterable[str]) -> None:
        """Note keys that no version of the format is known to have, once each."""
        for key in sorted(keys):
            place = f"{path}/{key}"
            if place not in self._told:
                self._told.add(place)
                self._rows.issue("unknown-field", f"field {key[:80]!r} is not known and was not read", place[:200])

    def account(
        self, kind: str, text: str, role: str = "participant", *, name: str | None = None, place: str = ""
    ) -> str:
        """Id of an account that the platform identifies; it is written once a role, with the names it was seen
        under."""
        return self._note(account_id(self._rows.ids, self._platform, kind, text), kind, text, role, name, place)

    def named(self, conversation: str, name: str, role: str = "participant", place: str = "") -> str:
        """Id of an account of which only a display name is known: it holds inside this conversation only."""
        return self.account("name", f"{conversation}/{name}", role, name=name, place=place)

    def handle(self, account: str, role: str, handle: str | None) -> None:
        """Add a user name to an account noted before."""
        seen = self._accounts.get((account, role))
        if seen is not None and handle:
            seen.handle = seen.handle or handle

    def _note(self, account: str, kind: str, text: str, role: str, name: str | None, place: str) -> str:
        seen = self._accounts.get((account, role))
        if seen is None:
            seen = self._accounts[account, role] = _Seen(kind, identifier(kind, text), None, place)
        if name and len(seen.names) < _NAMES:
            seen.names[name] = None
        return account

    def takes_part(self, conversation: Conversation, account: str, place: str) -> None:
        """Note a participant, once a conversation."""
        key = (conversation.id, account)
        if key not in self._members:
            self._members[key] = None
            self._rows.add(
                "participants", {"conversation_id": conversation.id, "account_id": account, "locator": place}
            )

    def open(self, conversation: Conversation) -> None:
        """Write the conversation's own row."""
        self._rows.add(
            "conversations",
            {
                "conversation_id": conversation.id,
                "platform": conversation.platform,
                "kind": conversation.kind,
                "title": conversation.title,
                "locator": conversation.locator,
            },
        )

    def write(self, conversation: Conversation, sent: Sent) -> Sequence[str]:
        """Write messages; their ids, in order."""
        count = len(sent.texts)
        if not count:
            return ()
        ids = self._number(conversation.id, sent)
        columns: dict[str, Column] = {
            "message_id": ids,
            "conversation_id": _same(conversation.id, count),
            "platform": _same(conversation.platform, count),
            "sent_at": pa.array(sent.times, pa.int64()),
            "sent_at_original": sent.originals,
            "sender_account_id": sent.senders,
            "kind": sent.kinds,
            "text": sent.texts,
            "source_path": _same(self._path, count),
            "source_index": pa.array(np.arange(sent.first, sent.first + count)),
            "locator": sent.places or _numbered(sent.prefix, sent.number, count),
        }
        more: dict[str, Sequence[object]] = {
            "sent_at_assumed": sent.assumed,
            "recipient_account_id": sent.recipients,
            "edited_at": sent.edited,
            "reply_to": sent.replies,
            "attachments": sent.attachments,
        }
        columns.update((name, values) for name, values in more.items() if len(values))
        self._rows.add_columns("messages", columns)
        return ids

    def close(self) -> None:
        """Write the accounts; call once, at the end of the file."""
        for (account, role), seen in self._accounts.items():
            self._rows.add(
                "accounts",
                {
                    "account_id": account,
                    "platform": self._platform,
                    "identifier": seen.identifier,
                    "identifier_kind": seen.kind,
                    "handle": seen.handle,
                    "display_name": " | ".join(seen.names) or None,
                    "role": role,
                    "locator": seen.locator,
                },
            )
        self._accounts.clear()

    def _number(self, conversation: str, sent: Sent) -> list[str]:
        """Ids of messages: conversation, sender, time in microseconds, text, and a number that tells equal ones
        of this file apart. Equal to `Ids.of("message", ...)`, without its cost."""
        ids, seen = self._rows.ids, self._numbers
        blake2b, encode, place = hashlib.blake2b, str.encode, f"message\x1f{conversation}\x1f"
        key = ids.key
        made: list[str] = []
        for sender, time, text in zip(sent.senders, sent.times, sent.texts, strict=True):
            if sender is None or time is None:
                made.append(ids.of("message", conversation, sender, time, text, sent.first + len(made)))
                continue
            whole = encode(f"{place}{sender}\x1f{time}\x1f{text}\x1f0", "utf-8", "surrogatepass")
            message = blake2b(whole, digest_size=ID_BYTES, key=key).hexdigest()
            if message in seen:
                seen[message] += 1
                message = ids.of("message", conversation, sender, time, text, seen[message])
            else:
                seen[message] = 0
            made.append(message)
        if len(seen) > 2 * _REMEMBERED:
            # Equal messages bear the same instant, so they stand close together: the last ones are enough.
            self._numbers = dict(islice(seen.items(), len(seen) - _REMEMBERED, None))
        return made


def _numbered(prefix: str, first: int, count: int) -> Column:
    if count < _FEW:
        return [f"{prefix}{number}" for number in range(first, first + count)]
    numbers = pa.array(np.arange(first, first + count)).cast(pa.string())
    made: Column = pc.call_function("binary_join_element_wise", [pa.scalar(prefix), numbers, pa.scalar("")])
    return made


def _same(value: str, count: int) -> Column:
    if count < _FEW:
        return [value] * count
    return pa.repeat(pa.scalar(value, pa.string()), count)


def set_aside(rows: Rows, fault: Fault) -> None:
    """Turn a fault into a quarantine row, or into an issue where nothing is lost."""
    place = f"{pointer(fault.place, fault.index)} byte {fault.offset}" if fault.place else f"byte {fault.offset}"
    if fault.code == "bad-encoding":
        rows.issue(fault.code, fault.reason, place)
    else:
        rows.quarantine(fault.code, fault.reason, place, fault.raw)
