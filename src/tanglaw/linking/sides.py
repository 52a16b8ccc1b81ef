"""The evidence of one look before and after a change: what nodes hold, and who holds a value, by the kept tables.

At the first look a node is an account, at the second a group of accounts that the first joined.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tanglaw.linking.kept import Kept

Rows = pl.DataFrame
NODE = "account_id"
VALUE = ["type", "value"]


def nodes(*columns: pl.Series) -> Rows:
    """These account ids, each once."""
    whole = pl.concat([pl.Series(NODE, [], pl.String), *(column.rename(NODE) for column in columns)])
    return whole.drop_nulls().unique().to_frame()


def merged(rows: Rows) -> Rows:
    """What one holder holds, each value once: as the step `link_held` does."""
    told = pl.col("record_id").filter(pl.col("stated") == 1).min()
    return rows.group_by([NODE, *VALUE]).agg(
        pl.col("share").max(), pl.col("stated").max(), pl.coalesce(told, pl.col("record_id").min()).alias("record_id")
    )


@dataclass
class Side:
    """What stands, seen at look 1 or 2."""

    kept: Kept
    look: int

    def groups(self, accounts: Rows) -> Rows:
        """account_id, node: which node an account belongs to."""
        if self.look == 1:
            return accounts.select(NODE, pl.col(NODE).alias("node"))
        return grouped(self.kept, "roots1", accounts)

    def accounts(self, wanted: Rows) -> Rows:
        """account_id, node: all accounts of these nodes. A node that stands no more has none."""
        if self.look == 1:
            return wanted.select(NODE, pl.col(NODE).alias("node"))
        return within(self.kept, "roots1", wanted)

    def _seen(self, table: str, wanted: Rows) -> Rows:
        of = self.accounts(wanted)
        found = self.kept.find(table, "account", of)
        if self.look == 1:
            return found
        return found.join(of, on=NODE).drop(NODE).rename({"node": NODE})

    def held(self, wanted: Rows) -> Rows:
        """What these nodes hold; at the second look without what is beyond the limit of an account."""
        if self.look == 1:
            return self.kept.find("held", "account", wanted)
        of = self.accounts(wanted)
        found = self.within_limit(self.kept.find("held", "account", of))
        return merged(found.join(of, on=NODE).drop(NODE).rename({"node": NODE}))

    def within_limit(self, held: Rows) -> Rows:
        """These rows of accounts, without values beyond the limit of an account."""
        beyond = self.kept.find("beyond", "account", held.select(NODE).unique())
        return held.join(beyond, on=[NODE, *VALUE], how="anti") if beyond.height else held

    def listing(self, wanted: Rows) -> Rows:
        """Which of these nodes hold more values of a type than count: at the first look, which alone knows of it."""
        return self.kept.find("listing", "account", wanted) if self.look == 1 else nodes()

    def holders(self, values: Rows, limited: bool = True) -> Rows:
        """type, value, account_id: the nodes that hold these values."""
        found = self.kept.find("held", "value", values).select([NODE, *VALUE])
        if limited or self.look == 2:
            found = self.within_limit(found)
        return self._grouped(found)

    def _grouped(self, rows: Rows) -> Rows:
        if self.look == 1:
            return rows
        of = self.groups(rows.select(NODE).unique())
        return rows.join(of, on=NODE).drop(NODE).rename({"node": NODE}).unique()

    def several(self, values: Rows) -> Rows:
        """type, value, exact: how many nodes hold each of these values that several hold."""
        asked = values.select(VALUE).unique().with_columns(pl.lit(self.look, pl.Int64).alias("look"))
        return self.kept.find("counts", "value", asked).select([*VALUE, "exact"])

    def counts(self, values: Rows) -> Rows:
        """The same of those that one holds too."""
        known = self.several(values)
        rest = values.select(VALUE).unique().join(known, on=VALUE, how="anti")
        few = self.holders(rest, limited=False).group_by(VALUE).agg(pl.len().cast(pl.Int64).alias("exact"))
        return pl.concat([known, few.select(known.columns)])

    def sighted(self, wanted: Rows) -> Rows:
        """account_id, value, hour, port."""
        return self._seen("sighted", wanted).unique()

    def spots(self, spots: Rows) -> Rows:
        """account_id, value, hour, port: everybody's sightings at these addresses and hours (value, hour), if it is said
        at these ports (port)."""
        return self._grouped(self.kept.find("sighted", "port" if "port" in spots.columns else "spot", spots)).unique()

    def crowds(self, spots: Rows) -> Rows:
        """value, slot, exact: how many nodes are in each of these slots (value, slot) that too many are in to propose."""
        asked = spots.with_columns(pl.lit(self.look, pl.Int64).alias("look"))
        return self.kept.find("crowds", "spot", asked).select(["value", "slot", "exact"])

    def names(self, wanted: Rows) -> Rows:
        found = self._seen("names", wanted)
        if self.look == 1:
            return found
        return found.group_by([NODE, "value", "place"]).agg(pl.col("record_id").min())

    def born(self, wanted: Rows) -> Rows:
        found = self._seen("born", wanted)
        return found if self.look == 1 else found.group_by([NODE, "value"]).agg(pl.col("record_id").min())

    def members(self, wanted: Rows) -> Rows:
        return self._seen("members", wanted).unique()

    def statements(self, wanted: Rows) -> Rows:
        """kind, value, one, other, association_id: between these nodes and any others."""
        of = self.accounts(wanted).select(NODE)
        one = self.kept.find("statements", "one", of.rename({NODE: "one"}))
        other = self.kept.find("statements", "other", of.rename({NODE: "other"}))
        found = pl.concat([one, other]).unique()
        if self.look == 1:
            return found
        ends = self.groups(nodes(found["one"], found["other"]))
        for side in ("one", "other"):
            named = ends.rename({NODE: side})
            found = found.join(named, on=side).drop(side).rename({"node": side})
        return found.select(["kind", "value", "one", "other", "association_id"])

    def combined(self, wanted: Rows) -> Rows:
        """account_id, value: the combinations that these nodes hold, as kept."""
        asked = wanted.with_columns(pl.lit(self.look, pl.Int64).alias("look"))
        return self.kept.find("combined", "account", asked).select([NODE, "value"])

    def combining(self, values: Rows) -> Rows:
        """account_id, value: who holds these combinations (value), as kept."""
        asked = values.with_columns(pl.lit(self.look, pl.Int64).alias("look"))
        return self.kept.find("combined", "value", asked).select([NODE, "value"])


def grouped(kept: Kept, tree: str, accounts: Rows) -> Rows:
    """account_id, node: the root of each in a kept tree; roots are their own."""
    found = kept.find(tree, "node", accounts.rename({NODE: "node"})).rename({"node": NODE, "root": "node"})
    joined = accounts.select(NODE).unique().join(found, on=NODE, how="left")
    return joined.select(NODE, pl.coalesce("node", NODE).alias("node"))


def within(kept: Kept, tree: str, roots: Rows) -> Rows:
    """account_id, node: everything under these roots, themselves included unless they are under another now."""
    asked = roots.select(NODE).unique()
    below = kept.find(tree, "root", asked.rename({NODE: "root"})).rename({"node": NODE, "root": "node"})
    own = grouped(kept, tree, asked).filter(pl.col(NODE) == pl.col("node"))
    return pl.concat([below.select([NODE, "node"]), own.select([NODE, "node"])])
