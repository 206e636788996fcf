"""Installing 40 conda packages and 66 from PyPI, from warm caches and over a network, against the bare engines.

    python benchmarks/installing.py [--rounds 10] [--work DIR] [--json]

Needs no network: the packages are generated, and served on loopback. Without caches, each answer takes 20 ms to begin.
The packages come with 50 MB/s, once for everything together, and once for the channel and the index each. A last row
installs a wheel again that Interlock built and keeps.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from comparing import Row, compare, parser_of, run, run_alone
from served import Link, Packages, packages

from interlock_hooks.testing.sdists import Backend, Source

BIN = Path(sys.executable).parent
FAR = Link(latency=0.02, width=50e6)
APART = Link(latency=0.02, width=50e6, apart=True)
MANIFEST = """\
[project]
name = "benchmark"
version = "0"
dependencies = {pypi}
[tool.pixi.workspace]
channels = ["{channel}"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
python = "*"
{conda}
[tool.pixi.pypi-options]
index-url = "{index}/"
"""
# What a wheel with compiled code holds, in bytes.
BUILT = 20_000_000


def main() -> None:
    options = parser_of(__doc__, rounds=10).parse_args()
    run_alone(options, lambda work: measure(work, options.rounds))


def measure(work: Path, rounds: int) -> list[Row]:
    """A row for each kind of install."""
    caches = work / "caches"
    work.mkdir(parents=True, exist_ok=True)
    with own(caches):
        with packages(work / "packages", FAR) as served:
            both = Both(work, served)
            both.prepare()
            warm = against_engines("install, warm caches", both, rounds, 1.1, before=both.without_environments)
            cold = against_engines("install, 20 ms, 50 MB/s", both, rounds, 1.0, before=both.without(caches))
            again = stored(work, served, rounds)
        with packages(work / "packages", APART) as served:
            both = Both(work, served)
            both.prepare()
            apart = against_engines("install, 20 ms, 50 MB/s each", both, rounds, 1.0, before=both.without(caches))
    return [*warm, *cold, *apart, *again]


def against_engines(work: str, both: Both, rounds: int, target: float, *, before: Callable[[], object]) -> list[Row]:
    """One kind of install by both sides, after ``before`` each time."""
    sides: dict[str, tuple[Callable[[], object], float | None]]
    sides = {"rattler install + uv pip install": (both.by_engines, target)}
    return compare(work, both.by_interlock, sides, rounds=rounds, by="wall", before=before)


@contextmanager
def own(caches: Path) -> Iterator[None]:
    """Within the block, everything is cached in a folder."""
    names = {"UV_CACHE_DIR": "uv", "RATTLER_CACHE_DIR": "rattler", "INTERLOCK_CACHE_DIR": "interlock"}
    before = dict(os.environ)
    os.environ.update({name: str(caches / folder) for name, folder in names.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Both:
    """The same packages, installed by Interlock and by the two engines on their own."""

    def __init__(self, work: Path, served: Packages) -> None:
        self._served = served
        self._project = work / "project"
        self._bare = work / "bare"
        self._target = self._bare / "prefix"
        self._records = self._bare / "conda-meta"

    def prepare(self) -> None:
        """Lock, and write down for the engines what is in the lock."""
        self.without_environments()
        write_project(self._project, self._served, [f'{name} = "*"' for name in self._served.conda], self._served.pypi)
        run([str(BIN / "interlock"), "env", "install"], cwd=self._project)
        shutil.rmtree(self._bare, ignore_errors=True)
        self._bare.mkdir()
        shutil.copytree(prefix_of(self._project) / "conda-meta", self._records)
        (self._bare / "requirements.in").write_text("\n".join(self._served.pypi))
        python = str(prefix_of(self._project) / "bin" / "python")
        place = ["--python", python, "--index-url", f"{self._served.index}/", "--format", "pylock.toml"]
        run([str(BIN / "uv"), "pip", "compile", "-q", *place, "requirements.in", "-o", "pylock.toml"], cwd=self._bare)

    def by_interlock(self) -> None:
        """A new environment from the lock."""
        run([str(BIN / "interlock"), "env", "install", "--frozen"], cwd=self._project)

    def by_engines(self) -> None:
        """The same by hand."""
        script = str(Path(__file__).with_name("bare_install.py"))
        run([sys.executable, script, str(self._records), str(self._target)])
        python = str(self._target / "bin" / "python")
        run([str(BIN / "uv"), "pip", "install", "-q", "--python", python, "-r", "pylock.toml"], cwd=self._bare)

    def without(self, caches: Path) -> Callable[[], None]:
        """What removes both environments, and all that is cached."""

        def remove_all() -> None:
            self.without_environments()
            remove(caches)

        return remove_all

    def without_environments(self) -> None:
        """Remove both, and have what was written to the disk by then."""
        for path in (prefix_of(self._project), self._target):
            remove(path)


def stored(work: Path, served: Packages, rounds: int) -> list[Row]:
    """A wheel that was built before: only this package is missing in its environment."""
    project = work / "stored"
    code = f"import os; open('src/extension/core.bin', 'wb').write(os.urandom({BUILT}))"
    source = Source(name="extension", version="1.0", backend=Backend(on_build=code))
    sdist = source.write_sdist(work / "sources")
    write_project(project, served, [], [f"extension @ {sdist.as_uri()}"])
    remove(prefix_of(project))
    interlock = partial(run, [str(BIN / "interlock"), "env", "install"], cwd=project)
    interlock()
    (wheel,) = (work / "caches" / "interlock").rglob("extension-*.whl")
    pip = [str(BIN / "uv"), "pip"]
    python = ["-q", "--python", str(prefix_of(project) / "bin" / "python"), "--break-system-packages"]

    def without() -> None:
        run([*pip, "uninstall", *python, "extension"])
        # So that the environment is compared with the lock.
        (project / "pyproject.toml").touch()

    by_uv = partial(run, [*pip, "install", *python, "--no-deps", str(wheel)])
    against: dict[str, tuple[Callable[[], object], float | None]] = {"uv pip install of the wheel": (by_uv, 1.3)}
    return compare("install of a stored build", interlock, against, rounds=rounds, by="wall", before=without)


def write_project(folder: Path, served: Packages, conda: list[str], pypi: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = MANIFEST.format(pypi=json.dumps(pypi), conda="\n".join(conda), channel=served.channel, index=served.index)
    (folder / "pyproject.toml").write_text(text)


def prefix_of(project: Path) -> Path:
    return project / ".interlock" / "envs" / "default"


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    # Nothing that was written for the run before is to be in the way of the next one.
    os.sync()


if __name__ == "__main__":
    main()
