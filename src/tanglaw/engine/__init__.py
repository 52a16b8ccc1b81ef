"""The only folder that names DuckDB or Spark: steps written once, run on either."""

from __future__ import annotations

from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Batches, Sql, Step

__all__ = ["Batches", "Engine", "Given", "Sql", "Stage", "Step"]
