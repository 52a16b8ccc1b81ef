"""`tanglaw explain-link`: over the demo's workspace, for the terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Demo, tanglaw
from tests.flow.conftest import Rows, rows_of


def link(demo: Demo, **asked: Any) -> dict[str, Any]:
    """The strongest link of the demo with these values."""
    rows = [row for row in rows_of(demo.folder, "links") if all(row[name] == value for name, value in asked.items())]
    return max(rows, key=lambda row: (row["bits"], row["a"], row["b"]))


def explained(folder: Path, a: str, b: str) -> dict[str, Any]:
    told = tanglaw("explain-link", a, b, "--workspace", folder, "--json")
    assert told.code == 0, told.err
    found: dict[str, Any] = told.json
    return found


def test_linked_pair(demo: Demo) -> None:
    """The bits, the values and the probability are those of the run, and each row says where it stands."""
    one = link(demo, joins=True, grouped=False)
    found = explained(demo.folder, one["a"], one["b"])
    rows = [r for r in rows_of(demo.folder, "link_evidence") if (r["a"], r["b"]) == (one["a"], one["b"])]
    assert sorted((r["type"], r["value"], r["bits"]) for r in found["evidence"]) == sorted(
        (r["type"], r["value"], r["bits"]) for r in rows
    )
    assert (found["bits"], found["probability"], found["same_actor"]) == (one["bits"], one["probability"], True)
    assert {row["record_id"] for row in found["sources"]} >= {
        row[side] for row in found["evidence"] for side in ("record_a", "record_b") if row["type"] == "email"
    }
    shown = tanglaw("explain-link", one["b"], one["a"], "--workspace", demo.folder)
    assert shown.code == 0
    assert found["verdict"] in shown.out
    assert f"evidence {one['bits']:.1f} bits; chance asks for {found['prior']:.1f}" in shown.out
    for row in found["evidence"]:
        assert f"{row['bits']:.1f}" in shown.out


def test_unlinked_pair(demo: Demo) -> None:
    """Two accounts that share nothing: said so, with no table of evidence."""
    linked = {row[side] for row in rows_of(demo.folder, "links") for side in ("a", "b")}
    a, b = sorted({row["account_id"] for row in rows_of(demo.folder, "actors")} - linked)[:2]
    shown = tanglaw("explain-link", a, b, "--workspace", demo.folder)
    assert shown.code == 0
    assert "not linked: " in shown.out
    assert explained(demo.folder, a, b)["same_actor"] is False


def test_accounts_by_platform_and_identifier(demo: Demo) -> None:
    """PLATFORM:IDENTIFIER names an account as well as its id does."""
    accounts: Rows = rows_of(demo.folder, "accounts")
    stated = {row["account_id"]: f"{row['platform']}:{row['identifier']}" for row in accounts if row["identifier"]}
    # Some are known by an identifier here and by the same word as a handle there.
    words = {(row["account_id"], row[kind]) for row in accounts for kind in ("identifier", "handle") if row[kind]}
    often = Counter(word.lower() for _, word in {(account, word.lower()) for account, word in words})
    clear = {account: name for account, name in stated.items() if often[name.partition(":")[2].lower()] == 1}
    links = [row for row in rows_of(demo.folder, "links") if row["joins"] and not row["grouped"]]
    one = next(row for row in links if row["a"] in clear and row["b"] in clear)
    names = [clear[one["a"]], clear[one["b"]]]
    assert explained(demo.folder, *names) == explained(demo.folder, one["a"], one["b"])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (
            ("nowhere:1", "nowhere:2"),
            2,
            "nowhere:1 is no account here: give an account_id, the six digits it begins with, or PLATFORM:IDENTIFIER",
        ),
        (("nowhere:1",), 2, "Missing argument 'B'"),
    ],
)
def test_wrong_calls(demo: Demo, words: tuple[str, ...], code: int, told: str) -> None:
    """An account that is not there, or a second one missing, ends with exit 2 and what to give."""
    ended = tanglaw("explain-link", *words, "--workspace", demo.folder)
    assert (ended.code, told in ended.err.replace("\n", " ")) == (code, True), ended.err
    assert "Traceback" not in ended.err


def test_empty_workspace_has_no_accounts(folder: Path) -> None:
    """Before any run there is nothing to explain, and it is said."""
    ended = tanglaw("explain-link", "a:1", "a:2", "--workspace", folder)
    assert ended.code == 2
    assert "is no account here" in ended.err


def test_readable(demo: Demo) -> None:
    """Lines are no wider than asked for."""
    one = link(demo, joins=True)
    for width in (80, 100, 140):
        shown = tanglaw("explain-link", one["a"], one["b"], "--workspace", demo.folder, width=width).out
        assert max(map(len, shown.splitlines())) <= width
