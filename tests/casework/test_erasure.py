"""Erasing out of the casework database: asked for and signed by two, rows stay, the guard stands again; on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from tanglaw.casework import audit, queries_cases, services_cases, services_erasure
from tanglaw.casework.audit import Said
from tanglaw.casework.models import Act, AuditRow
from tanglaw.errors import CheckUsage
from tanglaw.store.tombstones import Tombstone
from tests.casework.people import case, person

VALUE = "field@example.org"


def erase(text: str) -> str:
    return text.replace(VALUE, "#" * len(VALUE))


def test_two_people_sign_and_a_cut_off_erasure_is_gone_on_with(using: str) -> None:
    """Who asked does not sign, whatever the case of the name; the same signer may sign again, a third may not."""
    number = services_erasure.ask(using, ["d1"], "A. Cruz", "order 12/26").number
    for values, by in ((["d1"], "a. CRUZ"), (["d2"], "B. Lim")):
        with pytest.raises(CheckUsage):
            services_erasure.sign(using, number, values, by, "checked")
    for _ in range(2):
        asked, signed = services_erasure.sign(using, number, ["d1"], "B. Lim", "checked")
        assert (asked.stated_by, signed.stated_by) == ("A. Cruz", "B. Lim")
    with pytest.raises(CheckUsage, match="Lim has signed"):
        services_erasure.sign(using, number, ["d1"], "C. Sy", "checked")
    with pytest.raises(CheckUsage, match="nobody asked"):
        services_erasure.sign(using, number + 9, ["d1"], "B. Lim", "checked")


def test_values_leave_every_row_and_the_chain_holds_with_the_tombstone(using: str, tmp_path: Path) -> None:
    """Notes and audit rows lose the value; the audit verifies with the tombstone and not without it; no other row changed."""
    analyst = person(using, "cruz", "analyst")
    number = case(using, analyst).number
    services_cases.note(using, analyst, number, f"asked {VALUE} by letter 44")
    for subject in ("queue", VALUE, "queue"):
        audit.append(using, Said("Cruz", "search", subject=subject))
    audit.seal(using, tmp_path)
    rows = services_erasure.planned(using, erase)
    assert sorted(row.name.split(":")[0] for row in rows) == ["casework_act", "casework_auditrow"]
    services_erasure.carried_out(using, erase)
    assert services_erasure.planned(using, erase) == []
    assert VALUE not in queries_cases.opened(using, number).standing.notes[0].value
    stone = Tombstone(1, "2026-07-01", "Cruz", "Lim", "order 12/26", ("d1",), rows=tuple(rows))
    assert audit.verify(using, tmp_path) == ["row 2 was altered"]
    assert audit.verify(using, tmp_path, audit.erased_rows([stone])) == []
    for model in (Act, AuditRow):
        with pytest.raises(DatabaseError), transaction.atomic(using=using):
            model.objects.using(using).all().delete()
