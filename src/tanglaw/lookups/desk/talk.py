"""Conversations, a page of messages at a time. Both sides' exports are one: a message that both state is one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tanglaw.engine.shelf import Shelf

Rows = list[dict[str, Any]]
PAGE = 100
_MOST = 200


@dataclass
class Talk:
    """A conversation and some of its messages, `start` the place of the first: `about` its row of `talks`, `people` by
    account, `selectors` by the place of their message, `sources` the files that state it with their number of messages."""

    about: dict[str, Any]
    messages: Rows
    start: int
    people: dict[str, dict[str, Any]]
    selectors: dict[int, Rows]
    sources: Rows
    places: Rows = field(default_factory=list)


def talk(shelf: Shelf, conversation_id: str, place: int = 1) -> Talk | None:
    """The conversation with the page of messages on which `place` stands, or None if there is none of that id."""
    about = shelf.rows("select * from talks where conversation_id = ?", conversation_id)
    if not about:
        return None
    last = max(1, about[0]["messages"])
    start = (min(max(place, 1), last) - 1) // PAGE * PAGE + 1
    here = (conversation_id, start, start + PAGE - 1)
    where = "where conversation_id = ? and place between ? and ?"
    messages = shelf.rows(f"select * from talk {where} order by place", *here)
    marked: dict[int, Rows] = {}
    for row in shelf.rows(
        f'select * from talk_selectors {where} order by place, start, "end" desc, selector_id', *here
    ):
        marked.setdefault(row["place"], []).append(row)
    found = Talk(about[0], messages, start, people_of(shelf, conversation_id), marked, [])
    found.sources = shelf.rows(
        "select * from talk_sources where conversation_id = ? order by path limit ?", conversation_id, _MOST
    )
    found.places = shelf.rows(
        "select type, value, count(*) as n, min(place) as place from talk_selectors where conversation_id = ? "
        "group by type, value order by place, type, value limit ?",
        conversation_id,
        _MOST,
    )
    return found


def people_of(shelf: Shelf, conversation_id: str) -> dict[str, dict[str, Any]]:
    """Who takes part, by account: account_id, platform, account, display_name, reports, report_id; at most 200."""
    ids = shelf.rows(
        "select distinct account_id from talks_of where conversation_id = ? order by account_id limit ?",
        conversation_id,
        _MOST,
    )
    return named(shelf, [row["account_id"] for row in ids])


def named(shelf: Shelf, accounts: list[str]) -> dict[str, dict[str, Any]]:
    """What accounts are called, by id; an account that no table names has its id alone."""
    wanted = sorted({one for one in accounts if one})
    rows = shelf.among("select * from told where account_id in ({these})", wanted)
    found = {row["account_id"]: row for row in rows}
    return {one: found.get(one, {"account_id": one, "platform": None, "account": None}) for one in wanted}


def place_of(shelf: Shelf, conversation_id: str, message_id: str = "", at: datetime | None = None) -> int:
    """Where a message stands, or the last message at or before an instant; 1 for none."""
    if message_id:
        found = shelf.rows(
            "select place from places where message_id = ? and conversation_id = ?", message_id, conversation_id
        )
    else:
        found = shelf.rows(
            "select max(place) as place from talk where conversation_id = ? and sent_at <= ?", conversation_id, at
        )
    return int(found[0]["place"] or 1) if found else 1


def talks_of(shelf: Shelf, accounts: list[str]) -> Rows:
    """Conversations of accounts, longest first, at most 200: conversation_id, platform, kind, title, messages, first_at, last_at,
    people (account ids of those asked for who take part)."""
    return shelf.among(
        "select conversation_id, any_value(platform) as platform, any_value(kind) as kind, any_value(title) as title, "
        "any_value(messages) as messages, any_value(first_at) as first_at, any_value(last_at) as last_at, "
        "list(account_id order by account_id) as people from talks_of where account_id in ({these}) "
        f"group by conversation_id order by messages desc, conversation_id limit {_MOST}",
        accounts,
    )
