"""Clusters are taken from an earlier run only over the same blocks, tags and figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tanglaw.chain import kept
from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.tables import TABLES

from .test_clusters import SPENT, chain, made, rows_of

PARTS = {"chain_blocks": ("a.parquet",), "chain_inputs": ("b.parquet",), "address_tags": ("t.parquet",)}


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """What a run over three files gives."""
    return Given(Ids(DEMO_KEY), room=tmp_path, parts=PARTS)


def test_the_same_files_give_the_same_clusters(duck: Engine, given: Given) -> None:
    """What was kept is what was made; nothing is left beside it, also after a run that broke off."""
    joins = made(duck, chain(SPENT))
    (given.room / "clusters" / "begun").mkdir(parents=True)
    kept.keep(duck, given)
    duck.put("chain_joins", TABLES["chain_joins"].schema.empty_table())
    assert kept.taken(duck, given) and rows_of(duck, "chain_joins") == joins
    assert [path.name for path in (given.room / "clusters").iterdir()] != ["begun"]


@pytest.mark.parametrize("name", ("chain_blocks", "chain_inputs", "address_tags"))
def test_new_files_make_them_anew(duck: Engine, given: Given, name: str) -> None:
    """A further file of blocks or tags, and a run without any block, take nothing."""
    made(duck, chain(SPENT))
    kept.keep(duck, given)
    assert not kept.taken(duck, replace(given, parts=PARTS | {name: (*PARTS[name], "new.parquet")}))
    assert not kept.taken(duck, replace(given, parts={}))
    assert not kept.taken(duck, replace(given, room=None))


def test_other_figures_make_them_anew(duck: Engine, given: Given) -> None:
    """A changed weight or limit of the policy pack takes nothing."""
    made(duck, chain(SPENT))
    kept.keep(duck, given)
    figures = duck.rows(
        "select name, case when name = 'clusters.cap' then 5.0 else number end as number from policy_numbers"
    )
    duck.put("policy_numbers", figures)
    assert not kept.taken(duck, given)
