"""Makes the gate of a workspace from its locks, its protected list and its restrictions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import pyarrow as pa

from tanglaw.attach import attached
from tanglaw.casework import database, withheld
from tanglaw.casework.queries_duties import restricted
from tanglaw.casework.queries_withheld import decisions, entries, locks
from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.store.gate import OPEN, Gate
from tanglaw.store.workspace import Workspace

# Where a selector is the account's own, and not only named beside it.
OWN = ("accounts", "contacts")
# A place of a protected selector: report, conversation and account whose own it is; each empty if there is none.
Hit = tuple[str, str, str]
Hits = Callable[[str, str], Collection[Hit]]
Talks = Callable[[Iterable[str]], Iterable[str]]


def gate_of(using: str, hits: Hits, talks: Talks) -> Gate:
    """What is withheld from everybody but the filter role. `hits` tells where a selector (type, value) stands, `talks` the
    conversations that accounts take part in."""
    by_kind: dict[str, set[str]] = {kind: set() for kind in withheld.LOCKABLE}
    for lock in locks(using):
        by_kind[lock.what].add(lock.subject)
    held: set[str] = set()
    values: set[str] = set()
    decided = decisions(using)
    for entry in entries(using):
        open_ = False
        for report, conversation, account in hits(entry.type, entry.value):
            decision = decided.get((entry.number, report or conversation))
            if decision is None or decision.kind == withheld.HOLD:
                held |= {report, conversation, account} - {""}
                open_ = True
        if open_ or not any(number == entry.number for number, _ in decided):
            values.add(entry.value)
    locked = by_kind[withheld.CONVERSATION] | set(talks(by_kind[withheld.ACCOUNT]))
    held |= restricted(using)
    return Gate(frozenset(locked), frozenset(by_kind[withheld.REPORT]), frozenset(held), frozenset(values))


def gate_for(workspace: Workspace, settings: Settings) -> Gate:
    """The gate for whoever reads the workspace without a page: no role is proved there, so that it is nobody's.

    Makes no database; looks into evidence only where an entry or an account's lock asks for it.
    """
    if not database.exists(workspace.folder, settings.casework_database):
        return OPEN
    using = database.opened(workspace.folder, settings.casework_database)
    if not entries(using) and all(lock.what != withheld.ACCOUNT for lock in locks(using)):
        return gate_of(using, lambda _type, _value: (), lambda _accounts: ())
    with attached(workspace, settings) as engine:
        return gate_of(using, lambda kind, value: _hits(engine, kind, value), lambda ids: _talks(engine, ids))


def _hits(engine: Engine, kind: str, value: str) -> set[Hit]:
    engine.put("protected", pa.table({"type": [kind], "value": [value]}))
    rows = engine.rows(
        """
        select distinct s.report_id, m.conversation_id, s.table_name, s.account_id
        from known_selectors s
        join protected p on p.type = s.type and p.value = s.value
        left join messages m on s.table_name = 'messages' and m.message_id = s.record_id
        """
    )
    return {
        (
            row["report_id"] or "",
            row["conversation_id"] or "",
            (row["account_id"] or "") if row["table_name"] in OWN else "",
        )
        for row in rows.to_pylist()
    }


def _talks(engine: Engine, accounts: Iterable[str]) -> list[str]:
    engine.put("privileged", pa.table({"account_id": pa.array(sorted(accounts), pa.string())}))
    rows = engine.rows(
        "select distinct t.conversation_id from participants t join privileged p on p.account_id = t.account_id"
    )
    return [str(one) for one in rows["conversation_id"].to_pylist()]
