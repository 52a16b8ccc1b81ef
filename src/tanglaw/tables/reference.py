"""REFERENCE: hash lists, watch lists and other lists that evidence is compared with."""

from __future__ import annotations

from tanglaw.tables.base import BOOL, FLOAT, INT, TEXT, TIME, Column, Table, provenance

HASH_ENTRIES = Table(
    "hash_entries",
    "REFERENCE",
    "Entries of hash lists, one row per hash; imported, never computed from pictures.",
    ("list_name", "entry", "hash_type", "value"),
    (
        Column("list_name", TEXT, "the list"),
        Column("list_version", TEXT, "version or timestamp of the list as stated"),
        Column("entry", TEXT, "entry id in the list, or the hash itself where it has none"),
        Column("hash_type", TEXT, "md5, sha1, sha256, pdq, photodna, ...; vpdq and tmk-pdqf for videos"),
        Column(
            "value", TEXT, "lower-case hex, or as written where it is no hex; of videos the SHA-256 of the hash file"
        ),
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

HASH_FRAMES = Table(
    "hash_frames",
    "REFERENCE",
    "Frames of vPDQ video hashes, one row per frame; the video itself is a row of `hash_entries`.",
    ("list_name", "entry", "locator"),
    (
        Column("list_name", TEXT, "the list"),
        Column("entry", TEXT, "entry id of the video in the list"),
        Column("frame", INT, "number of the frame, from 0"),
        Column("value", TEXT, "PDQ hash of the frame, lower-case hex"),
        Column("quality", INT, "PDQ quality 0 to 100"),
        Column("at_seconds", FLOAT, "place of the frame in the video, seconds"),
        *provenance(),
    ),
    seen_often=True,
)

HASH_FEATURES = Table(
    "hash_features",
    "REFERENCE",
    "Features of TMK+PDQF video hashes, one row per vector; the video itself is a row of `hash_entries`.",
    ("list_name", "entry", "part", "place"),
    (
        Column("list_name", TEXT, "the list"),
        Column("entry", TEXT, "entry id of the video in the list"),
        Column("part", TEXT, "average (of all frames), cos or sin"),
        Column("place", TEXT, "number of the period and of the Fourier coefficient, from 0, as 2/31; all for average"),
        Column("period", INT, "the period, in frames; empty for average"),
        Column("weight", FLOAT, "the Fourier coefficient; empty for average"),
        Column("numbers", TEXT, "the vector: 32-bit floats as hex, joined by commas"),
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

REFERENCE = (HASH_ENTRIES, HASH_FRAMES, HASH_FEATURES, WATCH_ENTRIES)
