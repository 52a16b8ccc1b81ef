"""Plain lists of addresses, such as sanction lists: one address a line, the asset in the file's name.

Leading comments may state what the list cannot, as in `# list: NAME`, `# version: 2026-05`, `# currency: XBT`,
`# label: TEXT`, `# category: sanctioned`, `# confidence: authority_data`, `# date: 2026-05-01`, `# source: URL`,
`# withdrawn: true`. A list whose name says that it is one of sanctions is of that category.
"""

from __future__ import annotations

import re

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.references.addresses import ROLES, Tags, by_form, is_network
from tanglaw.references.base import ListReader, Noted
from tanglaw.references.lines import chunks, directives, head_lines

_SANCTIONS = re.compile(r"sanction|ofac", re.IGNORECASE)
_PARTS = re.compile(r"[^0-9A-Za-z]+")


class AddressList(ListReader):
    """Reads a plain list of addresses into `address_tags`; the list's name stands for the label it does not give."""

    name = "address-list"
    tables: tuple[str, ...] = ("address_tags",)

    def recognise(self, item: Item) -> bool:
        """True if half of the head's lines are addresses and nothing else; one line alone must say that it is a list."""
        head = head_lines(item)
        bare = _bare(head)[:200]
        if not bare or len(bare[0]) > 128:
            return False
        if len(bare) == 1 and not directives(head) and not _SANCTIONS.search(item.name):
            return False
        known = _asset(item, directives(head))
        fitting = sum(by_form(text) is not None or bool(known and _looks(text)) for text in bare)
        return fitting * 2 >= len(bare)

    def read(self, item: Item, rows: Rows) -> None:
        """One row an address, locator `line N`; `bad-address` and `other-network` go to quarantine."""
        stated = directives(head_lines(item))
        same = {ROLES[name]: value for name, value in stated.items() if name in ROLES}
        noted = Noted()
        for name in stated:
            if name not in ROLES:
                noted.note("unknown-field", f"comment {name[:80]} is not known in lists of addresses", "line 1")
        same.setdefault("list_name", item.name.rsplit(".", 1)[0])
        if _SANCTIONS.search(same["list_name"]) or _SANCTIONS.search(item.name):
            same.setdefault("category", "sanctioned")
            same.setdefault("confidence", "authority_data")
            noted.note("category-assumed", "its name says that it is a sanction list", "line 1")
        if not {"asset", "network"} & set(same):
            same["asset"] = _asset(item, stated)
            if not same["asset"]:
                noted.note("network-assumed", "the list names no asset: each address's form tells its ledger", "line 1")
        tags = Tags(rows, same["list_name"], noted)
        given = False
        for first, lines in chunks(item, rows):
            for number, line in enumerate(lines, first):
                text = line.split("#", 1)[0].strip()
                if text:
                    given = True
                    tags.add(same | {"address": text}, f"line {number}")
        if not given:
            raise BadRecord("not-this-format", "no line holds an address")
        tags.close()


def _bare(lines: list[str]) -> list[str]:
    return [text for line in lines if (text := line.split("#", 1)[0].strip())]


def _looks(text: str) -> bool:
    """A run of letters and digits as long as addresses are, with both among them, and no plain hash."""
    return 25 <= len(text) <= 110 and text.isalnum() and text.isascii() and not text.isdigit() and not text.isalpha()


def _asset(item: Item, stated: dict[str, str]) -> str:
    """The asset that comments or the last part of the file's name say; empty if none does."""
    for name in ("network", "currency", "asset", "coin"):
        if name in stated:
            return stated[name]
    parts = _PARTS.split(item.name.rsplit(".", 1)[0])
    return parts[-1] if len(parts) > 1 and is_network(parts[-1]) else ""
