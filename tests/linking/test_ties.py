"""Which actors that are not one hand come into one case, and why."""

from __future__ import annotations


def named(*pairs):
    return [{"account_id": account, "report_id": report, "role": "reported"} for account, report in pairs]


def paid(number, one, other, counted=True):
    return {"payment_id": f"p{number}", "from_account_id": one, "to_account_id": other, "counted": counted}


def grouped(found):
    return {row["report_id"]: row["proposal_id"] for row in found["proposals"]}


def test_payer_and_payee_are_one_case(linker):
    """A payment between accounts of two reports brings these together and says so; a rejected one does not."""
    world = {
        "accounts": named(("a1", "r1"), ("a2", "r2"), ("a3", "r3")),
        "reports": [{"report_id": r} for r in ("r1", "r2", "r3")],
    }
    found = linker(**world, payments=[paid(1, "a1", "a2"), paid(2, "a1", "a2"), paid(3, "a1", "a3", counted=False)])
    assert grouped(found) == {"r1": "r1", "r2": "r1", "r3": "r3"}
    assert found["proposal_ties"] == [
        {"proposal_id": "r1", "a": "a1", "b": "a2", "kind": "payment", "facts": 2, "example": "p1"}
    ]


def test_whom_very_many_pay_is_nobodys_case(linker):
    """A shop that thirty reported accounts pay does not make one case of them."""
    numbers = range(30)
    found = linker(
        accounts=named(("shop", "r-shop"), *((f"a{n}", f"r{n:02d}") for n in numbers)),
        reports=[{"report_id": "r-shop"}, *({"report_id": f"r{n:02d}"} for n in numbers)],
        payments=[paid(n, f"a{n}", "shop") for n in numbers],
    )
    assert len(set(grouped(found).values())) == 31
