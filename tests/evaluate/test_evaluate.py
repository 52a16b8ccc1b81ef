"""A workspace's tables against a truth folder, end to end on made-up rows."""

from __future__ import annotations

import json
import math

import polars as pl
import pyarrow as pa
import pytest

from tanglaw.errors import CheckUsage
from tanglaw.evaluate import READS, evaluate
from tanglaw.evaluate.signs import support
from tanglaw.tables import TABLES

ACCOUNTS = """platform,identifier,actor
chat,kim,one
mail,kim@example.org,one
chat,lee,two
chat,sam,three
mail,sam@example.org,three
chat,never seen,four
"""
REPORTS = """report_number,danger_true,dangerous,urgent_true,more
101,0.9,1,1,x
102,0.1,0,0,x
103,0.5,1,0,x
104,0.0,0,0,x
999,0.8,1,1,x
"""


def table(name, rows):
    schema = TABLES[name].schema
    return pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def shared(account, kind, value, **more):
    row = {"selector_id": f"{account}{kind}{value}", "account_id": account, "type": kind, "value": value}
    return row | {"valid": True, "role": "reported", "table_name": "contacts"} | more


@pytest.fixture
def workspace():
    """Five known accounts and one unknown; linking found one actor of two and one wrong pair."""
    rows = {
        "accounts": [
            {"account_id": "a1", "platform": "chat", "identifier": "kim", "report_id": "r1"},
            {"account_id": "a1", "platform": "chat", "identifier": "kim", "report_id": "r2"},
            {"account_id": "a2", "platform": "Mail", "identifier": " Kim@example.org"},
            {"account_id": "a3", "platform": "chat", "identifier": "lee"},
            {"account_id": "a4", "platform": "chat", "identifier": "sam"},
            {"account_id": "a5", "platform": "mail", "identifier": "sam@example.org"},
            {"account_id": "a6", "platform": "chat", "identifier": "stranger"},
        ],
        "actors": [
            {"account_id": f"a{n}", "actor_id": actor}
            for n, actor in zip(range(1, 7), ("a1", "a1", "a3", "a3", "a5", "a6"), strict=True)
        ],
        "links": [
            {"a": "a1", "b": "a2", "joins": True, "probability": 0.97, "grouped": False},
            {"a": "a3", "b": "a4", "joins": True, "probability": 0.93, "grouped": False},
            {"a": "a1", "b": "a3", "joins": False, "probability": 0.03, "grouped": False},
            {"a": "a4", "b": "a6", "joins": True, "probability": 0.99, "grouped": True},
        ],
        "selectors": [
            shared("a4", "email", "sam@example.org"),
            shared("a5", "email", "sam@example.org"),
            shared("a1", "phone", "+15550100", role="mentioned"),
            shared("a3", "phone", "+15550100"),
            shared("a1", "device", "ab12"),
            shared("a6", "device", "ab12"),
            shared("a2", "device", "cd34"),
            shared("a6", "device", "cd34"),
            shared("a2", "email", "lee@example.org", table_name="messages"),
            shared("a3", "email", "lee@example.org", valid=False),
        ],
        "reports": [
            {"report_id": "r1", "report_number": "101", "received_at": 3},
            {"report_id": "r2", "report_number": "102", "received_at": 1},
            {"report_id": "r3", "report_number": "103", "received_at": 2},
            {"report_id": "r4", "report_number": "104", "received_at": None},
            {"report_id": "r5", "report_number": "555", "received_at": 0},
        ],
        "flags": [
            {"report_id": "r3", "file_id": None, "name": "viral"},
            {"report_id": "r3", "file_id": "f1", "name": "viral"},
            {"report_id": "r1", "file_id": None, "name": "viral"},
        ],
        "priorities": [{"report_id": name, "rank": rank} for rank, name in enumerate(("r1", "r3", "r5", "r2"), 1)],
    }
    return {name: table(name, rows[name]) for name in READS}


@pytest.fixture
def truth(tmp_path):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    (tmp_path / "reports.csv").write_text(REPORTS, encoding="utf-8")
    return tmp_path


def test_actors_are_scored_on_what_both_know(workspace, truth):
    """Of two true pairs one is found, and one found pair is wrong; the stranger and the unseen are only counted."""
    found = evaluate(workspace, truth)
    score = found.actors["tanglaw"].pairwise
    assert (score.precision, score.recall) == (0.5, 0.5)
    assert found.counts["accounts_in_both"] == 5
    assert found.counts["accounts_only_in_workspace"] == 1
    assert found.counts["accounts_only_in_truth"] == 1
    assert (found.counts["actors"], found.counts["actors_with_several_accounts"]) == (3, 2)


def test_scores_of_actors_with_several_accounts(workspace, truth):
    """Among accounts of such actors the wrong pair is out of the pairwise score and still costs B-cubed."""
    scores = evaluate(workspace, truth).actors["tanglaw"]
    assert (scores.pairwise_several.precision, scores.pairwise_several.recall) == (1.0, 0.5)
    assert scores.b_cubed_several.precision == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert scores.b_cubed_several.recall == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)


def test_exact_matching_is_scored_beside(workspace, truth):
    """E-mail and phone in fields find the pair of sam; any selector also finds kim's through the stranger;
    values of someone mentioned and invalid ones join nobody."""
    actors = evaluate(workspace, truth).actors
    exact, every = actors["same e-mail or phone"].pairwise, actors["any shared selector"].pairwise
    assert (exact.precision, exact.recall) == (1.0, 0.5)
    assert (every.precision, every.recall) == (1.0, 1.0)
    assert actors["no linking"].pairwise.recall == 0.0


def test_links_are_scored_where_both_ends_are_known(workspace, truth):
    """Three links tie known accounts, one of them truly; of the two joining ones, one."""
    links = evaluate(workspace, truth).links
    assert (links.links, links.true_share, links.joining, links.true_share_joining) == (3, 1 / 3, 2, 0.5)


def test_queue_and_naive_orders(workspace, truth):
    """Tanglaw's order is perfect here, arrival puts the most dangerous last but one, flag count second."""
    queue = evaluate(workspace, truth).queue
    assert queue["tanglaw"].ndcg == pytest.approx(1.0)
    assert queue["tanglaw"].precision == 0.5
    assert queue["tanglaw"].ndcg > queue["flag count"].ndcg > queue["arrival"].ndcg > 0
    assert set(queue) == {"tanglaw", "arrival", "flag count", "chance"}


def test_report_without_a_rank_stands_last_and_is_counted(workspace, truth):
    """A report that the queue left out is behind all others, and said."""
    found = evaluate(workspace, truth)
    assert found.counts["reports_without_rank"] == 1
    assert found.counts["reports_in_both"] == 4
    assert found.counts["reports_only_in_truth"] == 1
    assert (found.counts["urgent_reports"], found.counts["urgent_in_first_places"]) == (1, 1)


def test_tables_may_be_read_by_a_function(workspace, truth):
    """A function from name to table does as well as a mapping, and is asked for the declared tables only."""
    asked = set()

    def read(name):
        asked.add(name)
        return workspace[name]

    assert evaluate(read, truth) == evaluate(workspace, truth)
    assert asked == set(READS)


def test_result_is_plain_values_and_rows(workspace, truth):
    """The result can be written as JSON, and each section's rows fit its heads with Tanglaw first."""
    found = evaluate(workspace, truth)
    plain = json.loads(json.dumps(found.as_dict()))
    assert plain["actors"]["tanglaw"]["pairwise"]["f1"] == 0.5
    for section in found.render():
        assert section.rows and {len(row) for row in section.rows} == {len(section.heads)}
    assert [section.rows[0][0] for section in found.render()[:4]] == ["tanglaw"] * 4


def test_empty_workspace_has_scores(truth):
    """Nothing read yet is a result of nothing, not an error."""
    found = evaluate({name: table(name, []) for name in READS}, truth)
    assert found.counts["accounts_in_both"] == found.counts["reports_in_both"] == 0
    assert found.actors["tanglaw"].pairwise.precision == 1.0


@pytest.mark.parametrize("lost", ["accounts.csv", "reports.csv"])
def test_folder_that_is_no_truth_is_refused(workspace, truth, lost):
    """A missing file is named."""
    (truth / lost).unlink()
    with pytest.raises(CheckUsage, match=lost):
        evaluate(workspace, truth)


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("accounts.csv", "platform,actor\nchat,one\n", "identifier"),
        ("reports.csv", "report_number,danger_true,dangerous,urgent_true\n1,much,0,0\n", "danger_true"),
        ("reports.csv", "report_number,danger_true,dangerous,urgent_true\n1,-0.5,0,0\n", "danger_true"),
        ("reports.csv", "report_number,danger_true,dangerous,urgent_true\n1,nan,0,0\n", "danger_true"),
        ("reports.csv", "", "reports.csv"),
    ],
)
def test_damaged_truth_is_refused(workspace, truth, file, text, word):
    """A missing column, a danger that is no number, and an empty file are refused by name."""
    (truth / file).write_text(text, encoding="utf-8")
    with pytest.raises(CheckUsage, match=word):
        evaluate(workspace, truth)


SIGNS = "report_number,sign\n101,live\n103,live\n103,live\n102,school\n104,school\n999,live\n"


def test_evidence_on_file_is_what_the_signs_of_the_world_say(workspace, truth):
    """A sign that stands on all that is dangerous, and on nothing else, is evidence; one that stands elsewhere is none."""
    (truth / "signs.csv").write_text(SIGNS, encoding="utf-8")
    found = evaluate(workspace, truth)
    assert (found.counts["dangerous_reports"], found.counts["dangerous_with_evidence"]) == (2, 2)
    assert found.counts["reports_with_evidence"] == 2
    assert found.queue["tanglaw"].front_shown == 0.5
    assert found.queue["all signs, no error"].precision == 0.5
    assert found.queue["all signs, no error"].ndcg > found.queue["arrival"].ndcg


def test_support_by_hand():
    """Of two dangerous and two other reports one each shows the sign: it says nothing. Smoothing adds half a report."""
    reports = pl.DataFrame({"report_number": list("abcd"), "dangerous": [True, True, False, False]})
    half = pl.DataFrame({"report_number": ["a", "c"], "sign": ["live"] * 2})
    assert support(reports, half).tolist() == [0.0] * 4
    right = pl.DataFrame({"report_number": ["a", "b"], "sign": ["live"] * 2})
    assert support(reports, right).tolist() == pytest.approx([math.log(5)] * 2 + [math.log(1 / 5)] * 2)


def test_a_world_without_signs_has_no_evidence_to_score(workspace, truth):
    """Then the order of all signs is left out, and nothing that was shown was missed."""
    found = evaluate(workspace, truth)
    assert "all signs, no error" not in found.queue
    assert (found.counts["reports_with_evidence"], found.queue["tanglaw"].front_shown) == (0, 1.0)
