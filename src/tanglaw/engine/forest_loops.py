"""Union-find over whole numbers, compiled. See docs/decisions/0007-numba.md."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Smalls = NDArray[np.int32]


@numba.njit(cache=True, nogil=True)
def kruskal(parent: Smalls, size: Smalls, a: Smalls, b: Smalls) -> NDArray[np.bool_]:
    """Which of the edges (a[i], b[i]), in this order, join two trees; `parent` and `size` are the forest and are changed.

    `parent` holds a node itself where it is a root. Edges with a node outside of it join nothing.
    """
    nodes = parent.shape[0]
    kept = np.zeros(a.shape[0], np.bool_)
    for i in range(a.shape[0]):
        u, v = a[i], b[i]
        if u < 0 or v < 0 or u >= nodes or v >= nodes:
            continue
        while parent[u] != u:
            parent[u] = parent[parent[u]]
            u = parent[u]
        while parent[v] != v:
            parent[v] = parent[parent[v]]
            v = parent[v]
        if u == v:
            continue
        if size[u] < size[v]:
            u, v = v, u
        parent[v] = u
        size[u] += size[v]
        kept[i] = True
    return kept


@numba.njit(cache=True, nogil=True)
def lowest(parent: Smalls) -> Smalls:
    """For each node the smallest node of its tree; the trees are flattened on the way."""
    nodes = parent.shape[0]
    low = np.full(nodes, -1, np.int32)
    for node in range(nodes):
        u = np.int32(node)
        while parent[u] != u:
            parent[u] = parent[parent[u]]
            u = parent[u]
        parent[node] = u
        if low[u] < 0:
            low[u] = node
    found = np.empty(nodes, np.int32)
    for node in range(nodes):
        found[node] = low[parent[node]]
    return found
