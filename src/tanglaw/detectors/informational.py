"""Shows that the ESP itself marks a report as spam or informational; kept, only later in its band.

Outcome: spam or informational.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_FOUND = Sql(
    "found_informational",
    f"""
    select report_id, {NO_TEXT} as account_id, name as subject, 'T13' as criterion, name as outcome,
        'the ESP annotates ' || name as reason, {NO_TEXT} as lane, {NO_TIME} as due_at,
        joined_distinct(coalesce(file_id, report_id)) as evidence
    from flags where name in ('spam', 'informational')
    group by report_id, name
    """,
)

INFORMATIONAL = Detector("informational", __doc__ or "", ("flags",), (_FOUND,))
