"""One hardened XML parse, and a way to take an element apart that leaves nothing unnoticed.

Entities are not resolved, DTDs are refused in every encoding, nothing is fetched, depth and size are bounded.
`take` hands out what a Shape names and raises an issue for everything else.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from tanglaw.errors import BadRecord
from tanglaw.reading.item import encoding_of

Element = etree._Element
Issue = Callable[[str, str, str], None]

# A tree costs about 100 bytes an element, so this bounds one document to about 300 MB.
MAX_ELEMENTS = 2_000_000
_AROUND = 200
# How many elements inside a text are named.
_NAMED = 5

_PARSER = etree.XMLParser(
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    remove_blank_text=True,
)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
# An element right at the start or after the declaration: no DTD can stand before it.
_PLAIN_START = re.compile(rb"\s*(?:<\?xml [^<>]{0,200}\?>\s*)?<\w")
_SKIP = r"(?>\s++|<\?.*?\?>|<!--.*?-->)*+"
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")
_DOCTYPE = re.compile(rf"{_SKIP}<!DOCTYPE\b", re.DOTALL)
_ROOT = re.compile(
    rf"{_SKIP}(?:<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>{_SKIP})?<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?=[\s>/])",
    re.DOTALL,
)


def prolog(data: bytes) -> str:
    """The start of a document as text without BOM; NUL bytes and BOMs of UTF-16 and UTF-32 are understood."""
    return data.decode(encoding_of(data), "replace").lstrip("\ufeff")


def root_name(head: str) -> str:
    """Local name of the root element, after declaration, comments and DTD; empty if there is none in `head`."""
    match = _ROOT.match(head)
    return match.group(1) if match else ""


def parse(data: bytes) -> Element:
    """Root of a document without comments and processing instructions, local names only.

    Raises BadRecord: `xml-dtd` for any DOCTYPE, `xml-malformed` with line:column as locator and the text
    around it, `too-large` for more than MAX_ELEMENTS elements.
    """
    if len(data) > MAX_ELEMENTS and data.count(b"<") > MAX_ELEMENTS:
        raise BadRecord("too-large", f"more than {MAX_ELEMENTS} elements in one document")
    plain_start = _PLAIN_START.match(data) is not None
    if not plain_start:
        if b"\x00" in data[:4] or data.startswith(_WIDE):
            data = _narrow(data)
        if b"<!DOCTYPE" in data and _DOCTYPE.match(prolog(data)):
            raise _dtd()
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        raise _malformed(data, error) from error
    if not plain_start and root.getroottree().docinfo.internalDTD is not None:
        raise _dtd()
    if root.tag.startswith("{"):
        _forget_namespaces(root)
    return root


def _narrow(data: bytes) -> bytes:
    """UTF-16 and UTF-32 as UTF-8 without the declaration that would contradict it."""
    try:
        text = data.decode(encoding_of(data)).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        reason = f"not well-formed XML: bytes that are no {error.encoding}"
        raise BadRecord("xml-malformed", reason, f"byte {error.start}") from error
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "surrogatepass")


def _dtd() -> BadRecord:
    return BadRecord("xml-dtd", "the document declares a DTD (DOCTYPE); documents with one are not read", "1:1")


def _malformed(data: bytes, error: etree.XMLSyntaxError) -> BadRecord:
    # The parser's own sentence may quote the document; the name of the fault does not.
    last = getattr(error.error_log, "last_error", None)
    fault = last.type_name.removeprefix("ERR_").replace("_", " ").lower() if last else "no content"
    line, column = error.position
    return BadRecord(
        "xml-malformed", f"not well-formed XML: {fault}", f"{line or 1}:{column or 1}", _around(data, line, column)
    )


def _around(data: bytes, line: int | None, column: int | None) -> str:
    text = data.decode(encoding_of(data[:64]), "replace")
    at = 0
    for _ in range((line or 1) - 1):
        following = text.find("\n", at)
        if following < 0:
            break
        at = following + 1
    at += max((column or 1) - 1, 0)
    return text[max(0, at - _AROUND) : at + _AROUND]


def _forget_namespaces(root: Element) -> None:
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = element.tag.rsplit("}", 1)[1]


# How a Shape takes a child: one value (0, so that the test for it is cheap), free text, a list of elements, or
# known and left out on purpose.
LEAF, FREE, MANY, SKIP = 0, 1, 2, 3
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Shape:
    """What an element may hold: child name -> LEAF, FREE, MANY or SKIP, and the names of its attributes."""

    kinds: Mapping[str, int]
    attributes: frozenset[str] = frozenset()


def shape(leaf: str = "", free: str = "", many: str = "", skip: str = "", attributes: str = "") -> Shape:
    """A Shape from names parted by blanks."""
    kinds = {
        name: kind for kind, names in ((LEAF, leaf), (FREE, free), (MANY, many), (SKIP, skip)) for name in names.split()
    }
    return Shape(kinds, frozenset(attributes.split()))


def take(element: Element, known: Shape, place: str, issue: Issue) -> dict[str, Any]:
    """Children by name: LEAF the trimmed text, FREE the list of texts as written, MANY the list of elements.

    Blank leaves are left out. Unknown children and attributes, text between elements, markup inside a text
    and a second, different value of a leaf (the first stands) become issues with their place.
    """
    found: dict[str, Any] = {}
    kind_of = known.kinds.get
    if element.keys():
        audit_attributes(element, known.attributes, place, issue)
    stray = element.text
    if stray and not stray.isspace():
        issue("stray-text", "text between elements", place)
    for child in element:
        tag = child.tag
        kind = kind_of(tag, _UNKNOWN)
        if not kind:
            text = child.text
            if child.keys() or len(child):
                text = plain(child, f"{place}/{tag}", issue)
            if text and (text := text.strip()) and found.setdefault(tag, text) != text:
                issue("duplicate-element", f"a second, different {tag}; the first one stands", f"{place}/{tag}")
        elif kind == MANY:
            if tag in found:
                found[tag].append(child)
            else:
                found[tag] = [child]
        elif kind == FREE:
            text = child.text
            if len(child) or child.keys():
                text = plain(child, f"{place}/{tag}", issue)
            if text and not text.isspace():
                found.setdefault(tag, []).append(text)
        elif kind == _UNKNOWN:
            issue("unknown-field", f"element {str(tag)[:80]} is not known here", place)
        stray = child.tail
        if stray and not stray.isspace():
            issue("stray-text", "text between elements", place)
    return found


def audit_attributes(element: Element, known: frozenset[str], place: str, issue: Issue) -> None:
    """An issue for each attribute that is not known; those with a namespace (xsi, xml) are left out by name."""
    for name in element.keys():  # noqa: SIM118
        if name not in known and not str(name).startswith("{"):
            issue("unknown-field", f"attribute {str(name)[:80]} is not known here", place)


def plain(element: Element, place: str, issue: Issue, attributes: frozenset[str] = frozenset()) -> str:
    """The text of an element that should hold nothing but text; markup inside it becomes an issue."""
    if element.keys():
        audit_attributes(element, attributes, place, issue)
    if not len(element):
        return element.text or ""
    names = ", ".join(dict.fromkeys(str(child.tag)[:80] for child in list(element)[:_NAMED]))
    issue("markup-in-text", f"elements inside a text ({names}); their texts are joined", place)
    return "".join(str(part) for part in element.itertext())


def described(element: Element, place: str, issue: Issue, attributes: frozenset[str]) -> tuple[str, dict[str, str]]:
    """As `plain`, trimmed, with the attributes by name."""
    stated = cast(dict[str, str], dict(element.items()))
    if not attributes.issuperset(stated):
        audit_attributes(element, attributes, place, issue)
    if len(element):
        return plain(element, place, issue, attributes.union(stated)).strip(), stated
    return (element.text or "").strip(), stated
