"""The records of JSON documents: layouts, isolation of bad ones, bounded lines."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.errors import BadRecord
from tanglaw.reading.json_records import decoded, each_record, lines
from tanglaw.testing.rows import item_of, memory_rows

MARK = re.compile(r'"id"\s*:')


def run(data: bytes, settings: Settings | None = None) -> tuple[list[tuple[str, Any]], list[tuple[str, str]]]:
    """Records with their place, and code and locator of what was quarantined."""
    rows, sink = memory_rows(settings)
    item = item_of(data)
    rows.begin(item.path, item.sha256, item.size)
    taken: list[tuple[str, Any]] = []

    def take(raw: Any, place: str, alone: bool) -> None:
        value = decoded(raw)
        if not isinstance(value, dict) or "id" not in value:
            raise BadRecord("json-shape", "no record", "", bytes(raw))
        taken.append((place, value["id"]))

    each_record(item, rows, MARK, take)
    rows.flush()
    return taken, [(row["code"], row["locator"]) for row in sink.found().get("quarantine", [])]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('{"id": 1}', [""]),
        ('{\n "id": 1\n}\n', [""]),
        ('[{"id": 1}, {"id": 2}]', ["/0", "/1"]),
        ('\n [\n{"id": 1}\n]', ["/0"]),
        ('{"id": 1}\n{"id": 2}\n\n{"id": 3}', ["line 1: ", "line 2: ", "line 4: "]),
        ('{"made": "x, [y]", "of": null, "all": [{"id": 1}]}', ["/all/0"]),
        ('{"all": [{"id": 1}, {"id": 2}], "count": 2}', ["/all/0", "/all/1"]),
    ],
)
def test_layouts(text: str, places: list[str]) -> None:
    """Each layout gives its records with their places, in order."""
    taken, bad = run(text.encode())
    assert taken == [(place, index) for index, place in enumerate(places, 1)]
    assert bad == []


def test_an_inner_list_in_front_of_the_mark_is_no_wrapper() -> None:
    """A list behind the mark belongs to the record."""
    assert run(b'{"id": 1, "tags": [{"id": 5}]}')[0] == [("", 1)]


def test_a_bad_record_stays_alone() -> None:
    """Records around a bad one arrive; the bad one has its place."""
    taken, bad = run(b'[{"id": 1},\n{"no": 2},\n{"id" 3},\n{"id": 4}]')
    assert [value for _, value in taken] == [1, 4]
    assert [code for code, _ in bad] == ["json-shape", "json-broken"]
    assert bad[0][1] == "/1"


def test_a_single_bad_document_is_raised() -> None:
    """A document that is one record is quarantined whole by its caller."""
    for data, code in (
        (b'{"id": 1', "json-truncated"),
        (b'{"id" 1}', "json-broken"),
        (b'{"id": 1e999}', "json-broken"),
    ):
        with pytest.raises(BadRecord) as caught:
            run(data)
        assert caught.value.code == code


def test_deep_nesting_is_refused() -> None:
    """A document nested too deeply is told, not crashed on."""
    with pytest.raises(BadRecord) as caught:
        decoded(b"[" * 200_000)
    assert caught.value.code == "json-deep"


def test_an_overlong_line_is_set_aside() -> None:
    """A line beyond the limit does not stop the others and is not held whole."""
    data = b"\n".join((b'{"id": 1}', b'{"id": "' + b"x" * 5_000_000 + b'"}', b'{"id": 3}'))
    taken, bad = run(data, Settings(max_line_bytes=100_000))
    assert [value for _, value in taken] == [1, 3]
    assert [code for code, _ in bad] == ["too-large"]


@given(st.lists(st.binary(max_size=30).map(lambda part: part.replace(b"\n", b"")), min_size=1, max_size=8))
def test_lines_are_those_of_the_bytes(parts: list[bytes]) -> None:
    """Splitting in chunks gives the lines of the whole, a blank last one left out."""
    whole = parts if parts[-1] else parts[:-1]
    assert list(lines(io.BytesIO(b"\n".join(parts)), 100)) == whole


@given(
    st.recursive(
        st.none() | st.integers(-(2**60), 2**60) | st.text(max_size=9),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=5), x),
        max_leaves=8,
    )
)
def test_any_document_ends_well(value: object) -> None:
    """Any JSON document gives records, quarantine rows or one BadRecord."""
    try:
        run(json.dumps(value).encode())
    except BadRecord as bad:
        assert bad.reason
