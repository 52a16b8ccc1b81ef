"""Selectors from columns that say what they hold."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.ids import Ids
from tanglaw.selectors.fields import Fields
from tanglaw.tables import TABLES

Batch = Callable[..., pa.RecordBatch]


@pytest.mark.parametrize(
    ("asked", "text", "country", "expected"),
    [
        ("email", " Jane@Example.org ", "", [("email", "jane@example.org", True)]),
        ("email", "no mail ", "", [("email", "no mail", False)]),
        ("phone", "(0917) 123-4567", "PH", [("phone", "+639171234567", True)]),
        ("phone", "639171234567", "", [("phone", "+639171234567", True)]),
        ("phone", "12", "PH", [("phone", "12", False)]),
        ("ip", "192.0.2.1:443", "", [("ipv4", "192.0.2.1", True)]),
        ("ip", "2001:DB8::1", "", [("ipv6", "2001:db8::1", True)]),
        ("ip", "::ffff:192.0.2.1", "", [("ipv4", "192.0.2.1", True)]),
        ("ip", "300.1.1.1", "", [("ipv4", "300.1.1.1", False)]),
        ("ip", "2001:db8::g", "", [("ipv6", "2001:db8::g", False)]),
        ("handle:Instagram", "@Sunny.Day", "", [("handle", "instagram:sunny.day", True)]),
        ("handle:Example Chat", "user 7", "", [("handle", "user 7", False)]),
        ("handle", "https://t.me/SunnyDay", "", [("handle", "telegram:sunnyday", True)]),
        ("handle", "Sunny", "", [("handle", "@sunny", True)]),
        ("device:imei", "490154203237518", "", [("imei", "490154203237518", True)]),
        ("device:mac", "00-1A-2B-3C-4D-5E", "", [("mac", "00:1a:2b:3c:4d:5e", True)]),
        ("device:iOS", "ABC-123", "", [("device", "ios:abc-123", True)]),
        ("name", " Jane   DOE ", "", [("name", "jane doe", True)]),
        (
            "wallet",
            "0xde709f2102306220921060314715629080e2fb77",
            "",
            [("eth", "0xde709f2102306220921060314715629080e2fb77", True)],
        ),
        ("unheard", " as it stands ", "", [("unheard", "as it stands", False)]),
        (
            "url",
            "https://www.instagram.com/sunny.day/",
            "",
            [
                ("url", "https://www.instagram.com/sunny.day/", True),
                ("domain", "instagram.com", True),
                ("handle", "instagram:sunny.day", True),
            ],
        ),
    ],
)
def test_a_field_is_read_by_the_type_asked_for(
    asked: str, text: str, country: str, expected: list[tuple[str, str, bool]], batch: Batch, ids: Ids
) -> None:
    """What holds is normalised; what does not is kept as written, not valid; the place is the whole field."""
    rows = Fields(ids)(batch([text], country, [asked])).to_pylist()
    assert [(row["type"], row["value"], row["valid"]) for row in rows] == expected
    assert {(row["start"], row["end"], row["original"]) for row in rows} == {(0, len(text), text)}


def test_empty_fields_give_no_row(batch: Batch, ids: Ids) -> None:
    """Missing, empty and blank texts say nothing."""
    rows = Fields(ids)(batch([None, "", "  "], "", ["email", "phone", "ip"]))
    assert rows.num_rows == 0
    assert rows.schema == TABLES["selectors"].schema


def test_fields_use_the_default_country_and_can_be_sent(batch: Batch, ids: Ids) -> None:
    """The default applies where the row states no country, also in another process."""
    fields = pickle.loads(pickle.dumps(Fields(ids, "GB")))
    rows = fields(batch(["020 7946 0958", "020 7946 0958"], "", ["phone", "phone"]))
    assert rows.column("value").to_pylist() == ["+442079460958"] * 2


@settings(max_examples=300, deadline=None)
@given(
    asked=st.one_of(
        st.sampled_from(["email", "phone", "ip", "url", "handle:x", "handle", "device:imei", "name", "domain", "btc"]),
        st.text(min_size=1, max_size=5),
    ),
    text=st.text(max_size=60),
)
def test_no_field_is_lost_and_none_raises(asked: str, text: str, batch: Batch, ids: Ids) -> None:
    """Any text that is not blank gives at least one row that carries it as written."""
    rows = Fields(ids)(batch([text], "US", [asked])).to_pylist()
    assert bool(rows) == bool(text.strip())
    assert all(row["original"] == text and row["value"] for row in rows)
