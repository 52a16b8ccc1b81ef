"""Times of a simulated world: whole seconds since 1970 UTC, never the time of the machine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

DAY = 86_400
WORLD_END = int(datetime(2026, 6, 30, tzinfo=UTC).timestamp())
_EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=32_768)
def calendar(days: int) -> str:
    """`YYYY-MM-DD` of the day that many days after 1970-01-01."""
    return date.fromordinal(_EPOCH + days).isoformat()


def iso(seconds: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS` without zone."""
    days, rest = divmod(seconds, DAY)
    return f"{calendar(days)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def utc(seconds: int) -> str:
    """ISO 8601 with `Z`."""
    return f"{iso(seconds)}Z"
