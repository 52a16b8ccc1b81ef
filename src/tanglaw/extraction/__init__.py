"""From fields and running text to the table `selectors`."""

from __future__ import annotations

from tanglaw.extraction.stage import EXTRACTION

__all__ = ["EXTRACTION"]
