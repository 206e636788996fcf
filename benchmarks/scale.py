"""What grows with the size of a project: an environment of 2,000 packages, and 50 environments on 5 platforms.

    python benchmarks/scale.py [--packages 2000] [--environments 50]

Needs no network: everything is generated, and served on loopback. Prints what each command takes, once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tomli_w

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from locking import PLATFORMS, lock, made

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.shared import Shared
from kit.project import PYTHON, Project

COMMANDS = (
    "env lock",
    "env install",
    "env install",
    "env list --json",
    "env why layer7 --json",
    "env tree --json",
    "env run -- true",
    "env info --json",
    "env doctor",
    "env lock",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=2000)
    parser.add_argument("--environments", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
        with large(Path(folder, "large"), options.packages) as project:
            print(f"an environment of {options.packages} packages")
            tell(project, COMMANDS)
        names = [f"env{number}" for number in range(options.environments)]
        place = Path(folder, "many")
        place.mkdir()
        with made(place, names, 0) as project:
            platforms = (*PLATFORMS, "osx-64")
            project.channel.add("python", f"{PYTHON}.1", platform=platforms[-1])
            lock(project, names, platforms)
            print(f"{len(names)} environments on {len(platforms)} platforms")
            project.lock_file.unlink()
            tell(project, ("env lock", "env lock"))


@contextmanager
def large(folder: Path, packages: int) -> Iterator[Project]:
    """A project of so many packages, half of them from each ecosystem; each requires up to three others."""
    (folder / "channel").mkdir(parents=True)
    (folder / "index").mkdir()
    half = packages // 2
    channel = Channel(folder / "channel", folder / "store")
    channel.offer_channel(Shared(folder / "shared").python())
    for number in range(half):
        files = {f"share/lib{number}/{each}": f"{number} {each}" for each in range(10)}
        channel.add(f"lib{number}", "1.0", noarch="generic", depends=_others("lib", number, half), files=files)
    with serve(folder / "index") as served:
        index = Index(folder / "index", served)
        for number in range(half):
            modules = {f"layer{number}/part{each}.py": f"{number} {each}" for each in range(10)}
            index.wheel(f"layer{number}", "1.0", requires=_others("layer", number, half), modules=modules)
        project = Project(folder, channel, index, folder / "caches")
        manifest = {
            "workspace": {"channels": [channel.url], "platforms": ["linux-64"]},
            "dependencies": {"python": f"{PYTHON}.*", "lib0": "*"},
            "pypi-options": {"index-url": index.url},
            "pypi-dependencies": {"layer0": "*"},
        }
        project.write(tomli_w.dumps(manifest), "pixi.toml")
        yield project


def _others(name: str, number: int, count: int) -> list[str]:
    return [f"{name}{each}" for each in (2 * number + 1, 2 * number + 2, 3 * number + 1) if number < each < count]


def tell(project: Project, commands: tuple[str, ...]) -> None:
    """Run each command in a process of its own, and print what it took."""
    script = str(Path(sys.executable).with_name("interlock"))
    for command in commands:
        began = time.perf_counter()
        process = subprocess.Popen(
            [script, *command.split()],
            cwd=project.root,
            env=project.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        cpu = used.ru_utime + used.ru_stime
        failed = "" if status == 0 else f"  exit {os.waitstatus_to_exitcode(status)}"
        print(f"  {command:<24} {wall:7.2f} s wall, {cpu:7.2f} s CPU{failed}")
    size = project.lock_file.stat().st_size
    print(f"  {project.lock_file.name}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
