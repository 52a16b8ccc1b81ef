"""Plain CyberTipline documents as rows of elements: what `scan_loops` finds, by the shapes of the schema.

Which elements it knows is made from SHAPES, without those that are rare: a document with one of them is read by the
XML parser.
"""

from __future__ import annotations

import numpy as np

from tanglaw.reading import elements
from tanglaw.reading.elements import Found, Node, Schema
from tanglaw.reading.texts import Bytes, Whole
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
    (
        "phone",
        "email",
        "emailAddress",
        "originalFileHash",
        "potentialMeme",
        "escalateToHighPriority",
        "accountTemporarilyDisabled",
        "accountPermanentlyDisabled",
    )
)
_NOTHING = shape()
_PROLOGS = tuple(
    f'<?xml version="1.0"{encoding}{alone}?>'.encode()
    for encoding in (' encoding="UTF-8"', ' encoding="utf-8"', "")
    for alone in ("", ' standalone="yes"', ' standalone="no"')
)
_DECLARED = {
    "xmlns:xsi": loops.XSI,
    "xsi:noNamespaceSchemaLocation": loops.SCHEMA,
    "xsi:schemaLocation": loops.SCHEMA,
    "xmlns": loops.DEFAULT,
}
_NAMESPACES = ("http://www.w3.org/2001/XMLSchema-instance", "https://report.cybertip.org/ispws/xsd")


class _Tree:
    """Grows the nodes of the schema."""

    def __init__(self) -> None:
        self.nodes = [Node("", elements.SKIP, attributes=dict.fromkeys(_NAMESPACES, 0))]
        for root in (REPORT, FILE):
            number = self.nodes[0].children[root] = self._block(root, root)
            self.nodes[number].attributes.update(_DECLARED)

    def _block(self, tag: str, path: str) -> int:
        known, rare = _shape_of(tag)
        leaves = [name for name, kind in known.kinds.items() if kind == LEAF and name not in rare]
        attributes = [name for name in sorted(known.attributes) if name not in rare]
        cells = {name: len(leaves) + place for place, name in enumerate(attributes)}
        node = Node(path, elements.BLOCK, 0, int(tag in _TEXT or "Annotations/" in path), {}, cells)
        self.nodes.append(node)
        number = len(self.nodes) - 1
        for name, kind in known.kinds.items():
            if name in rare:
                continue
            below = f"{path}/{name}"
            if kind == LEAF:
                node.children[name] = self._value(below, elements.LEAF, leaves.index(name))
            elif kind in (FREE, SKIP):
                node.children[name] = self._value(below, elements.FREE if kind == FREE else elements.SKIP, 0)
            else:
                node.children[name] = self._block(name, below)
        return number

    def _value(self, path: str, kind: int, cell: int) -> int:
        self.nodes.append(Node(path, kind, cell, 1))
        return len(self.nodes) - 1


def _shape_of(tag: str) -> tuple[Shape, frozenset[str]]:
    name = _SAME.get(tag, tag)
    if tag in _FLAGS:
        return shape(many=" ".join(sorted(_FLAGS[tag]))), frozenset()
    return SHAPES.get(name, _NOTHING), frozenset(_RARE.get(name, "").split())


SCHEMA = Schema(_Tree().nodes)
_PROLOG_ARRAYS = (
    np.array(list(b"".join(_PROLOGS)), np.uint8),
    np.cumsum([len(one) for one in _PROLOGS]).astype(np.int64),
)


class Scan(Found):
    """All elements of the plain documents among `spans` of `data`."""

    def __init__(self, data: Bytes, spans: Whole) -> None:
        room = int(np.count_nonzero(data == ord("<"))) + 1
        rows = np.empty((room, elements.WIDTH), np.int32)
        cells = np.empty((room, 2 * SCHEMA.width), np.int32)
        roots = np.empty(len(spans), np.int32)
        used = loops.scan(data, spans, _PROLOG_ARRAYS, SCHEMA.arrays, (rows, cells), roots)
        super().__init__(SCHEMA, rows[:used], cells[:used])
        self.is_report = roots == SCHEMA.number[REPORT]
        self.is_file = roots == SCHEMA.number[FILE]
