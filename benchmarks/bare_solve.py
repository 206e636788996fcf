"""The bare engine: specs straight into rattler's solver, with nothing else imported.

python benchmarks/bare_solve.py CHANNEL SPEC...
"""

from __future__ import annotations

import asyncio
import os
import sys

from rattler import VirtualPackage, solve


def main(channel: str, *specs: str) -> None:
    os.environ.setdefault("CONDA_OVERRIDE_CUDA", "13.0")
    virtual = [package.into_generic() for package in VirtualPackage.detect()]
    asyncio.run(solve([channel], list(specs), platforms=["linux-64", "noarch"], virtual_packages=virtual))


if __name__ == "__main__":
    main(*sys.argv[1:])
    # py-rattler 0.28 can abort while the interpreter ends; the engine's work is done by then.
    os._exit(0)
