"""One frozen `Settings`, built once at the edge; nothing is read or created at import.

Order of precedence: command line, environment (`TANGLAW_<NAME>`), `settings.toml` of the workspace, default.
Every field is documented in docs/operations.md (a test compares them).
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tanglaw.errors import CheckSettings

KIB = 1024
MIB = 1024 * KIB


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting with its default. Sizes are bytes; `0` workers or threads means one per core."""

    engine: str = "duckdb"
    memory_limit: str = "4GB"
    spill_folder: str = ""
    threads: int = 0
    workers: int = 0
    batch_bytes: int = 256 * MIB
    flush_rows: int = 200_000
    max_member_bytes: int = 512 * MIB
    max_document_bytes: int = 64 * MIB
    max_archive_depth: int = 4
    max_archive_members: int = 5_000_000
    max_archive_bytes: int = 64 * 1024 * MIB
    max_archive_ratio: int = 200
    max_line_bytes: int = 8 * MIB
    max_columns: int = 2_000
    max_excerpt: int = 200
    max_issues_per_file: int = 1_000
    default_zone: str = "UTC"
    default_country: str = ""
    mappings_folder: str = ""
    terms_file: str = ""
    casework_database: str = ""
    inbox_folder: str = ""
    node_url: str = ""
    node_secret_file: str = ""
    node_beyond_loopback: bool = False
    received_at: str = ""
    brought_by: str = ""
    origin: str = ""
    authority: str = ""
    permitted_use: str = ""
    handling: str = ""
    grading: str = ""

    def digest(self) -> str:
        """SHA-256 over all values, for the run record."""
        return hashlib.sha256(msgspec.json.encode(msgspec.to_builtins(self), order="sorted")).hexdigest()


def load(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    given: Mapping[str, object] | None = None,
) -> Settings:
    """Settings from a TOML file, the environment and what the caller gives (None values are passed over).

    Raises CheckSettings for an unknown name or a value of the wrong type, naming it.
    """
    values: dict[str, object] = {}
    if file is not None and file.is_file():
        try:
            values.update(tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CheckSettings(f"{file.name} is not valid TOML: {error}") from error
    for name in Settings.__struct_fields__:
        text = (environment if environment is not None else os.environ).get(f"TANGLAW_{name.upper()}")
        if text is not None:
            values[name] = text
    values.update({name: value for name, value in (given or {}).items() if value is not None})
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise CheckSettings(f"settings: {error}") from error
    if settings.engine not in ("duckdb", "spark"):
        raise CheckSettings(f"settings: engine is duckdb or spark, not {settings.engine!r}")
    return settings
