"""Selectors out of running text, beside the field's extractors in the same run.

    uv run --all-extras --all-groups --with ioc-finder --with iocextract --with msticpy python benchmarks/find_selectors.py
    uv run --all-extras --all-groups python benchmarks/find_selectors.py --hostile

Messages are made-up small talk of about 90 bytes, one in five with one selector out of 50,000 distinct values (the mix
is `MIX`), three in ten of the others with a number that is none. Every reading is validated: checksums, number plans,
public suffixes. Time counts from text in memory to finished rows of table `selectors` in this process, ids and what is sent
to and fro included. Outside is what a run pays once: importing libraries, compiling loops and starting the two worker
processes, which is printed. Peers run on a sample, in this process, in turn with ours, and medians per message are compared.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import phonenumbers
import pyarrow as pa
from measure import load, median

from tanglaw.crew import Crew
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.spread import Shared
from tanglaw.testing import values

MIX = {
    "email": 24, "url": 16, "handle": 16, "phone": 18, "local": 6, "ipv4": 6, "btc": 4, "eth": 3, "tron": 2, "iban": 2, "card": 1,
    "md5": 1, "mac": 1,
}  # fmt: skip
BATCH = 50_000
TALK = (
    "see you at noon then we can talk about the bus and the garden before dinner with everyone from next door "
    "maybe tomorrow if it does not rain again this week because my bicycle is still at the shop and the train "
    "was late today so I walked home along the river thanks for the bread it was very good and warm"
)
WORDS = tuple(TALK.split())
NUMBERS = (
    "at 12:30",
    "on 2024-05-17",
    "for 1,250.00",
    "room 4071",
    "v2.10.3",
    "score 3-1",
    "order 8841220",
    "100%",
    "#42",
)


def distinct(random: Random, count: int) -> list[tuple[str, str]]:
    """`count` distinct selectors as they are written, with the country hint of their message."""
    kinds = random.choices(list(MIX), list(MIX.values()), k=count)
    return [(text(kind, random), "PH" if kind == "local" else "") for kind in kinds]


def text(kind: str, random: Random) -> str:
    """One selector of a kind, as people write it."""
    name = f"{random.choice(WORDS)}{random.choice(('.', '_', ''))}{random.choice(WORDS)}{random.randrange(10_000)}"
    host = f"{random.choice(WORDS)}{random.randrange(5_000)}.example"
    if kind == "email":
        return f"{name}@{host}"
    if kind == "url":
        return f"{random.choice(('https://', 'http://www.', 'hxxp://'))}{host}/{name}?p={random.randrange(99)}"
    if kind == "handle":
        return random.choice(("@{}", "t.me/{}", "telegram: {}", "https://www.instagram.com/{}")).format(
            name.replace(".", "_")
        )
    if kind == "phone":
        number = values.phone(random, random.choice(("GB", "PH", "DE", "US", "FR", "BR", "IN", "KE")))
        form = random.choice((phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164))
        return phonenumbers.format_number(number, form)
    if kind == "local":
        return phonenumbers.format_number(values.phone(random, "PH"), phonenumbers.PhoneNumberFormat.NATIONAL)
    if kind == "md5":
        return values.digest(random, 32)
    made: str = getattr(values, kind)(random)
    return made


def messages(count: int, seed: int) -> pa.Table:
    """The columns that `Scanner` reads."""
    random = Random(seed)
    pool = distinct(random, 50_000)
    texts, countries = [], []
    for _ in range(count):
        words = random.choices(WORDS, k=random.randrange(10, 25))
        country = ""
        if random.random() < 0.2:
            selector, country = random.choice(pool)
            words[random.randrange(len(words))] = selector
        elif random.random() < 0.3:
            words[random.randrange(len(words))] = random.choice(NUMBERS)
        texts.append(" ".join(words))
        countries.append(country)
    nothing = pa.nulls(count, pa.string())
    return pa.table(
        {
            "record_id": [f"m{row}" for row in range(count)], "table_name": ["messages"] * count, "field": ["text"] * count,
            "report_id": nothing, "account_id": [f"a{row % 1000}" for row in range(count)], "role": nothing,
            "at": pa.nulls(count, pa.timestamp("us", tz="UTC")), "country": countries, "text": texts,
        }
    )  # fmt: skip


class Run(NamedTuple):
    """Seconds, seconds of processor in all processes, rows, seconds that starting took, MB that the largest worker had."""

    seconds: float
    cpu: float
    rows: int
    start: float
    worker: float


def ours(table: pa.Table, workers: int) -> Run:
    """A scanner that has seen none of it, in this process or, with two workers or more, in as many others.

    The workers are those that the stage `selectors` of a run uses, and as there a thread hands each its batches.
    """
    batches = table.combine_chunks().to_batches(max_chunksize=BATCH)
    scanner = Scanner(Ids(DEMO_KEY))
    began = time.perf_counter()
    with Crew((scanner.told,), workers, partial(warm, scanner)) as crew:
        crew.start(wait=True)
        started = time.perf_counter()
        before = time.process_time() + processor(crew.pids())
        work = Shared(scanner, crew) if workers > 1 else scanner
        with ThreadPoolExecutor(max(workers, 1)) as pool:
            rows = sum(found.num_rows for found in pool.map(work, batches))
        seconds = time.perf_counter() - started
        cpu = time.process_time() + processor(crew.pids()) - before
        worker = max([held(pid) for pid in crew.pids()], default=0.0)
    return Run(seconds, cpu, rows, started - began, worker)


def held(pid: int) -> float:
    """The most memory that a running process has held, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def warm(scanner: Scanner) -> None:
    """Load what counts as loading: libraries, compiled loops, number plans. No value of this is met again."""
    scanner.prepare()
    Scanner(Ids(DEMO_KEY), loops=True)(messages(20_000, 0).combine_chunks().to_batches()[0])


def processor(pids: Sequence[int]) -> float:
    """Seconds of processor that running processes have used, by the clock that Linux keeps for each."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)


def peers() -> Iterator[tuple[str, Callable[[str], object]]]:
    """The extractors that are installed, each as a function of one text that uses up what it gives."""
    for name, make in (("ioc-finder", _ioc_finder), ("iocextract", _iocextract), ("msticpy", _msticpy)):
        try:
            yield name, make()
        except ImportError:
            print(f"{name:<12} not installed")


def _ioc_finder() -> Callable[[str], object]:
    return importlib.import_module("ioc_finder").find_iocs


def _iocextract() -> Callable[[str], object]:
    extract = importlib.import_module("iocextract").extract_iocs
    return lambda text: list(extract(text, refang=True))


def _msticpy() -> Callable[[str], object]:
    extractor = importlib.import_module("msticpy.transform").IoCExtract()
    return lambda text: extractor.extract(src=text)


def compare(given: argparse.Namespace) -> None:
    """Our rate on two processes, on one, and each peer's on a sample of the same messages."""
    table = messages(given.messages, 1)
    size = sum(len(text.encode()) for text in table["text"].to_pylist()) / given.messages
    print(f"{given.messages:,} messages of {size:.0f} bytes; {load()}; mix {MIX}")
    warm(Scanner(Ids(DEMO_KEY)))
    sample = table["text"].to_pylist()[: given.sample]
    extractors = list(peers())
    runs, theirs = [], []
    # In turn, since what else the machine does comes and goes.
    for _ in range(given.repeat):
        runs.append(ours(table, given.workers))
        _said(f"tanglaw, {given.workers} processes, {runs[-1].rows:,} rows", runs[-1], given.messages)
        theirs += [_peer(name, extract, sample) for name, extract in extractors]
    _said("tanglaw, one process", ours(table, 1), given.messages)
    rate = given.messages / median([run.seconds for run in runs])
    cost = median([run.cpu for run in runs]) / given.messages * 1e6
    if theirs:
        fastest = max(
            {name for name, *_ in theirs}, key=lambda name: median([rate for one, rate, _ in theirs if one == name])
        )
        times = rate / median([rate for one, rate, _ in theirs if one == fastest])
        less = median([cost for one, _, cost in theirs if one == fastest]) / cost
        print(
            f"against {fastest}: {times:.1f} times the rate ({given.workers} processes against one), {less:.1f} times less cost"
        )
    print(f"tanglaw, median: {rate:,.0f} messages/s, {cost:.2f} µs of processor a message; {load()}")
    start = median([run.start for run in runs])
    print(f"starting and warming {given.workers} processes, outside these figures: {start:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = max(run.worker for run in runs)
    print(
        f"peak memory of this process, all messages and the peers in it: {peak:,.0f} MB; of the largest worker {each:,.0f} MB"
    )


def _peer(name: str, extract: Callable[[str], object], sample: list[str]) -> tuple[str, float, float]:
    for one in sample[:20]:
        extract(one)
    began, before = time.perf_counter(), time.process_time()
    for one in sample:
        extract(one)
    rate, cost = len(sample) / (time.perf_counter() - began), (time.process_time() - before) / len(sample) * 1e6
    _say(f"{name}, this process, {len(sample):,} messages", rate, cost)
    return name, rate, cost


def _said(who: str, run: Run, count: int) -> None:
    _say(who, count / run.seconds, run.cpu / count * 1e6)


def _say(who: str, rate: float, cost: float) -> None:
    print(f"{who:<44} {rate:>10,.0f} messages/s {cost:>10,.2f} µs of processor a message", flush=True)


HOSTILE = {
    "digits and signs": "0123456789 -+()", "hex and joints": "0123456789abcdef.:@/ +-_", "mail joints": "ab @.[]()",
    "0 and 1": "01 ", "words": "telegram: skype @. ",
}  # fmt: skip
UNITS = ("1 ", "a.", "a@", "4111 ", "+49 1512 ", "telegram: ", "http://a.com/(", "[.]", "1,", "\u200b1")


def hostile() -> None:
    """Processor seconds a MB of crafted texts, each one message, from 1 to 16 MB."""
    random = Random(5)
    made = {name: "".join(random.choices(alphabet, k=16_000_000)) for name, alphabet in HOSTILE.items()}
    made |= {repr(unit): unit * (16_000_000 // len(unit)) for unit in UNITS}
    for name, whole in made.items():
        taken = []
        for size in (1, 4, 16):
            batch = messages(1, 0).set_column(8, "text", pa.array([whole[: size * 1_000_000]])).to_batches()[0]
            scanner = Scanner(Ids(DEMO_KEY), "US")
            began = time.process_time()
            scanner(batch)
            taken.append((time.process_time() - began) / size)
        print(f"{name:<18} " + "  ".join(f"{seconds:6.2f} s/MB" for seconds in taken), flush=True)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--messages", type=int, default=1_000_000)
    words.add_argument("--sample", type=int, default=5_000)
    words.add_argument("--repeat", type=int, default=3)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--hostile", action="store_true")
    given = words.parse_args()
    if given.hostile:
        hostile()
    else:
        compare(given)


if __name__ == "__main__":
    main()
