"""The command line: one file per verb, thin: parse, call, show, exit code."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from tanglaw import __version__
from tanglaw.errors import TanglawError

# In the order in which a new user meets them. Loaded only when called, so that `--help` and filters start at once.
VERBS: tuple[str, ...] = (
    "demo",
    "init",
    "run",
    "queue",
    "explain",
    "search",
    "table",
    "quarantine",
    "custody",
    "mapping",
    "flow",
    "simulate",
    "evaluate",
    "doctor",
)


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"tanglaw.cli.{cmd_name}").command
        return command


@click.command(
    cls=_Verbs,
    epilog="Exit codes: 0 done; 1 checked and found wrong, or nothing found; 2 wrong usage; 3 done, but something was "
    "set aside (run --strict); 4 workspace; 5 settings or policy; 6 this machine lacks something; 130 interrupted.",
)
@click.version_option(__version__, prog_name="tanglaw")
def cli() -> None:
    """From reports of online child exploitation to a ranked, explained queue.

    Start with `tanglaw demo`. For your own files: `tanglaw init DIR`, then `tanglaw run INBOX --workspace DIR`,
    then `tanglaw queue --workspace DIR`. Nothing leaves this machine; no picture or video is opened.
    """


def main() -> None:
    """Run the command line; errors become one line on standard error and an exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("tanglaw: interrupted; what was committed stays, run again to go on", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("tanglaw: interrupted; what was committed stays, run again to go on", err=True)
        sys.exit(130)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except TanglawError as error:
        click.echo(f"tanglaw: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe went away, as `head` does.
        sys.stderr.close()
        sys.exit(0)
