"""The audit: every read, search, export and change as a chained row; seals signed with a key outside of the database.

It says whether reading was lawful, not how much anybody works: there is no query of it by person but the auditor's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from django.db import models

from tanglaw.casework.appending import alone, stamp
from tanglaw.casework.models import AuditRow, AuditSeal
from tanglaw.errors import CheckWorkspace
from tanglaw.store.chain import FIRST, append_line, check_lines, digest
from tanglaw.store.tombstones import Tombstone, digests

KEY, SEALS = "audit.key", "audit-seals.jsonl"
# A seal at least after so many rows.
EVERY = 100
_FIELDS = ("number", "at", "who", "role", "verb", "subject", "case", "purpose", "recipient", "previous")


@dataclass(frozen=True)
class Said:
    """What one row says: who (full name) in which role did what to which subject, for which case, why, to whose hands."""

    who: str
    verb: str
    role: str = ""
    subject: str = ""
    case: str = ""
    purpose: str = ""
    recipient: str = ""


def append(using: str, said: Said) -> AuditRow:
    """Append one row behind the last."""
    with alone(using, AuditRow):
        last = AuditRow.objects.using(using).order_by("-number").first()
        row = AuditRow(
            number=last.number + 1 if last else 1,
            at=stamp(last.at if last else None),
            previous=last.digest if last else FIRST,
            **vars(said),
        )
        row.digest = digest_of(row)
        row.save(using=using)
    return row


def digest_of(row: AuditRow) -> str:
    """SHA-256 over every field of the row and the digest of the row before."""
    return digest(json.dumps({name: _plain(getattr(row, name)) for name in _FIELDS}, sort_keys=True).encode())


def seal(using: str, folder: Path, due_only: bool = False) -> AuditSeal | None:
    """Sign the audit as it ends now, in the database and in the workspace's folder; None if there is nothing new.

    `due_only` seals only if EVERY rows came since the last seal.
    """
    with alone(using, AuditRow, AuditSeal):
        last = AuditRow.objects.using(using).order_by("-number").first()
        before = AuditSeal.objects.using(using).order_by("-row").first()
        sealed = before.row if before else 0
        if last is None or last.number == sealed or (due_only and last.number - sealed < EVERY):
            return None
        signed = eddsa.new(_key(folder), "rfc8032").sign(_signed(last.number, last.digest))
        found = AuditSeal(row=last.number, digest=last.digest, signature=signed.hex(), at=stamp(None))
        found.save(using=using)
    append_line(folder / SEALS, {"row": found.row, "digest": found.digest, "signature": found.signature})
    return found


def verify(using: str, folder: Path, erased: Mapping[int, list[str]] | None = None) -> list[str]:
    """What is wrong with the audit, in the order of rows: the first altered, missing or reordered row is named first.

    Rows after the last seal are held by their chain alone. `erased` has by number the digests of rows out of which something
    was erased: as written, and after each erasure (`erased_rows`).
    """
    faults: list[str] = []
    digests: dict[int, str] = {}
    previous, expected, at = FIRST, 1, datetime.min.replace(tzinfo=UTC)
    for row in AuditRow.objects.using(using).order_by("number").iterator(chunk_size=2_000):
        fault = _fault(row, previous, (expected, at), (erased or {}).get(row.number))
        if fault:
            faults.append(fault)
            break
        previous, expected, at = row.digest, row.number + 1, row.at
        digests[row.number] = row.digest
    return faults + _check_seals(using, folder, digests, bool(faults))


def erased_rows(stones: list[Tombstone]) -> dict[int, list[str]]:
    """The digests of rows out of which something was erased, by number."""
    table = AuditRow._meta.db_table
    each = ((name.rpartition(":"), found) for name, found in digests(stones, "rows").items())
    return {int(number): found for (name, _, number), found in each if name == table}


def _fault(row: AuditRow, previous: str, after: tuple[int, datetime], erased: list[str] | None) -> str:
    expected, at = after
    if row.number != expected:
        return f"row {expected} is missing: row {row.number} stands in its place"
    if row.previous != previous:
        return f"row {row.number} does not follow row {row.number - 1}: one of them was replaced or moved"
    if digest_of(row) != (erased[-1] if erased and erased[0] == row.digest else row.digest):
        return f"row {row.number} was altered"
    return f"row {row.number} is older than the row before it" if row.at < at else ""


def _check_seals(using: str, folder: Path, digests: dict[int, str], broken: bool) -> list[str]:
    faults = check_lines(folder / SEALS)
    outside = {} if faults else _outside(folder / SEALS)
    inside = {row.row: (row.digest, row.signature) for row in AuditSeal.objects.using(using).all()}
    if not faults and outside.items() - inside.items():
        faults.append(
            "a seal that lies in the workspace's folder is not in the database: its rows were cut off or replaced"
        )
    seals = sorted({*outside.items(), *inside.items()})
    verifier = eddsa.new(_key(folder).public_key(), "rfc8032") if seals else None
    for row, (sealed, signature) in seals:
        try:
            assert verifier is not None
            verifier.verify(_signed(row, sealed), bytes.fromhex(signature))
        except ValueError:
            return [*faults, f"the seal of row {row} is not signed with this workspace's key"]
        if not broken and digests.get(row) != sealed:
            return [
                *faults,
                f"row {row} is not the one that was sealed" if row in digests else f"row {row} was sealed and is gone",
            ]
    return faults


def _outside(path: Path) -> dict[int, tuple[str, str]]:
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["row"]: (row["digest"], row["signature"]) for row in rows}


def _signed(row: int, sealed: str) -> bytes:
    return f"tanglaw audit {row} {sealed}".encode()


def _key(folder: Path) -> ECC.EccKey:
    """The workspace's signing key (Ed25519), readable by its owner only; made when it is first needed."""
    path = folder / KEY
    if not path.exists():
        made = ECC.generate(curve="Ed25519").export_key(format="PEM")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(str(made))
    try:
        return ECC.import_key(path.read_text(encoding="ascii"))
    except (ValueError, UnicodeDecodeError) as error:
        raise CheckWorkspace(f"{KEY} cannot be read: restore it from the backup") from error


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, models.Model) else value
