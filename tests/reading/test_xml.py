"""The hardened parse refuses DTDs and reaches nothing; `take` hands out what is known and tells the rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tanglaw.errors import BadRecord
from tanglaw.reading import xml
from tanglaw.reading.xml import parse, root_name, shape, take

SHAPE = shape(leaf="name age", free="note", many="item", skip="boilerplate", attributes="kind")


def taken(text: str) -> tuple[dict[str, object], list[tuple[str, str]]]:
    issues: list[tuple[str, str]] = []
    found = take(parse(text.encode()), SHAPE, "/a", lambda code, _, place: issues.append((code, place)))
    return found, issues


def refusal(data: bytes) -> BadRecord:
    with pytest.raises(BadRecord) as caught:
        parse(data)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a SYSTEM "a.dtd"><a/>',
        '\n<!-- x --><?p q?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a b="&b;">&b;</a>',
    ],
)
def test_a_dtd_is_refused_in_every_encoding(text: str, encoding: str) -> None:
    """Well-formed or not, a document with a DOCTYPE is not read."""
    assert refusal(text.encode(encoding)).code == "xml-dtd"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32-be"])
def test_a_dtd_does_not_hide_in_an_unusual_encoding(encoding: str) -> None:
    """An encoding that a byte scan does not see is refused by the parser itself."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert refusal(text.encode(encoding)).code in ("xml-dtd", "xml-malformed")


def test_a_doctype_inside_text_is_text() -> None:
    """CDATA and comments may speak of DOCTYPE."""
    assert parse(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE html>]]></a>").text == "<!DOCTYPE html>"


def test_comments_do_not_split_a_text() -> None:
    """A comment inside a text leaves the words before and after it together."""
    assert parse(b"<a>one<!-- x --> two<?p q?> three</a>").text == "one two three"


def test_blanks_between_elements_do_not_matter() -> None:
    """A document reads the same however it is indented; blanks inside a text stay."""
    bare, indented = b"<a><b> x </b><c><d/></c></a>", b"<a>\n  <b> x </b>\n  <c>\n\t<d/>\n</c>\n</a>\n"
    assert etree.tostring(parse(bare)) == etree.tostring(parse(indented)) == bare


@pytest.mark.parametrize("before", [b"", b"\n ", b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_a_dtd_is_refused_after_every_plain_start(before: bytes) -> None:
    """The quick look at the start of a document lets no DOCTYPE pass."""
    assert parse(before.lstrip() + b"<a/>").tag == "a"
    assert refusal(before + b"<!DOCTYPE a><a/>").code == "xml-dtd"
    assert refusal(before.lstrip() + b"<!-- x --><!DOCTYPE a><a>").code == "xml-dtd"


def test_namespaces_are_forgotten() -> None:
    """Names are local, with a prefix or a default namespace."""
    assert parse(b"<x:a xmlns:x='urn:x'><x:b/></x:a>")[0].tag == "b"
    assert parse(b"<a xmlns='urn:x'><b/></a>")[0].tag == "b"


def test_too_many_elements_are_refused_before_the_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of elements is bounded, so that a small document cannot fill the memory."""
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 100)
    assert refusal(b"<a>" + b"<b/>" * 200 + b"</a>").code == "too-large"


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"\x00", b"<", b"<a", b"<a>&b;</a>", b"<a>\xff</a>", b"<a/><a/>", b"\xff\xfe<"]
)
def test_malformed_documents_tell_their_place(data: bytes) -> None:
    """A malformed document has a place and a reason that quotes nothing of it."""
    bad = refusal(data)
    assert bad.code == "xml-malformed"
    assert bad.locator
    assert "not well-formed" in bad.reason


def test_a_fault_deep_in_one_long_line_shows_the_text_around_it() -> None:
    """The excerpt is what stands around the fault."""
    bad = refusal(b"<a>" + b"<b>word</b>" * 1000 + b"<c>here</d></a>")
    assert "<c>here" in str(bad.excerpt)
    assert len(bad.excerpt) <= 400


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<a/>", "a"),
        ("  <?xml version='1.0'?>\n<!-- <b> --><x:a y='1'>", "a"),
        ("<!DOCTYPE html [<!ENTITY x '>'>]><html>", "html"),
        ("<a", ""),
        ("text <a/>", ""),
        ("<!-- never closed <a/>", ""),
        ("", ""),
    ],
)
def test_name_of_the_root(head: str, name: str) -> None:
    """The root is found behind declaration, comments and DTD, without a parse."""
    assert root_name(head) == name


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>!?-[]& abDOCTYPE\"'/", max_size=60))
def test_finding_the_root_never_fails(head: str) -> None:
    """Any text gives a name or nothing."""
    assert isinstance(root_name(head), str)


def test_take_gives_each_kind_its_form() -> None:
    """Leaves are trimmed texts, free texts lists as written, the rest lists of elements."""
    found, issues = taken(
        "<a kind='x'><name> Bo </name><age> </age><note> see you </note><note>at noon</note><item/></a>"
    )
    assert found["name"] == "Bo"
    assert "age" not in found
    assert found["note"] == [" see you ", "at noon"]
    assert len(found["item"]) == 1  # type: ignore[arg-type]
    assert issues == []


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("<a><other/></a>", ("unknown-field", "/a")),
        ("<a other='1'/>", ("unknown-field", "/a")),
        ("<a><name other='1'>Bo</name></a>", ("unknown-field", "/a/name")),
        ("<a><name>B<b>o</b></name></a>", ("markup-in-text", "/a/name")),
        ("<a>stray<name>Bo</name></a>", ("stray-text", "/a")),
        ("<a><name>Bo</name>stray</a>", ("stray-text", "/a")),
        ("<a><name>Bo</name><name>Al</name></a>", ("duplicate-element", "/a/name")),
    ],
)
def test_take_tells_what_it_does_not_hand_out(text: str, issue: tuple[str, str]) -> None:
    """Nothing that stands in an element passes in silence."""
    found, issues = taken(text)
    assert issues == [issue]
    assert found.get("name", "Bo") == "Bo"


def test_what_is_left_out_by_name_is_no_issue() -> None:
    """Skipped elements, attributes of the schema instance and a repeated equal value are silent."""
    xsi = "xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:noNamespaceSchemaLocation='y'"
    found, issues = taken(f"<a {xsi}><boilerplate>z</boilerplate><name>Bo</name><name>Bo</name></a>")
    assert found == {"name": "Bo"}
    assert issues == []
