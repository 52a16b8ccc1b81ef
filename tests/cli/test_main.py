"""Errors are one line on standard error with an exit code; help teaches; pipes may break."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tanglaw.cli import VERBS, _ended, cli
from tests.cli.conftest import Demo, tanglaw


def verbs() -> list[tuple[str, ...]]:
    """Every verb, and every verb below one."""
    context = click.Context(cli)
    found: list[tuple[str, ...]] = []
    for name in VERBS:
        command = cli.get_command(context, name)
        found.append((name,))
        if isinstance(command, click.Group):
            found.extend((name, below) for below in command.commands)
    return found


@pytest.mark.parametrize("verb", verbs(), ids="-".join)
def test_help_teaches(verb: tuple[str, ...]) -> None:
    """Every verb says what it does and shows an example that begins with its own name."""
    told = tanglaw(*verb, "--help")
    assert told.code == 0
    assert len(told.out.splitlines()) > 4
    assert f"Examples:\n    tanglaw {verb[0]}" in told.out


def test_help_names_all_exit_codes() -> None:
    """The help of the program lists every exit code."""
    told = tanglaw("--help").out
    for code in (0, 1, 2, 3, 4, 5, 6, 70, 130):
        assert f"\n    {code} " in told


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nosuch",), 2, "No such command 'nosuch'"),
        (("explain",), 2, "Missing argument 'REPORT_NUMBER'. See `tanglaw explain --help`"),
        (("queue", "--top", "-1"), 2, "'--top'"),
        (("queue", "--lane", "fast"), 2, "'--lane'"),
        (("queue", "--workspace", "nowhere"), 4, "make one with `tanglaw init nowhere`"),
        (("run", "nowhere"), 2, "no such file or folder: nowhere"),
        (("run", "--as-of", "yesterday"), 2, "ISO 8601"),
        (("run", "--engine", "abacus"), 2, "'--engine'"),
        (("table", "nosuch"), 2, "no table 'nosuch'"),
        (("table", "--out", "x.csv"), 2, "name the table"),
        (("simulate", "out", "--reports", "0"), 2, "'--reports'"),
        (("mapping", "suggest", "nowhere.csv"), 2, "nowhere.csv"),
        (("evaluate", "nowhere"), 4, "no workspace"),
        (("custody", "verify"), 4, "no workspace"),
    ],
)
def test_wrong_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, says: str
) -> None:
    """Wrong usage is one line that says what is wrong, with the exit code of its kind."""
    monkeypatch.chdir(tmp_path)
    told = tanglaw(*words)
    assert (told.code, told.out) == (code, "")
    assert says in told.err
    assert told.err.startswith("tanglaw: ")
    assert told.err.count("\n") == 1


def test_system_errors_are_one_line(demo: Demo, tmp_path: Path) -> None:
    """What the system refuses ends in one line with the file's name and exit code 6 or 2, nothing half written."""
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file" / "x.csv", tmp_path, Path("/proc/none/x.csv")):
        told = tanglaw("table", "reports", "--workspace", demo.folder, "--out", out)
        assert told.code in (2, 6)
        assert told.err.startswith("tanglaw: ")
        assert told.err.count("\n") == 1
        assert "Traceback" not in told.err
    for name in (tmp_path / "file", Path("/proc/none")):
        told = tanglaw("init", name)
        assert told.code in (2, 6)
        assert told.err.count("\n") == 1


def test_damaged_files_of_the_workspace(folder: Path) -> None:
    """Settings that are no TOML, unknown settings and a damaged log are told with their file and code."""
    (folder / "settings.toml").write_text("engine = ")
    assert (tanglaw("queue", "--workspace", folder).code, tanglaw("run", "--workspace", folder).code) == (5, 5)
    (folder / "settings.toml").write_text('colour = "red"')
    told = tanglaw("queue", "--workspace", folder)
    assert (told.code, "colour" in told.err) == (5, True)
    (folder / "settings.toml").unlink()
    (folder / "workspace.json").write_text("{")
    assert tanglaw("queue", "--workspace", folder).code == 4


def test_settings_from_the_environment(folder: Path) -> None:
    """TANGLAW_... sets the workspace, settings and who asks."""
    assert tanglaw("queue", TANGLAW_WORKSPACE=str(folder)).code == 1
    told = tanglaw("queue", TANGLAW_WORKSPACE=str(folder), TANGLAW_ENGINE="abacus")
    assert (told.code, "abacus" in told.err) == (5, True)


def test_unexpected_fault_names_its_place_not_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    """A fault of the program is one line with kind and place; its text, which may quote evidence, stays out."""
    try:
        {}["a name out of the evidence"]
    except KeyError as error:
        assert _ended(error) == 70
    told = capsys.readouterr().err
    assert "KeyError" in told
    assert "evidence" not in told
    assert told.count("\n") == 1


def test_names_of_files_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An error about a file whose name holds escape sequences shows them as text."""
    assert _ended(FileNotFoundError(2, "No such file or directory", "a\x1b[2J\nb")) == 6
    assert capsys.readouterr().err == "tanglaw: a\\x1b[2J\\nb: No such file or directory\n"


def test_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C is told in one line and ends with 130."""
    assert _ended(KeyboardInterrupt()) == 130
    assert "run again to go on" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("queue", "--top", "0"), ("queue", "--top", "0", "--json"), ("flow",)])
def test_broken_pipe_is_quiet(demo: Demo, words: tuple[str, ...]) -> None:
    """`tanglaw ... | head -1` ends quietly with 0."""
    more = () if words == ("flow",) else ("--workspace", str(demo.folder))
    process = subprocess.Popen(
        [sys.executable, "-m", "tanglaw", *words, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    told = process.stderr.read()
    assert (process.wait(), told) == (0, b"")
    process.stderr.close()


def test_pipe_that_breaks_in_the_middle_of_a_write_is_quiet() -> None:
    """The same where the pipe breaks inside a command, which click makes an exit with 1 of."""
    code = "import tanglaw.cli as c, click; c.cli = click.command()(lambda: print('x' * 10**7)); c.main()"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    told = process.stderr.read()
    assert (process.wait(), told) == (0, b"")
    process.stderr.close()


def test_a_terminal_without_unicode(demo: Demo) -> None:
    """Where the terminal knows ASCII only, letters it cannot show come as their codes, not as an error."""
    ended = subprocess.run(
        [sys.executable, "-m", "tanglaw", "quarantine", "list", "--workspace", str(demo.folder)],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.decode("ascii")
