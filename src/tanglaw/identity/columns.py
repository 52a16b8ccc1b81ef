"""A person table as text columns of known roles, folded for comparison. Country, nationality, language and sex are not read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tanglaw.errors import CheckUsage
from tanglaw.identity.folding import sound, words
from tanglaw.identity.names import marks, telling

ROLES: dict[str, tuple[str, ...]] = {
    "id": ("id", "rec_id", "record_id", "unique_id", "person_id", "row_id"),
    "name": ("name", "full_name", "person_name", "customer_name", "subscriber_name"),
    "first_name": ("first_name", "given_name", "given_names", "forename", "firstname"),
    "middle_name": ("middle_name", "middle_names", "middlename"),
    "last_name": ("last_name", "surname", "family_name", "lastname"),
    "date_of_birth": ("date_of_birth", "dob", "birth_date", "birthdate"),
    "email": ("email", "e_mail", "email_address"),
    "phone": ("phone", "phone_number", "mobile", "telephone", "msisdn"),
    "identifier": (
        "identifier",
        "document_number",
        "id_number",
        "national_id",
        "soc_sec_id",
        "customer_id",
        "passport",
    ),
    "street_number": ("street_number", "house_number"),
    "address": ("address", "address_1", "street", "street_address", "address_line_1"),
    "city": ("city", "suburb", "town", "place"),
    "postal_code": ("postal_code", "postcode", "zip", "zip_code"),
}
# Values that more rows share propose no pair. Names, dates and addresses still count where another value proposes it; an
# e-mail, phone or identifier of so many is an office's or a default, and says nothing.
MOST_HOLDERS = 60
_HANDED_OUT = ("email", "phone", "identifier")
COMPARED = ("name", "name_key", "name_marks", "dob", "email", "phone", "identifier", "address", "city", "postal")
KEYS = (
    "by_name",
    "by_sound",
    "by_word",
    "by_other",
    "by_dob",
    "by_email",
    "by_phone",
    "by_identifier",
    "by_address",
    "by_place",
    "by_initials",
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows ready to compare (`unique_id` is the row's place from 0, then COMPARED and KEYS), the ids as written, and
    columns that were not read."""

    rows: pa.Table
    ids: tuple[str, ...]
    unused: tuple[str, ...]


def prepared(table: pa.Table, stated: Mapping[str, str] | None = None) -> Prepared:
    """Bring a table to the columns that are compared. `stated` maps roles to headers where these are not known.

    Raises CheckUsage if a stated role or header is unknown, or if there is nothing to compare.
    """
    headers = _headers(table.column_names, stated or {})
    if not set(headers) - {"id", "street_number", "city", "postal_code"}:
        raise CheckUsage(f"no column can be compared: name columns as one of {', '.join(ROLES)}, or state them")
    cells = {role: [_text(one) for one in table[header].to_pylist()] for role, header in headers.items()}
    rows = [_row(at, {role: column[at] for role, column in cells.items()}) for at in range(table.num_rows)]
    for key in (*KEYS, *_HANDED_OUT):
        holders = Counter(row[key] for row in rows)
        for row in rows:
            row[key] = row[key] if holders[row[key]] <= MOST_HOLDERS else None
    kinds: dict[str, pa.DataType] = {"unique_id": pa.int64()} | dict.fromkeys((*COMPARED, *KEYS), pa.string())
    schema = pa.schema([pa.field(name, kind) for name, kind in kinds.items()])
    ids = tuple(one or str(at + 1) for at, one in enumerate(cells.get("id", [""] * table.num_rows)))
    unused = tuple(one for one in table.column_names if one not in headers.values())
    return Prepared(pa.Table.from_pylist(rows, schema=schema), ids, unused)


def _headers(found: Sequence[str], stated: Mapping[str, str]) -> dict[str, str]:
    for role, header in stated.items():
        if role not in ROLES:
            raise CheckUsage(f"no role {role!r}; roles are {', '.join(ROLES)}")
        if header not in found:
            raise CheckUsage(f"the table has no column {header!r}")
    plain = {re.sub(r"[^a-z0-9]+", "_", one.strip().lower()).strip("_"): one for one in reversed(found)}
    known = {role: plain[one] for role, names in ROLES.items() for one in reversed(names) if one in plain}
    return {role: header for role, header in known.items() if header not in stated.values()} | dict(stated)


def _row(at: int, cell: Mapping[str, str]) -> dict[str, object]:
    name = cell.get("name") or " ".join(
        one for one in (cell.get("first_name"), cell.get("middle_name"), cell.get("last_name")) if one
    )
    said = telling(name)
    dob = _date(cell.get("date_of_birth", ""))
    email = re.sub(r"\s", "", cell.get("email", "")).casefold()
    phone = re.sub(r"\D", "", cell.get("phone", ""))[-9:]
    identifier = re.sub(r"[^a-z0-9]", "", cell.get("identifier", "").casefold())
    address = " ".join(sorted(words(f"{cell.get('street_number', '')} {cell.get('address', '')}")))
    city, postal = " ".join(words(cell.get("city", ""))), "".join(words(cell.get("postal_code", "")))
    sounds = sorted(sound(word) for word in said)
    row = {
        "name": name,
        "name_key": " ".join(sorted(said)),
        "name_marks": " ".join(sorted(marks(name))),
        "dob": dob,
        "email": email,
        "phone": phone if len(phone) > 5 else "",
        "identifier": identifier,
        "address": address,
        "city": city,
        "postal": postal,
        "by_name": " ".join(sorted(said)) if len(said) > 1 else "",
        "by_sound": " ".join(one[:3] for one in sounds) if len(said) > 1 else "",
        "by_word": sounds[0] if sounds else "",
        "by_other": sounds[-1] if len(sounds) > 1 else "",
        "by_dob": dob,
        "by_email": email,
        "by_phone": phone if len(phone) > 5 else "",
        "by_identifier": identifier,
        "by_address": address if len(address) > 7 else "",
        "by_place": f"{postal or city} {sounds[-1][:3]}" if sounds and (postal or city) else "",
        "by_initials": f"{' '.join(one[0] for one in sounds)} {dob[:4]}" if sounds and dob else "",
    }
    return {"unique_id": at, **{column: value or None for column, value in row.items()}}


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _date(text: str) -> str:
    """Eight digits, year first, where the text is a date of one reading; else its digits."""
    found = re.fullmatch(r"(\d{4})\D?(\d{2})\D?(\d{2})", text)
    if found:
        return "".join(found.groups())
    found = re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{4})", text)
    if found:
        first, second, year = (int(one) for one in found.groups())
        if first > 12 or first == second:
            first, second = second, first
        if second > 12 or first == second:
            return f"{year:04d}{first:02d}{second:02d}"
    return re.sub(r"\D", "", text)
