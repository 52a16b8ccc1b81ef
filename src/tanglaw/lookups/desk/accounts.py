"""Accounts: where one is known from, what two have in common, and the small network of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tanglaw.engine.shelf import Shelf
from tanglaw.lookups.desk.talk import named, talks_of

Rows = list[dict[str, Any]]
_MOST = 100


@dataclass(frozen=True)
class Account:
    """One account: `told` what it is called, `hand` the other accounts of its actor, `sightings` in reports, `links`, `ties`
    with whom it wrote, called or paid, `talks`, assessed `roles`, `episodes`, and `people` names by account id."""

    told: dict[str, Any]
    hand: list[str]
    sightings: Rows
    links: Rows
    ties: Rows
    talks: Rows
    roles: Rows
    episodes: Rows
    people: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Pair:
    """Two accounts: their `link` (none if they have none), its `evidence`, their `ties`, whether they are one actor, and by
    record id the `places` of what the evidence rests on."""

    people: dict[str, dict[str, Any]]
    link: dict[str, Any]
    evidence: Rows
    ties: Rows
    one_hand: bool
    places: dict[str, dict[str, Any]]


def account(shelf: Shelf, account_id: str) -> Account | None:
    """The account, or None if no evidence has it."""
    found = shelf.rows("select * from told where account_id = ?", account_id)
    if not found:
        return None
    links = shelf.rows("select * from account_links where one = ? order by bits desc, other limit ?", account_id, _MOST)
    ties = shelf.rows("select * from ties where one = ? order by n desc, other, kind limit ?", account_id, _MOST)
    episodes = episodes_of(shelf, [account_id])
    hand = hand_of(shelf, account_id)
    sightings = shelf.rows(
        "select * from sightings where account_id = ? order by rank nulls last, report_id, role limit ?",
        account_id,
        _MOST,
    )
    seen = [row["other"] for row in (*links, *ties, *episodes)]
    return Account(
        found[0],
        hand,
        sightings,
        links,
        ties,
        talks_of(shelf, [account_id]),
        shelf.rows("select * from roles where account_id = ? order by case_id", account_id),
        episodes,
        named(shelf, [*seen, *hand]),
    )


def hand_of(shelf: Shelf, account_id: str) -> list[str]:
    """The other accounts of the same actor."""
    rows = shelf.rows(
        "select h.account_id from actors a join hands h on h.actor_id = a.actor_id where a.account_id = ? "
        "and h.account_id <> a.account_id order by h.account_id limit ?",
        account_id,
        _MOST,
    )
    return [row["account_id"] for row in rows]


def hands(shelf: Shelf, accounts: list[str]) -> dict[str, str]:
    """The actor of each account."""
    rows = shelf.among("select account_id, actor_id from actors where account_id in ({these})", accounts)
    return {row["account_id"]: row["actor_id"] for row in rows}


def pair(shelf: Shelf, one: str, other: str) -> Pair | None:
    """Two accounts, or None if either is unknown or both are one."""
    a, b = sorted((one, other))
    known = shelf.among("select account_id from told where account_id in ({these})", [a, b])
    if len(known) != 2:
        return None
    link = shelf.rows("select * from account_links where one = ? and other = ?", a, b)
    evidence = shelf.rows("select * from link_evidence where a = ? and b = ? order by bits desc, type, value", a, b)
    ties = shelf.rows("select * from ties where one = ? and other = ? order by kind, currency", one, other)
    hands = shelf.among("select distinct actor_id from actors where account_id in ({these})", [a, b])
    both = shelf.among("select account_id from actors where account_id in ({these})", [a, b])
    records = sorted({row[side] for row in evidence for side in ("record_a", "record_b") if row[side]})
    places = shelf.among("select * from link_places where id in ({these}) order by id, table_name", records)
    return Pair(
        named(shelf, [a, b]),
        link[0] if link else {},
        evidence,
        ties,
        len(hands) == 1 and len(both) == 2,
        {row["id"]: row for row in places},
    )


def episodes_of(shelf: Shelf, accounts: list[str]) -> Rows:
    """Inferred sessions and contacts of accounts that may be a child's, likeliest first, at most 100: session_id, kind, start_at,
    probability, party, other, account_id."""
    return shelf.among(
        "select session_id, any_value(kind) as kind, any_value(start_at) as start_at, any_value(probability) as probability, "
        "min(account_id) as account_id, arg_min(party, account_id) as party, arg_min(other, account_id) as other "
        "from episodes_of where account_id in ({these}) group by session_id "
        f"order by kind, probability desc, start_at, session_id limit {_MOST}",
        accounts,
    )


def episode(shelf: Shelf, session_id: str) -> dict[str, Any] | None:
    """An inferred session or protected contact of that id."""
    found = shelf.rows("select * from episodes where session_id = ?", session_id)
    return found[0] if found else None


def parties_of(shelf: Shelf, row: dict[str, Any]) -> dict[str, str]:
    """Accounts of the hands that take part in an episode, each with its part."""
    found: dict[str, str] = {}
    for part in ("payer", "recipient", "arranger"):
        if row[part]:
            for one in shelf.rows("select account_id from hands where actor_id = ? limit ?", row[part], _MOST):
                found.setdefault(one["account_id"], part)
            found.setdefault(row[part], part)
    return found


def talk_between(shelf: Shelf, ones: list[str], others: list[str]) -> str:
    """The conversation with most messages of one of some accounts with one of others; empty if there is none."""
    rows = shelf.among(
        "select other, conversation_id from ties where one in ({these}) and kind = 'messages' order by n desc, one, other",
        ones,
    )
    return next((str(row["conversation_id"]) for row in rows if row["other"] in others and row["conversation_id"]), "")


def edges_of(shelf: Shelf, accounts: list[str]) -> Rows:
    """Links and ties of accounts, each pair and kind once: one, other, kind (link, messages, calls, paid, paid by), bits, n,
    amount, currency, joins, conversation_id; at most 400, strongest first."""
    links = shelf.among(
        "select one, other, 'link' as kind, bits, joins, 1 as n from account_links where one in ({these}) "
        "order by bits desc, one, other limit 200",
        accounts,
    )
    ties = shelf.among(
        "select one, other, kind, n, amount, currency, conversation_id from ties where one in ({these}) "
        "order by n desc, one, other, kind limit 200",
        accounts,
    )
    once: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in (*links, *ties):
        ends = (row["one"], row["other"]) if row["kind"] == "paid" else tuple(sorted((row["one"], row["other"])))
        kind = "paid" if row["kind"] == "paid by" else row["kind"]
        if row["kind"] == "paid by":
            ends = (row["other"], row["one"])
        told = {**row, "one": ends[0], "other": ends[1], "kind": kind}
        once.setdefault((*ends, kind, row.get("currency") or ""), told)
    return list(once.values())
