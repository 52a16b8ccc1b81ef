"""Columns of texts that lie in one buffer: taken, put together and made into ids without a Python object a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from tanglaw.ids import NOTHING, Ids
from tanglaw.reading import text_loops as loops

Whole: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"
Bytes: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"
T = TypeVar("T")

_BETWEEN = 0x1F
_ID_DIGITS = 24


class Texts(NamedTuple):
    """A column: where each text begins in the arena and how many bytes it has; a size below 0 is not stated."""

    at: Whole
    size: Whole

    @property
    def stated(self) -> Mask:
        return self.size >= 0

    def take(self, rows: Whole) -> Texts:
        """The texts at these places; a place below 0 gives one that is not stated."""
        if not len(self.at):
            return Texts(np.zeros(len(rows), np.int64), np.full(len(rows), -1, np.int64))
        return Texts(self.at[rows], np.where(rows < 0, -1, self.size[rows]))

    def only(self, where: Mask) -> Texts:
        """The same texts, not stated outside `where`."""
        return Texts(self.at, np.where(where, self.size, -1))

    def filled(self) -> Texts:
        """The same texts, empty ones not stated."""
        return Texts(self.at, np.where(self.size == 0, -1, self.size))

    def otherwise(self, other: Texts) -> Texts:
        """These texts, and those of `other` where none is stated here."""
        mine = self.stated
        return Texts(np.where(mine, self.at, other.at), np.where(mine, self.size, other.size))


def room_for(size: int) -> Bytes:
    """A buffer for so many bytes and what is made of them."""
    room: Bytes = np.empty(2 * size + (1 << 20), np.uint8)
    return room


def _buffer(array: Any) -> pa.Buffer:
    return pa.py_buffer(memoryview(array))


class Arena:
    """The buffer that texts lie in. It begins with `data` and grows by what is made of its texts.

    With `used`, `data` is the buffer itself (see `room_for`), of which so many bytes are filled: for much data, which
    is not copied then.
    """

    def __init__(self, data: Bytes, ids: Ids, used: int = -1) -> None:
        if used < 0:
            used = len(data)
            self.data = room_for(used)
            self.data[:used] = data
        else:
            self.data = data
        self._used = used
        self._state = np.empty(8, np.uint64)
        loops.keyed_state(self._state, np.array(list(ids.key), np.uint8))
        self._constants: dict[str, tuple[int, int]] = {}

    def add(self, data: Bytes) -> int:
        """Put bytes at the end; returns where they begin."""
        begin, end = self._used, self._used + len(data)
        if end > len(self.data):
            grown: Bytes = np.empty(2 * end, np.uint8)
            grown[:begin] = self.data[:begin]
            self.data = grown
        self.data[begin:end] = data
        self._used = end
        return begin

    def constant(self, text: str, rows: int) -> Texts:
        """One text, `rows` times."""
        found = self._constants.get(text)
        if found is None:
            raw = np.frombuffer(text.encode(), np.uint8)
            found = self._constants[text] = (self.add(raw), len(raw))
        return Texts(np.full(rows, found[0], np.int64), np.full(rows, found[1], np.int64))

    def texts(self, values: Sequence[str | None]) -> Texts:
        """A column of Python texts. Raises UnicodeEncodeError for a lone surrogate."""
        return self.column(pa.array(values, pa.string()))

    def column(self, array: pa.Array[Any]) -> Texts:
        """An Arrow column of texts."""
        if not len(array):
            return Texts(np.empty(0, np.int64), np.empty(0, np.int64))
        _, places, data = array.buffers()
        ends = np.frombuffer(memoryview(places or b""), np.int32)[array.offset : array.offset + len(array) + 1].astype(
            np.int64
        )
        begin = 0
        if data is not None:
            begin = self.add(np.frombuffer(memoryview(data), np.uint8)[ends[0] : ends[-1]]) - int(ends[0])
        size = np.diff(ends)
        if array.null_count:
            size = np.where(array.is_null().to_numpy(zero_copy_only=False), -1, size)
        return Texts(ends[:-1] + begin, size)

    def arrow(self, texts: Texts) -> pa.Array[Any]:
        """The column for Arrow."""
        rows = len(texts.at)
        ends = np.empty(rows + 1, np.int32)
        total = int(np.maximum(texts.size, 0).sum())
        if total >= 1 << 31:
            raise OverflowError("a column of texts beyond 2 GB")
        out: Bytes = np.empty(total, np.uint8)
        loops.copied(self.data, texts.at, texts.size, ends, out)
        stated = texts.stated
        valid = None if stated.all() else _buffer(np.packbits(stated, bitorder="little"))
        return pa.StringArray.from_buffers(rows, _buffer(ends), _buffer(out), valid)

    def distinct(self, texts: Texts) -> tuple[Whole, list[str]]:
        """For each row the place of its text among the distinct ones, -1 where none is stated; and those."""
        coded = self.arrow(texts).dictionary_encode()
        codes: Whole = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return codes, list(map(str, coded.dictionary.to_pylist()))

    def mapped(self, texts: Texts, function: Callable[[str], str | None]) -> Texts:
        """What `function` makes of each text, called once for equal ones."""
        codes, found = self.distinct(texts)
        return self.texts([function(text) for text in found]).take(codes)

    def listed(self, texts: Texts) -> list[str | None]:
        """The column as Python texts."""
        return self.arrow(texts).to_pylist()

    def joined(self, parts: Sequence[Texts], between: str = "") -> Texts:
        """The stated parts of each row joined; not stated if none is."""
        at, size = np.stack([part.at for part in parts]), np.stack([part.size for part in parts])
        rows, glue = at.shape[1], np.array(list(between.encode()), np.uint8)
        room = int(np.maximum(size, 0).sum()) + len(glue) * (len(parts) - 1) * rows
        out: Bytes = np.empty(room, np.uint8)
        begin, length = np.empty(rows, np.int64), np.empty(rows, np.int64)
        loops.joined(self.data, at, size, glue, out, begin, length)
        used = int((begin[-1] + max(length[-1], 0)) if rows else 0)
        return Texts(begin + self.add(out[:used]), length)

    def ids(self, kind: str, rows: int, *parts: Texts | str) -> Texts:
        """Ids of `rows` rows as `Ids.of` makes them; what is not stated counts as NOTHING."""
        whole = [self.constant(kind, rows)]
        whole += [self.constant(part, rows) if isinstance(part, str) else part for part in parts]
        at, size = np.stack([part.at for part in whole]), np.stack([part.size for part in whole])
        out: Bytes = np.empty(_ID_DIGITS * rows, np.uint8)
        loops.keyed(self._state, self.data, at, size, _BETWEEN, ord(NOTHING), out)
        begin = self.add(out)
        return Texts(
            np.arange(begin, begin + len(out), _ID_DIGITS, dtype=np.int64), np.full(rows, _ID_DIGITS, np.int64)
        )

    def seconds(self, value: Whole, stated: Mask) -> Texts:
        """Microseconds as seconds with six decimals."""
        out: Bytes = np.empty(20 * len(value), np.uint8)
        begin, length = np.empty(len(value), np.int64), np.empty(len(value), np.int64)
        loops.seconds_text(value, stated, out, begin, length)
        return Texts(begin + self.add(out), length)

    def hexes(self, texts: Texts, digits: Whole) -> tuple[Texts, Mask]:
        """Texts of just so many hex digits in lower case, and which are that."""
        out: Bytes = np.empty(int(np.maximum(texts.size, 0).sum()), np.uint8)
        begin, fits = np.empty(len(texts.at), np.int64), np.empty(len(texts.at), np.bool_)
        loops.lower_hex(self.data, texts.at, texts.size, digits, out, begin, fits)
        return Texts(begin + self.add(out), np.where(fits, texts.size, -1)), fits

    def numbers(self, texts: Texts) -> Whole:
        """Whole numbers without leading zeros: -1 where nothing is stated, -2 for any other text."""
        out: Whole = np.empty(len(texts.at), np.int64)
        loops.whole_numbers(self.data, texts.at, texts.size, out)
        return out

    def clock(self, texts: Texts) -> tuple[Whole, Bytes]:
        """Microseconds since 1970 and what `text_loops.instants` says of each text."""
        out, state = np.empty(len(texts.at), np.int64), np.empty(len(texts.at), np.uint8)
        loops.instants(self.data, texts.at, texts.size, out, state)
        return out, state
