"""`tanglaw hashes`: hashes in, what the lists know of them out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tanglaw.testing.hashes import pdq_near, pdq_of

from .conftest import Ended, tanglaw

MD5, SHA1 = hashlib.md5(b"holiday").hexdigest(), hashlib.sha1(b"holiday").hexdigest()


@pytest.fixture
def listed(folder: Path, inbox: Path) -> Path:
    """A workspace with a CSV list of three entries and a plain PDQ list."""
    (inbox / "alpha.csv").write_text(f"id,md5,sha1,category\n1,{MD5},{SHA1},A1\n2,{'a' * 32},,A2\n3,{'b' * 32},,\n")
    (inbox / "beta.txt").write_text(f"# type: pdq\n{pdq_of(1)}\n{pdq_of(2)}\n")
    assert tanglaw("run", inbox, "--workspace", folder).code == 0
    return folder


def rows(ended: Ended) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.out.splitlines()]


def test_a_line_for_each_hash_says_what_lists_know(listed: Path, tmp_path: Path) -> None:
    """Hashes in any case and type are looked up by their first word; comments and blank lines are passed over."""
    file = tmp_path / "asked.txt"
    file.write_text(f"# asked\n{MD5.upper()}  holiday.jpg\n\n{SHA1}\n{'c' * 32}\n")
    told = tanglaw("hashes", file, "--workspace", listed)
    assert told.code == 0, told.err
    assert [(row["line"], row["type"], row["value"], len(row["hits"])) for row in rows(told)] == [
        (2, "md5", MD5, 1),
        (4, "sha1", SHA1, 1),
        (5, "md5", "c" * 32, 0),
    ]
    assert rows(told)[0]["hits"] == [
        {"hash_type": "md5", "list_name": "alpha", "entry": "1", "listed_value": MD5, "category": "A1", "distance": 0}
    ]


def test_pdq_hashes_match_nearly(listed: Path, tmp_path: Path) -> None:
    """At 31 bits a hash is found with its distance, at 32 it is not."""
    file = tmp_path / "asked.txt"
    file.write_text(f"{pdq_near(pdq_of(1), 31)}\n{pdq_near(pdq_of(1), 32)}\n")
    told = rows(tanglaw("hashes", "--type", "PDQ", file, "--workspace", listed))
    assert [[(hit["list_name"], hit["distance"]) for hit in row["hits"]] for row in told] == [[("beta", 31)], []]


def test_what_is_no_hash_is_said(listed: Path, tmp_path: Path) -> None:
    """A line that is no hash goes to standard error with its place, the others on; nothing known ends with 1."""
    file = tmp_path / "asked.txt"
    file.write_text(f"soon\n{'c' * 32}\n")
    told = tanglaw("hashes", file, "--workspace", listed)
    assert (told.code, len(rows(told))) == (3, 1)
    assert f"{file}:1: no hash" in told.err
    file.write_text("c" * 32)
    assert tanglaw("hashes", file, "--workspace", listed).code == 1


def test_lists_without_an_index_are_not_taken_for_empty(folder: Path, tmp_path: Path) -> None:
    """Before the first run there is no index: that is an error, not an answer."""
    file = tmp_path / "asked.txt"
    file.write_text(MD5)
    told = tanglaw("hashes", file, "--workspace", folder)
    assert told.code == 4
    assert "tanglaw run" in told.err
