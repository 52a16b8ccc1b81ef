"""Plain police-side reports as rows of objects: what `scan_loops` finds, by the structs of the format.

What is rare is left out of the schema: a record with it is read by the reader record by record.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from tanglaw.reading import elements
from tanglaw.reading.elements import Found, Node, Schema
from tanglaw.reading.texts import Bytes, Whole
from tanglaw.sources.cybertip_json import scan_loops as loops
from tanglaw.sources.cybertip_json.structs import WITHHELD, Esp, Known, Person, Report, Value
from tanglaw.sources.cybertip_json.tidy import fields_of, options_of

REPORT = "/"
INFORMATION = "/reportedInformation"
PEOPLE = {
    "reported": f"{INFORMATION}/reportedPeople/reportedPersons",
    "recipient": f"{INFORMATION}/intendedRecipients/intendedRecipients",
}
FILES = f"{INFORMATION}/uploadedFiles/uploadedFiles"
# A text may stand in place of these objects.
_OR_TEXT = (Value, Esp)
_TRUTHS = frozenset(("verified", "viewedByEsp", "possibleProxy"))
# Read here only where nothing is stated.
_RARE = frozenset(
    (
        "incidentDetails",
        "ncmecTags",
        "espMetadata",
        "additionalContactInformation",
        "ipAddress",
        "accessToChildVictim",
        "accessToChildren",
    )
)
_WITHHELD = frozenset(field.encode_name for field in msgspec.structs.fields(Person) if field.name in WITHHELD)


class _Tree:
    """Grows the nodes of the schema from the structs."""

    def __init__(self) -> None:
        self.nodes = [Node("", elements.SKIP)]
        self._block(Report, REPORT.rstrip("/"))

    def _block(self, struct: type[Known], path: str, own: int = 0, extra: int = 0) -> int:
        node = Node(path or REPORT, elements.BLOCK, own, extra)
        self._add(node)
        cell = 0
        for name, hint in fields_of(struct).items():
            options = options_of(hint)
            below = f"{path}/{name}"
            if name in _RARE or name in _WITHHELD:
                extra = loops.EXACT if name in _WITHHELD else 0
                node.children[name] = self._add(Node(below, elements.SKIP, 0, extra))
            elif options.struct is not None:
                said = options.struct in _OR_TEXT
                node.children[name] = self._block(options.struct, below, cell, loops.SAID if said else 0)
                cell += said
            elif options.item is not None:
                node.children[name] = self._list(options.item, below)
            else:
                extra = loops.TRUTH if name in _TRUTHS else 0
                node.children[name] = self._add(Node(below, elements.LEAF, cell, extra))
                cell += 1
        return self.nodes.index(node)

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def _list(self, item: Any, path: str) -> int:
        struct = options_of(item).struct
        if struct is None:
            raise TypeError(f"{path} is no list of objects")
        number = self._add(Node(path, elements.LIST))
        self.nodes[number] = Node(path, elements.LIST, 0, self._block(struct, f"{path}/*"))
        return number


SCHEMA = Schema(_Tree().nodes)


class Scan(Found):
    """All objects of the plain records among `spans` of `data`."""

    def __init__(self, data: Bytes, spans: Whole) -> None:
        room = int(np.count_nonzero(data == ord("{"))) + 1
        rows = np.empty((room, elements.WIDTH), np.int32)
        cells = np.empty((room, 2 * SCHEMA.width), np.int32)
        self.plain = np.empty(len(spans), np.bool_)
        used = loops.scan(data, spans, SCHEMA.arrays, (rows, cells), self.plain)
        super().__init__(SCHEMA, rows[:used], cells[:used])
