"""CUSTODY: what was delivered, what was read from where, and what could not be read."""

from __future__ import annotations

from tanglaw.tables.base import BOOL, INT, TEXT, TIME, Column, Table

DELIVERIES = Table(
    "deliveries",
    "CUSTODY",
    "One row per delivered archive or loose file and place: who brought it, under which authority, for which use.",
    ("delivery_id", "path"),
    (
        Column("delivery_id", TEXT, "keyed id of the delivered file's SHA-256"),
        Column("path", TEXT, "path inside the inbox"),
        Column("sha256", TEXT, "SHA-256 of the delivered file"),
        Column("size", INT, "bytes"),
        Column("place", TEXT, "absolute path it was taken in from"),
        Column("taken_in_at", TIME, "when it was first taken in, UTC"),
        Column("received_at", TIME, "when the receiving office got it, as stated for the delivery, UTC"),
        Column("brought_by", TEXT, "who brought it"),
        Column("origin", TEXT, "where it came from"),
        Column("authority", TEXT, "legal authority under which it is held"),
        Column("permitted_use", TEXT, "what it may be used for"),
        Column("handling", TEXT, "handling code"),
        Column("grading", TEXT, "source grading, e.g. B2 of the Admiralty scale"),
    ),
)

SOURCES = Table(
    "sources",
    "CUSTODY",
    "One row per file seen inside deliveries: its digest, what it was recognised as, how many rows it gave.",
    ("source_id", "delivery_id", "path"),
    (
        Column("source_id", TEXT, "keyed id of the file's SHA-256"),
        Column("delivery_id", TEXT, "the delivery it came in"),
        Column("arrival", INT, "order of arrival, from 1; a later document of a report makes the newer version"),
        Column("path", TEXT, "path inside the inbox; `!/` enters an archive"),
        Column("sha256", TEXT, "SHA-256 of the file's bytes"),
        Column("md5", TEXT, "MD5, for media only"),
        Column("size", INT, "bytes"),
        Column("format", TEXT, "reader that took it; media, copy (same bytes seen before), held or quarantine"),
        Column("rows", INT, "rows read from it into all tables"),
        Column("held", BOOL, "true if it waits for something, such as a mapping"),
    ),
)

ISSUES = Table(
    "issues",
    "CUSTODY",
    "Things a reader noticed and did not stop at: unknown fields, assumed zones, withheld fields.",
    ("source_id", "locator", "code", "reason"),
    (
        Column("file", TEXT, "path of the file inside the inbox"),
        Column("locator", TEXT, "place inside the file"),
        Column("code", TEXT, "kind of issue, see docs/operations.md"),
        Column("reason", TEXT, "one sentence"),
        Column("source_id", TEXT, "the file"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "CUSTODY",
    "Records and files that could not be read, with reason, place and digest; the rest of the batch went on.",
    ("quarantine_id",),
    (
        Column("quarantine_id", TEXT, "keyed id of file and place"),
        Column("file", TEXT, "path of the file inside the inbox"),
        Column("locator", TEXT, "place inside the file"),
        Column("code", TEXT, "kind of fault, see docs/operations.md"),
        Column("reason", TEXT, "one sentence"),
        Column("sha256", TEXT, "digest of the bad record's bytes, or of the file"),
        Column("size", INT, "bytes of the bad record or file"),
        Column("excerpt", TEXT, "bounded start of the record where it is text; never of media"),
        Column("source_id", TEXT, "the file"),
        Column("delivery_id", TEXT, "the delivery"),
        Column("arrival", INT, "which reading of the file set it aside: `sources.arrival`"),
    ),
)

SUPERSEDED = Table(
    "superseded",
    "CUSTODY",
    "Sightings that a later or equal statement stands for: the views of evidence tables leave them out.",
    ("table_name", "row_key", "source_id", "locator"),
    (
        Column("table_name", TEXT, "evidence table"),
        Column("row_key", TEXT, "key of the row, its columns joined"),
        Column("source_id", TEXT, "source of the sighting left out"),
        Column("locator", TEXT, "its place"),
        Column("twice", BOOL, "true if the standing row is stated at the very same place"),
    ),
)

CUSTODY = (DELIVERIES, SOURCES, ISSUES, QUARANTINE, SUPERSEDED)
