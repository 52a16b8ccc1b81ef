"""Sessions, network and requests as the last run left them."""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.engine.base import Engine
from tanglaw.lookups.tables import ask, derived
from tanglaw.store.workspace import Workspace

STATUSES = ("open", "sent", "answered", "lapsed")
Rows = list[dict[str, Any]]
Order = list[tuple[str, Literal["ascending", "descending"]]]
SIMULATED = "Probabilities are validated on simulated worlds only, until an agency validates on its own cases."
_PARTIES = ("buyer_account_id", "seller_account_id", "facilitator_account_id")


def sessions(workspace: Workspace, least: float, account: str = "", top: int = 0) -> tuple[Rows, int]:
    """Sessions from probability `least` on, likeliest first, of one account if it is named; and how many there are."""
    rows = derived(workspace, "sessions")
    rows = rows.filter(pc.field("probability") >= least)
    if account:
        mine = pc.field(_PARTIES[0]) == account
        for name in _PARTIES[1:]:
            mine = mine | (pc.field(name) == account)
        rows = rows.filter(mine)
    rows = rows.sort_by([("probability", "descending"), ("start_at", "ascending"), ("session_id", "ascending")])
    return (rows.slice(0, top) if top else rows).to_pylist(), rows.num_rows


def protected(workspace: Workspace, top: int = 0) -> tuple[Rows, int]:
    """Episodes of the safeguarding lane, in order of time; and how many there are."""
    rows = derived(workspace, "protected_contacts").sort_by([("start_at", "ascending"), ("session_id", "ascending")])
    return (rows.slice(0, top) if top else rows).to_pylist(), rows.num_rows


def network(workspace: Workspace) -> dict[str, Rows]:
    """Rows of the network's tables by name, each in the order of its key."""
    names: dict[str, Order] = {
        "network_keys": [("rank", "ascending")],
        "recipient_groups": [("group_id", "ascending"), ("account_id", "ascending")],
        "network_countries": [("sessions", "descending"), ("country", "ascending"), ("side", "ascending")],
        "network_edges": [
            ("sessions", "descending"),
            ("payments", "descending"),
            ("payer_account_id", "ascending"),
            ("recipient_account_id", "ascending"),
            ("currency", "ascending"),
        ],
    }
    return {name: derived(workspace, name).sort_by(order).to_pylist() for name, order in names.items()}


def requests(workspace: Workspace, status: str, records: Rows, top: int = 0) -> tuple[Rows, int]:
    """Requests of a status of STATUSES, what lapses first leading; and how many there are.

    `records` are the rows of `request_records` as they stand now: the table has those of the last run.
    """
    rows = derived(workspace, "requests")
    rows = rows.sort_by([("due", "ascending"), ("sessions", "descending"), ("request_id", "ascending")])
    about: dict[str, Rows] = {}
    for record in records:
        about.setdefault(record["request_id"], []).append(record)
    found = [row for row in (_as_recorded(row, about) for row in rows.to_pylist()) if row["status"] == status]
    return found[:top] if top else found, len(found)


def _as_recorded(row: dict[str, Any], about: dict[str, Rows]) -> dict[str, Any]:
    """A request with `sent`, `answered` and `status` as people recorded them for a window that covers it."""
    when: dict[str, Any] = {}
    for record in about.get(row["request_id"], ()):
        if record["covers_from"] <= row["from_at"] and record["covers_to"] >= row["to_at"]:
            when[record["kind"]] = min(record["happened_at"], when.get(record["kind"], record["happened_at"]))
    status = next(
        (kind for kind in ("answered", "lapsed", "sent") if kind in when), "lapsed" if row["lapsed"] else "open"
    )
    return row | {"sent": when.get("sent"), "answered": when.get("answered"), "status": status}


def session_story(engine: Engine, session_id: str) -> tuple[dict[str, Any], Rows] | None:
    """A session and what happened around it, in order of time: at, what, who, detail. None if there is no such id."""
    found = ask(engine, "select s.* from sessions s join asked a on a.id = s.session_id", id=session_id)
    if not found:
        return None
    session = found[0]
    engine.put("story_of", pa.table({name: pa.array([session[name]], pa.string()) for name in _PARTIES}))
    window = int(session["start_at"].timestamp() * 1_000_000), int(session["end_at"].timestamp() * 1_000_000)
    return session, ask(
        engine, _STORY.format(first=window[0], last=window[1], payments=_listed(session)), id=session_id
    )


def _listed(session: dict[str, Any]) -> str:
    """The payments that the evidence names, as SQL rows."""
    told = str(session["evidence"] or "").split("; ")
    ids = [part.removeprefix("payments ") for part in told if part.startswith("payments ")]
    start = next((place for place, part in enumerate(told) if part.startswith("payments ")), len(told))
    ids += [part for part in told[start + 1 :] if " " not in part]
    known = [one for one in ids if one.isalnum()]
    return " union all ".join(f"select '{one}' as payment_id" for one in known) or "select '' as payment_id"


_STORY = """
    with hands as (
        select coalesce(t.actor_id, a.account_id) as actor, a.account_id
        from (select distinct account_id from known_accounts) a left join actors t on t.account_id = a.account_id
    ),
    parts as (
        select h.account_id, case when h.actor = s.buyer_account_id then 'payer'
            when h.actor = s.seller_account_id then 'recipient' else 'arranger' end as who
        from hands h join story_of s
            on h.actor = s.buyer_account_id or h.actor = s.seller_account_id or h.actor = s.facilitator_account_id
    )
    select x.at_time, x.what, x.who, x.detail from (
        select p.paid_at as at_time, 'payment' as what, 'payer' as who,
            amount_text(p.amount) || ' ' || coalesce(p.currency, '') || ', ' || coalesce(p.method, 'method not stated') as detail
        from known_payments p join ({payments}) l on l.payment_id = p.payment_id
        union all
        select c.started_at, 'call', f.who, coalesce(c.kind, 'call') || ', '
            || coalesce(cast(cast(floor(c.seconds / 60) as bigint) as varchar), '?') || ' min'
        from calls c
        join parts f on f.account_id = c.caller_account_id
        join parts t on t.account_id = c.callee_account_id
        where micros(c.started_at) between {first} - 7200000000 and {last} + 7200000000
        union all
        select c.at, 'log-in', f.who, coalesce(c.ip, '')
        from captures c join parts f on f.account_id = c.account_id
        where micros(c.at) between {first} - 7200000000 and {last} + 7200000000
        union all
        select max(m.sent_at), 'messages', f.who, cast(count(*) as varchar) || ' in the quarter of an hour before'
        from messages m
        join parts f on f.account_id = m.sender_account_id
        join parts t on t.account_id = m.recipient_account_id
        where micros(m.sent_at) between {first} - 7200000000 and {last} + 7200000000
        group by f.who, floordiv(micros(m.sent_at), 900000000)
    ) x
    order by x.at_time nulls last, x.what nulls last, x.who nulls last, x.detail nulls last
"""
