"""`tanglaw selectors` as a filter: text or JSON lines in, JSON lines out, whatever comes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tanglaw.cli import cli
from tanglaw.lookups import stream
from tanglaw.lookups.stream import Filter, Lines, lines_of
from tanglaw.selectors.spread import spread


def call(*words: str, given: bytes = b"") -> Result:
    """Calls the verb."""
    return CliRunner().invoke(cli, ["selectors", *words], input=given)


def rows(result: Result) -> list[dict[str, Any]]:
    """The JSON lines of standard output."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_selector_is_a_json_line_with_its_place(tmp_path: Path) -> None:
    """File, line and code points say where; files follow each other."""
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("nothing\n😀 mail kim@example.org\r\n", encoding="utf-8")
    two.write_text("+49 30 901820", encoding="utf-8")
    result = call(str(one), str(two))
    assert result.exit_code == 0
    first, second = rows(result)
    assert first == {
        "file": str(one), "line": 2, "type": "email", "value": "kim@example.org", "original": "kim@example.org",
        "start": 7, "end": 22, "valid": True,
    }  # fmt: skip
    assert (second["file"], second["line"], second["value"], second["reading"]) == (
        str(two), 1, "+4930901820", "international",
    )  # fmt: skip


def test_standard_input_types_and_country() -> None:
    """Without a file, or with -, standard input is read; types and country narrow and help."""
    text = b"a@example.org, 0917 123 4567\n"
    assert [row["type"] for row in rows(call("--country", "PH", given=text))] == ["email", "phone"]
    assert [row["value"] for row in rows(call("--type", "phone", "--country", "PH", "-", given=text))] == [
        "+639171234567"
    ]
    readings = rows(call("--country", "DE:3 AT:2", given=b"0151 23456789"))
    assert [(row["valid"], row["likelihood"]) for row in readings] == [(False, 0.6), (False, 0.4)] or [
        (row["valid"], row["likelihood"]) for row in readings
    ] == [(False, 0.4), (False, 0.6)]


def test_fields_of_json_lines() -> None:
    """Each field asked for is a text of its own; lists give each text; others are passed by."""
    lines = b'{"text": "a@example.org", "from": {"name": "@sunny_1"}, "more": ["b@example.org", 7]}\n\n{"text": null}\n'
    found = rows(call("--field", "text", "--field", "from.name", "--field", "more", given=lines))
    assert [(row["field"], row["value"], row["line"]) for row in found] == [
        ("text", "a@example.org", 1),
        ("from.name", "@sunny_1", 1),
        ("more", "b@example.org", 1),
    ]


def test_what_is_no_json_is_named_and_the_rest_goes_on() -> None:
    """A line that is none is told by its number alone, and the exit code says that something was passed over."""
    result = call("--field", "text", given=b'secret\n[1]\n{"text": "a@example.org"}\n' + b"[" * 100_000 + b"\n")
    assert result.exit_code == 3
    assert [row["line"] for row in rows(result)] == [3]
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == ["-:1", "-:2", "-:4"]
    assert "secret" not in result.stderr


def test_nothing_found_is_one() -> None:
    """As with a search: exit code 1."""
    assert call(given=b"see you at noon\n").exit_code == 1
    assert call(given=b"").exit_code == 1


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    """Invalid UTF-8 and lone surrogates each become one U+FFFD, and offsets count it."""
    [row] = rows(call(given=b"\xff\xfe x a@example.org \xc3\n"))
    assert (row["start"], row["original"]) == (5, "a@example.org")
    [row] = rows(call("--field", "t", given=b'{"t": "\\ud800 a@example.org"}\n'))
    assert row["start"] == 2


def test_cards_are_masked_and_terms_are_found(tmp_path: Path) -> None:
    """Without a workspace's key there is no hash; a list of terms is the user's own."""
    listed = tmp_path / "terms.txt"
    listed.write_text("T1\tblue lantern\n", encoding="utf-8")
    result = call("--terms", str(listed), given=b"card 4111 1111 1111 1111 at the Blue Lantern\n")
    assert [(row["type"], row["value"], row["original"]) for row in rows(result)] == [
        ("card", "4111 11** **** 1111", "4111 11** **** 1111"),
        ("term", "T1", "************"),
    ]


def test_a_missing_file_and_a_wrong_type_are_said() -> None:
    """Wrong usage is 2; a file that is not there ends the verb."""
    assert call("--type", "nonsense", given=b"").exit_code == 2
    assert isinstance(call("not-there.txt").exception, FileNotFoundError)


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    """As with head: no error, no trace."""
    many = tmp_path / "many.txt"
    many.write_text("a@example.org\n" * 300_000, encoding="utf-8")
    command = f'"{sys.executable}" -m tanglaw selectors "{many}" | head -1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert json.loads(done.stdout)["line"] == 1
    assert done.stderr == ""


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_lines_come_whole_however_they_are_read(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks end at line ends; numbers go on."""
    monkeypatch.setattr(stream, "_gathered", lambda one, _: one.read(size))
    data = b"first\n\nthird line\nlast"
    chunks = list(lines_of("x", io.BytesIO(data)))
    assert b"".join(chunk.data for chunk in chunks) == data
    count = 1
    for chunk in chunks:
        assert chunk.first == count
        count += chunk.data.count(b"\n")


def test_a_line_beyond_reason_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by the longest line that is read; longer ones are named, and the next is read."""
    monkeypatch.setattr(stream, "LONGEST", 100)
    monkeypatch.setattr(stream, "_gathered", lambda one, _: one.read(64))
    told = [Filter()(chunk) for chunk in lines_of("x", io.BytesIO(b"a" * 500 + b"\nb@example.org\n"))]
    assert [sentence.partition(":")[0] for one in told for sentence in one.aside] == ["x"]
    assert [json.loads(one.out)["line"] for one in told if one.out] == [2]


def test_processes_give_what_one_gives() -> None:
    """Spread over workers, the same lines in the same order."""
    chunks = [Lines("x", 1 + place * 2, b"a@example.org\n+49 30 901820\n") for place in range(12)]
    work = Filter(types=frozenset(("email", "phone")))
    assert [one.out for one in spread(work, chunks, 2)] == [one.out for one in spread(work, chunks, 1)]
