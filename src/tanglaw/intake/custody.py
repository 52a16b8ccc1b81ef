"""What is stated about a delivery: who brought it, under which authority, for which use, and when it was received.

The settings of the run come first, then `NAME.delivery.toml` beside the delivered file NAME, then `delivery.toml` in
its folder or the nearest folder above it. All are read before the first file of the inbox is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tanglaw.config import Settings
from tanglaw.errors import CheckSettings
from tanglaw.reading.values import moment

KEYS = ("brought_by", "origin", "authority", "permitted_use", "handling", "grading")
RECEIVED = "received_at"
FILE = "delivery.toml"
_LONGEST = 64 * 1024


class Stated:
    """What settings and `delivery.toml` files say, by the file it is said of.

    `files` are paths inside the inbox with where they are on disk; only those named like a statement are opened.
    Raises CheckSettings that names the file which is not valid.
    """

    def __init__(self, settings: Settings, files: Iterable[tuple[str, str]]) -> None:
        self._zone = settings.default_zone
        given = {name: getattr(settings, name) for name in (*KEYS, RECEIVED)}
        self._given = self._checked({name: text for name, text in given.items() if text}, "settings")
        self._said = {name: self._read(name, file) for name, file in files if name.rpartition("/")[2].endswith(FILE)}

    def of(self, name: str) -> dict[str, Any]:
        """Custody columns of the delivered file at that path inside the inbox; empty where nothing is said."""
        found: dict[str, Any] = dict.fromkeys((*KEYS, RECEIVED))
        if self._said:
            folders = name.split("/")[:-1]
            places = ["/".join((*folders[:depth], FILE)) for depth in range(len(folders) + 1)]
            for place in (*places, f"{name}.{FILE}"):
                found.update(self._said.get(place, {}))
        return {**found, **self._given}

    def _read(self, name: str, file: str) -> dict[str, Any]:
        try:
            with Path(file).open("rb") as stream:
                raw = stream.read(_LONGEST + 1)
            if len(raw) > _LONGEST:
                raise CheckSettings(f"{name}: longer than {_LONGEST} bytes")
            return self._checked(tomllib.loads(raw.decode("utf-8")), name)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CheckSettings(f"{name} is not valid TOML: {error}") from error
        except OSError as error:
            raise CheckSettings(f"{name} cannot be read: {error.strerror}") from error

    def _checked(self, said: Mapping[str, object], name: str) -> dict[str, Any]:
        unknown = sorted(set(said) - {*KEYS, RECEIVED})
        if unknown:
            raise CheckSettings(f"{name}: unknown key {unknown[0]}; it may have {', '.join((*KEYS, RECEIVED))}")
        found: dict[str, Any] = {key: str(said[key]) for key in KEYS if key in said}
        if RECEIVED in said:
            stamp = said[RECEIVED]
            text = stamp.isoformat() if isinstance(stamp, date | datetime) else str(stamp)
            found[RECEIVED] = moment("at", text, self._zone).get("at")
            if found[RECEIVED] is None:
                raise CheckSettings(f"{name}: {RECEIVED} is no ISO 8601 time from 1970 to 2099: {text[:40]}")
        return found
