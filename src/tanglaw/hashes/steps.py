"""The steps behind `hash_hits` and what else is told by hashes alone, as SQL.

`near_pdq(value, near, distance)` comes from the index; every other match is an exact join.
"""

from __future__ import annotations

from tanglaw.engine.steps import Sql
from tanglaw.hashes.pdq import LEAST_QUALITY
from tanglaw.reading.hashes import SIZES

_HEX64 = "regexp_matches(value, '^[0-9a-f]{64}\\z')"
# A video's own row bears the digest of its hash file, which is equal for equal files only.
_VIDEO = "('vpdq', 'tmk-pdqf')"
# Of the frames of the one that the other must match: the bound that vPDQ is published with. Either side suffices, since
# one may be a part of the other.
VIDEO_SHARE = 0.8
FLOOD_FILES = 50
FLOOD_SHARE = 0.05
# Of a report with more files, only the rarest are paired: pairs grow with the square.
_MOST_PAIRED = 40


def listed(kind: str) -> Sql:
    """The step `listed_<kind>`: the values of one type that lists hold, each once; for PDQ also those of frames."""
    frames = "union all select value from hash_frames" if kind == "pdq" else ""
    return Sql(
        f"listed_{kind}",
        f"""
        select distinct value from (
            select value from hash_entries where hash_type = '{kind}' and not coalesce(withdrawn, false)
            {frames}
        ) v
        where regexp_matches(value, '^[0-9a-f]{{{2 * SIZES[kind]}}}\\z')
        """,
    )


ASKED = (
    Sql(
        "asked_hashes",
        "select distinct hash_type, value from file_hashes where valid and value <> ''",
        keep=True,
    ),
    Sql(
        "asked_pdq",
        f"""
        select distinct value from (
            select value from asked_hashes where hash_type = 'pdq'
            union all
            select value from hash_frames where coalesce(quality, 100) >= {LEAST_QUALITY}
        ) v
        where {_HEX64}
        """,
    ),
)

_MATCHED = (
    Sql(
        # A tombstone without a date withdraws whatever the entry's date.
        "tombstones",
        """
        select list_name, entry, max(coalesce(micros(listed_at), 9223372036854775807)) as withdrawn_at
        from hash_entries where withdrawn group by list_name, entry
        """,
        keep=True,
    ),
    Sql(
        "matched_values",
        """
        select hash_type, value, value as near, 0 as distance from asked_hashes
        union all
        select 'pdq' as hash_type, n.value, n.near, n.distance
        from near_pdq n
        join asked_hashes a on a.hash_type = 'pdq' and a.value = n.value
        where n.distance > 0
        """,
        keep=True,
    ),
    Sql(
        "matched_entries",
        """
        select m.hash_type, m.value, m.distance, e.list_name, e.list_version, e.entry, e.value as listed_value,
            e.category, e.category_model, e.votes_for, e.votes_against, e.series, e.quality
        from hash_entries e
        join matched_values m on m.hash_type = e.hash_type and m.near = e.value
        left join tombstones t on t.list_name = e.list_name and t.entry = e.entry
            and t.withdrawn_at >= coalesce(micros(e.listed_at), 0)
        where not coalesce(e.withdrawn, false) and t.entry is null
        """,
        keep=True,
    ),
)

_FRAMES = (
    Sql(
        "standing_videos",
        f"""
        select e.hash_type, e.list_name, e.list_version, e.entry, e.value, e.category, e.category_model, e.votes_for,
            e.votes_against, e.series
        from hash_entries e
        left join tombstones t on t.list_name = e.list_name and t.entry = e.entry
            and t.withdrawn_at >= coalesce(micros(e.listed_at), 0)
        where e.hash_type in {_VIDEO} and not coalesce(e.withdrawn, false) and t.entry is null
        """,
        keep=True,
    ),
    Sql(
        "standing_frames",
        f"""
        select f.list_name, f.entry, f.locator, f.value
        from hash_frames f
        join (select distinct list_name, entry from standing_videos where hash_type = 'vpdq') v
            on v.list_name = f.list_name and v.entry = f.entry
        where coalesce(f.quality, 100) >= {LEAST_QUALITY}
        """,
        keep=True,
    ),
    Sql(
        "frames_of_video",
        "select list_name, entry, count(*) as frames from standing_frames group by list_name, entry",
        keep=True,
    ),
    Sql(
        "file_frames",
        """
        select h.file_id, h.report_id, h.value, f.list_name, f.entry, f.locator, n.distance
        from (
            select distinct file_id, report_id, value from file_hashes where valid and hash_type = 'pdq'
        ) h
        join near_pdq n on n.value = h.value
        join standing_frames f on f.value = n.near
        """,
    ),
    Sql(
        # One black frame in common is not the same video.
        "file_videos",
        f"""
        select m.file_id, m.report_id, m.list_name, m.entry, m.value, m.distance,
            round3(cast(m.hashes as double) / nullif(t.hashes, 0)) as share_of_file,
            round3(cast(m.frames as double) / nullif(v.frames, 0)) as share_of_entry
        from (
            select file_id, report_id, list_name, entry, count(distinct value) as hashes,
                count(distinct locator) as frames, min(distance) as distance, first_by(value, distance) as value
            from file_frames group by file_id, report_id, list_name, entry
        ) m
        join frames_of_video v on v.list_name = m.list_name and v.entry = m.entry
        join (
            select file_id, count(distinct value) as hashes from file_hashes where valid and hash_type = 'pdq'
            group by file_id
        ) t on t.file_id = m.file_id
        where m.hashes >= t.hashes * {VIDEO_SHARE}e0 or m.frames >= v.frames * {VIDEO_SHARE}e0
        """,
        keep=True,
    ),
)

_HITS = (
    Sql(
        "all_hits",
        """
        select f.file_id, f.report_id, m.hash_type, m.value, m.list_name, m.list_version, m.entry, m.listed_value,
            m.category, m.category_model, m.votes_for, m.votes_against, m.series, m.quality, m.distance,
            cast(null as double) as share_of_file, cast(null as double) as share_of_entry
        from matched_entries m
        join (select distinct file_id, report_id, hash_type, value from file_hashes where valid) f
            on f.hash_type = m.hash_type and f.value = m.value
        union all
        select f.file_id, f.report_id, 'vpdq' as hash_type, f.value, f.list_name, v.list_version, f.entry,
            v.value as listed_value, v.category, v.category_model, v.votes_for, v.votes_against, v.series,
            cast(null as bigint) as quality, f.distance, f.share_of_file, f.share_of_entry
        from file_videos f
        join standing_videos v on v.hash_type = 'vpdq' and v.list_name = f.list_name and v.entry = f.entry
        """,
        keep=True,
    ),
    Sql(
        "entry_files",
        "select list_name, entry, count(distinct file_id) as files from all_hits group by list_name, entry",
        keep=True,
    ),
    Sql(
        "hash_hits",
        f"""
        select h.*, e.files,
            case when b.weak is not null then b.weak
                when h.quality < {LEAST_QUALITY} then 'low-quality'
                when e.files >= {FLOOD_FILES} and e.files > n.files * {FLOOD_SHARE}e0 then 'flood' end as weak
        from all_hits h
        join entry_files e on e.list_name = h.list_name and e.entry = h.entry
        left join benign_hashes b on b.hash_type = h.hash_type and b.value = h.listed_value
        cross join (select count(distinct file_id) as files from file_hashes where valid) n
        """,
        keep=True,
    ),
    Sql(
        "hash_lists",
        """
        select list_name, hash_type, cast(sum(stands) as bigint) as standing, cast(sum(1 - stands) as bigint) as withdrawn,
            max(list_version) as list_version, max(listed_at) as listed_at
        from (
            select e.list_name, e.hash_type, e.list_version, e.listed_at,
                case when coalesce(e.withdrawn, false) or t.entry is not null then 0 else 1 end as stands
            from hash_entries e
            left join tombstones t on t.list_name = e.list_name and t.entry = e.entry
                and t.withdrawn_at >= coalesce(micros(e.listed_at), 0)
        ) s
        group by list_name, hash_type
        """,
        keep=True,
    ),
)

HITS = (*_MATCHED, *_FRAMES, *_HITS)

KIN = (
    Sql(
        "kin_frames",
        """
        select distinct a.list_name as list_a, a.entry as entry_a, a.locator as frame_a,
            b.list_name as list_b, b.entry as entry_b
        from standing_frames a
        join near_pdq n on n.value = a.value
        join standing_frames b on b.value = n.near
        where not (a.list_name = b.list_name and a.entry = b.entry)
        """,
    ),
    Sql(
        "kin_shares",
        """
        select k.list_a, k.entry_a, k.list_b, k.entry_b, k.matched, v.frames
        from (
            select list_a, entry_a, list_b, entry_b, count(*) as matched
            from kin_frames group by list_a, entry_a, list_b, entry_b
        ) k
        join frames_of_video v on v.list_name = k.list_a and v.entry = k.entry_a
        """,
        keep=True,
    ),
    Sql(
        "hash_kin",
        f"""
        select 'vpdq' as hash_type, a.list_a, a.entry_a, a.list_b, a.entry_b,
            round3(cast(a.matched as double) / nullif(a.frames, 0)) as share_a,
            round3(cast(b.matched as double) / nullif(b.frames, 0)) as share_b,
            cast(null as double) as first_cosine, cast(null as double) as alignment
        from kin_shares a
        join kin_shares b on b.list_a = a.list_b and b.entry_a = a.entry_b
            and b.list_b = a.list_a and b.entry_b = a.entry_a
        where (a.list_a < a.list_b or (a.list_a = a.list_b and a.entry_a < a.entry_b))
            and (a.matched >= a.frames * {VIDEO_SHARE}e0 or b.matched >= b.frames * {VIDEO_SHARE}e0)
        union all
        select 'tmk-pdqf' as hash_type, list_a, entry_a, list_b, entry_b,
            cast(null as double) as share_a, cast(null as double) as share_b, first_cosine, alignment
        from tmk_pairs
        """,
        keep=True,
    ),
)

SERIES = (
    Sql(
        "hash_places",
        """
        select h.hash_type, h.value, h.file_id, h.report_id, coalesce(t.actor_id, a.account_id) as actor,
            micros(coalesce(f.uploaded_at, r.incident_at, r.received_at)) as seen
        from (select distinct hash_type, value, file_id, report_id from file_hashes where valid and value <> '') h
        left join files f on f.file_id = h.file_id
        left join reports r on r.report_id = h.report_id
        left join accounts a on a.report_id = h.report_id and a.role = 'reported'
        left join actors t on t.account_id = a.account_id
        """,
        keep=True,
    ),
    Sql(
        "hash_sightings",
        """
        select p.hash_type, p.value, p.files, p.reports, p.actors, from_micros(p.first_seen) as first_seen,
            from_micros(p.last_seen) as last_seen, h.value is not null as listed
        from (
            select hash_type, value, count(distinct file_id) as files, count(distinct report_id) as reports,
                count(distinct actor) as actors, min(seen) as first_seen, max(seen) as last_seen
            from hash_places group by hash_type, value
        ) p
        left join (
            select distinct case when hash_type = 'vpdq' then 'pdq' else hash_type end as hash_type, value from hash_hits
        ) h on h.hash_type = p.hash_type and h.value = p.value
        """,
        keep=True,
    ),
    Sql(
        # One hash stands for a file: the type that most reports state. What says nothing ties nothing together.
        "paired_files",
        f"""
        select report_id, name, actor, seen, listed
        from (
            select p.report_id, p.name, p.actor, p.seen, s.listed,
                dense_rank() over (
                    partition by p.report_id order by s.reports asc nulls first, p.name asc nulls first
                ) as place
            from (
                select report_id, actor, min(seen) as seen, hash_type, value, hash_type || ' ' || value as name
                from (
                    select h.report_id, h.actor, h.seen, h.hash_type, h.value, dense_rank() over (
                        partition by h.file_id order by case h.hash_type when 'md5' then 1 when 'sha1' then 2
                            when 'sha256' then 3 else 4 end asc nulls last
                    ) as turn
                    from hash_places h
                    where h.hash_type in ('md5', 'sha1', 'sha256')
                ) k
                where turn = 1
                group by report_id, actor, hash_type, value
            ) p
            join hash_sightings s on s.hash_type = p.hash_type and s.value = p.value
            left join benign_hashes b on b.hash_type = p.hash_type and b.value = p.value
            where s.reports > 1 and b.weak is null
        ) r
        where place <= {_MOST_PAIRED}
        """,
        keep=True,
    ),
    Sql(
        "files_together",
        """
        select a, b, reports, actors, from_micros(first_seen) as first_seen, from_micros(last_seen) as last_seen, listed
        from (
            select x.name as a, y.name as b, count(distinct x.report_id) as reports, count(distinct x.actor) as actors,
                min(least(x.seen, y.seen)) as first_seen, max(greatest(x.seen, y.seen)) as last_seen,
                max(case when x.listed then 1 else 0 end) + max(case when y.listed then 1 else 0 end) as listed
            from paired_files x
            join paired_files y on y.report_id = x.report_id and x.name < y.name
            group by x.name, y.name
        ) t
        where actors > 1
        """,
        keep=True,
    ),
)
