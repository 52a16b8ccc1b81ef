"""Reports entries of hash lists that say little: hashes of empty, tiny or uniform files, of low quality, or floods.

Outcome: empty-file, tiny, uniform, low-quality or flood (one entry matches at least 50 files and more than one in
twenty). Nothing is dropped: the hit stands and counts for less; the list's owner should hear of it.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_FOUND = Sql(
    "found_doubtful_hash",
    f"""
    select report_id, {NO_TEXT} as account_id, list_name || ' ' || entry as subject, {NO_TEXT} as criterion,
        weak as outcome,
        'entry ' || entry || ' of list ' || list_name || case
            when weak = 'flood' then ' matches ' || cast(max(files) as varchar) || ' files here, too many to mean much'
            when weak = 'low-quality' then ' has a PDQ hash of too low a quality to tell pictures apart'
            when weak = 'empty-file' then ' has the hash of an empty file'
            when weak = 'tiny' then ' has the hash of a file of one or two bytes'
            else ' has the hash of uniform data' end as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(file_id) as evidence
    from hash_hits
    where weak is not null
    group by report_id, list_name, entry, weak
    """,
)

DOUBTFUL_HASH = Detector("doubtful_hash", __doc__ or "", ("hash_hits",), (_FOUND,))
