"""The page on mappings says what the code does: every key, field, word and format, and examples that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tanglaw.reading.tabular import fields
from tanglaw.reading.tabular.mapping import NAMED_FORMATS, Layout, Mapping, Match, parse

PAGE = (Path(__file__).parents[2] / "docs" / "mappings.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_hold(example: str) -> None:
    """Each example on the page is a mapping that is accepted."""
    assert parse(example, "example").confirmed


@pytest.mark.parametrize(
    "key",
    [
        *(name for name in Mapping.__struct_fields__ if name not in ("match", "file")),
        *(f"match.{name}" for name in Match.__struct_fields__),
        *(f"file.{name}" for name in Layout.__struct_fields__),
    ],
)
def test_every_key_is_documented(key: str) -> None:
    """Each key has its line in the table of keys."""
    assert f"| `{key}` |" in PAGE


@pytest.mark.parametrize("kind", fields.KINDS)
def test_every_field_is_documented(kind: str) -> None:
    """Each field of each kind, each party and each word of a vocabulary stands on the page."""
    words = set(re.findall(r"[\w.-]+", PAGE))
    own = {name.removeprefix("person.") for name in fields.OWN[kind]}
    known = {word for (of, _), listed in fields.VOCABULARY.items() if of == kind for word in listed}
    assert own | known | set(fields.parties(kind)) | set(fields.IDENTIFIERS) | set(NAMED_FORMATS) <= words
