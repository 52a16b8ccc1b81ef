"""Writes conversations as Telegram JSON, WhatsApp text and DiscordChatExporter JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tanglaw.simulate.clock import DAY, iso
from tanglaw.simulate.people import Account
from tanglaw.simulate.talk import Conversation, Message, Plant

_ENTITY = {"email": "email", "phone": "phone", "handle": "mention", "url": "link"}
_MARK = "\u200e"
WHATSAPP_HEADERS = ("ios-day-first", "month-first-12h", "dots", "iso")


@lru_cache(maxsize=65_536)
def quoted(text: str) -> str:
    """Text as a JSON string."""
    return json.dumps(text, ensure_ascii=False)


def telegram_chat(conversation: Conversation, messages: Sequence[Message], first_id: int, side: int) -> Iterator[str]:
    """The parts of one personal chat as a Telegram export writes it, seen by the account of that side.

    Times without zone are the exporter's local ones; `date_unixtime` is UTC.
    """
    other = conversation.members[1 - side]
    offset = conversation.members[side].holder.country.offset * 3_600
    yield f'{{\n  "name": {quoted(other.display)},\n  "type": "personal_chat",\n  "id": {other.identifier},\n'
    yield '  "messages": ['
    names = [(quoted(account.display), quoted(f"user{account.identifier}")) for account in conversation.members]
    separator = "\n"
    for place, message in enumerate(messages):
        name, key = names[message.side]
        head = f'{separator}    {{"id": {first_id + place}, "type": "'
        stamp = f'"date": "{iso(message.at + offset)}", "date_unixtime": "{message.at}"'
        separator = ",\n"
        if message.kind == "call":
            yield (
                f'{head}service", {stamp}, "actor": {name}, "actor_id": {key}, "action": "phone_call",'
                f' "duration_seconds": {message.seconds}, "discard_reason": "hangup", "text": "", "text_entities": []}}'
            )
            continue
        if message.plant is None:
            text = quoted(message.text)
            entities = f'[{{"type": "plain", "text": {text}}}]' if text != '""' else "[]"
        else:
            text, entities = _telegram_text(message.text, message.plant)
        said = f'"from": {name}, "from_id": {key}, "text": {text}, "text_entities": {entities}}}'
        yield f'{head}message", {stamp}, {said}'
    yield "\n  ]\n}"


def _telegram_text(text: str, plant: Plant) -> tuple[str, str]:
    kind = _ENTITY.get(plant.type)
    if kind is None or " at " in plant.original:
        return quoted(text), f'[{{"type": "plain", "text": {quoted(text)}}}]'
    parts: list[str | dict[str, str]] = [
        text[: plant.start],
        {"type": kind, "text": plant.original},
        text[plant.end :],
    ]
    parts = [part for part in parts if part]
    entities = [part if isinstance(part, dict) else {"type": "plain", "text": part} for part in parts]
    return json.dumps(parts, ensure_ascii=False), json.dumps(entities, ensure_ascii=False)


def telegram_full(owner: Account) -> tuple[str, str]:
    """What stands before and after the chats of a full export."""
    holder = owner.holder
    phone = holder.phones[0].e164 if holder.phones else ""
    head = (
        '{\n"about": "Here is the data you requested.",\n"personal_information": '
        f'{{"user_id": {owner.identifier}, "first_name": {quoted(holder.first)},'
        f' "last_name": {quoted(holder.last)}, "phone_number": {quoted(phone)},'
        f' "username": {quoted("@" + owner.handle)}, "bio": ""}},\n'
        '"chats": {"about": "This page lists all chats from this export.", "list": [\n'
    )
    return head, "\n]}\n}\n"


def whatsapp_text(
    conversation: Conversation, messages: Sequence[Message], names: Sequence[str], header: str
) -> Iterator[str]:
    """The lines of a WhatsApp export; the first message is the service's own. Times are local, without zone."""
    offset = conversation.owner.holder.country.offset * 3_600
    first = messages[0].at if messages else conversation.start
    start, closing = _whatsapp_stamp(first - 5 + offset, header)
    yield f"{start}{closing}{_MARK if header == 'ios-day-first' else ''}{_NOTICE}\n"
    for message in messages:
        start, closing = _whatsapp_stamp(message.at + offset, header)
        text = message.text if message.kind != "call" else f"{_MARK}Voice call, {message.seconds // 60} min"
        yield f"{start}{closing}{names[message.side]}: {text}\n"


_NOTICE = (
    "Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read or listen"
    " to them."
)


def _whatsapp_stamp(at: int, header: str) -> tuple[str, str]:
    text = iso(at)
    year, month, day, hour, minute, second = (text[:4], text[5:7], text[8:10], text[11:13], text[14:16], text[17:])
    if header == "ios-day-first":
        return f"[{day}/{month}/{year}, {hour}:{minute}:{second}", "] "
    if header == "month-first-12h":
        half = "AM" if at % DAY < DAY // 2 else "PM"
        return f"{int(month)}/{int(day)}/{year[2:]}, {(int(hour) + 11) % 12 + 1}:{minute}\u202f{half}", " - "
    if header == "dots":
        return f"{day}.{month}.{year[2:]}, {hour}:{minute}", " - "
    return f"{text[:10]}, {hour}:{minute}", " - "


def discord_channel(conversation: Conversation, messages: Sequence[Message], channel: str) -> Iterator[str]:
    """One channel as DiscordChatExporter writes it: a direct chat, or a group with more than two members."""
    direct = len(conversation.members) == 2
    kind, name = ("DirectTextChat", conversation.members[1].handle) if direct else ("GuildTextChat", "general")
    guild = '"0", "name": "Direct Messages"' if direct else f'"{channel[:-1]}7", "name": "Garden club {channel[-3:]}"'
    yield (
        f'{{\n  "guild": {{"id": {guild}, "iconUrl": ""}},\n  "channel": {{"id": "{channel}", "type": "{kind}",'
        f' "categoryId": null, "category": null, "name": {quoted(name)}, "topic": null}},\n'
        '  "dateRange": {"after": null, "before": null},\n  "exportedAt": "2026-06-30T00:00:00+00:00",\n  "messages": ['
    )
    authors = [
        f'{{"id": "{account.identifier}", "name": {quoted(account.handle)}, "discriminator": "0000",'
        f' "nickname": {quoted(account.display)}, "color": null, "isBot": false, "roles": [], "avatarUrl": ""}}'
        for account in conversation.members
    ]
    separator, tail = "\n", '"attachments": [], "embeds": [], "stickers": [], "reactions": [], "mentions": []}'
    base = int(channel) + 1_000
    for place, message in enumerate(messages):
        call = message.kind == "call"
        ended = f'"{iso(message.at + message.seconds)}+00:00"' if call else "null"
        text = quoted(f"Started a call that lasted {message.seconds // 60} minutes." if call else message.text)
        yield (
            f'{separator}    {{"id": "{base + place * 17}", "type": "{"Call" if call else "Default"}",'
            f' "timestamp": "{iso(message.at)}+00:00", "timestampEdited": null, "callEndedTimestamp": {ended},'
            f' "isPinned": false, "content": {text}, "author": {authors[message.side]}, {tail}'
        )
        separator = ",\n"
    yield f'\n  ],\n  "messageCount": {len(messages)}\n}}\n'
