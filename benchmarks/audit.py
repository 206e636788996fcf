"""Measures the audit: a wheel with a 500 MB extension module, and any others, against a prefix.

    python benchmarks/audit.py --prefix DIR [WHEEL ...]

With torch in the prefix, the module is linked with torch's libraries, so that these are read too. Needs gcc. Time and
memory are those of the whole command, from its start on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

MEGABYTES = 500
SYMBOLS = 120_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", type=Path, required=True, help="an environment, best one with torch")
    parser.add_argument("wheel", type=Path, nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as work:
        for wheel in (*options.wheel, large_wheel(Path(work), options.prefix)):
            measure(wheel, options.prefix)


def large_wheel(work: Path, prefix: Path) -> Path:
    """A wheel whose extension module exports many symbols and is mostly data, half of which does not compress."""
    names = [f"_ZN5large{len(name := f'f{number}')}{name}Ev" for number in range(SYMBOLS)]
    lines = [f".globl {name}\n.type {name}, @function\n{name}: ret" for name in (*names, "PyInit__large")]
    blob = work / "blob"
    with blob.open("wb") as file:
        for _ in range(MEGABYTES):
            file.write(os.urandom(1 << 19) + bytes(1 << 19))
    source = work / "large.s"
    source.write_text("\n".join([".text", *lines, ".section .rodata", f'.incbin "{blob}"', ""]))
    module, wheel = work / "_large.so", work / "large-1.0-py3-none-linux_x86_64.whl"
    torch = sorted(prefix.glob("lib/python3*/site-packages/torch/lib/lib*.so"))
    libraries = [str(path) for path in torch if path.name in ("libc10.so", "libtorch_cpu.so", "libtorch_python.so")]
    command = ["gcc", "-shared", "-nostdlib", "-Wl,--no-as-needed,--unresolved-symbols=ignore-all", "-o", str(module)]
    subprocess.run([*command, str(source), *libraries], check=True)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(module, "large/_large.so")
    return wheel


def measure(wheel: Path, prefix: Path) -> None:
    command = [sys.executable, "-m", "interlock", "audit", str(wheel), "--prefix", str(prefix), "--quiet"]
    began = time.monotonic()
    _, status, used = os.wait4(subprocess.Popen(command).pid, 0)
    seconds, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
    print(
        f"{wheel.name}: {seconds:.2f} s ({cpu:.2f} s of CPU), {used.ru_maxrss // 1024} MiB, "
        f"exit code {os.waitstatus_to_exitcode(status)}"
    )


if __name__ == "__main__":
    main()
