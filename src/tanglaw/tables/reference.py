"""REFERENCE: hash lists, watch lists and other lists that evidence is compared with."""

from __future__ import annotations

from tanglaw.tables.base import BOOL, INT, TEXT, TIME, Column, Table, provenance

HASH_ENTRIES = Table(
    "hash_entries",
    "REFERENCE",
    "Entries of hash lists, one row per hash; imported, never computed from pictures.",
    ("list_name", "entry", "hash_type", "value"),
    (
        Column("list_name", TEXT, "the list"),
        Column("list_version", TEXT, "version or timestamp of the list as stated"),
        Column("entry", TEXT, "entry id in the list, or the hash itself where it has none"),
        Column("hash_type", TEXT, "md5, sha1, sha256, pdq, photodna, ..."),
        Column("value", TEXT, "lower-case hex, or as written where it is no hex"),
        Column("category", TEXT, "category or classification as the list states it"),
        Column("category_model", TEXT, "whose categories: e.g. vics-us, vics-uk, industry, list"),
        Column("votes_for", INT, "members that affirm"),
        Column("votes_against", INT, "members that object"),
        Column("contributor", TEXT, "member that contributed the entry"),
        Column("series", TEXT, "series name or number as stated"),
        Column("quality", INT, "PDQ quality 0 to 100, if stated"),
        Column("listed_at", TIME, "date of the entry, UTC"),
        Column("withdrawn", BOOL, "true for a tombstone: the entry and its hits fall"),
        *provenance(),
    ),
    seen_often=True,
)

WATCH_ENTRIES = Table(
    "watch_entries",
    "REFERENCE",
    "Selectors that a case watches for, with who put them there and until when.",
    ("watch_id",),
    (
        Column("watch_id", TEXT, "keyed id of type, value and case"),
        Column("type", TEXT, "selector type, e.g. email, phone, handle, ip, btc"),
        Column("value", TEXT, "as written in the list"),
        Column("case_number", TEXT, "the case it belongs to"),
        Column("placed_by", TEXT, "who put it there"),
        Column("expires_at", TIME, "last instant it holds, UTC"),
        Column("note", TEXT, "why it is watched"),
        *provenance(),
    ),
    seen_often=True,
)

REFERENCE = (HASH_ENTRIES, WATCH_ENTRIES)
