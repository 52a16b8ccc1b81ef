"""Writes the payment graph as GEXF 1.3 or GraphML: one node an account, one edge a payer, recipient and currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lxml import etree

Edges = Iterable[dict[str, Any]]
_GEXF = "http://gexf.net/1.3"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_FIELDS = (
    ("currency", "string"),
    ("payments", "long"),
    ("amount", "string"),
    ("first_at", "string"),
    ("last_at", "string"),
    ("sessions", "long"),
    ("probability", "double"),
)


def gexf(file: Path, edges: Edges) -> None:
    """The graph for Gephi."""
    rows = list(edges)
    root = etree.Element("gexf", {"xmlns": _GEXF, "version": "1.3"})
    graph = etree.SubElement(root, "graph", defaultedgetype="directed")
    attributes = etree.SubElement(graph, "attributes", {"class": "edge"})
    for number, (name, kind) in enumerate(_FIELDS):
        etree.SubElement(attributes, "attribute", id=str(number), title=name, type=kind)
    nodes = etree.SubElement(graph, "nodes")
    for node in _nodes(rows):
        etree.SubElement(nodes, "node", id=node, label=node)
    drawn = etree.SubElement(graph, "edges")
    for number, row in enumerate(rows):
        ends = {"source": row["payer_account_id"], "target": row["recipient_account_id"]}
        edge = etree.SubElement(drawn, "edge", {"id": str(number), **ends, "weight": str(row["payments"])})
        values = etree.SubElement(edge, "attvalues")
        for place, text in _values(row):
            etree.SubElement(values, "attvalue", {"for": str(place), "value": text})
    _write(file, root)


def graphml(file: Path, edges: Edges) -> None:
    """The graph for yEd, NetworkX and others."""
    rows = list(edges)
    root = etree.Element("graphml", {"xmlns": _GRAPHML})
    for number, (name, kind) in enumerate(_FIELDS):
        key = {"id": f"d{number}", "for": "edge", "attr.name": name, "attr.type": kind}
        etree.SubElement(root, "key", key)
    graph = etree.SubElement(root, "graph", edgedefault="directed")
    for node in _nodes(rows):
        etree.SubElement(graph, "node", id=node)
    for row in rows:
        edge = etree.SubElement(graph, "edge", source=row["payer_account_id"], target=row["recipient_account_id"])
        for place, text in _values(row):
            etree.SubElement(edge, "data", key=f"d{place}").text = text
    _write(file, root)


WRITERS: dict[str, Callable[[Path, Edges], None]] = {".gexf": gexf, ".graphml": graphml}


def _nodes(rows: list[dict[str, Any]]) -> list[str]:
    return sorted({str(row[end]) for row in rows for end in ("payer_account_id", "recipient_account_id")})


def _values(row: dict[str, Any]) -> list[tuple[int, str]]:
    found = []
    for place, (name, _) in enumerate(_FIELDS):
        value = row[name]
        if value is not None:
            found.append(
                (place, value.isoformat() if name.endswith("_at") else f"{value:f}" if name == "amount" else str(value))
            )
    return found


def _write(file: Path, root: Any) -> None:
    file.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
