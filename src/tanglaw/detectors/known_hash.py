"""Says which hash list holds a file's hash or one near it, under which category, and how its members voted.

Outcome: the list's category model and category, `model:category`, or `model:none` where the list gives none. An entry
that hits an absurd share of files, or a PDQ hash of low quality, has `flood` or `low-quality` for a model, which a
policy pack weighs by itself; a hash of an empty, tiny or uniform file counts for nothing. Near are PDQ hashes up to 31
bits apart. An entry that its list has withdrawn gives no finding.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_WHERE = """case when h.hash_type = 'vpdq' then 'PDQ hashes match ' || cast(cast(floor(h.share_of_entry * 100) as bigint)
            as varchar) || ' % of the frames of video ' || h.entry || ' in list '
        when h.distance > 0 then h.hash_type || ' hash is ' || cast(h.distance as varchar) || ' bits from one in list '
        else h.hash_type || ' hash is in list ' end"""

_FOUND = (
    Sql(
        # Hits of one list on one hash are one finding, whatever the number of entries that say the same of it.
        "known_hits",
        """
        select report_id, list_name, hash_type, listed_value, category, category_model, weak,
            max(list_version) as list_version, max(votes_for) as votes_for, max(votes_against) as votes_against,
            min(distance) as distance, max(share_of_entry) as share_of_entry, min(entry) as entry, max(files) as files,
            joined_distinct(file_id) as evidence
        from hash_hits
        group by report_id, list_name, hash_type, listed_value, category, category_model, weak
        """,
    ),
    Sql(
        "found_known_hash",
        f"""
        select h.report_id, {NO_TEXT} as account_id, h.list_name || ' ' || h.hash_type || ' ' || h.listed_value as subject,
            case when coalesce(h.weak, '') in ('', 'flood', 'low-quality') then 'category' end as criterion,
            case when h.weak in ('flood', 'low-quality') then h.weak else coalesce(h.category_model, 'list') end
                || ':' || coalesce(h.category, 'none') as outcome,
            {_WHERE} || h.list_name || coalesce(' (version ' || h.list_version || ')', '')
                || coalesce(', category ' || h.category || coalesce(' of ' || h.category_model, ''), ', no category')
                || case when h.votes_for is not null or h.votes_against is not null
                    then ', ' || cast(coalesce(h.votes_for, 0) as varchar) || ' for and '
                        || cast(coalesce(h.votes_against, 0) as varchar) || ' against'
                    else '' end
                || case when h.weak = 'flood' then '; the entry matches ' || cast(h.files as varchar) || ' files here'
                    when h.weak = 'low-quality' then '; its quality is too low to tell pictures apart'
                    when h.weak is not null
                        then '; it is that of ' || replace(h.weak, '-file', '') || ' data and counts for nothing'
                    else '' end as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, h.evidence
        from known_hits h
        """,
    ),
)

KNOWN_HASH = Detector("known_hash", __doc__ or "", ("hash_hits",), _FOUND)
