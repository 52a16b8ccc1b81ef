"""Routes material flagged as generated or drawn to a lane of its own; it may show a real child, danger stays.

Outcome: generated or drawn.
"""

from __future__ import annotations

from tanglaw.detectors.base import BY, FILES, FLAGGED, NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_FOUND = Sql(
    "found_generated",
    f"""
    select report_id, {NO_TEXT} as account_id, name as subject, 'T12' as criterion,
        case when name = 'generativeAi' then 'generated' else 'drawn' end as outcome,
        {BY} || {FILES} || ' file(s) as ' || name || '; it may show a real child' as reason,
        'generated' as lane, {NO_TIME} as due_at, joined_distinct(coalesce(file_id, report_id)) as evidence
    from flagged f where name in ('generativeAi', 'animeDrawingVirtualHentai')
    group by report_id, name
    """,
)

GENERATED = Detector("generated", __doc__ or "", ("flags", "files"), (FLAGGED, _FOUND))
