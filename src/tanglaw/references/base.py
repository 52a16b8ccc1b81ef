"""What list readers share: no hints, and issues that a list repeats a million times said once with their number."""

from __future__ import annotations

from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows

MOST_KINDS = 1_000


class ListReader:
    """A reader of lists: it knows nothing of reports, so it has no hints."""

    def hints(self, item: Item) -> tuple[str, ...]:  # noqa: ARG002
        """None."""
        return ()


class Noted:
    """Counts issues by code and reason; `write` makes one issue row of each, in the order of first sight."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], list[int | str]] = {}
        self._left_out = 0

    def note(self, code: str, reason: str, place: str = "", times: int = 1) -> None:
        """One more of this kind; `place` is kept of the first. Beyond a thousand kinds only their number is."""
        if times <= 0:
            return
        found = self._counts.get((code, reason))
        if found is not None:
            found[0] = int(found[0]) + times
        elif len(self._counts) < MOST_KINDS:
            self._counts[(code, reason)] = [times, place]
        else:
            self._left_out += times

    def write(self, rows: Rows) -> None:
        """One issue row of each kind, its number in the reason if it came more than once."""
        for (code, reason), (times, place) in self._counts.items():
            many = "" if times == 1 else f" ({times} times; this is the first place)"
            rows.issue(code, reason + many, str(place))
        if self._left_out:
            rows.issue("more-issues", f"{self._left_out} further issues of other kinds are not listed")
