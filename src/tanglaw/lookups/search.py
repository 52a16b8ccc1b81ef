"""Where a selector occurs: exact on the normalised value, or on what was written."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tanglaw.engine import Engine
from tanglaw.ids import Ids
from tanglaw.lookups.tables import ask
from tanglaw.selectors.scan import Scanner


def search(engine: Engine, text: str, ids: Ids, country: str = "") -> list[dict[str, Any]]:
    """Every occurrence of the selector that `text` is, with report, account and place.

    `text` is read as the extraction reads it, so that any spelling of a phone finds all of them; where it is no
    selector, values and originals are compared as they are, without case.
    """
    values = sorted(
        {text.strip(), text.strip().casefold(), text.strip().lstrip("@").casefold(), *_read(text, ids, country)}
    )
    engine.put("sought", pa.table({"value": pa.array(values, pa.string())}))
    return ask(
        engine,
        """
        select s.type, s.value, s.original, s.table_name, s.field, s.start, s."end", s.valid, s.role, s.at,
            s.report_id, r.report_number, s.account_id, t.actor_id, s.record_id, q.rank
        from selectors s
        join (
            select distinct x.selector_id from selectors x join sought v on v.value = x.value or v.value = lower_ascii(x.original)
        ) f on f.selector_id = s.selector_id
        left join reports r on r.report_id = s.report_id
        left join actors t on t.account_id = s.account_id
        left join priorities q on q.report_id = s.report_id
        order by q.rank nulls last, s.table_name nulls last, s.record_id nulls last, s.start nulls last
        """,
        text=text,
    )


def _read(text: str, ids: Ids, country: str) -> set[str]:
    """Normalised values that the extraction would find in the text."""
    batch = pa.RecordBatch.from_pylist(
        [
            {
                "record_id": "asked",
                "table_name": "asked",
                "field": "asked",
                "report_id": None,
                "account_id": None,
                "role": None,
                "at": None,
                "country": country or None,
                "text": text,
            }
        ],
        schema=pa.schema(
            [(name, pa.string()) for name in ("record_id", "table_name", "field", "report_id", "account_id", "role")]
            + [("at", pa.timestamp("us", tz="UTC")), ("country", pa.string()), ("text", pa.string())]
        ),
    )
    found = Scanner(ids, country)(batch)
    return {value for value in found.column("value").to_pylist() if value}
