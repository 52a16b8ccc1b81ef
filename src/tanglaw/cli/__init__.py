"""The command line: one file per verb, thin: parse, call, show, exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from tanglaw import __version__
from tanglaw.cli.showing import clean
from tanglaw.errors import FreeSpace, TanglawError
from tanglaw.store.parts import disk_error

# In the order in which a new user meets them. Loaded only when called, so that `--help` and filters start at once.
VERBS: tuple[str, ...] = (
    "demo",
    "init",
    "run",
    "serve",
    "worker",
    "user",
    "queue",
    "explain",
    "explain-link",
    "search",
    "selectors",
    "hashes",
    "trace",
    "sessions",
    "network",
    "requests",
    "alerts",
    "watch",
    "sites",
    "cluster",
    "why",
    "table",
    "decide",
    "decisions",
    "quarantine",
    "custody",
    "audit",
    "erase",
    "person",
    "mapping",
    "node",
    "flow",
    "simulate",
    "evaluate",
    "outcomes",
    "backtest",
    "resolve",
    "doctor",
)
# Started by other verbs, not by people.
_HIDDEN = ("ordered",)
UNEXPECTED = 70
INTERRUPTED = 130


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in (*VERBS, *_HIDDEN):
            return None
        command: click.Command = import_module(f"tanglaw.cli.{cmd_name.replace('-', '_')}").command
        return command


@click.command(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""\b
Exit codes:
  0    done
  1    checked and found wrong, or nothing found
  2    wrong usage, also: an operational workspace was not told user, case and purpose
  3    done, but something was set aside (only with run --strict)
  4    there is no workspace, it is damaged, or another process is writing to it
  5    a setting, mapping or policy pack is not valid
  6    this machine lacks something: space, a right, a file, an optional part
  70   a fault of Tanglaw itself (TANGLAW_TRACEBACK=1 shows where)
  130  interrupted; what was committed stays

\b
Examples:
  tanglaw demo
  tanglaw init cases && tanglaw run inbox --workspace cases
  TANGLAW_WORKSPACE=cases tanglaw queue --top 50
""",
)
@click.version_option(__version__, prog_name="tanglaw")
def cli() -> None:
    """From reports of online child exploitation to a ranked, explained queue.

    Start with `tanglaw demo`. For your own files: `tanglaw init DIR`, then `tanglaw run INBOX --workspace DIR`,
    then `tanglaw queue --workspace DIR`. Nothing leaves this machine; no picture or video is opened.
    """


def main() -> None:
    """Run the command line; errors become one line on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets its code, not an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    out = sys.stdout
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:
        if os.environ.get("TANGLAW_TRACEBACK"):
            raise
        # click wraps the stream and makes an exit of a pipe that broke in the middle of a write.
        code = _ended(error if sys.stdout is out else BrokenPipeError())
    sys.exit(code if isinstance(code, int) else 0)


def _ended(error: BaseException) -> int:
    """The exit code for what ended the program, after saying why in one line."""
    if isinstance(error, BrokenPipeError):
        # The reader of a pipe went away, as `head` does. What Python still holds goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, SystemExit | click.exceptions.Exit):
        code = error.code if isinstance(error, SystemExit) else error.exit_code
        return code if isinstance(code, int) else int(code is not None)
    code, text = _told(error)
    click.echo(f"tanglaw: {clean(text)}", err=True)
    return code


def _told(error: BaseException) -> tuple[int, str]:
    """Exit code and sentence for an error. Neither says more of the data than a file's name and place."""
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return INTERRUPTED, "interrupted; what was committed stays, run again to go on"
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return error.exit_code, f"{error.format_message()} See `{error.ctx.command_path} --help`"
    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message()
    if isinstance(error, TanglawError):
        return error.exit_code, str(error)
    if isinstance(error, OSError):
        full = disk_error(error)
        return FreeSpace.exit_code, str(full) if isinstance(full, FreeSpace) else _of_system(error)
    if isinstance(error, MemoryError):
        return FreeSpace.exit_code, "memory is used up: lower memory_limit, workers or batch_bytes in settings.toml"
    if isinstance(error, RuntimeError) and str(error).endswith("IOException"):
        # The engine's own words for what the system refused it; they name the step alone.
        return (
            FreeSpace.exit_code,
            f"{error}: a file of the workspace cannot be read or written (space, rights, limits)",
        )
    return UNEXPECTED, f"a fault of Tanglaw: {_fault(error)}; please report it (TANGLAW_TRACEBACK=1 shows more)"


def _of_system(error: OSError) -> str:
    names = " -> ".join(str(name) for name in (error.filename, error.filename2) if name)
    reason = error.strerror or type(error).__name__
    return f"{names}: {reason}" if names else str(reason)


def _fault(error: BaseException) -> str:
    """Kind and place of an unexpected error. Its text may quote evidence; the engine's own say only the step."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if "tanglaw" in file.parts:
            place = f"{file.parent.name}/{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    told = f" ({error})" if isinstance(error, RuntimeError) and str(error).startswith("step ") else ""
    return f"{type(error).__name__}{told} in {place or 'a library'}"
