"""The gate: what is withheld from whoever reads a workspace, as rows and tables pass through it.

Text of privileged conversations is the filter role's alone. What the protected list holds is not there for anybody until its
keeper decides; an account that is restricted because it is disputed is there for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Rows = list[dict[str, Any]]
# Columns that hold words of a person, what marks a table whose words are a report's, and where selectors were found in such words.
WORDS = ("text", "title", "escalation", "original", "value", "before", "after")
OF_REPORT = ("text_id", "scheme", "before")
IN_WORDS = ("conversations", "messages", "report_documents", "reports", "texts")
# Shorter protected values are compared whole: they would stand in many a text by chance.
_TELLING = 6


@dataclass(frozen=True)
class Gate:
    """What is withheld from one reader.

    `locked` are conversations whose text is not theirs to read, `locked_reports` the reports whose texts are not; `held` are
    ids of reports, conversations and accounts that are not there for them, `values` the protected selectors themselves.
    """

    locked: frozenset[str] = frozenset()
    locked_reports: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Whether nothing is withheld."""
        return not (self.locked or self.locked_reports or self.held or self.values)

    @property
    def exact(self) -> list[str]:
        """What no cell of a row may be, in order."""
        return sorted(self.held | self.values)

    @property
    def within(self) -> list[str]:
        """What no cell of a row may have in it, in order."""
        return sorted(value for value in self.values if len(value) >= _TELLING)

    def there(self, one: str) -> bool:
        """Whether a report, conversation or account is there for this reader."""
        return one not in self.held

    def reads(self, conversation_id: str) -> bool:
        """Whether the text of a conversation is this reader's to read."""
        return self.there(conversation_id) and conversation_id not in self.locked

    def passed(self, rows: Rows) -> Rows:
        """The rows that are there, in their order; of a locked one the words are None and `locked` is true.

        A row is held if a cell is a held id or has a protected value in it; selectors out of locked words are left out.
        """
        if self.open:
            return rows
        within = self.within
        found = []
        for row in rows:
            if self._held(row, within):
                continue
            locked = row.get("conversation_id") in self.locked
            by_report = row.get("report_id") in self.locked_reports
            if "selector_id" in row and (locked or by_report) and row.get("table_name") in IN_WORDS:
                continue
            if locked or (by_report and any(name in row for name in OF_REPORT)):
                found.append({**row, **{name: None for name in WORDS if name in row}, "locked": True})
            else:
                found.append(row)
        return found

    def table(self, rows: pa.Table) -> pa.Table:
        """The same for an Arrow table, which stays one of its schema: of a locked row the words are null."""
        if self.open:
            return rows
        exact = pa.array(self.exact, pa.string())
        texts = [rows[field.name] for field in rows.schema if pa.types.is_string(field.type)]
        gone: list[Any] = [pc.is_in(cells, exact) for cells in texts]
        gone += [pc.match_substring(cells, value).fill_null(False) for cells in texts for value in self.within]
        if gone:
            rows = rows.filter(pc.invert(reduce(pc.or_, gone)))
        rows = _blanked(rows, "conversation_id", self.locked)
        return _blanked(rows, "report_id", self.locked_reports) if set(OF_REPORT) & set(rows.column_names) else rows

    def occurrences(self) -> tuple[str, list[str]]:
        """The same for the shelf's table `occurrences`, as a condition and the values of its question marks."""
        parts, values = ["true"], list[str]()
        words = ", ".join(f"'{name}'" for name in IN_WORDS)
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

    def _held(self, row: dict[str, Any], within: list[str]) -> bool:
        cells = [cell for cell in row.values() if isinstance(cell, str)]
        if any(cell in self.held or cell in self.values for cell in cells):
            return True
        return any(value in cell for value in within for cell in cells)


def _blanked(rows: pa.Table, column: str, ids: frozenset[str]) -> pa.Table:
    """The table with the words null in each row whose `column` is one of `ids`."""
    if not ids or column not in rows.column_names:
        return rows
    locked = pc.is_in(rows[column], pa.array(sorted(ids), pa.string()))
    for name in set(WORDS) & set(rows.column_names):
        place = rows.schema.get_field_index(name)
        blank = pa.scalar(None, rows.schema.field(place).type)
        rows = rows.set_column(place, rows.schema.field(place), pc.if_else(locked, blank, rows[name]))
    return rows


OPEN = Gate()
