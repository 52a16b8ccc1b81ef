"""The audit: chained rows, signed seals, and a check that names the first wrong row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from tanglaw.casework import audit
from tanglaw.casework.appended import unguard
from tanglaw.casework.audit import Said
from tanglaw.casework.models import AuditRow, AuditSeal

ROWS = 6


@pytest.fixture
def written(using: str, tmp_path: Path) -> str:
    """Six rows, sealed after the fourth; the guard of the tables is taken away, as an intruder would."""
    for number in range(1, ROWS + 1):
        audit.append(using, Said("A. Cruz", "report", "analyst", f"70000010{number}", purpose="return 12/26"))
        if number == 4:
            assert audit.seal(using, tmp_path) is not None
    with connections[using].schema_editor() as editor:
        unguard(editor, "casework_auditrow", "casework_auditseal")
    return using


def sql(using: str, text: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(text)


def rechain(using: str, start: int) -> None:
    """Make every digest from that row on fit again, as an intruder with the code would."""
    for row in AuditRow.objects.using(using).filter(number__gte=start).order_by("number"):
        before = AuditRow.objects.using(using).filter(number__lt=row.number).order_by("-number").first()
        row.previous = before.digest if before else "0" * 64
        AuditRow.objects.using(using).filter(pk=row.pk).update(previous=row.previous, digest=audit.digest_of(row))


def test_an_untouched_audit_is_sound(written: str, tmp_path: Path) -> None:
    """Nothing is found, and a second seal covers the rest; nothing new means no seal."""
    assert audit.verify(written, tmp_path) == []
    assert audit.seal(written, tmp_path) is not None
    assert audit.seal(written, tmp_path) is None
    assert audit.verify(written, tmp_path) == []


SWAP = "update casework_auditrow set number = case number when 2 then -3 else -2 end where number in (2, 3)"


@pytest.mark.parametrize(
    ("texts", "told"),
    (
        (["update casework_auditrow set subject = 'x' where number = 3"], "row 3 was altered"),
        (["update casework_auditrow set who = 'B' where number = 6"], "row 6 was altered"),
        (["delete from casework_auditrow where number = 2"], "row 2 is missing"),
        (["delete from casework_auditrow where number = 1"], "row 1 is missing"),
        ([SWAP, "update casework_auditrow set number = -number where number < 0"], "row 2 does not follow row 1"),
        (["delete from casework_auditrow where number >= 4"], "row 4 was sealed and is gone"),
        (
            ["delete from casework_auditrow where number >= 4", "delete from casework_auditseal"],
            "a seal that lies in the workspace's folder is not in the database",
        ),
    ),
    ids=("altered", "last altered", "missing", "first missing", "reordered", "cut", "cut with its seal"),
)
def test_the_first_wrong_row_is_named(written: str, tmp_path: Path, texts: list[str], told: str) -> None:
    """An altered, missing, reordered or cut row is found and named."""
    for text in texts:
        sql(written, text)
    assert audit.verify(written, tmp_path)[0].startswith(told)


def test_a_chain_made_anew_does_not_fit_its_seal(written: str, tmp_path: Path) -> None:
    """Whoever alters a row and makes all digests fit again is found by the signed seal."""
    sql(written, "update casework_auditrow set subject = 'x' where number = 2")
    rechain(written, 2)
    assert audit.verify(written, tmp_path) == ["row 4 is not the one that was sealed"]


def forged(using: str, _folder: Path) -> None:
    AuditSeal.objects.using(using).update(signature="00" * 64)


def other_key(_using: str, folder: Path) -> None:
    (folder / audit.KEY).unlink()


@pytest.mark.parametrize("harm", (forged, other_key))
def test_a_seal_needs_the_key(written: str, tmp_path: Path, harm: Callable[[str, Path], None]) -> None:
    """A seal that the workspace's key did not sign is found."""
    harm(written, tmp_path)
    assert any("not signed with this workspace's key" in fault for fault in audit.verify(written, tmp_path))


def test_the_key_is_readable_by_its_owner_only(written: str, tmp_path: Path) -> None:
    """The signing key lies in the workspace's folder, mode 0600, and not in the database."""
    assert (tmp_path / audit.KEY).stat().st_mode & 0o777 == 0o600
