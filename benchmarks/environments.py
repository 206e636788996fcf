"""Making build environments: what the first one costs, and each that follows, on an index without cache headers.

    python benchmarks/environments.py [--wheels DIR]

Needs no network: six generated wheels, and those in DIR (a torch, say), are served on loopback. uv installs them from a
lock file as Interlock did before it kept the packages of build environments. Both sides have caches of their own, which
are empty at first.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from interlock.builds.run.layers import show_packages
from interlock.engines.uv import create_venv, uv
from interlock_hooks.testing.server import Served, serve
from interlock_hooks.testing.wheels import package_of, write_wheel

if TYPE_CHECKING:
    from interlock_hooks.types import PyPIPackage

FILES, SIZE = 400, 50_000  # of each generated wheel: 20 MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels that are installed as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as temporary:
        work = Path(temporary)
        folder = work / "wheels"
        folder.mkdir()
        for number in range(6):
            write_wheel(folder, f"part{number}", "1.0", modules=modules(f"part{number}", number))
        for wheel in options.wheels.glob("*.whl") if options.wheels else ():
            shutil.copy(wheel, folder)
        extra = write_wheel(folder, "extra", "1.0")
        with serve(folder) as index:
            wheels = [wheel for wheel in sorted(folder.glob("*.whl")) if wheel != extra]
            packages = [package_of(wheel, index.file(wheel.name)) for wheel in wheels]
            sets = {
                "first": packages,
                "second": packages,
                "third, with one more package": [*packages, package_of(extra, index.file(extra.name))],
            }
            for side, install in (("uv from a lock file", by_uv), ("Interlock", by_interlock)):
                with caches(work / "caches"):
                    measure(side, install, sets, index, folder, work)


def modules(name: str, seed: int) -> dict[str, str]:
    numbers = random.Random(seed)
    text = {f"{name}/m{number}.py": f"x = '{numbers.randbytes(SIZE // 2).hex()}'\n" for number in range(FILES)}
    return text | {f"{name}/__init__.py": ""}


@contextmanager
def caches(folder: Path) -> Iterator[None]:
    os.environ["UV_CACHE_DIR"], os.environ["INTERLOCK_CACHE_DIR"] = str(folder / "uv"), str(folder / "interlock")
    try:
        yield
    finally:
        remove(folder)


def measure(
    side: str,
    install: Callable[[Path, list[PyPIPackage], Path], object],
    sets: dict[str, list[PyPIPackage]],
    index: Served,
    wheels: Path,
    work: Path,
) -> None:
    print(f"\n{side}")
    for which, packages in sets.items():
        target, asked = work / "venv", len(index.requests)
        start = time.perf_counter()
        python = create_venv(Path(sys.executable), target, system_site_packages=False)
        install(python, packages, work)
        passed = time.perf_counter() - start
        start = time.perf_counter()
        remove(target)
        removed = time.perf_counter() - start
        files = [wheels / Path(path).name for path in index.requests[asked:]]
        fetched = sum(file.stat().st_size for file in files) / 1e6
        print(
            f"  {which:<30} {passed:6.2f} s, removed in {removed:5.2f} s, {len(files)} requests, {fetched:6.0f} MB"
            f" fetched, {room(work / 'caches') / 1e6:6.0f} MB in caches"
        )


def by_uv(python: Path, packages: list[PyPIPackage], work: Path) -> None:
    lock = work / "pylock.toml"
    entries = [
        f'[[packages]]\nname = "{package.name}"\nversion = "{package.version}"\n'
        f'wheels = [{{ name = "{package.artifact.filename}", url = "{package.artifact.url}",'
        f' hashes = {{ sha256 = "{package.artifact.sha256}" }} }}]\n'
        for package in packages
    ]
    lock.write_text('lock-version = "1.0"\ncreated-by = "benchmark"\n' + "".join(entries))
    done = uv(["pip", "install", "--quiet", "--no-deps", "--no-build", "--python", python, "-r", lock])
    if done.returncode:
        raise SystemExit(done.stderr)


def by_interlock(python: Path, packages: list[PyPIPackage], work: Path) -> None:
    show_packages(python, packages, wheels={}, root=work)


def room(folder: Path) -> int:
    """Bytes on the disk of all files below a directory, those with several names once."""
    files = {(found.st_dev, found.st_ino): found.st_blocks * 512 for found in map(Path.lstat, folder.rglob("*"))}
    return sum(files.values())


def remove(folder: Path) -> None:
    for place, _, _ in os.walk(folder):
        Path(place).chmod(0o755)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
