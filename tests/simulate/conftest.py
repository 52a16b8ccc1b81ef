"""A small world and a middle one, made once, and a reader of their files that knows nothing of ours."""

from __future__ import annotations

import csv
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tanglaw.simulate import Plan, simulate

SHARED = Path(os.environ.get("TANGLAW_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


@dataclass
class Made:
    out: Path
    counts: dict[str, int]

    @property
    def inbox(self) -> Path:
        return self.out / "inbox"

    def truth(self, name: str) -> list[dict[str, str]]:
        with (self.out / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def world(self) -> dict:
        return json.loads((self.out / "truth" / "world.json").read_text(encoding="utf-8"))

    def table(self, name: str) -> list[dict[str, str]]:
        rows = []
        for path in sorted(self.inbox.glob(name)):
            with path.open(encoding="utf-8", newline="") as file:
                rows.extend(csv.DictReader(file))
        return rows

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of every CyberTipline document, supplements last."""
        for path in sorted(self.inbox.glob("cybertips-*.tar")):
            with tarfile.open(path) as archive:
                for member in archive:
                    yield member.name, archive.extractfile(member).read()
        for path in sorted(self.inbox.glob("cybertips-*.zip")):
            yield from self._zip(path.read_bytes())
        nested = self.inbox / "partner-delivery.zip"
        if nested.exists():
            for _, inner in self._zip(nested.read_bytes()):
                yield from self._zip(inner)

    @staticmethod
    def _zip(data: bytes) -> Iterator[tuple[str, bytes]]:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)

    def police(self) -> list[dict]:
        reports = []
        for path in sorted((self.inbox / "police").glob("*.json")):
            reports.extend(json.loads(path.read_text(encoding="utf-8-sig")))
        return reports

    def chat_texts(self) -> Iterator[tuple[str, list[str]]]:
        """Path and message texts in file order of every chat file."""
        for path in sorted((self.inbox / "chats").rglob("*.*")):
            name = path.relative_to(self.inbox).as_posix()
            if path.suffix == ".txt":
                yield name, _whatsapp(path.read_text(encoding="utf-8"))
            elif path.name == "result.json":
                yield name, list(_telegram(json.loads(path.read_text(encoding="utf-8"))))
            else:
                yield name, [m["content"] for m in json.loads(path.read_text(encoding="utf-8"))["messages"]]


def _telegram(export: dict) -> Iterator[str]:
    chats = export["chats"]["list"] if "chats" in export else [export]
    for chat in chats:
        for message in chat["messages"]:
            text = message["text"]
            yield text if isinstance(text, str) else "".join(p if isinstance(p, str) else p["text"] for p in text)


def _whatsapp(text: str) -> list[str]:
    messages: list[str] = []
    for line in text.split("\n")[:-1]:
        head = line.split(", ")[0].lstrip("[\u200e")
        if len(head) <= 10 and head.replace("/", "").replace(".", "").replace("-", "").isdigit():
            rest = line.split("] " if line.startswith("[") else " - ", 1)[1]
            messages.append(rest.split(": ", 1)[1] if ": " in rest else rest)
        else:
            messages[-1] += "\n" + line
    return messages


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("small") / "world"
    return Made(out, simulate(out, Plan(400, 3_000, 40, 8, seed=11)))


@pytest.fixture(scope="session")
def middle(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("middle") / "world"
    return Made(out, simulate(out, Plan(8_000, 20_000, 900, 120, seed=5, payments=30_000, broken=False)))


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the public test data is not beside the repository")
    return SHARED
