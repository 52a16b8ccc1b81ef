"""Tables of an engine as a reader sees them from whom something is withheld: `store.gate`'s rules, in SQL."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

from tanglaw.engine import Engine
from tanglaw.engine.steps import Sql
from tanglaw.store.gate import IN_WORDS, OF_REPORT, WORDS, Gate
from tanglaw.tables import TABLES
from tanglaw.tables.base import TEXT, Table

# Behind the gate a table is attached under this name.
WHOLE = "whole_{}"
_IDS = {"withheld_ids": "exact", "withheld_talks": "locked", "withheld_texts": "locked_reports"}
_WORDS_OF = """
    select m.message_id as id from {} m join withheld_talks k on k.id = m.conversation_id
    union select id from withheld_talks
"""


def shut(engine: Engine, gate: Gate, shown: Collection[tuple[str, Table]]) -> None:
    """Make each table readable under the name that it is shown by, out of `WHOLE` of that name, without what is withheld."""
    for name, source in _IDS.items():
        engine.put(name, pa.table({"id": pa.array(sorted(getattr(gate, source)), pa.string())}))
    engine.put("withheld_values", pa.table({"id": pa.array(gate.within, pa.string())}))
    messages = next(name for name, table in shown if table is TABLES["messages"])
    engine.run(Sql("withheld_words", _WORDS_OF.format(WHOLE.format(messages)), keep=True))
    for name, table in shown:
        engine.run(Sql(name, _passed(WHOLE.format(name), table, bool(gate.within))))


def _passed(source: str, table: Table, within: bool) -> str:
    """The rows of `source` that are there, with the words of locked ones empty."""
    texts = [column.name for column in table.columns if column.type == TEXT]
    locked, joins = [], list[str]()
    if "conversation_id" in texts:
        locked.append("k.id is not null")
        joins.append("left join withheld_talks k on k.id = t.conversation_id")
    if "report_id" in texts and set(OF_REPORT) & set(texts):
        locked.append("w.id is not null")
        joins.append("left join withheld_texts w on w.id = t.report_id")
    joins += [f'anti join withheld_ids h{n} on h{n}.id = t."{name}"' for n, name in enumerate(texts)]
    if within:
        each = " or ".join(f"strpos(coalesce(t.\"{name}\", ''), v.id) > 0" for name in texts)
        joins.append(f"anti join withheld_values v on {each}")
    if {"selector_id", "record_id", "table_name"} <= set(texts):
        in_words = ", ".join(f"'{name}'" for name in IN_WORDS)
        joins.append(f"anti join withheld_words x on x.id = t.record_id and t.table_name in ({in_words})")
        joins.append(f"anti join withheld_texts y on y.id = t.report_id and t.table_name in ({in_words})")
    columns = [
        f'case when {" or ".join(locked)} then null else t."{name}" end as "{name}"'
        if locked and name in WORDS
        else f't."{name}"'
        for name in table.names
    ]
    return f"select {', '.join(columns)} from {source} t {' '.join(joins)}"
