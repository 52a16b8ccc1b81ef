"""Every error of Tanglaw, named for what the caller should do.

    TanglawError
    ├── CheckUsage           exit 2   the call's words do not fit
    ├── CheckSettings        exit 5   a setting, mapping or policy pack is not valid
    ├── InitWorkspace        exit 4   there is no workspace where one was expected
    ├── WaitForOtherRun      exit 4   another process is writing to this workspace
    ├── CheckWorkspace       exit 4   the workspace is damaged or of another version
    ├── StatePurpose         exit 2   an operational workspace wants user, case and purpose
    ├── FreeSpace            exit 6   the disk is full
    ├── InstallExtra         exit 6   an optional part is not installed
    └── BadRecord            (never leaves a reader: becomes a quarantine row)

Messages name files, places and settings, never personal data. A bad row is not an error: it becomes a row
of `quarantine` or `issues`.
"""

from __future__ import annotations


class TanglawError(Exception):
    """Something the caller can mend; the command line prints it as one line and exits with `exit_code`."""

    exit_code = 1


class CheckUsage(TanglawError):
    """The call's words do not fit."""

    exit_code = 2


class CheckSettings(TanglawError):
    """A setting, a mapping or the policy pack is not valid."""

    exit_code = 5


class InitWorkspace(TanglawError):
    """There is no workspace here: `tanglaw init` makes one."""

    exit_code = 4


class WaitForOtherRun(TanglawError):
    """Another process is writing to this workspace."""

    exit_code = 4


class CheckWorkspace(TanglawError):
    """The workspace is damaged or was written by another version."""

    exit_code = 4


class StatePurpose(TanglawError):
    """An operational workspace wants user, case and purpose for each reading verb."""

    exit_code = 2


class FreeSpace(TanglawError):
    """The disk is full: nothing of the unfinished batch was kept."""

    exit_code = 6


class InstallExtra(TanglawError):
    """An optional part is not installed."""

    exit_code = 6


class BadRecord(TanglawError):
    """One record or file cannot be read; the reader turns it into a quarantine row.

    `code` is one of the codes in docs/operations.md, `locator` the place inside the file, and `excerpt` the
    raw text around it (bounded and scrubbed before it is kept).
    """

    def __init__(self, code: str, reason: str, locator: str = "", excerpt: bytes | str = b"") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.locator = locator
        self.excerpt = excerpt
