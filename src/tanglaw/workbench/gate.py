"""The gate: what one person may not read, asked by every page that shows evidence.

Text of privileged conversations is the filter role's alone. What the protected list holds is not there for anybody until its
keeper decides; an account that is restricted because it is disputed is there for nobody. A page passes its rows through
`gate(user).passed(rows)` and asks `reads` before it shows a conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tanglaw.casework import withheld
from tanglaw.casework.models import User
from tanglaw.casework.people import FILTER
from tanglaw.casework.queries_duties import restricted
from tanglaw.casework.queries_withheld import decisions, entries, locks, state
from tanglaw.lookups.desk.withheld import conversations_of, hits
from tanglaw.workbench.state import USING, desk

Rows = list[dict[str, Any]]
# Columns that hold words of a person, and tables whose selectors were found in such words.
WORDS = ("text", "title", "escalation", "original", "value")
_IN_WORDS = frozenset({"messages", "texts", "reports", "report_documents", "conversations"})
# Shorter protected values are compared whole: they would stand in many a text by chance.
_TELLING = 6


@dataclass(frozen=True)
class Gate:
    """What is withheld from one person.

    `locked` are conversations whose text is not theirs to read, `locked_reports` the reports whose texts are not; `held` are
    ids of reports, conversations and accounts that are not there for them, `values` the protected selectors themselves.
    """

    locked: frozenset[str] = frozenset()
    locked_reports: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()

    def there(self, one: str) -> bool:
        """Whether a report, conversation or account is there for this person."""
        return one not in self.held

    def reads(self, conversation_id: str) -> bool:
        """Whether the text of a conversation is this person's to read."""
        return self.there(conversation_id) and conversation_id not in self.locked

    def passed(self, rows: Rows) -> Rows:
        """The rows that are there, in their order; of a locked one the words are None and `locked` is true.

        A row is held if a cell is a held id or has a protected value in it; selectors out of locked words are left out.
        """
        if not (self.locked or self.locked_reports or self.held):
            return rows
        found = []
        for row in rows:
            if self._held(row):
                continue
            locked = row.get("conversation_id") in self.locked
            by_report = row.get("report_id") in self.locked_reports
            if "selector_id" in row and (locked or by_report) and row.get("table_name") in _IN_WORDS:
                continue
            if locked or (by_report and ("text_id" in row or "scheme" in row)):
                found.append({**row, **{name: None for name in WORDS if name in row}, "locked": True})
            else:
                found.append(row)
        return found

    def occurrences(self) -> tuple[str, list[str]]:
        """The same for the shelf's table `occurrences`, as a condition and the values of its question marks."""
        parts, values = ["true"], list[str]()
        words = ", ".join(f"'{name}'" for name in sorted(_IN_WORDS))
        for text, ids in (
            ("coalesce(conversation_id, '') not in ({})", self.locked),
            (f"(table_name not in ({words}) or coalesce(report_id, '') not in ({{}}))", self.locked_reports),
            ("coalesce(report_id, '') not in ({})", self.held),
            ("coalesce(conversation_id, '') not in ({})", self.held),
            ("coalesce(account_id, '') not in ({})", self.held),
            ("value not in ({})", self.values),
        ):
            if ids:
                parts.append(text.format(", ".join("?" * len(ids))))
                values += sorted(ids)
        return " and ".join(parts), values

    def _held(self, row: dict[str, Any]) -> bool:
        cells = [cell for cell in row.values() if isinstance(cell, str)]
        if any(cell in self.held or cell in self.values for cell in cells):
            return True
        return any(value in cell for value in self.values if len(value) >= _TELLING for cell in cells)


@dataclass
class _Known:
    """The gates of a run, made anew when a lock or the protected list has a new row."""

    asked: tuple[Any, ...] = ()
    others: Gate = field(default_factory=Gate)
    filters: Gate = field(default_factory=Gate)


_KNOWN = _Known()


def gate(user: User) -> Gate:
    """What is withheld from this person: now, and then for the rest of the request, which has a user of its own."""
    run = desk().run
    of_run = (run.run_id, id(run.shelf))
    before, found = getattr(user, "gated", ((), Gate()))
    if before != of_run:
        asked = (*of_run, *state(USING))
        if _KNOWN.asked != asked:
            others = _made()
            _KNOWN.others, _KNOWN.filters = others, Gate(held=others.held, values=others.values)
            _KNOWN.asked = asked
        found = _KNOWN.filters if user.role == FILTER else _KNOWN.others
        user.gated = (of_run, found)
    return found


def _made() -> Gate:
    shelf = desk().run.shelf
    by_kind: dict[str, set[str]] = {kind: set() for kind in withheld.LOCKABLE}
    for lock in locks(USING):
        by_kind[lock.what].add(lock.subject)
    held: set[str] = set()
    values: set[str] = set()
    decided = decisions(USING)
    for entry in entries(USING):
        open_ = False
        for report, conversation, account in hits(shelf, entry.type, entry.value):
            decision = decided.get((entry.number, report or conversation))
            if decision is None or decision.kind == withheld.HOLD:
                held |= {report, conversation, account} - {""}
                open_ = True
        if open_ or not any(number == entry.number for number, _ in decided):
            values.add(entry.value)
    locked = by_kind[withheld.CONVERSATION] | conversations_of(shelf, by_kind[withheld.ACCOUNT])
    held |= restricted(USING)
    return Gate(frozenset(locked), frozenset(by_kind[withheld.REPORT]), frozenset(held), frozenset(values))
