"""Says whether the ESP viewed the files before it reported them: yes, no or not stated.

Outcome: viewed, not-viewed, not-stated or mixed. Where it did not, or does not say, a warrant may be needed before
anyone opens a file. Some providers mean more by "no": Meta's says that a hash-identical file was viewed earlier.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_META = "('facebook', 'instagram', 'whatsapp', 'threads')"

_FOUND = Sql(
    "found_legal_gate",
    f"""
    select c.report_id, {NO_TEXT} as account_id, 'files' as subject, 'T14' as criterion,
        case when viewed = files then 'viewed' when unviewed = files then 'not-viewed'
            when viewed + unviewed = 0 then 'not-stated' else 'mixed' end as outcome,
        'viewed by the ESP: ' || cast(viewed as varchar) || ' yes, ' || cast(unviewed as varchar) || ' no, '
            || cast(files - viewed - unviewed as varchar) || ' not stated'
            || case when viewed = files then ''
                when unviewed > 0 and r.platform in {_META}
                    then '; this provider says no where a hash-identical file was viewed earlier; a warrant may be needed'
                else '; a warrant may be needed' end as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, c.evidence
    from (
        select report_id, count(*) as files, sum(case when viewed_by_esp then 1 else 0 end) as viewed,
            sum(case when not viewed_by_esp then 1 else 0 end) as unviewed, joined_distinct(file_id) as evidence
        from files group by report_id
    ) c
    join reports r on r.report_id = c.report_id
    """,
)

LEGAL_GATE = Detector("legal_gate", __doc__ or "", ("files", "reports"), (_FOUND,))
