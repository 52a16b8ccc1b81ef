"""CSV lists of attributed addresses: a header, one tag a line.

An address column, the asset or network (as a column, or said once as in `# currency: BTC`) and a label, owner or category.
`# list: NAME` and `# version: 2026-05` may name the list and its version; of a list that states versions the newest, in
text order, counts whole.
"""

from __future__ import annotations

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.references.addresses import FIELDS, ROLES, Tags, place_of
from tanglaw.references.base import ListReader, Noted
from tanglaw.references.lines import Header, cells_of, chunks, directives, head_lines, header, table

_IGNORED = frozenset(("creator", "description", "context", "tag_type", "comment", "comments", "note", "notes", "id"))
# A table of payments, accounts or transactions is evidence, whatever addresses it has beside.
_NOT_A_LIST = frozenset(
    (
        *("amount", "value", "from", "to", "sender", "receiver", "tx_hash", "txid", "hash", "block", "report_id"),
        *("account", "user", "username", "email", "phone", "case_number", "placed_by", "expires_at", "street", "city"),
    )
)
_SAID = ("label", "actor", "category")


class AddressTagsCsv(ListReader):
    """Reads a CSV list of attributed addresses (comma, semicolon, tab or bar) into `address_tags`.

    Columns: address, currency, network, label, actor, category, abuse, confidence, cluster_definer, source, lastmod, pack,
    version, withdrawn, and common other names of these.
    """

    name = "address-tags-csv"
    tables: tuple[str, ...] = ("address_tags",)

    def recognise(self, item: Item) -> bool:
        """True for a header with address, asset or network, and a label, owner or category, over addresses."""
        lines = head_lines(item)
        shape = header(lines)
        if shape is None or _NOT_A_LIST.intersection(shape.columns):
            return False
        roles = _roles(shape)
        same = _same(lines)
        told = {"asset", "network"} & (set(roles) | set(same))
        return "address" in roles and bool(told) and bool(set(_SAID) & set(roles)) and _holds(lines, shape, roles, same)

    def read(self, item: Item, rows: Rows) -> None:
        """One row a tag, locator `line N`; `bad-address` and `other-network` go to quarantine, as do `bad-row`s."""
        lines = head_lines(item)
        shape = header(lines)
        if shape is None or "address" not in _roles(shape):
            raise BadRecord("not-this-format", "no header line with a column of addresses")
        noted = Noted()
        roles = _roles(shape)
        for name in shape.columns:
            place = f"line {shape.line}"
            if name not in ROLES and name not in _IGNORED:
                noted.note("unknown-field", f"column {name[:80]} is not known in lists of addresses", place)
            elif name in ROLES and roles[ROLES[name]] != name:
                noted.note("unused-column", f"column {name} says {ROLES[name]} a second time", place)
        same = _same(lines)
        tags = Tags(rows, same.get("list_name") or item.name.rsplit(".", 1)[0], noted)
        for first, part in chunks(item, rows):
            frame = table(part, first, shape, rows)
            for row in frame.iter_rows(named=True):
                said = {role: row[name] or same.get(role) for role, name in roles.items()}
                tags.add(same | said, f"line {row['line']}")
        tags.close()


def _roles(shape: Header) -> dict[str, str]:
    """Role -> the first column that has it."""
    found: dict[str, str] = {}
    for name in shape.columns:
        if name in ROLES:
            found.setdefault(ROLES[name], name)
    return found


def _same(lines: list[str]) -> dict[str, str]:
    """What leading comments say for every tag."""
    stated = directives(lines)
    return {role: stated[name] for role, names in FIELDS.items() for name in names if name in stated}


def _holds(lines: list[str], shape: Header, roles: dict[str, str], same: dict[str, str]) -> bool:
    """True if half of the head's lines hold an address, or if there are no entries."""
    good = filled = 0
    for line in lines[shape.line :][:200]:
        cells = cells_of(line, shape.separator) if line and not line.startswith("#") else None
        if cells and len(cells) == len(shape.columns):
            said = {role: cells[shape.columns.index(name)] for role, name in roles.items()}
            filled += 1
            asset, network = (said.get(role) or same.get(role, "") for role in ("asset", "network"))
            good += bool(place_of(asset, network, said["address"]).address)
    return good * 2 >= filled
