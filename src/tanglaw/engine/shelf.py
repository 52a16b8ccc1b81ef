"""A shelf: tables laid out in one read-only file, sorted by what they are asked for, for many short questions at once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tanglaw.errors import CheckWorkspace

# Rows of a block of a table, and bytes of a block of the file: what one question reads at least. Blocks of 256 KB, the default,
# would stand half empty with so few rows.
_ROWS, _BLOCK = 8_192, 65_536


@dataclass(frozen=True)
class Laid:
    """A table of a shelf: its rows in DuckDB's dialect, and the columns that they are sorted and asked for by."""

    name: str
    sql: str
    by: tuple[str, ...]


def keyed(column: str) -> str:
    """SQL of a number that stands for the text of a column, to sort by where many texts begin alike.

    Of a block's texts only the first eight bytes of the least and the greatest are known, so that asking for one address
    of a service would read those of all its addresses. 63 bits of an MD5 digest; two texts may have the same.
    """
    return f"cast(md5_number_lower({column}) >> 1 as bigint)"


def key_of(text: str) -> int:
    """The number of `keyed` for one text, to ask by."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:], "little") >> 1


class Shelf:
    """An opened shelf. Questions of several threads run side by side; nothing can be written, and nothing is fetched.

    A question on a column that a table is sorted by reads a few blocks of it, however long the table is.
    """

    def __init__(self, file: Path, memory_limit: str = "1GB", threads: int = 1) -> None:
        config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "threads": threads,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "enable_external_access": "false",
            "python_enable_replacements": "false",
            # It reads a sorted table twice to spare columns, which for a few rows costs as much again as the question.
            "disabled_optimizers": "late_materialization",
        }
        try:
            self._con = duckdb.connect(str(file), read_only=True, config=config)
        except duckdb.Error as error:
            raise CheckWorkspace(f"{file.name} cannot be opened: remove it, it is made again") from error
        self._con.execute("SET GLOBAL TimeZone = 'UTC'")
        self._con.execute("SET GLOBAL lock_configuration = true")
        self._own = threading.local()

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a question; `?` stands for each of `values`. Instants are aware, in UTC."""
        cursor = self._cursor()
        cursor.execute(sql, list(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def among(self, sql: str, values: Sequence[str]) -> list[dict[str, Any]]:
        """Rows of a question with `{these}` in it, which stands for the list of values; none for no values."""
        if not values:
            return []
        return self.rows(sql.format(these=", ".join("?" * len(values))), *values)

    def close(self) -> None:
        """Let go of the file."""
        self._con.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._con.cursor()
        cursor: duckdb.DuckDBPyConnection = self._own.cursor
        return cursor


def lay(con: duckdb.DuckDBPyConnection, file: Path, tables: Sequence[Laid]) -> None:
    """Write the tables, which read what `con` knows, into a new file; it appears whole or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    name = str(partial).replace("'", "''")
    con.execute(f"ATTACH '{name}' AS shelf (ROW_GROUP_SIZE {_ROWS}, BLOCK_SIZE {_BLOCK})")
    try:
        for table in tables:
            order = ", ".join(f"{column} NULLS LAST" for column in table.by)
            con.execute(f"CREATE TABLE shelf.{table.name} AS SELECT * FROM ({table.sql}) laid ORDER BY {order}")
    finally:
        con.execute("DETACH shelf")
    partial.replace(file)


__all__ = ["Laid", "Shelf", "key_of", "keyed", "lay"]
