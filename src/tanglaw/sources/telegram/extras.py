"""What a few of Telegram's messages carry beside their text: calls, links behind words, places, third parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tanglaw.reading.chats import Chats, Conversation, Sent
from tanglaw.reading.rows import Rows
from tanglaw.sources.telegram.account import sender
from tanglaw.sources.telegram.fields import PART

_ASIDE: Final = ("location_information", "place_name", "address", "poll", "invoice_information")


def text_of(message: Any) -> str:
    """The text of a message, its parts joined; of a service message what was done, with title and names."""
    if isinstance(message.text, list):
        return "".join(part if isinstance(part, str) else _part(part) for part in message.text)
    text = message.text if isinstance(message.text, str) else ""
    if text or message.type == "message":
        return text
    done = message.action or message.information_text or message.type
    names = message.members if isinstance(message.members, list) else []
    said = [message.title, ", ".join(str(name) for name in names if name is not None)]
    return ": ".join([done, *(part for part in said if part)])


def _part(part: object) -> str:
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else ""


class Extras:
    """Writes the rows that only some messages have."""

    def __init__(self, rows: Rows, chats: Chats) -> None:
        self._rows, self._chats = rows, chats

    def write(self, chat: Conversation, messages: list[Any], sent: Sent, ids: Sequence[str]) -> None:
        """Rows for the messages of one batch; `ids` are theirs."""
        rare = [
            index
            for index, m in enumerate(messages)
            if m.text.__class__ is not str
            or m.action is not None
            or not (m.forwarded_from is m.forwarded_from_id is m.contact_information is m.location_information is None)
            or not (m.poll is m.address is m.place_name is m.invoice_information is None)
        ]
        for index in rare:
            m, author, place = messages[index], sent.senders[index], sent.locator(index)
            if m.text.__class__ is not str:
                self._parts(m.text, author, place, ids[index])
            if m.forwarded_from is not None or m.forwarded_from_id is not None:
                self._forwarded(chat, m, place)
            if sent.kinds[index] == "call":
                self._call(chat, m, sent, index, ids[index])
            if m.contact_information is not None:
                self._contact(m.contact_information, place, ids[index])
            self._aside(m, author, place, ids[index])

    def _parts(self, text: object, author: str | None, place: str, message: str) -> None:
        """A link that stands behind other words, and a person named by id."""
        if not isinstance(text, list):
            self._chats.unknown("/messages/*/text", () if text is None else [type(text).__name__])
            return
        for part in text:
            if not isinstance(part, dict):
                continue
            if not part.keys() <= PART:
                self._chats.unknown("/messages/*/text/*", part.keys() - PART)
            if part.get("href"):
                self._text(str(part["href"]), "href", author, place, message)
            if part.get("user_id"):
                self._chats.account("esp-id", sender(part["user_id"]), "mentioned", name=_part(part), place=place)

    def _forwarded(self, chat: Conversation, message: Any, place: str) -> None:
        if message.forwarded_from_id is not None:
            other = sender(message.forwarded_from_id)
            self._chats.account("esp-id", other, "mentioned", name=message.forwarded_from, place=place)
        else:
            self._chats.named(chat.id, message.forwarded_from, "mentioned", place)

    def _call(self, chat: Conversation, message: Any, sent: Sent, index: int, ident: str) -> None:
        time = sent.times[index]
        self._rows.add(
            "calls",
            {
                "call_id": self._rows.ids.of("call", ident),
                "conversation_id": chat.id,
                "platform": chat.platform,
                "started_at": time,
                "started_at_original": sent.originals[index],
                "started_at_assumed": sent.assumed[index] if len(sent.assumed) else None,
                "seconds": message.duration if message.duration_seconds is None else message.duration_seconds,
                "caller_account_id": sent.senders[index],
                "callee_account_id": sent.recipients[index] if len(sent.recipients) else None,
                "kind": "call",
                "outcome": message.discard_reason,
                "locator": sent.locator(index),
            },
        )

    def _contact(self, found: object, place: str, message: str) -> None:
        """A contact that was sent: a third party, known by phone."""
        phone = found.get("phone_number") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(phone, str) or not phone:
            return
        name = " ".join(str(found[key]) for key in ("first_name", "last_name") if found.get(key))
        account = self._chats.account("phone", phone, "mentioned", name=name, place=place)
        self._rows.add(
            "contacts",
            {
                "contact_id": self._rows.ids.of("contact", message, "phone", phone),
                "account_id": account,
                "role": "mentioned",
                "kind": "phone",
                "value": phone,
                "locator": place,
            },
        )

    def _aside(self, message: Any, author: str | None, place: str, ident: str) -> None:
        for name in _ASIDE:
            value = getattr(message, name)
            if value is not None:
                text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
                self._text(text, name, author, place, ident)

    def _text(self, text: str, name: str, author: str | None, place: str, message: str) -> None:
        self._rows.add(
            "texts",
            {
                "text_id": self._rows.ids.of("text", message, name, text),
                "account_id": author,
                "role": "participant",
                "field": name,
                "text": text,
                "locator": place,
            },
        )
