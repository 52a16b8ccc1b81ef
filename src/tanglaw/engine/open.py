"""Opens the engine that the settings name."""

from __future__ import annotations

from pathlib import Path

from tanglaw.config import Settings
from tanglaw.engine.base import Engine
from tanglaw.engine.duckdb import DuckDB
from tanglaw.errors import InstallExtra


def open_engine(settings: Settings, scratch: Path) -> Engine:
    """The engine of `settings.engine`, with its memory limit, threads and spill folder.

    `scratch` is a folder of the workspace; the spill folder is inside it unless the settings name one.
    Raises InstallExtra if Spark is asked for and not installed, CheckSettings for values the engine refuses.
    """
    spill = Path(settings.spill_folder) if settings.spill_folder else scratch / "spill"
    if settings.engine == "spark":
        try:
            from tanglaw.engine.spark import Spark  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise InstallExtra(f"engine spark: {error.name} is not installed; pip install 'tanglaw[spark]'") from None
        return Spark(settings.memory_limit, settings.threads, spill, scratch)
    return DuckDB(settings.memory_limit, settings.threads, spill, scratch)
