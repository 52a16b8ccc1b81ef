"""Makes `queue.svg`: the head of the demo's queue as a terminal shows it. All data in it are made up.

    uv run python docs/pictures/make.py

The font of rich's pictures would be fetched from the network by whoever looks at them; it is left out.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

HERE = Path(__file__).resolve().parent
WIDTH = 112
ROWS = 4


def shown(folder: Path) -> str:
    """What `tanglaw queue` prints for the demo's workspace, with its colours."""
    surroundings = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    tanglaw = (sys.executable, "-m", "tanglaw")
    demo = (*tanglaw, "demo", "--no-serve", "--workspace", "w")
    subprocess.run(demo, cwd=folder, check=True, capture_output=True)  # noqa: S603 our own program
    said = subprocess.run(  # noqa: S603 our own program
        (*tanglaw, "queue", "--top", str(ROWS), "--workspace", "w"),
        cwd=folder,
        env=surroundings,
        check=True,
        capture_output=True,
        text=True,
    )
    return said.stdout


def picture(text: str) -> str:
    """The text as SVG that needs nothing from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(text), end="")
    form = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(
        title="tanglaw queue (made-up data)", theme=DEFAULT_TERMINAL_THEME, code_format=form, unique_id="queue"
    )


def main() -> None:
    """Run the demo in a folder of its own and draw its queue."""
    with tempfile.TemporaryDirectory() as folder:
        svg = picture(shown(Path(folder)))
    (HERE / "queue.svg").write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
