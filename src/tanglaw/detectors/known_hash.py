"""Says which hash list holds a file's hash, under which category, and how its members voted.

Outcome: the list's category model and category, `model:category`, or `model:none` where the list gives none. Only
equal hashes of the same type hit; an entry that its list has withdrawn gives no finding.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, STANDING, Detector
from tanglaw.engine.steps import Sql

_FOUND = Sql(
    "found_known_hash",
    f"""
    select f.report_id, {NO_TEXT} as account_id, h.list_name || ' ' || h.hash_type || ' ' || h.value as subject,
        'category' as criterion,
        coalesce(h.category_model, 'list') || ':' || coalesce(h.category, 'none') as outcome,
        h.hash_type || ' hash is in list ' || h.list_name || coalesce(' (version ' || h.list_version || ')', '')
            || coalesce(', category ' || h.category || coalesce(' of ' || h.category_model, ''), ', no category')
            || case when h.votes_for is not null or h.votes_against is not null
                then ', ' || cast(coalesce(h.votes_for, 0) as varchar) || ' for and '
                    || cast(coalesce(h.votes_against, 0) as varchar) || ' against'
                else '' end as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, f.evidence
    from (
        select report_id, hash_type, value, joined_distinct(file_id) as evidence
        from file_hashes where valid group by report_id, hash_type, value
    ) f
    join (
        select list_name, hash_type, value, category, category_model, max(list_version) as list_version,
            max(votes_for) as votes_for, max(votes_against) as votes_against
        from standing_hashes group by list_name, hash_type, value, category, category_model
    ) h on h.hash_type = f.hash_type and h.value = f.value
    """,
)

KNOWN_HASH = Detector("known_hash", __doc__ or "", ("file_hashes", "hash_entries"), (STANDING, _FOUND))
