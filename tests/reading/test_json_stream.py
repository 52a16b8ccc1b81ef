"""The splitter gives what json.loads gives, in bounded memory, and loses only what is damaged."""

from __future__ import annotations

import io
import json
import resource
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tanglaw.reading.json_stream import Batch, Event, Fault, Members, elements, pointer

TEXT = st.text(st.one_of(st.sampled_from('"\\[]{},:\n\r\t /u0'), st.characters(codec="utf-8")), max_size=12)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
CHUNKS = st.integers(1, 200)
LAYOUTS = st.sampled_from(
    [{}, {"indent": 0}, {"indent": 1}, {"indent": 4}, {"indent": "\t"}, {"separators": (",", ":")}]
)


class Message(msgspec.Struct):
    id: int
    text: str = ""


class Drip(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a decompressor may."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__()
        self._inner, self._most = io.BytesIO(data), most

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(min(size, self._most) if size >= 0 else self._most)


def events(data: bytes, *paths: tuple[str, ...], **more: Any) -> list[Event]:
    return list(elements(io.BytesIO(data), *paths, **{"kind": Any, **more}))


def values(found: list[Event]) -> list[Any]:
    return [value for event in found if isinstance(event, Batch) for value in event.values]


def faults(found: list[Event]) -> list[Fault]:
    return [event for event in found if isinstance(event, Fault)]


@given(st.lists(VALUE, max_size=12), CHUNKS, LAYOUTS, st.booleans(), st.integers(1, 60))
@settings(max_examples=300, deadline=None)
@example([{"a": [{"b": "]}"}]}, {"a": []}], 7, {"indent": 0}, False, 3)
def test_elements_equal_what_json_loads_gives(
    array: list[Any], chunk: int, layout: dict[str, Any], ascii_only: bool, drip: int
) -> None:
    """Any array of any values, in any layout and cut anywhere, comes out whole and in order without a fault."""
    data = json.dumps(array, ensure_ascii=ascii_only, **layout).encode("utf-8", "surrogatepass")
    found = list(elements(Drip(data, drip), (), kind=Any, chunk=chunk))
    assert faults(found) == []
    assert values(found) == json.loads(data)


@given(st.lists(st.lists(VALUE, max_size=4), max_size=4), VALUE, CHUNKS, LAYOUTS)
@settings(max_examples=200, deadline=None)
def test_nested_arrays_and_the_members_around_them(
    chats: list[list[Any]], other: Any, chunk: int, layout: dict[str, Any]
) -> None:
    """A path with `*` reads each array on the way; the other members arrive beside them, before and after."""
    document = {
        "about": other,
        "chats": {"list": [{"name": f"chat {n}", "messages": chat, "last": other} for n, chat in enumerate(chats)]},
    }
    found = events(json.dumps(document, **layout).encode(), ("chats", "list", "*", "messages"), chunk=chunk)
    assert faults(found) == []
    for number, chat in enumerate(chats):
        place = ("chats", "list", number, "messages")
        assert [v for e in found if isinstance(e, Batch) and e.place == place for v in e.values] == chat
        around = [e for e in found if isinstance(e, Members) and e.place == place[:-1]]
        assert [set(e.members) for e in around] == [{"name"}, {"name", "last"}]
        assert json.loads(around[-1].members["last"]) == other
    top = [e for e in found if isinstance(e, Members) and e.place == ()]
    assert [json.loads(e.members["about"]) for e in top if e.complete] == [other]


@given(st.lists(VALUE, min_size=1, max_size=8), CHUNKS, LAYOUTS, st.data())
@settings(max_examples=200, deadline=None)
def test_a_truncated_file_gives_its_complete_elements(
    array: list[Any], chunk: int, layout: dict[str, Any], data: st.DataObject
) -> None:
    """Cut anywhere, a document gives each element that ended before the cut, and says that it is truncated."""
    whole = json.dumps({"m": array}, **layout).encode()
    cut = data.draw(st.integers(0, len(whole) - 1))
    found = events(whole[:cut], ("m",), chunk=chunk)
    got = values(found)
    assert got == json.loads(whole)["m"][: len(got)]
    assert [fault.code for fault in faults(found)] == (["json-truncated"] if cut else ["json-broken"])
    shorter = [json.dumps({"m": array[:n]}, **layout).encode() for n in range(1, len(array))]
    ended = [next(n for n, pair in enumerate(zip(whole, text, strict=False)) if len(set(pair)) > 1) for text in shorter]
    assert len(got) >= sum(end < cut for end in ended)


GOOD = '{"id":%d,"text":"a \\"b\\" [c] {d}, \\\\"}'
BROKEN = (
    "{",
    "}",
    "[[[",
    '{"id":',
    '{"id":7,"text":"no end}',
    '{"id":7,"text":"no bracket"',
    '{"id":7,"text":"one more"}}',
    '{"id":7,"text":"one more"}]',
    '{"id":7]',
    '{"id":7,"x":[1,{"y":2]}',
    '{"id" 7}',
    '{"id":7,,}',
    '{"id":07}',
    '{"id":"seven"}',
    '{"id":7} and more',
    "words, more words",
    '"id":7',
    '{"id":7,"text":"\x01"}',
)


@given(
    st.lists(st.one_of(st.none(), st.sampled_from(BROKEN)), min_size=1, max_size=25).filter(
        lambda rows: None in rows[:3]
    ),
    st.integers(1, 400),
)
@settings(max_examples=400, deadline=None)
def test_damaged_lines_cost_only_themselves(rows: list[str | None], chunk: int) -> None:
    """N good and M damaged elements, one a line: N come out in order and M are reported, each with its text."""
    lines = [row if row is not None else GOOD % number for number, row in enumerate(rows)]
    data = ("[\n" + ",\n".join(lines) + "\n]\n").encode()
    found = events(data, (), chunk=chunk, kind=Message)
    assert [value.id for value in values(found)] == [n for n, row in enumerate(rows) if row is None]
    assert [fault.raw.decode() for fault in faults(found)] == [row.strip(",") for row in rows if row is not None]
    for fault in faults(found):
        assert data[fault.offset :].startswith(fault.raw)


def pretty(messages: list[str]) -> bytes:
    return b'{\n "name": "x",\n "messages": [\n' + ",\n".join(messages).encode() + b"\n ]\n}\n"


@pytest.mark.parametrize(
    "spoil",
    [("}", ""), ('"text"', '"text'), ("[", ""), ("]", "]]"), ("  }", "  }}"), ('"id": 1', '"id" 1')],
)
@pytest.mark.parametrize("chunk", [50, 333, 1 << 20])
def test_a_damaged_element_in_an_indented_document(spoil: tuple[str, str], chunk: int) -> None:
    """Where elements begin at an indent of their own, one damaged element costs one element."""
    messages = []
    for number in range(6):
        text = json.dumps({"id": number, "text": "a", "parts": [{"n": 1}, {"n": 2}]}, indent=1)
        messages.append("\n".join("  " + line for line in text.split("\n")))
    messages[1] = messages[1].replace(*spoil, 1)
    found = events(pretty(messages), ("messages",), chunk=chunk, kind=Message)
    assert [value.id for value in values(found)] == [0, 2, 3, 4, 5]
    assert [fault.index for fault in faults(found)] == [1]
    assert [e.complete for e in found if isinstance(e, Members)] == [False, True]


def test_a_missing_comma_loses_nothing() -> None:
    """Two good elements on lines of their own without a comma between them both arrive."""
    found = events(b'[\n{"id":1}\n{"id":2},\n{"id":3}\n]', (), kind=Message)
    assert [value.id for value in values(found)] == [1, 2, 3]


def test_a_balanced_fault_in_a_single_line_document() -> None:
    """In a document without lines a damaged element whose brackets balance costs one element."""
    found = events(b'[{"id":1},{"id":},{"id":"x"},{"id":4}]', (), kind=Message)
    assert [value.id for value in values(found)] == [1, 4]
    assert [fault.code for fault in faults(found)] == ["json-broken", "json-shape"]


def test_an_open_element_in_a_single_line_document() -> None:
    """Without lines, an element that is not closed ends where the first key of the next one stands."""
    rows = b",".join(b'{"id":%d,"text":"t"}' % n for n in range(50))
    found = events(b"[" + rows.replace(b'{"id":7,"text":"t"}', b'{"id":7,"text":{') + b"]", (), kind=Message)
    assert [value.id for value in values(found)] == [n for n in range(50) if n != 7]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_other_unicode_encodings(encoding: str, chunk: int) -> None:
    """A BOM is passed over and UTF-16 and UTF-32 are transcoded."""
    array = [{"id": 1, "text": "naïve café 你好 😀"}, {"id": 2}]
    found = events(json.dumps(array, ensure_ascii=False).encode(encoding), (), chunk=chunk)
    assert values(found) == array
    assert faults(found) == []


def test_bytes_that_are_not_utf8_are_replaced_and_said() -> None:
    """An element with bad bytes arrives with replacements and a note that nothing else is lost."""
    found = events(b'[{"id":1,"text":"caf\xe9"},{"id":2}]', (), kind=Message)
    assert [value.text for value in values(found)] == ["caf\ufffd", ""]
    assert [fault.code for fault in faults(found)] == ["bad-encoding"]


@pytest.mark.parametrize("layout", [None, 1])
def test_an_element_over_the_limit_is_reported_and_not_held(layout: int | None) -> None:
    """An element over the limit is a fault with its size; its neighbours arrive."""
    array = [{"id": 1}, {"id": 2, "text": "x" * 100_000}, {"id": 3}]
    found = events(json.dumps(array, indent=layout).encode(), (), chunk=1000, limit=20_000, kind=Message)
    assert [value.id for value in values(found)] == [1, 3]
    (fault,) = faults(found)
    assert fault.code == "too-large"
    assert fault.size > 100_000 > len(fault.raw)


@pytest.mark.parametrize("bomb", [b"[" * 300_000, b'{"a":' * 300_000, b"[" * 300_000 + b"]" * 300_000])
def test_deep_nesting_does_not_crash(bomb: bytes) -> None:
    """Nesting of any depth ends as a fault, in an element and around the arrays."""
    assert faults(events(b'[\n{"id":1},\n' + bomb + b',\n{"id":3}\n]', (), kind=Message))
    assert faults(events(b'{"a":' + bomb, ("messages",)))


def test_a_sound_deep_element_costs_only_itself() -> None:
    """An element too deep for the decoder but well closed does not touch its neighbours."""
    found = events(b'[{"id":1},' + b"[" * 5000 + b"]" * 5000 + b',{"id":3}]', (), kind=Any)
    assert values(found) == [{"id": 1}, {"id": 3}]
    assert [fault.code for fault in faults(found)] == ["json-deep"]


@pytest.mark.parametrize("data", [b"", b" ", b"\x00", b"nul", b"<html>", b'"x"', b"}{", b"]", b"\xff\xfe", b'{"a"'])
def test_what_is_no_such_document(data: bytes) -> None:
    """Anything else than the expected document is one fault."""
    assert len(faults(events(data, ("messages",)))) >= 1


def test_members_out_of_order_and_strange() -> None:
    """Keys with escapes are read, values without a key are reported, members after the array arrive."""
    found = events(b'{"a\\u0062": 1, {"x":2}, 3, "messages": [1], "z": "\\\\"}', ("messages",))
    last = [e for e in found if isinstance(e, Members)][-1]
    assert last.members == {"ab": b"1", "z": b'"\\\\"'}
    assert len(faults(found)) == 2
    assert values(found) == [1]


def test_an_array_that_is_none_stays_a_member() -> None:
    """Where the path leads to something else than an array, it is an ordinary member."""
    found = events(b'{"messages": null}', ("messages",))
    assert [e.members for e in found if isinstance(e, Members)] == [{"messages": b"null"}]


def test_members_over_the_limit_are_not_held() -> None:
    """A member over the limit is a fault with its name; the others arrive."""
    data = json.dumps({"big": "x" * 5000, "small": 1, "messages": [1]}).encode()
    found = events(data, ("messages",), limit=1000, chunk=100)
    assert [(f.code, f.place) for f in faults(found)] == [("too-large", ("big",))]
    assert [e.members for e in found if isinstance(e, Members)][-1] == {"small": b"1"}
    assert values(found) == [1]


def test_pointer_escapes() -> None:
    """Places are shown as JSON pointers."""
    assert pointer(("a/b", 3, "c~d"), 4) == "/a~1b/3/c~0d/4"


def _endless(count: int, row: bytes) -> Iterator[bytes]:
    yield b'{"messages":[\n' + row
    for _ in range(count):
        yield b",\n" + row
    yield b"]}"


class Made(io.RawIOBase):
    """A stream of made bytes, so that a large document costs no memory of its own."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts, self._rest = parts, b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (part := next(self._parts, b"")):
            self._rest += part
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


@pytest.mark.slow
def test_memory_does_not_grow_with_the_document() -> None:
    """300 MB pass through in less memory than a tenth of that, with every element counted."""
    row = b",\n".join([b'{"id":1,"text":"' + b"see you at noon " * 20 + b'"}'] * 3000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(len(e.values) for e in elements(Made(_endless(299, row)), ("messages",)) if isinstance(e, Batch))
    assert count == 900_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" + b"{" * 2_000_000,
        b'["' + b"\\" * 4_000_001,
        b"[" + b"\n" * 4_000_000,
        b"[" + b"," * 2_000_000,
        b"[\n" + b'{"id":1},\n{"id":2,\n' * 20_000,
        b"[" + b'{"id":1},{"id":2,' * 20_000,
        b"[{}" + b"]{}" * 20_000,
        b"[\n" + b"{}}\n" * 20_000,
        b"{" + b'"' * 2_000_001,
        b"{" + b":" * 200_000,
        b'{"messages":' * 100_000,
    ],
    ids=lambda data: repr(data[:20]),
)
@pytest.mark.parametrize("path", [(), ("messages",)])
def test_hostile_input_takes_linear_time(hostile: bytes, path: tuple[str, ...]) -> None:
    """Unbalanced, endless and empty things end in faults within seconds."""
    # Of the processor, which other work on the machine does not lengthen as it does the clock.
    start = time.process_time()
    events(hostile, path, limit=1 << 20, kind=Message)
    assert time.process_time() - start < 20
