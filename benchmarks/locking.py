"""Locking six environments on four platforms in one run, against the sum of 24 runs that lock one of each.

    python benchmarks/locking.py [--environments 6] [--rounds 3] [--latency 40]

Both sides find warm caches and lock from nothing; they take turns, so that another load on the machine meets both. A
third one locks everything in one run, one solve after the other. ``--latency`` is that of the index, in milliseconds.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tomli_w

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.server import serve
from kit.project import PYTHON, Project

PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "win-64")
# What each environment has: this many conda packages and PyPI packages in chains, and one of each of its own.
CHAIN = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=int, default=0)
    options = parser.parse_args()
    names = [f"env{number}" for number in range(options.environments)]
    latency = options.latency / 1000
    with (
        tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder,
        made(Path(folder), names, latency) as project,
    ):
        lock(project, names, PLATFORMS)
        together, in_turn, apart = [], [], []
        for _ in range(options.rounds):
            together.append(lock(project, names, PLATFORMS))
            in_turn.append(lock(project, names, PLATFORMS, jobs=1))
            single = [lock(project, [name], [platform]) for name in names for platform in PLATFORMS]
            apart.append((sum(wall for wall, _ in single), sum(cpu for _, cpu in single)))
    for title, side in (("one run", together), ("one run, jobs = 1", in_turn), ("sum of single runs", apart)):
        wall, cpu = (statistics.median(times) for times in zip(*side, strict=True))
        ratios = [
            statistics.median(one[kind] / other[kind] for one, other in zip(side, apart, strict=True))
            for kind in (0, 1)
        ]
        print(f"{title:<20} {wall:6.1f} s wall ({ratios[0]:.2f}), {cpu:6.1f} s CPU ({ratios[1]:.2f})")


@contextmanager
def made(folder: Path, names: Sequence[str], latency: float) -> Iterator[Project]:
    """A project with a channel and an index for these environments."""
    (folder / "channel").mkdir()
    channel = Channel(folder / "channel", folder / "store")
    for platform in PLATFORMS:
        channel.add("python", f"{PYTHON}.1", platform=platform)
    for number in range(CHAIN):
        channel.add(f"lib{number}", "1.0", noarch="generic", depends=[f"lib{number + 1}"] * (number < CHAIN - 1))
    (folder / "index").mkdir()
    with serve(folder / "index", latency=latency) as served:
        index = Index(folder / "index", served)
        for number in range(CHAIN):
            index.wheel(f"layer{number}", "1.0", requires=[f"layer{number + 1}"] * (number < CHAIN - 1))
        for name in names:
            channel.add(f"conda-{name}", "1.0", noarch="generic")
            index.wheel(f"pypi-{name}", "1.0", requires=["layer0"])
        yield Project(folder, channel, index, folder / "caches")


def lock(
    project: Project, names: Sequence[str], platforms: Sequence[str], *, jobs: int | str = "auto"
) -> tuple[float, float]:
    """The wall and CPU time of locking environments on platforms, from nothing."""
    pixi = {
        "workspace": {"channels": [project.channel.url], "platforms": list(platforms)},
        "dependencies": {"python": f"{PYTHON}.*", "lib0": "*"},
        "pypi-options": {"index-url": project.index.url},
        "feature": {
            name: {"dependencies": {f"conda-{name}": "*"}, "pypi-dependencies": {f"pypi-{name}": "*"}} for name in names
        },
        "environments": {name: [name] for name in names[1:]} | {"default": [names[0]]},
        "tool": {"interlock": {"build": {"jobs": jobs}}},
    }
    project.write(tomli_w.dumps(pixi), "pixi.toml")
    project.lock_file.unlink(missing_ok=True)
    before, began = _cpu(), time.perf_counter()
    project.run("env", "lock", fresh=True).ok()
    return time.perf_counter() - began, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
