"""Measures commands that only tell or start something, against the start of Python, in an installed project.

    make demo && python benchmarks/starts.py [PROJECT] [--rounds 15] [--json]

What these commands take is nearly all importing. Compare by CPU time: wall time also tells what else the machine does.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from comparing import Row, compare, run, show

# The arguments, and how many times the CPU time of `python -c pass` they may take.
COMMANDS: tuple[tuple[str, float], ...] = (
    ("env install", 2.5),
    ("env run -- true", 4),
    ("env list --json", 5),
    ("env info --json", 8),
    ("env why {package} --json", 8),
    ("env why {package}", 8),
    ("env tree --json", 8),
    ("env tree", 8),
)


def measure(project: Path, rounds: int, package: str) -> list[Row]:
    """A row for each command; ``package`` is one that is installed there."""
    script = str(Path(sys.executable).with_name("interlock"))
    rows: list[Row] = []
    for template, target in COMMANDS:
        words = template.format(package=package).split()
        rows += compare(
            " ".join(words),
            partial(run, [script, *words], cwd=project),
            {"python -c pass": (partial(run, [sys.executable, "-c", "pass"]), target)},
            rounds=rounds,
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path, nargs="?", default=Path(".demo/project"), help="(default: .demo/project)")
    parser.add_argument("--package", default="numpy", help="a package to ask about (numpy)")
    parser.add_argument("--rounds", type=int, default=15, help="measured runs of each side (15)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    show(measure(options.project, options.rounds, options.package), as_json=options.json)


if __name__ == "__main__":
    main()
