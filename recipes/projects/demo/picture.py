"""``make picture``: run the demo's commands on the channel that ``make demo`` built, and draw what a terminal shows."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import CONSOLE_SVG_FORMAT, Console
from rich.text import Text
from run_demo import make_project

WIDTH = 100
COMMANDS = ("env install", "env run -- python show.py", "env install")
# rich's template without the font that it would download, and with white space that every renderer keeps.
TEMPLATE = (
    re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    .replace("Fira Code, monospace", "ui-monospace, Menlo, 'DejaVu Sans Mono', monospace")
    .replace("<svg ", '<svg xml:space="preserve" ')
)
ASPECT_RATIO = 0.602  # of the characters of these fonts


def main(target: Path, image: Path) -> None:
    project = make_project(target / "project")
    console = Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=io.StringIO())
    with tempfile.TemporaryDirectory() as cache:  # an empty one: the picture shows real builds, not stored wheels
        for number, command in enumerate(COMMANDS):
            prompt = Text("\n" * (number > 0) + "~/demo $ ", style="bold blue")
            console.print(prompt, f"interlock {command}", sep="")
            console.print(Text.from_ansi(shown(command, project, cache).replace(str(project), "~/demo")))
    svg = console.export_svg(title="interlock", code_format=TEMPLATE, font_aspect_ratio=ASPECT_RATIO, unique_id="demo")
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_text(svg, encoding="utf-8")


def shown(command: str, project: Path, cache: str) -> str:
    """What the command leaves on a terminal when it ends: rich draws colours, and no frames of running progress."""
    terminal = {"FORCE_COLOR": "1", "COLORTERM": "truecolor", "TTY_INTERACTIVE": "0", "COLUMNS": str(WIDTH)}
    run = subprocess.run(
        [sys.executable, "-m", "interlock", *shlex.split(command)],
        cwd=project,
        env={**os.environ, **terminal, "INTERLOCK_CACHE_DIR": cache},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(run.stdout)
    return run.stdout.rstrip()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]))
