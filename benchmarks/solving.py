"""The joint solve against the two engines by themselves, and its memory on a channel of conda-forge's size.

    python benchmarks/solving.py rounds [--repeat 9]
    python benchmarks/solving.py large [--records 500000] [--keep DIR]

``rounds`` compares medians of runs in turns. ``large`` runs each side in a process of its own and compares CPU time,
wall time and peak memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


from interlock_hooks.testing.wheels import write_wheel
from kit.snapshot import snapshot_request, write_snapshot
from kit.solved_universe import solve_request

SPECS = ("python 3.6.*", "pandas", "requests", "jinja2", "matplotlib", "jupyter")
# A project of ordinary size: this many PyPI packages in a chain of layers, beside those that the cases are about.
PACKAGES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rounds", "large"))
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--records", type=int, default=500_000)
    parser.add_argument("--keep", type=Path, help="keep the large channel here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
        if options.what == "rounds":
            rounds(Path(folder), options.repeat)
        else:
            large(options.keep or Path(folder), options.records)


# -- rounds ------------------------------------------------------------------------------------------------------


def rounds(work: Path, repeat: int) -> None:
    channel = write_snapshot(work / "channel")
    cases = {
        "no conflict": [],
        "one name too new": ["numpy<1.14"],
        "two names too new": ["numpy<1.14", "requests<2.19"],
        "four names too new": ["numpy<1.14", "requests<2.19", "jinja2<2.10", "tornado<5"],
    }
    for title, needs in cases.items():
        wheels = work / title.replace(" ", "-")
        wheels.mkdir()
        write_wheel(wheels, "app", "1.0", requires=[*needs, "layer0"])
        for number in range(PACKAGES):
            write_wheel(wheels, f"layer{number}", "1.0", requires=[f"layer{number + 1}"] * (number < PACKAGES - 1))
        request = snapshot_request(channel, wheels, SPECS)
        compare(
            title, lambda request=request: solve_request(request), lambda wheels=wheels: bare(channel, wheels), repeat
        )


def compare(title: str, ours: Callable[[], object], engines: Callable[[], object], repeat: int) -> None:
    times: dict[str, list[float]] = {"ours": [], "engines": []}
    for _ in range(repeat + 1):
        for name, call in (("ours", ours), ("engines", engines)):
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    mine, bare_ = (statistics.median(times[name][1:]) for name in ("ours", "engines"))
    print(f"{title:<20} {mine * 1000:6.0f} ms   bare engines, once each {bare_ * 1000:6.0f} ms   {mine / bare_:.2f}x")


def bare(channel: str, wheels: Path) -> None:
    bare_conda(channel, SPECS)
    uv = str(Path(sys.executable).with_name("uv"))
    options = ["-q", "--no-config", "--default-index", str(wheels), "--find-links", str(wheels), "--no-index"]
    command = [uv, "pip", "compile", "-", *options, "--format", "pylock.toml"]
    command += ["--python", sys.executable, "--python-version", "3.6", "--python-platform", "linux"]
    # Without what conda has to give, so that it resolves.
    done = subprocess.run(command, input="layer0", capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


def bare_conda(channel: str, specs: tuple[str, ...]) -> int:
    from rattler import Channel, solve

    platforms = ["linux-64", "noarch"]
    sources = [Channel(channel)]
    gateway = shared_gateway()
    for source in sources:
        gateway.clear_repodata_cache(source)
    return len(asyncio.run(solve(sources, list(specs), gateway=gateway, platforms=platforms, virtual_packages=[])))


@cache
def shared_gateway():
    from rattler import Gateway

    return Gateway()


# -- a channel of conda-forge's size -----------------------------------------------------------------------------


def large(work: Path, number: int) -> None:
    channel = work / "channel"
    if not (channel / "linux-64" / "repodata.json").is_file():
        write_large(channel, number)
    cases = {"no conflict": ["pkg00020<30"], "two names too new": ["pkg00020<3", "pkg01220<3"]}
    for title, needs in cases.items():
        (work / title).mkdir(exist_ok=True)
        write_wheel(work / title, "app", "1.0", requires=needs)
    size = (channel / "linux-64" / "repodata.json").stat().st_size
    print(f"{number} records, {size / 1e6:.0f} MB of repodata")
    for side, title in (("bare", "rattler alone"), *(("interlock", title) for title in cases)):
        command = [sys.executable, __file__, f"--{side}", channel.as_uri(), str(work / title)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"{title:<20} {done.stdout.strip() or done.stderr}")


def write_large(channel: Path, number: int) -> None:
    """A channel where python packages of many versions and builds depend on a few others each."""
    dice = random.Random(1)
    names = number // 20
    packages = {}
    for minor in (10, 11, 12, 13):
        for patch in range(8):
            record = _record("python", f"3.{minor}.{patch}", [], f"h{patch}_cpython")
            packages[f"python-3.{minor}.{patch}-h{patch}_cpython.conda"] = record
    for index in range(names):
        name = f"pkg{index:05}"
        below = [f"pkg{dice.randrange(index):05}" for _ in range(min(index, dice.randint(0, 6)))]
        for version in range(5):
            depends = [f"{each} >={dice.randint(0, 2)}" for each in below]
            for minor in (10, 11, 12, 13):
                build = f"py3{minor}h{index % 9973:04x}_0"
                pin = [f"python >=3.{minor},<3.{minor + 1}.0a0", f"python_abi 3.{minor}.*"][:1]
                text = f"{version}.{index % 30}.0"
                packages[f"{name}-{text}-{build}.conda"] = _record(name, text, [*depends, *pin], build)
    for subdir, content in (("linux-64", packages), ("noarch", {})):
        (channel / subdir).mkdir(parents=True, exist_ok=True)
        index_ = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": content}
        (channel / subdir / "repodata.json").write_text(json.dumps(index_))


def _record(name: str, version: str, depends: list[str], build: str) -> dict[str, object]:
    digest = f"{hash((name, version, build)) & (2**256 - 1):064x}"[:64]
    return {
        "name": name,
        "version": version,
        "build": build,
        "build_number": 0,
        "depends": depends,
        "subdir": "linux-64",
        "sha256": digest,
        "md5": digest[:32],
        "size": 123456,
        "timestamp": 1700000000000,
        "license": "BSD-3-Clause",
    }


LARGE_SPECS = ("python 3.12.*", *(f"pkg{index:05}" for index in range(20, 24_000, 1200)))


def measured(call: Callable[[], object]) -> None:
    start = time.perf_counter()
    call()
    wall = time.perf_counter() - start
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{wall:6.2f} s wall   {cpu:6.2f} s CPU   {usage.ru_maxrss / 1024:6.0f} MiB peak", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        measured(lambda: bare_conda(sys.argv[2], LARGE_SPECS))
    elif sys.argv[1:2] == ["--interlock"]:
        large_request = snapshot_request(sys.argv[2], Path(sys.argv[3]), LARGE_SPECS)
        measured(lambda: solve_request(large_request))
    else:
        main()
