"""A small CSV that a person made and handed to a verb: read whole, and refused with the place of its first fault."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tanglaw.errors import CheckUsage

_DELIMITERS = ",;\t|"
_LARGEST = 512 * 1024 * 1024


def read_sheet(file: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headers, and rows as (line number, cells without outer blanks); empty lines are passed over.

    UTF-8, with or without a byte-order mark; delimiter comma, semicolon, tab or bar, whichever the header has most of. Raises
    CheckUsage naming file and line for anything else, never quoting a cell.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise CheckUsage(f"{file.name} is larger than {_LARGEST // 2**20} MB: split it")
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CheckUsage(f"{file.name} is not UTF-8 (byte {error.start}): save it as CSV UTF-8") from error
    except OSError as error:
        raise CheckUsage(f"{file} cannot be read") from error
    if "\x00" in text:
        raise CheckUsage(f"{file.name} holds NUL characters: it is no CSV")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda sign: (first.count(sign), -_DELIMITERS.index(sign)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headers = [cell.strip() for cell in next(reader, [])]
        _check_headers(file, headers)
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(headers):
                    raise CheckUsage(
                        f"{file.name}, line {reader.line_num}: {len(cells)} cells under {len(headers)} headers"
                    )
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise CheckUsage(f"{file.name}, line {reader.line_num}: {error}") from error
    return headers, rows


def _check_headers(file: Path, headers: list[str]) -> None:
    if not any(headers):
        raise CheckUsage(f"{file.name} is empty: the first line names the columns")
    if len(set(headers)) < len(headers) or "" in headers:
        raise CheckUsage(f"{file.name}, line 1: each column needs a name of its own")
