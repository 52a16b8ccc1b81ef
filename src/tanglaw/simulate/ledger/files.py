"""Writes what goes with a chain: reports that name addresses, a list of tags, and the truth.

Truth: `chain_addresses.csv` (owner of each address), `chain_transactions.csv` (kind, owner, number of the change output),
`chain_services.csv`, `coin_payments.csv` (payments to sellers as meant; txid empty if it never came to be),
`seeds.csv` (what reports name) and `trails.csv` (ends that each seed's coins truly reached; see `trails`).
Amounts are smallest units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tanglaw.simulate.clock import DAY, WORLD_END, calendar, utc
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.drawing import Desk
from tanglaw.simulate.facts import Report
from tanglaw.simulate.figures import level
from tanglaw.simulate.ledger import figures
from tanglaw.simulate.ledger.keys import Key
from tanglaw.simulate.ledger.market import Market
from tanglaw.simulate.ledger.trails import End
from tanglaw.simulate.people import Population
from tanglaw.simulate.tabular import write_rows

TAGS_HEADER = (
    *("pack", "address", "currency", "label", "actor", "category", "abuse", "confidence", "cluster_definer"),
    *("lastmod", "source"),
)
_NOTES = (
    "The user asked for payment to {}.",
    "Profile text: coins welcome at {} thank you",
    "Wallet named by the account: {}",
    "Message of the user: please send it to {}, see you at noon",
)
_Seed = tuple[str, Key | None, str]


class NamingDesk(Desk):
    """Draws reports; the first of them name an address in their free text."""

    def __init__(self, seed: int, count: int, people: Population, seeds: list[_Seed]) -> None:
        super().__init__(seed, count, people, level("middle"))
        self._seeds, self._notes = seeds, Dice(seed, "ledger-notes")
        self.named: list[tuple[int, Key | None, str]] = []
        self.texts: list[str] = []

    def reports(self) -> Iterator[Report]:
        """As the desk's; those that name an address come by XML."""
        for index, report in enumerate(super().reports()):
            if index < len(self._seeds):
                text, key, kind = self._seeds[index]
                report.note, report.channel = self._notes.pick(_NOTES).format(text), "xml"
                self.named.append((report.number, key, kind))
                self.texts.append(text)
            yield report


def draw_seeds(market: Market, reports: int, dice: Dice) -> list[_Seed]:
    """What reports name, with its key and kind: seller, again (a second report on it), hot-wallet, unused, misspelt."""
    sellers = [seller for seller in market.sellers if any(key.received for key in seller.given.values())]
    found: list[_Seed] = []
    special = max(1, reports // 100)
    for _ in range(max(1, int(reports * figures.NAMED)) - 3 * special):
        if found and dice.chance(figures.NAMED_AGAIN):
            text, key, _ = dice.pick(found)
            found.append((text, key, "again"))
        elif sellers:
            key = dice.pick([key for key in dice.pick(sellers).given.values() if key.received])
            found.append((key.address, key, "seller"))
    for _ in range(special):
        hot = dice.pick(market.exchanges).main
        unused = dice.pick(market.sellers).wallet.fresh()
        found += [(hot.address, hot, "hot-wallet"), (unused.address, unused, "unused")]
        text = dice.pick(market.sellers).wallet.fresh("p2wpkh").address
        found.append((f"{text[:-1]}{'q' if text[-1] != 'q' else 'p'}", None, "misspelt"))
    return found[:reports]


def write_tags(path: Path, market: Market, dice: Dice) -> int:
    """A list of tags: hot wallets and some deposit addresses of the services it knows, few of them wrong."""
    rows: list[tuple[object, ...]] = []
    services = market.services
    for service in services:
        if not dice.chance(figures.TAGGED):
            continue
        some = [key for key in service.given if key.received and dice.chance(0.02)]
        for key in (service.main, *some):
            said = dice.pick(services) if key is not service.main and dice.chance(figures.WRONG_TAGS) else service
            day = calendar(WORLD_END // DAY - dice.below(900))
            source = f"https://tags.example.org/{said.owner.name}"
            facts = (said.name, said.owner.name, said.category, "", "service_data", key is service.main, day, source)
            rows.append((f"packs/{said.owner.name}.yaml", key.address, "BTC", *facts))
    return write_rows(path, TAGS_HEADER, rows)


def write_truth(
    folder: Path, market: Market, named: list[tuple[int, Key | None, str]], found: dict[str, list[End]]
) -> int:
    """The files of the truth; how many trails there are."""
    txs = market.book.txs
    write_rows(
        folder / "chain_addresses.csv",
        ("address", "kind", "owner", "role", "service", "received"),
        ((k.address, k.kind, k.owner.name, k.owner.role, k.owner.service, k.received) for k in market.keys.made),
    )
    write_rows(
        folder / "chain_transactions.csv",
        ("txid", "height", "at", "kind", "owner", "change_n"),
        (
            (tx.txid[::-1].hex(), tx.height, utc(tx.at), tx.kind, tx.owner, "" if tx.change is None else tx.change)
            for tx in txs
        ),
    )
    write_rows(
        folder / "chain_services.csv",
        ("service", "owner", "category", "style", "hot_address"),
        ((s.name, s.owner.name, s.category, s.style, s.main.address) for s in market.services),
    )
    write_rows(
        folder / "coin_payments.csv",
        ("payer", "seller", "address", "value", "usd", "txid", "n", "at", "direct"),
        _payments(market),
    )
    write_rows(
        folder / "seeds.csv",
        ("report_number", "address", "kind"),
        ((number, "" if key is None else key.address, kind) for number, key, kind in named),
    )
    return write_rows(
        folder / "trails.csv",
        (
            *("seed", "end_kind", "service", "end_address", "haircut", "fifo", "poison", "hops"),
            *("first_at", "last_at", "transactions", "own_haircut", "own_fifo"),
        ),
        _trail_rows(found),
    )


def _payments(market: Market) -> Iterator[tuple[object, ...]]:
    """Each payment with the first output of its address that no other payment has taken and that fits its value."""
    paid: dict[tuple[int, int], list[tuple[str, int, int, str]]] = {}
    for tx in market.book.txs:
        if tx.kind in ("payment", "payjoin", "payout"):
            added = {id(coin.key): coin.value for coin in tx.inputs} if tx.kind == "payjoin" else {}
            for coin in tx.outputs:
                value = coin.value
                if added and tx.change != coin.n:
                    value -= next(c.value for c in tx.inputs if c.key.owner is coin.key.owner)
                place = (tx.txid[::-1].hex(), coin.n, tx.at, tx.kind)
                paid.setdefault((id(coin.key), value), []).append(place)
    for fact in market.payments:
        places = paid.get((id(fact.key), fact.value))
        meant = (fact.payer, fact.seller, fact.key.address, fact.value, f"{fact.usd:.2f}")
        if places:
            txid, n, at, kind = places.pop(0)
            yield (*meant, txid, n, utc(at), int(kind == "payout"))
        else:
            yield (*meant, "", "", "", "")


def _trail_rows(found: dict[str, list[End]]) -> Iterable[tuple[object, ...]]:
    for seed, ends in found.items():
        for end in ends:
            amounts = (f"{end.haircut:.3f}", end.fifo, end.poison, end.hops)
            times = (utc(end.first_at), utc(end.last_at), len(end.txs))
            yield (seed, end.kind, end.service, end.address, *amounts, *times, f"{end.own:.3f}", end.own_fifo)
