"""Planning a farm: a thousand combinations of versions, and looking up wheels in a large store.

    python benchmarks/farming.py [--combinations 1000] [--wheels 100000]

Both on what is generated here: a channel and an index with the packages that every combination has, and a store of
entries without wheels, in a directory and in fsspec's memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomli_w

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from interlock.builds.store.entry import Entry
from interlock.builds.store.identity import BuildIdentity
from interlock.builds.store.shared import SharedStore
from interlock.builds.store.storage import open_storage
from interlock.builds.store.store import WheelStore
from interlock.builds.store.store_layout import add_record
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.server import serve
from interlock_hooks.types import StoreLocation
from kit.project import Project

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
CUDAS = ("12.6", "12.8", "12.9", "13.0", "13.1")
TORCHES = tuple(f"2.{minor}" for minor in range(10))
# What every combination has beside the axes: this many conda packages and PyPI packages in chains.
CHAIN = 30
BUILT = """
[build-system]
requires = ["flit_core", "torch"]
build-backend = "flit_core.buildapi"
[project]
name = "flash"
version = "1.0"
description = "is built against torch"
dependencies = ["torch"]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--combinations", type=int, default=1000)
    parser.add_argument("--wheels", type=int, default=100_000)
    options = parser.parse_args()
    lookups(options.wheels)
    with (
        tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder,
        made(Path(folder), options.combinations) as (project, matrix),
    ):
        for title in ("from nothing", "again"):
            began, before = time.perf_counter(), _cpu()
            done = project.run("wheels", "build", "--matrix", *matrix, "--dry-run", "--json", fresh=True)
            wall, cpu = time.perf_counter() - began, _cpu() - before
            plan = json.loads(done.out)
            if done.code:
                print(plan["findings"][0])
            print(
                f"{title:<14} {plan['combinations']} combinations, {plan['builds']} builds: "
                f"{wall:.1f} s wall, {cpu:.1f} s CPU"
            )


def lookups(number: int) -> None:
    """The requests and the time of a hundred lookups in a store of so many entries, half of which it has."""
    entry = Entry(name="flash", version="1.0", mode="matched", asked=())
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
        for title, url in (("directory", f"{folder}/store"), ("memory", "memory://store")):
            counting = Counting(open_storage(url))
            for each in range(number):
                add_record(counting.storage, _key(each), entry)
            shared = SharedStore(StoreLocation(url=url), lambda _: None)
            shared._storage = counting  # type: ignore[assignment]  # noqa: SLF001 - it is to be counted
            began = time.perf_counter()
            keys = [_key(each * number // 50) for each in range(100)]
            found = [shared.candidates(BuildIdentity(key, Path(folder), "")) for key in keys]
            wall = time.perf_counter() - began
            print(
                f"{title:<14} {number} entries, 100 lookups, {sum(map(bool, found))} found: "
                f"{dict(counting.requests)}, {1000 * wall / 100:.2f} ms each"
            )
        began = time.perf_counter()
        entries = WheelStore(Path(folder, "store")).entries()
        print(f"{'':<14} reading all {len(entries)} entries of the directory: {time.perf_counter() - began:.1f} s")


def _key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


class Counting:
    """A storage that counts what is asked of it."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage
        self.requests: Counter[str] = Counter()

    def __getattr__(self, operation: str) -> Any:
        self.requests[operation] += 1
        return getattr(self.storage, operation)


@contextmanager
def made(folder: Path, combinations: int) -> Iterator[tuple[Project, list[str]]]:
    """A project of which each of so many combinations has a solution, and the matrix of these."""
    numbers = max(1, combinations // (len(PYTHONS) * len(CUDAS) * len(TORCHES)))
    (folder / "channel").mkdir()
    channel = Channel(folder / "channel", folder / "store")
    for version in PYTHONS:
        channel.add("python", f"{version}.1")
    for version in CUDAS:
        channel.add("cuda-version", version, noarch="generic")
        channel.add("cuda-nvcc", f"{version}.20", depends=[f"cuda-version {version}.*"])
    for number in range(CHAIN):
        channel.add(f"lib{number}", "1.0", noarch="generic", depends=[f"lib{number + 1}"] * (number < CHAIN - 1))
    (folder / "index").mkdir()
    with serve(folder / "index") as served:
        index = Index(folder / "index", served)
        index.wheel("flit_core", "3.12.0")
        for number in range(CHAIN):
            index.wheel(f"layer{number}", "1.0", requires=[f"layer{number + 1}"] * (number < CHAIN - 1))
        for version in TORCHES:
            index.wheel("torch", f"{version}.0", requires=["layer0"])
        for number in range(numbers):
            index.wheel("other", f"{number}.0")
        index.sdist("flash", "1.0", requires=["torch"], pyproject=BUILT)
        project = Project(folder, channel, index, folder / "caches")
        manifest = {
            "workspace": {"channels": [channel.url], "platforms": ["linux-64"]},
            "dependencies": {"python": "*", "lib0": "*", "cuda-nvcc": "*"},
            "pypi-options": {"index-url": index.url},
            "pypi-dependencies": dict.fromkeys(("torch", "flash", "other"), "*"),
        }
        build = {"packages": {"flash": {"mode": "matched"}}}
        manifest["tool"] = {"interlock": {"build": build}}
        project.write(tomli_w.dumps(manifest), "pixi.toml")
        axes = {"python": PYTHONS, "cuda": CUDAS, "torch": TORCHES, "other": range(numbers)}
        yield project, [f"{name}={','.join(map(str, versions))}" for name, versions in axes.items()]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
