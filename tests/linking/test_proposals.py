"""Which reports are proposed as one case."""

from __future__ import annotations


def named(*pairs, role="reported"):
    return [{"account_id": account, "report_id": report, "role": role} for account, report in pairs]


def reports(*names):
    return [{"report_id": name} for name in names]


def groups(found):
    return {row["report_id"]: (row["proposal_id"], row["reports"]) for row in found["proposals"]}


def test_reports_of_one_account_are_proposed_together(linker):
    """Reports that name the same account form one proposal, named after the smallest report; others stand alone."""
    found = linker(accounts=named(("a1", "r3"), ("a1", "r2"), ("a2", "r1")), reports=reports("r1", "r2", "r3", "r4"))
    assert groups(found) == {"r1": ("r1", 1), "r2": ("r2", 2), "r3": ("r2", 2), "r4": ("r4", 1)}


def test_reports_of_one_actor_are_proposed_together(linker, held):
    """Two accounts under one actor bring their reports together, and a further shared account chains a third."""
    found = linker(
        accounts=named(("a1", "r1"), ("a2", "r2"), ("a3", "r2"), ("a3", "r3")),
        reports=reports("r1", "r2", "r3"),
        selectors=[held("a1", "email", "kim@example.org"), held("a2", "email", "kim@example.org")],
    )
    assert groups(found) == dict.fromkeys(("r1", "r2", "r3"), ("r1", 3))


def test_mentioned_accounts_propose_nothing(linker):
    """An account that two reports only mention, or that reported both, brings nothing together."""
    for role in ("mentioned", "reporter"):
        found = linker(accounts=named(("a1", "r1"), ("a1", "r2"), role=role), reports=reports("r1", "r2"))
        assert {group for group, _ in groups(found).values()} == {"r1", "r2"}


def test_hub_does_not_chain_others(linker):
    """An actor in more reports than the limit gathers those that nobody else claims, and joins no other groups."""
    hub = named(*(("hub", f"r{n}") for n in range(6)))
    others = named(("a1", "r0"), ("a1", "r1"), ("a2", "r2"), ("a2", "r3"))
    found = linker(
        {"linking.proposal_reports_max": 5.0}, accounts=hub + others, reports=reports(*(f"r{n}" for n in range(6)))
    )
    assert groups(found) == {
        "r0": ("r0", 2),
        "r1": ("r0", 2),
        "r2": ("r2", 2),
        "r3": ("r2", 2),
        "r4": ("r4", 2),
        "r5": ("r4", 2),
    }


def test_below_the_limit_the_same_actor_chains(linker):
    """The same reports are one proposal if the limit allows it."""
    hub = named(*(("hub", f"r{n}") for n in range(6)))
    found = linker({"linking.proposal_reports_max": 6.0}, accounts=hub, reports=reports(*(f"r{n}" for n in range(6))))
    assert set(groups(found).values()) == {("r0", 6)}


def test_report_that_is_not_there_gets_no_row(linker):
    """An account of a report that the reports table lacks neither adds a proposal nor names one."""
    found = linker(accounts=named(("a1", "r1"), ("a1", "r2")), reports=reports("r2"))
    assert groups(found) == {"r2": ("r2", 1)}
