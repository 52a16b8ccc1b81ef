"""Reading watch entries as a run takes them over."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from tanglaw.casework import watches
from tanglaw.casework.models import Watch
from tanglaw.ids import Ids


def watch_rows(using: str, ids: Ids, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """Entries placed by `as_of` (UTC; default now), as rows of the table `placed_watches`; of a selector that a case watches for
    again the newest. One that was withdrawn by then ends with its withdrawal, so that it goes without a trace in later runs."""
    rows = Watch.objects.using(using).select_related("by", "withdrawn").filter(kind=watches.PLACE).order_by("number")
    if as_of is not None:
        rows = rows.filter(at__lt=_after(as_of))
    newest = {(row.type, row.value, row.case_id): row for row in rows}
    return [
        {
            "decision_id": row.number,
            "watch_id": ids.of("watch", row.type, row.value, str(row.case_id)),
            "type": row.type,
            "value": row.value,
            "case_number": str(row.case_id),
            "expires_at": last_instant(row, as_of),
            "stated_by": row.by.full_name,
            "reason": row.reason,
            "at": row.at.replace(microsecond=0),
        }
        for row in sorted(newest.values(), key=lambda row: int(row.number))
    ]


def _after(as_of: datetime) -> datetime:
    """Instants count in whole seconds, as those of runs and decisions do."""
    return as_of.replace(microsecond=0) + timedelta(seconds=1)


def last_instant(row: Watch, as_of: datetime | None = None) -> datetime:
    """The last instant at which an entry holds, in whole seconds: the end of its day, or its withdrawal by `as_of`."""
    gone = getattr(row, "withdrawn", None)
    if gone is not None and (as_of is None or gone.at < _after(as_of)):
        ended: datetime = gone.at
        return ended.astimezone(UTC).replace(microsecond=0)
    return datetime.combine(row.expires, time(23, 59, 59), UTC)
