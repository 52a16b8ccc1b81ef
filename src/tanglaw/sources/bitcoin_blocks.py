"""Raw blocks of Bitcoin and its test networks: `blk*.dat` of a node (also under an `xor.dat` key), or one block a file.

Undo data beside them (`rev*.dat` of the same number, `NAME-undo.raw`, `NAME.undo`) tell what inputs spend; where there
are none, the key that spends may. Blocks whose Merkle root, witness commitment or proof of work does not hold are set aside.
"""

from __future__ import annotations

from importlib import import_module

from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows

# As in `reading.chain.networks`, which is imported only when there is a block to read: compiled code loads slowly.
_MAGIC = frozenset(bytes.fromhex(one) for one in ("f9beb4d9", "0b110907", "1c163f28", "0a03cf40", "fabfb5da"))
_KEY_BYTES = 8
_HEADER = 80
_NO_OUTPUT = bytes(32) + b"\xff\xff\xff\xff"


def key_beside(item: Item) -> bytes:
    """The key that lies over the node's files; empty if none does."""
    key = item.beside("xor.dat") or b""
    return key if len(key) == _KEY_BYTES else b""


def cleared(head: bytes, key: bytes) -> bytes:
    """The first bytes without the key."""
    return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(head)) if key else head


def is_block(head: bytes) -> bool:
    """True if behind 80 bytes of header stands a transaction whose only input spends no output: a coinbase."""
    if len(head) < _HEADER + 51 or head[:36] == head[36:72]:
        return False
    first = head[_HEADER]
    at = _HEADER + (1 if first < 253 else 3 if first == 253 else 5) + 4
    at += 2 if head[at : at + 2] == b"\x00\x01" else 0
    return first > 0 and head[at] == 1 and head[at + 1 : at + 37] == _NO_OUTPUT


def framed_magic(item: Item) -> tuple[bytes, bytes]:
    """The magic that the file begins with, and the key laid over it; both empty if it begins with none."""
    if item.head[:4] in _MAGIC:
        return item.head[:4], b""
    key = key_beside(item) if len(item.head) > _HEADER else b""
    magic = cleared(item.head[:4], key)
    return (magic, key) if magic in _MAGIC else (b"", b"")


def is_undo_file(item: Item) -> bool:
    """True for `rev*.dat`, bare undo data and the key file, by content."""
    if item.size == _KEY_BYTES and item.name == "xor.dat":
        return True
    magic, key = framed_magic(item)
    if magic:
        head = cleared(item.head, key)
        if is_block(head[8:]):
            return False
        frames = import_module("tanglaw.reading.chain.frames")
        return bool(frames.is_undo(head, magic, len(item.head) >= item.size))
    if not item.name.endswith(("-undo.raw", ".undo")) or is_block(item.head):
        return False
    return bool(import_module("tanglaw.reading.chain.blockfile").is_bare_undo(item))


class BitcoinBlocks:
    """Reads raw blocks. Locators: `byte N`, where the transaction or block begins in the file."""

    name = "bitcoin-blocks"
    tables = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs")

    def recognise(self, item: Item) -> bool:
        """True for a coinbase behind a header, with or without magic, and for a magic before what is no undo data."""
        if is_block(item.head):
            return True
        magic, _ = framed_magic(item)
        return bool(magic) and not is_undo_file(item)

    def hints(self, item: Item) -> tuple[str, ...]:
        """None."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Rows of each block; what cannot be read is set aside with its place and the search goes on.

        Raises BadRecord: block-damaged for a lone block that cannot be read, no-table for a file without blocks.
        """
        magic, key = (b"", b"") if is_block(item.head) else framed_magic(item)
        import_module("tanglaw.reading.chain.blockfile").read(item, rows, magic, key)


class BitcoinUndo:
    """Undo data and the key over a node's files, which are read with the blocks that they lie beside: no rows of their
    own."""

    name = "bitcoin-undo"
    tables = ()

    def recognise(self, item: Item) -> bool:
        """True for records of undo data behind a magic, for bare ones named so, and for the key file."""
        return is_undo_file(item)

    def hints(self, item: Item) -> tuple[str, ...]:
        """None."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Nothing: what undo data tell stands in the rows of their blocks."""


BITCOIN_BLOCKS = BitcoinBlocks()
BITCOIN_UNDO = BitcoinUndo()
