"""Who owns a Telegram export, and what its chats are, where the file says it late or not at all.

An export of one chat names only the other side. The owner is whoever else writes in it; in a whole-account export
the profile tells. Files whose keys were put in another order name a chat after its messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tanglaw.reading.item import Item
from tanglaw.reading.json_stream import Batch, Members, Place, elements
from tanglaw.sources.telegram.account import sender
from tanglaw.sources.telegram.fields import DIRECT, PATHS, SELF


class Slim(msgspec.Struct, gc=False):
    """Who wrote an entry."""

    from_id: Any = None
    actor_id: Any = None


class Head(msgspec.Struct):
    """The members of a chat beside its messages."""

    type: str | None = None
    id: int | str | None = None
    name: str | None = None


@dataclass
class Survey:
    """What a first look through the whole file finds: each chat's head, and the owner's id."""

    heads: dict[Place, Head] = field(default_factory=dict)
    owner: str | None = None


def head_of(members: dict[str, bytes]) -> Head:
    """The head of a chat from its raw members; what cannot be read is left empty."""
    found = Head()
    for name in Head.__struct_fields__:
        try:
            setattr(found, name, msgspec.json.decode(members[name], type=str | int | None))
        except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
            continue
    return found


def owner_of(members: dict[str, bytes]) -> str | None:
    """The owner's id from the profile of a whole-account export."""
    try:
        profile = msgspec.json.decode(members.get("personal_information", b"null"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    user = profile.get("user_id") if isinstance(profile, dict) else None
    return sender(user) if isinstance(user, int | str) and user else None


def other_than(chat: Head, senders: Iterable[object]) -> str | None:
    """The owner as a direct chat shows them: the first sender who is not the other side."""
    if chat.type == SELF and chat.id:
        return str(chat.id)
    if chat.type not in DIRECT or not chat.id:
        return None
    others = (sender(one) for one in senders if isinstance(one, str | int))
    return next((one for one in others if one and one != sender(chat.id)), None)


def survey(item: Item, limit: int) -> Survey:
    """Look through the file once more, for heads that come late and for the owner."""
    found = Survey()
    writers: dict[Place, dict[str, None]] = {}
    with item.open() as stream:
        for event in elements(stream, *PATHS, kind=Slim, limit=limit):
            if isinstance(event, Batch):
                known = writers.setdefault(event.place[:-1], {})
                if len(known) < 4:
                    known.update(dict.fromkeys(_writers(event.values)))
            elif isinstance(event, Members) and event.complete:
                found.owner = found.owner or owner_of(event.members)
                found.heads[event.place] = head_of(event.members)
    for place, senders in writers.items():
        found.owner = found.owner or other_than(found.heads.get(place, Head()), senders)
    return found


def _writers(values: list[Slim]) -> Iterable[str]:
    for value in values:
        one = value.from_id if value.from_id is not None else value.actor_id
        if isinstance(one, str | int):
            yield str(one)
