"""The index on disk: opened at once, made only when the lists changed, whole or not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.errors import CheckWorkspace
from tanglaw.hashes import index
from tanglaw.hashes.words import words
from tanglaw.testing.hashes import pdq_near, pdq_of

Source = Callable[[str], Sequence[Path]]


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """source(md5=[...], pdq=[...]) -> what `ensure` reads the values from; counts how often it is asked."""

    def make(**given: list[str]) -> Source:
        def files(kind: str) -> list[Path]:
            files.asked += 1  # type: ignore[attr-defined]
            paths = []
            values = sorted(given.get(kind, []))
            for number in range(0, len(values), 3):
                path = tmp_path / f"{kind}-{number}.parquet"
                pq.write_table(pa.table({"value": values[number : number + 3]}), path)
                paths.append(path)
            return paths

        files.asked = 0  # type: ignore[attr-defined]
        return files

    return make


def test_what_is_built_is_found(tmp_path: Path, source: Callable[..., Source]) -> None:
    """Exact and PDQ values of several files are found in the index opened from disk."""
    md5s = [f"{n:032x}" for n in range(7)]
    values = [pdq_of(n) for n in range(7)]
    folder = index.ensure(tmp_path / "room", "a", source(md5=md5s, pdq=values), ("md5", "sha1", "pdq"))
    opened = index.exact(folder, "md5")
    assert opened is not None
    assert opened.search(words(pa.array(["f" * 32, md5s[4]]), "md5")).tolist() == [-1, 4]
    near = index.pdq(folder)
    assert near is not None
    asked = words(pa.array([pdq_near(values[2], 31)]), "pdq")
    assert [part.tolist() for part in near.search(asked)] == [[0], [sorted(values).index(values[2])], [31]]
    assert index.exact(folder, "sha1") is None


def test_more_hashes_than_can_be_numbered_are_refused(
    tmp_path: Path, source: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the bound an index is built; one hash more is a clear error that leaves nothing behind, not rows that begin anew."""
    assert index.MOST_ROWS == 2**32 - 1
    monkeypatch.setattr(index, "MOST_ROWS", 4)
    values = [f"{n:032x}" for n in range(5)]
    index.ensure(tmp_path / "room", "a", source(md5=values[:4]), ("md5",))
    with pytest.raises(CheckWorkspace, match="5 md5 hashes; an index has room for 4"):
        index.ensure(tmp_path / "other", "b", source(md5=values), ("md5",))
    assert list((tmp_path / "other").iterdir()) == []


def test_it_is_made_once_and_old_ones_go(tmp_path: Path, source: Callable[..., Source]) -> None:
    """The same lists build nothing; changed lists build a new index, and the old one is removed."""
    room = tmp_path / "room"
    values = source(md5=["0" * 32])
    first = index.ensure(room, index.stamp(["a", "b"]), values, ("md5",))
    assert index.ensure(room, index.stamp(["b", "a"]), values, ("md5",)) == first
    assert values.asked == 1  # type: ignore[attr-defined]
    second = index.ensure(room, index.stamp(["a", "b", "c"]), values, ("md5",))
    assert [path.name for path in room.iterdir()] == [second.name]


def test_a_half_made_index_is_never_used(tmp_path: Path, source: Callable[..., Source]) -> None:
    """If building fails nothing bears the index's name, and the next try makes it whole."""
    room = tmp_path / "room"

    def broken(kind: str) -> Sequence[Path]:
        raise RuntimeError(kind)

    with pytest.raises(RuntimeError, match="md5"):
        index.ensure(room, "a", broken, ("md5",))
    assert list(room.iterdir()) == []
    (room / ".a-1").mkdir()
    assert index.exact(index.ensure(room, "a", source(md5=["0" * 32]), ("md5",)), "md5") is not None
    assert [path.name for path in room.iterdir()] == ["a"]


def test_a_damaged_index_says_what_to_do(tmp_path: Path, source: Callable[..., Source]) -> None:
    """An array that cannot be read is an error that names its file, never an empty answer."""
    folder = index.ensure(tmp_path / "room", "b", source(md5=["0" * 32]), ("md5",))
    (folder / "md5.values.npy").write_bytes(b"see you at noon")
    with pytest.raises(CheckWorkspace, match=r"md5\.values\.npy"):
        index.exact(folder, "md5")
