"""Plain CyberTipline documents as rows of elements: what `scan_loops` finds, by the shapes of the schema.

Which elements it knows is made from SHAPES, without those that are rare: a document with one of them is read by the
XML parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tanglaw.reading.texts import Bytes, Texts, Whole
from tanglaw.reading.xml import FREE, LEAF, SKIP, Shape, shape
from tanglaw.sources.cybertipline_xml import scan_loops as loops
from tanglaw.sources.cybertipline_xml.shapes import AGE_FLAG, FILE_FLAGS, REPORT_FLAGS, REPORT_NUMBERS, SHAPES

REPORT, FILE = "report", "fileDetails"
# Left to the XML parser, by element; a report's own number would have to be weighed against that of its place.
_RARE = {
    "report": f"{REPORT_NUMBERS} batchedReport lawEnforcement",
    "internetDetails": "nonInternetIncident peer2peerIncident cellPhoneIncident newsgroupIncident",
    "reporter": "contactPerson",
    "personOrUserReported": f"associatedAccount {AGE_FLAG}",
    "intendedRecipient": f"associatedAccount {AGE_FLAG}",
    "victim": f"associatedAccount schoolName {AGE_FLAG}",
    "person": AGE_FLAG,
    "phone": "countryCallingCode extension verificationDate",
    "email": "verificationDate",
    "estimatedLocation": "verified timestamp",
    "fileDetails": "reportNumber details",
}
_SAME = {
    "personOrUserReportedPerson": "person",
    "intendedRecipientPerson": "person",
    "victimPerson": "person",
    "reportingPerson": "person",
    "emailAddress": "email",
}
_FLAGS = {"reportAnnotations": REPORT_FLAGS, "fileAnnotations": FILE_FLAGS}
_TEXT = frozenset(
    "phone email emailAddress originalFileHash potentialMeme escalateToHighPriority accountTemporarilyDisabled"
    " accountPermanentlyDisabled".split()
)
_NOTHING = shape()
_PROLOGS = tuple(
    f'<?xml version="1.0"{encoding}{alone}?>'.encode()
    for encoding in (' encoding="UTF-8"', ' encoding="utf-8"', "")
    for alone in ("", ' standalone="yes"', ' standalone="no"')
)
_DECLARED = {"xmlns:xsi": loops.XSI, "xsi:noNamespaceSchemaLocation": loops.SCHEMA, "xsi:schemaLocation": loops.SCHEMA}
_NAMESPACES = ("http://www.w3.org/2001/XMLSchema-instance", "https://report.cybertip.org/ispws/xsd")


@dataclass(frozen=True, slots=True)
class _Node:
    """An element at a place of the schema."""

    path: str
    kind: int
    field: int
    text: bool
    children: dict[str, int]
    fields: dict[str, int]


class _Schema:
    """The nodes as arrays that the loop walks."""

    def __init__(self) -> None:
        self.nodes = [_Node("", loops.SKIP, 0, False, {}, {})]
        for root in (REPORT, FILE):
            self.nodes[0].children[root] = self._block(root, root)
        self.number = {node.path: number for number, node in enumerate(self.nodes)}
        self.width = max(
            len(node.fields) + sum(self.nodes[child].kind == loops.LEAF for child in node.children.values())
            for node in self.nodes[1:]
        )
        self._arrays()

    def _block(self, tag: str, path: str) -> int:
        known, rare = _shape_of(tag)
        leaves = [name for name, kind in known.kinds.items() if kind == LEAF and name not in rare]
        attributes = [name for name in sorted(known.attributes) if name not in rare]
        fields = {name: len(leaves) + place for place, name in enumerate(attributes)}
        node = _Node(path, loops.BLOCK, 0, tag in _TEXT or "Annotations/" in path, {}, fields)
        number = len(self.nodes)
        self.nodes.append(node)
        for name, kind in known.kinds.items():
            if name in rare:
                continue
            below = f"{path}/{name}"
            if kind == LEAF:
                node.children[name] = self._value(below, loops.LEAF, leaves.index(name))
            elif kind in (FREE, SKIP):
                node.children[name] = self._value(below, loops.FREE if kind == FREE else loops.SKIP, 0)
            else:
                node.children[name] = self._block(name, below)
        return number

    def _value(self, path: str, kind: int, field: int) -> int:
        self.nodes.append(_Node(path, kind, field, True, {}, {}))
        return len(self.nodes) - 1

    def field(self, path: str, name: str) -> int:
        """Which field of the element at `path` the value or attribute `name` is."""
        node = self.nodes[self.number[path]]
        return self.nodes[node.children[name]].field if name in node.children else node.fields[name]

    def _arrays(self) -> None:
        words = {name for node in self.nodes for name in (*node.children, *node.fields)}
        self.words = [*sorted(words), *_DECLARED, "xmlns", *_NAMESPACES]
        number = {word: place for place, word in enumerate(self.words)}
        self.kinds = np.array([(node.kind, node.field, node.text) for node in self.nodes], np.int64)
        self.children = np.zeros((len(self.nodes), len(self.words)), np.int64)
        self.fields = np.full((len(self.nodes), len(self.words)), loops.UNKNOWN, np.int64)
        for place, node in enumerate(self.nodes):
            for name, child in node.children.items():
                self.children[place, number[name]] = child
            for name, field in node.fields.items():
                self.fields[place, number[name]] = field
        for root in self.nodes[0].children.values():
            for name, meaning in (*_DECLARED.items(), ("xmlns", loops.DEFAULT)):
                self.fields[root, number[name]] = meaning
        for name in _NAMESPACES:
            self.fields[0, number[name]] = 0
        raw = [word.encode() for word in self.words]
        ends = np.cumsum([len(word) for word in raw])
        self.names = np.array(list(b"".join(raw)), np.uint8)
        self.places = np.stack([ends - [len(word) for word in raw], [len(word) for word in raw]], 1).astype(np.int64)
        self.multiplier, self.slots = _slots(raw)
        self.prologs = np.array(list(b"".join(_PROLOGS)), np.uint8)
        self.prolog_ends = np.cumsum([len(one) for one in _PROLOGS]).astype(np.int64)


def _shape_of(tag: str) -> tuple[Shape, frozenset[str]]:
    name = _SAME.get(tag, tag)
    if tag in _FLAGS:
        return shape(many=" ".join(sorted(_FLAGS[tag]))), frozenset()
    return SHAPES.get(name, _NOTHING), frozenset(_RARE.get(name, "").split())


def _slots(words: list[bytes]) -> tuple[int, Whole]:
    """A multiplier with which every word has a slot of its own, and the word of each slot."""
    for multiplier in range(31, 100_000, 2):
        slots: Whole = np.full(2_048, -1, np.int64)
        for number, word in enumerate(words):
            value = 0
            for byte in word:
                value = (value * multiplier + byte) & 0xFFFFFFFF
            if slots[value % len(slots)] >= 0:
                break
            slots[value % len(slots)] = number
        else:
            return multiplier, slots
    raise ValueError("no multiplier parts the words")


SCHEMA = _Schema()


class Elements:
    """The elements of one name at one place of the schema, in all documents: document, ordinal among those of its
    parent, parent (a row of the whole scan), texts and fields."""

    def __init__(self, path: str, rows: Any, cells: Any, which: Whole) -> None:
        self.path = path
        self.which = which
        self._rows, self._cells = rows, cells
        self.doc = rows[which, loops.DOC].astype(np.int64)
        self.parent = rows[which, loops.PARENT].astype(np.int64)
        self.ordinal = rows[which, loops.ORDINAL].astype(np.int64)

    def __len__(self) -> int:
        return len(self.which)

    @property
    def raw(self) -> Texts:
        """The text as written."""
        return self._text(loops.AT)

    @property
    def text(self) -> Texts:
        """The text without blanks around it; a blank one is not stated."""
        return self._text(loops.TRIM_AT)

    def _text(self, column: int) -> Texts:
        return Texts(self._rows[self.which, column].astype(np.int64), self._rows[self.which, column + 1].astype(np.int64))

    def get(self, name: str) -> Texts:
        """A value or attribute."""
        field = 2 * SCHEMA.field(self.path, name)
        return Texts(self._cells[self.which, field].astype(np.int64), self._cells[self.which, field + 1].astype(np.int64))


class Scan:
    """All elements of the plain documents among `spans` of `data`."""

    def __init__(self, data: Bytes, spans: Whole) -> None:
        room = int(np.count_nonzero(data == ord("<"))) + 1
        rows = np.empty((room, loops.WIDTH), np.int32)
        cells = np.empty((room, 2 * SCHEMA.width), np.int32)
        roots = np.empty(len(spans), np.int32)
        used = loops.scan(
            data, spans, SCHEMA.prologs, SCHEMA.prolog_ends, SCHEMA.slots, SCHEMA.names, SCHEMA.places, SCHEMA.multiplier,
            SCHEMA.kinds, SCHEMA.children, SCHEMA.fields, rows, cells, roots,
        )  # fmt: skip
        self.rows, self.cells = rows[:used], cells[:used]
        self.is_report = roots == SCHEMA.number[REPORT]
        self.is_file = roots == SCHEMA.number[FILE]
        node = self.rows[:, loops.NODE]
        self._order = np.argsort(node, kind="stable")
        self._ends = np.searchsorted(node[self._order], np.arange(len(SCHEMA.nodes) + 1))

    def of(self, path: str) -> Elements:
        """The elements at this place of the schema, in the order of the documents."""
        number = SCHEMA.number[path]
        return Elements(path, self.rows, self.cells, self._order[self._ends[number] : self._ends[number + 1]])

    def place_in(self, parents: Elements, children: Elements) -> Whole:
        """For each child the place of its parent among `parents`."""
        return np.searchsorted(parents.which, children.parent)

    def below(self, path: str) -> list[str]:
        """The paths of the elements with rows of their own that may stand right below."""
        return [
            node.path for node in SCHEMA.nodes
            if node.kind == loops.BLOCK and node.path.rpartition("/")[0] == path
        ]  # fmt: skip

    def has(self, path: str) -> bool:
        """True if the schema has an element or value at this place."""
        return path in SCHEMA.number
