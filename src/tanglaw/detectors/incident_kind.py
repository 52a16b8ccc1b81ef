"""Shows what the official incident type, annotations and industry classification say, by their official names.

Outcome: the incident type's short name (trafficking, tourism, molestation, enticement), the annotation's name
(csamSolicitation, sadisticOnlineExploitation, sextortion), the file flag's name (infant, physicalHarm, violenceGore,
possibleSelfProduction), or industry:A1, industry:A2, industry:B1, industry:B2.
"""

from __future__ import annotations

from tanglaw.detectors.base import BY, FILES, FLAGGED, NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

# Official values of the CyberTipline schema (formats.md 1.2); facilitation, enticement and production.
_TYPES = (
    ("Child Sex Trafficking", "trafficking"),
    ("Child Sex Tourism", "tourism"),
    ("Child Sexual Molestation", "molestation"),
    ("Online Enticement of Children for Sexual Acts", "enticement"),
)
_CASE = " ".join(f"when r.incident_type = '{official}' then '{short}'" for official, short in _TYPES)
_ANNOTATIONS = "('csamSolicitation', 'sadisticOnlineExploitation', 'sextortion')"
_FILE_FLAGS = "('infant', 'physicalHarm', 'violenceGore', 'possibleSelfProduction')"

_FOUND = Sql(
    "found_incident_kind",
    f"""
    select report_id, {NO_TEXT} as account_id, 'incidentType' as subject, 'T6.' || outcome as criterion, outcome,
        'the ESP reports it as ' || outcome as reason, {NO_TEXT} as lane, {NO_TIME} as due_at, report_id as evidence
    from (select r.report_id, case {_CASE} end as outcome from reports r) t
    where outcome is not null
    union all
    select report_id, {NO_TEXT} as account_id, name as subject, 'T6.' || name as criterion, name as outcome,
        'the ESP annotates ' || name as reason, {NO_TEXT} as lane, {NO_TIME} as due_at,
        joined_distinct(coalesce(file_id, report_id)) as evidence
    from flags where name in {_ANNOTATIONS}
    group by report_id, name
    union all
    select report_id, {NO_TEXT} as account_id, name as subject, 'T6.' || name as criterion, name as outcome,
        {BY} || {FILES} || ' file(s) as ' || name as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(coalesce(file_id, report_id)) as evidence
    from flagged f where name in {_FILE_FLAGS}
    group by report_id, name
    union all
    select report_id, {NO_TEXT} as account_id, classification as subject, 'category' as criterion,
        'industry:' || classification as outcome,
        'the ESP classifies ' || cast(count(*) as varchar) || ' file(s) as ' || classification as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(file_id) as evidence
    from files where classification in ('A1', 'A2', 'B1', 'B2')
    group by report_id, classification
    """,
)

INCIDENT_KIND = Detector("incident_kind", __doc__ or "", ("reports", "flags", "files"), (FLAGGED, _FOUND))
