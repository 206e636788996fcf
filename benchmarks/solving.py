"""The joint solve against the two engines by themselves, on a small channel and on one of conda-forge's size.

    python benchmarks/solving.py rounds [--repeat 9] [--json]
    python benchmarks/solving.py large [--records 500000] [--keep DIR] [--repeat 3] [--json]
    python benchmarks/solving.py conflict [--repeat 9] [--json]

``rounds`` and ``conflict``, which explains a request without a solution, run in this process. ``large`` runs each side
in a process of its own, and prints its peak memory as well. All compare medians of runs in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


from comparing import Row, compare, processor_time_with_own, show
from repodata import generated_record

from interlock.pipeline.explaining import explained
from interlock_hooks.testing.wheels import write_wheel
from interlock_hooks.types import EnvironmentRequest, InterlockError
from kit.snapshot import snapshot_request, write_snapshot
from kit.solved_universe import builtin_plugins, solve_request

SPECS = ("python 3.6.*", "pandas", "requests", "jinja2", "matplotlib", "jupyter")
# A project of ordinary size: this many PyPI packages in a chain of layers, beside those that the cases are about.
PACKAGES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rounds", "large", "conflict"))
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument(
        "--records", type=int, default=500_000, help="size of the large channel, 10000 or more (500000)"
    )
    parser.add_argument("--keep", type=Path, help="keep the large channel here")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
        if options.what == "rounds":
            rows = rounds(Path(folder), options.repeat)
        elif options.what == "conflict":
            rows = conflict(Path(folder), options.repeat)
        else:
            rows = large(options.keep or Path(folder), options.repeat, options.records)
    show(rows, as_json=options.json)


# -- a small channel ---------------------------------------------------------------------------------------------


def rounds(work: Path, repeat: int) -> list[Row]:
    """What a round of the joint solve costs when the engines cost next to nothing, against both engines once."""
    channel = write_snapshot(work / "channel")
    cases: dict[str, tuple[list[str], float | None]] = {
        "no conflict": ([], 1.1),
        "one name too new": (["numpy<1.14"], None),
        "two names too new": (["numpy<1.14", "requests<2.19"], 2.0),
        "four names too new": (["numpy<1.14", "requests<2.19", "jinja2<2.10", "tornado<5"], None),
    }
    rows, plugins = [], builtin_plugins()
    for title, (needs, target) in cases.items():
        wheels = _wheels(work / title.replace(" ", "-"), needs)
        request = snapshot_request(channel, wheels, SPECS)
        engines = partial(bare, channel, wheels)
        work_ = f"small channel, {title}"
        rows += compare(
            work_,
            partial(solve_request, request, plugins),
            {"both engines, once": (engines, target)},
            rounds=repeat,
            clock=processor_time_with_own,
        )
    return rows


def conflict(work: Path, repeat: int) -> list[Row]:
    """A request without a solution, solved and explained, against solving it alone."""
    channel = write_snapshot(work / "channel")
    wheels = _wheels(work / "wheels", ["numpy<1.14", "requests<2.19"])
    request = snapshot_request(channel, wheels, (*SPECS, "numpy >=1.15"))
    return compare(
        "a conflict explained",
        lambda: _explain(request),
        {"the failed solve": (lambda: _refused(request), 5.0)},
        rounds=repeat,
        never_over=10_000,
        clock=processor_time_with_own,
    )


def _refused(request: EnvironmentRequest) -> InterlockError:
    try:
        solve_request(request)
    except InterlockError as error:
        return error
    raise SystemExit("the conflict has a solution")


def _explain(request: EnvironmentRequest) -> None:
    plugins = builtin_plugins()
    error = _refused(request)
    if explained(error, request, plugins).findings == error.findings:
        print("the time was not enough to explain the conflict", file=sys.stderr)


def _wheels(folder: Path, needs: list[str]) -> Path:
    folder.mkdir()
    write_wheel(folder, "app", "1.0", requires=[*needs, "layer0"])
    for number in range(PACKAGES):
        write_wheel(folder, f"layer{number}", "1.0", requires=[f"layer{number + 1}"] * (number < PACKAGES - 1))
    return folder


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


def large(work: Path, repeat: int, number: int) -> list[Row]:
    if number < 10_000:
        raise SystemExit("--records: a large channel has 10000 at least")
    channel = work / "channel"
    if not (channel / "linux-64" / "repodata.json").is_file():
        write_large(channel, number)
    rows = []
    for size, specs in (("", large_specs(number)), (", few packages", few_specs())):
        _, first, second, *_ = specs
        cases = {"no conflict": ([f"{first}<30"], 1.1), "two names too new": ([f"{first}<3", f"{second}<3"], 1.6)}
        for title, (needs, target) in cases.items():
            wheels = work / f"{title}{size}".replace(" ", "-")
            wheels.mkdir(exist_ok=True)
            write_wheel(wheels, "app", "1.0", requires=needs)
            ours, alone = (partial(_apart, side, channel.as_uri(), wheels, specs) for side in ("--interlock", "--bare"))
            rows += compare(
                f"{number} records{size}, {title}",
                ours,
                {"rattler alone": (alone, target)},
                rounds=repeat,
                clock=lambda: sum(_elsewhere),
            )
    return rows


# Seconds that solves in other processes took, without what they import.
_elsewhere: list[float] = []


def _apart(side: str, channel: str, wheels: Path, specs: tuple[str, ...]) -> None:
    """One side in a process of its own, which says what its solve took."""
    command = [sys.executable, __file__, side, channel, str(wheels), *specs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, peak = done.stdout.split()
    _elsewhere.append(float(seconds))
    print(f"{side}: {peak} MiB at most", file=sys.stderr)


def write_large(channel: Path, number: int) -> None:
    """A channel where python packages of many versions and builds depend on a few others each."""
    dice = random.Random(1)
    names = number // 20
    packages = {}
    for minor in (10, 11, 12, 13):
        for patch in range(8):
            file, record = generated_record("python", f"3.{minor}.{patch}", f"h{patch}_cpython", [])
            packages[file] = record
    for index in range(names):
        name = f"pkg{index:05}"
        below = [f"pkg{dice.randrange(index):05}" for _ in range(min(index, dice.randint(0, 6)))]
        for version in range(5):
            depends = [f"{each} >={dice.randint(0, 2)}" for each in below]
            for minor in (10, 11, 12, 13):
                build = f"py3{minor}h{index % 9973:04x}_0"
                pin = [f"python >=3.{minor},<3.{minor + 1}.0a0", f"python_abi 3.{minor}.*"][:1]
                text = f"{version}.{index % 30}.0"
                file, record = generated_record(name, text, build, [*depends, *pin])
                packages[file] = record
    for subdir, content in (("linux-64", packages), ("noarch", {})):
        (channel / subdir).mkdir(parents=True, exist_ok=True)
        index_ = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": content}
        (channel / subdir / "repodata.json").write_text(json.dumps(index_))


def large_specs(number: int) -> tuple[str, ...]:
    """What is asked of a large channel: a python, and twenty packages spread evenly over it.

    With what they need, 2,262 packages of a channel of 500,000 records.
    """
    return _specs(max(number // 20 * 6 // 125, 1))


def few_specs() -> tuple[str, ...]:
    """As large an environment as people have: 200 packages with what they need."""
    return _specs(20)


def _specs(step: int) -> tuple[str, ...]:
    return ("python 3.12.*", *(f"pkg{20 + step * each:05}" for each in range(20)))


def measured(call: Callable[[], object]) -> None:
    """Print the CPU time of a call, in seconds, and the peak memory of this process in MiB."""
    start = processor_time_with_own()
    call()
    spent = processor_time_with_own() - start
    # Unlike the figure of getrusage, this one is not inherited from the process that started this one.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(f"{spent:.3f} {int(peak[1]) // 1024 if peak else 0}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        measured(lambda: bare_conda(sys.argv[2], tuple(sys.argv[4:])))
        # py-rattler 0.28 can abort while the interpreter ends; the engine's work is done by then.
        os._exit(0)
    elif sys.argv[1:2] == ["--interlock"]:
        large_request = snapshot_request(sys.argv[2], Path(sys.argv[3]), tuple(sys.argv[4:]))
        measured(lambda: solve_request(large_request))
    else:
        main()
