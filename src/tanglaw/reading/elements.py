"""Elements that a compiled loop found in many documents, by their place in a schema: one row for each element.

The schema of a format (`Schema`) is a tree of nodes; a loop of that format (`*_loops.py`) walks it beside the document
and writes a row for each element that is more than a value. Which columns a row has is said here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tanglaw.reading.texts import Texts, Whole

# What a node is: an element with a row of its own, a value of its parent's row, a free text with a row of its own, left
# out by name, or a list of elements.
BLOCK, LEAF, FREE, SKIP, LIST = 0, 1, 2, 3, 4
# Columns of a row: document, node, row of the parent (-1: none), ordinal among its likes below it, text as written and
# without the blanks around it.
DOC, NODE, PARENT, ORDINAL, AT, SIZE, TRIM_AT, TRIM_SIZE = range(8)
WIDTH = 8


@dataclass(frozen=True, slots=True)
class Node:
    """An element or value at a place of the schema; `cell` is the place of a value in its parent's row, `extra` what
    the format's loop makes of it."""

    path: str
    kind: int
    cell: int = 0
    extra: int = 0
    children: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, int] = field(default_factory=dict)


class Schema:
    """Nodes as arrays that a loop walks. The first node is the document itself, so no node has a child 0."""

    def __init__(self, nodes: list[Node], words: tuple[str, ...] = ()) -> None:
        self.nodes = nodes
        self.number = {node.path: number for number, node in enumerate(nodes)}
        self.width = 1 + max(cell for node in nodes for cell in (node.cell, *node.attributes.values()))
        every = {name for node in nodes for name in (*node.children, *node.attributes)}
        self.word = {word: number for number, word in enumerate((*sorted(every), *words))}
        kinds = np.array([(node.kind, node.cell, node.extra) for node in nodes], np.int64)
        children = np.zeros((len(nodes), len(self.word)), np.int64)
        attributes = np.full((len(nodes), len(self.word)), -1, np.int64)
        for place, node in enumerate(nodes):
            for name, child in node.children.items():
                children[place, self.word[name]] = child
            for name, cell in node.attributes.items():
                attributes[place, self.word[name]] = cell
        raw = [word.encode() for word in self.word]
        sizes = np.array([len(word) for word in raw], np.int64)
        names = np.array(list(b"".join(raw)), np.uint8)
        places = np.stack([np.cumsum(sizes) - sizes, sizes], 1)
        multiplier, slots = _slots(raw)
        # What the loops take, see `scan_loops.SCHEMA_TYPE`.
        self.arrays = (slots, names, places, multiplier, kinds, children, attributes)

    def cell(self, path: str, name: str) -> int:
        """Which cell of the element at `path` the value or attribute `name` is."""
        node = self.nodes[self.number[path]]
        return self.nodes[node.children[name]].cell if name in node.children else node.attributes[name]

    def below(self, path: str) -> list[str]:
        """The paths of the elements with rows of their own that may stand right below."""
        return [node.path for node in self.nodes if node.kind == BLOCK and node.path.rpartition("/")[0] == path]


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


class Elements:
    """The elements at one place of the schema, in the order of the documents: document, ordinal, parent, texts, cells."""

    def __init__(self, schema: Schema, path: str, rows: Any, cells: Any, which: Whole) -> None:
        self.path = path
        self.which = which
        self._schema, self._rows, self._cells = schema, rows, cells
        self.doc = rows[which, DOC].astype(np.int64)
        self.parent = rows[which, PARENT].astype(np.int64)
        self.ordinal = rows[which, ORDINAL].astype(np.int64)

    def __len__(self) -> int:
        return len(self.which)

    def only(self, places: Whole) -> Elements:
        """The elements at these places."""
        return Elements(self._schema, self.path, self._rows, self._cells, self.which[places])

    @property
    def raw(self) -> Texts:
        """The text as written."""
        return _texts(self._rows, self.which, AT)

    @property
    def text(self) -> Texts:
        """The text without blanks around it; a blank one is not stated."""
        return _texts(self._rows, self.which, TRIM_AT)

    def get(self, name: str) -> Texts:
        """A value or attribute."""
        return _texts(self._cells, self.which, 2 * self._schema.cell(self.path, name))


def _texts(array: Any, which: Whole, column: int) -> Texts:
    return Texts(array[which, column].astype(np.int64), array[which, column + 1].astype(np.int64))


class Found:
    """All elements that a loop found."""

    def __init__(self, schema: Schema, rows: Any, cells: Any) -> None:
        self.schema, self._rows, self._cells = schema, rows, cells
        node = rows[:, NODE]
        self._order = np.argsort(node, kind="stable")
        self._ends = np.searchsorted(node[self._order], np.arange(len(schema.nodes) + 1))

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, path: str) -> Elements:
        """The elements at this place of the schema; none if it has no such place."""
        number = self.schema.number.get(path, 0)
        return Elements(
            self.schema, path, self._rows, self._cells, self._order[self._ends[number] : self._ends[number + 1]]
        )

    def has(self, path: str) -> bool:
        """True if the schema has an element or value at this place."""
        return path in self.schema.number


def up(parents: Elements, children: Elements) -> Whole:
    """For each child the place of its parent among `parents`."""
    found: Whole = np.searchsorted(parents.which, children.parent)
    return found


def first(parents: Elements, children: Elements) -> Whole:
    """For each parent the place of its first child among `children`, -1 if it has none."""
    found = np.full(len(parents), -1, np.int64)
    above = up(parents, children)
    found[above[::-1]] = np.arange(len(children) - 1, -1, -1)
    return found
