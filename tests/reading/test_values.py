"""Instants are read exactly, remembered without harm, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.reading.values import instant, moment

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
STAMPS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=ZONES)


def micros(stamp: datetime | None) -> int | None:
    """Microseconds since 1970, exactly."""
    return None if stamp is None else (stamp - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@given(stamp=STAMPS)
def test_an_instant_is_the_same_in_every_zone_it_is_written_in(stamp: datetime) -> None:
    """UTC, no zone assumed, and one text for ids however it was written."""
    found = instant(stamp.isoformat())
    assert (found.at, found.assumed) == (micros(stamp), None)
    assert found.key == instant(stamp.astimezone(UTC).isoformat()).key == f"{stamp.timestamp():.6f}"


@given(text=st.text(max_size=80), zone=st.sampled_from(["UTC", "Asia/Manila"]))
def test_any_text_gives_what_moment_gives(text: str, zone: str) -> None:
    """The remembered reading and the plain one agree; a text that is no instant keeps itself for ids."""
    found, columns = instant(text, zone), moment("at", text, zone)
    assert (found.at, found.assumed) == (micros(columns.get("at")), columns.get("at_assumed"))
    if found.at is None:
        assert found.key == text


def test_a_zone_is_assumed_and_said() -> None:
    """The same text in another default zone is another instant."""
    one, other = instant("2026-01-02T03:04:05", "UTC"), instant("2026-01-02T03:04:05", "Asia/Manila")
    assert (one.assumed, other.assumed) == ("UTC", "Asia/Manila")
    assert one.at is not None and other.at is not None
    assert timedelta(microseconds=one.at - other.at) == timedelta(hours=8)


@pytest.mark.parametrize("text", ["1960-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "noon", "2026-13-01", "x" * 1000])
def test_what_is_no_instant_stays_text(text: str) -> None:
    """Out of range or unreadable: no instant, the text in its place, of any length."""
    assert instant(text)[::2] == (None, text)
