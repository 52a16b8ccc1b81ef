"""From evidence tables to sessions and network: the scenario action-week, timed with its memory.

    python benchmarks/action_week.py [SCALE] [FOLDER]

SCALE 1 is the whole: 12,000 payers, 100 recipients, 10 M messages, 1 M payments, 1 M log-ins. Making and taking in the world is
not counted; what is counted is the stage `sessions` over the evidence tables and actors of the workspace, read from Parquet,
its tables written, on two threads.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa

from tanglaw.attach import attached
from tanglaw.cli.shared import settings_of
from tanglaw.engine import Given
from tanglaw.ids import DEMO_KEY
from tanglaw.pipeline import run
from tanglaw.policy import demo
from tanglaw.sessions import SESSION_STAGE
from tanglaw.simulate.week import Size, action_week
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

AS_OF = datetime(2026, 6, 30, tzinfo=UTC)


def prepared(folder: Path, scale: float) -> Workspace:
    """A workspace that holds the scenario; made once a folder."""
    workspace = Workspace.create(folder / "workspace", key=DEMO_KEY)
    if not workspace.files("messages"):
        whole = Size()
        part = {name: max(4, round(scale * getattr(whole, name))) for name in Size.__slots__}
        action_week(folder / "world", 1, Size(**part))
        run(workspace, folder / "world" / "inbox", settings_of(workspace), demo(), AS_OF)
    return workspace


def main(scale: float, folder: Path) -> None:
    """Prepare, run the stage, print seconds, rows and memory."""
    workspace = prepared(folder, scale)
    settings = msgspec.structs.replace(settings_of(workspace), threads=2, memory_limit="8GB")
    with attached(workspace, settings) as engine, tempfile.TemporaryDirectory() as out:
        engine.put("run_facts", pa.table({"as_of": pa.array([AS_OF], pa.timestamp("us", tz="UTC"))}))
        for name, rows in demo().tables().items():
            engine.put(name, rows)
        began, cpu = time.monotonic(), time.process_time()
        assert SESSION_STAGE.run is not None
        SESSION_STAGE.run(engine, Given(workspace.ids))
        for name in SESSION_STAGE.writes:
            engine.write(name, TABLES[name].schema, TABLES[name].key, Path(out) / name)
        print(f"{time.monotonic() - began:.1f} s, {time.process_time() - cpu:.1f} s of CPU")
        for name in ("messages", "payments", "captures", "calls", *SESSION_STAGE.writes):
            print(f"{engine.rows(f'select count(*) as n from {name}').to_pylist()[0]['n']:>12,} {name}")
    print(
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most, memory_limit {settings.memory_limit}"
    )


if __name__ == "__main__":
    place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="action-week-"))
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0, place)
