"""Names and user names in one spelling, so that what people vary from service to service compares equal.

`name_keys`, `home_keys`, `sound_keys`, `stems` and `skeletons` take a record batch with the column `text` (distinct texts)
and give one row per text that has such a form: `text`, `key`. The form of a form is itself, but for sounds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import polars as pl
import pyarrow as pa
from anyascii import anyascii

from tanglaw.identity.folding import sound, words

_TEXT = pa.string()
KEYS = pa.schema([("text", _TEXT), ("key", _TEXT)])
_SHORTEST = 5
_WORD = re.compile(r"[^\W\d_]+")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_JOINTS = re.compile(r"[\W_]+")
# What people put before a name that is taken already, and behind it.
_TITLES = "the|its|im|iam|real|official|mr|ms"
_BEFORE = re.compile(rf"^(?:{_TITLES})(?=[a-z]{{5}})")
_ADDED = re.compile(r"(?<=[a-z0-9]{4})x+$")
_BEHIND = re.compile(r"[0-9]+$")
_DIGITS, _LEET = "0123456789", (list("013457"), list("oleast"))
_READ_AS = str.maketrans("".join(_LEET[0]), "".join(_LEET[1]))
_LONGEST = 200


def _plain(text: str) -> str:
    if text.isascii():
        return text[:_LONGEST].lower()
    # Decorated letters have no lower case of their own until they are decomposed.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:_LONGEST]).casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))[:_LONGEST]


def name_key(text: str) -> str:
    """First and last word of a person's name without marks, in code point order; empty for fewer than two words.

    Order differs between forms (given or family name first) and middle names come and go.
    """
    if any(char.isdigit() for char in text):
        return ""
    words = [word for word in _WORD.findall(_plain(text)) if len(word) > 1]
    return " ".join(sorted((words[0], words[-1]))) if len(words) > 1 else ""


def sound_key(text: str) -> str:
    """How the words of a name sound in Latin letters, in code point order: one key for a name in all scripts and spellings."""
    return " ".join(sorted(filter(None, map(sound, words(text)))))


def home_key(text: str) -> str:
    """A street address with its town: words and numbers without marks; empty without a number or of one word."""
    words = re.findall(r"[^\W_]+", _plain(text))
    return " ".join(words) if len(words) > 1 and any(word[0].isdigit() for word in words) else ""


def stem(text: str) -> str:
    """A user name in its own script without joints, marks and capitals, and what people add to one that is taken; digits
    stay."""
    bare, before = _bare(text), ""
    while bare != before:
        before, bare = bare, _BEFORE.sub("", _ADDED.sub("", bare))
    return bare if len(bare) > 2 and not bare.isdigit() else ""


def _bare(text: str) -> str:
    plain = _plain(text)
    if plain.isascii():
        return _NOT_PLAIN.sub("", plain)
    letters = "".join(str(unicodedata.decimal(char, char)) for char in _JOINTS.sub("", plain))
    # Syllables that were taken apart count as one letter again.
    return unicodedata.normalize("NFC", letters)


def skeleton(text: str) -> str:
    """A stem in Latin letters without the digits behind, other digits as the letters that they stand for; empty if short."""
    bare, before = stem(text), ""
    if not bare.isascii():
        bare = stem(anyascii(bare))
    while bare != before:
        before, bare = bare, stem(_BEHIND.sub("", bare).translate(_READ_AS))
    return bare if len(bare) >= _SHORTEST and bare.isalpha() else ""


def forms(text: str) -> set[str]:
    """Every form in which linking compares a name, user name, e-mail address or home."""
    name = name_key(text)
    first, _, last = name.partition(" ")
    users = {text, text.partition("@")[0], first + last, last + first}
    return {name, home_key(text), *map(stem, users), *map(skeleton, users)} - {""}


def _each(of: Callable[[str], str]) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Texts one by one."""

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        pairs = [(text, key) for text in batch.column("text").to_pylist() if text and (key := of(text))]
        return pa.record_batch([pa.array([pair[i] for pair in pairs], _TEXT) for i in (0, 1)], schema=KEYS)

    return run


def _more(form: str) -> pl.Expr:
    """Whether `stem` takes more off this form than signs and capitals."""
    plain = pl.col(form)
    return plain.str.contains(f"^(?:{_TITLES})[a-z]{{5}}") | (plain.str.ends_with("x") & (plain.str.len_bytes() > 4))


_BARE, _LETTERS = pl.col("bare"), pl.col("letters")
_ODD = (pl.col("text").str.len_bytes() != pl.col("text").str.len_chars()) | _more("bare")
_STEM = pl.when((_BARE.str.len_bytes() > 2) & _BARE.str.contains("[a-z]")).then(_BARE)
_SKELETON = pl.when((_LETTERS.str.len_bytes() >= _SHORTEST) & ~_LETTERS.str.contains("[0-9]")).then(_LETTERS)


def _keyed(of: Callable[[str], str], plain: pl.Expr, odd: pl.Expr) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """Most texts by columns, as `plain`; those that are `odd` one by one."""

    def run(batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = pl.DataFrame({"text": pl.Series(batch.column("text"), dtype=pl.String)})
        rows = rows.filter(pl.col("text") != "").with_columns(
            bare=pl.col("text").str.slice(0, _LONGEST).str.to_lowercase().str.replace_all(_NOT_PLAIN.pattern, "")
        )
        rows = rows.with_columns(letters=_BARE.str.strip_chars_end(_DIGITS).str.replace_many(*_LEET))
        late = rows.select(pl.arg_where(odd)).to_series()
        key = rows.select(plain).to_series().scatter(late, [of(text) for text in rows["text"].gather(late)])
        found = rows.select("text", key=key).filter(pl.col("key") != "")
        return pa.RecordBatch.from_arrays([found[name].to_arrow().cast(_TEXT) for name in KEYS.names], schema=KEYS)

    return run


name_keys = _each(name_key)
home_keys = _each(home_key)
sound_keys = _each(sound_key)
stems = _keyed(stem, _STEM, _ODD)
skeletons = _keyed(skeleton, _SKELETON, _ODD | _more("letters"))
