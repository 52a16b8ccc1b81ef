"""Spark as it runs over much: compiled queries, and files for what is kept and written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tanglaw.engine import Engine


@pytest.fixture
def much(spark: Engine) -> Iterator[Engine]:
    """Spark, told that a terabyte is attached."""
    spark._attached = 1 << 40
    spark._suit(spark._attached)
    yield spark
    spark._attached = 0
    spark._suit(0)
