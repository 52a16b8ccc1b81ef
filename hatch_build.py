"""Compiles the workbench's translations when a package is built; gettext's own programs are not needed."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):  # type: ignore[misc]
    """Runs before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write django.mo beside each django.po."""
        file = Path(self.root) / "src" / "tanglaw" / "workbench" / "catalogues.py"
        runpy.run_path(str(file), run_name="catalogues")["compiled"]()
