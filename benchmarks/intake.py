"""Intake into committed evidence: CyberTipline XML from one tar or as loose files, or police-side JSON.

    uv run --all-extras --all-groups python benchmarks/intake.py xml   --reports 100000
    uv run --all-extras --all-groups python benchmarks/intake.py loose --reports 20000
    uv run --all-extras --all-groups python benchmarks/intake.py json  --reports 200000 --files 1

Baseline in the same run: one process that walks the same input with the standard library and parses every document
with lxml (XML) or `json` (police JSON), makes no rows and keeps nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import documents
from lxml import etree
from measure import load, median, process

from tanglaw.config import Settings
from tanglaw.intake.run import take_in
from tanglaw.store.workspace import Workspace


def intake(inbox: Path, folder: Path) -> None:
    """Take the inbox in; the seconds of that alone go to standard output."""
    workspace = Workspace.create(folder, key=b"benchmark")
    with workspace.writing():
        began = time.monotonic()
        done = take_in(workspace, inbox, Settings(), "benchmark")
        seconds = time.monotonic() - began
    print(
        json.dumps({"seconds": seconds, "documents": done.rows["report_documents"], "aside": done.rows["quarantine"]})
    )


def baseline(inbox: Path) -> None:
    """Parse every document and forget it."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    for path in sorted(inbox.rglob("*")):
        if path.suffix == ".tar":
            with tarfile.open(path) as archive:
                for member in archive:
                    etree.fromstring(archive.extractfile(member).read(), parser)
        elif path.suffix == ".json":
            json.loads(path.read_bytes())
        elif path.is_file():
            etree.fromstring(path.read_bytes(), parser)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("kind", choices=["xml", "loose", "json", "_intake", "_baseline"])
    words.add_argument("--reports", type=int, default=20_000)
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--files", type=int, default=1, help="json: how many files they stand in")
    words.add_argument("--inbox", type=Path)
    words.add_argument("--workspace", type=Path)
    given = words.parse_args()
    if given.kind == "_intake":
        return intake(given.inbox, given.workspace)
    if given.kind == "_baseline":
        return baseline(given.inbox)
    with tempfile.TemporaryDirectory() as place:
        inbox = Path(place) / "inbox"
        inbox.mkdir()
        write = {
            "xml": lambda: documents.write_tar(inbox / "tips.tar", given.reports),
            "loose": lambda: documents.write_loose(inbox, given.reports),
            "json": lambda: documents.write_police(inbox, given.reports, given.files),
        }[given.kind]
        size = write()
        print(f"{given.kind}: {given.reports:,} reports, {size / given.reports:,.0f} bytes each; {load()}")
        ours, theirs, inner, peaks, busy = [], [], [], [], []
        for number in range(given.runs):
            theirs.append(process(__file__, "_baseline", "--inbox", inbox).wall)
            out = Path(place) / f"out{number}.json"
            folder = Path(place) / f"workspace{number}"
            measured = process(__file__, "_intake", "--inbox", inbox, "--workspace", folder, out=out)
            told = json.loads(out.read_text())
            if told["documents"] != given.reports or told["aside"]:
                sys.exit(f"not everything arrived: {told}")
            ours.append(measured.wall)
            inner.append(told["seconds"])
            peaks.append(measured.peak_mb)
            busy.append(measured.cpu)
        print(
            f"intake     {median(inner):7.2f} s, {given.reports / median(inner):9,.0f} reports/s (start of Python apart)"
        )
        print(
            f"process    {median(ours):7.2f} s, {given.reports / median(ours):9,.0f} reports/s; peak {max(peaks):,.0f} MB"
        )
        print(
            f"processor  {median(busy) / given.reports * 1e6:7.0f} microseconds a report, all processes, start included"
        )
        print(
            f"baseline   {median(theirs):7.2f} s, {given.reports / median(theirs):9,.0f} reports/s (parse only, one process)"
        )
        print(f"ratio      {median(ours) / median(theirs):7.2f} times the baseline's time; {load()}")
    return None


if __name__ == "__main__":
    main()
