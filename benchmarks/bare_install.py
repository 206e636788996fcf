"""rattler on its own, for comparison: links what the records of a prefix say into another one.

python benchmarks/bare_install.py CONDA-META PREFIX
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from rattler import PrefixRecord, install

if __name__ == "__main__":
    # Other files are Interlock's own.
    records = [PrefixRecord.from_path(path) for path in sorted(Path(sys.argv[1]).glob("*-*-*.json"))]
    asyncio.run(install(records, Path(sys.argv[2])))
    # py-rattler 0.28 can abort while the interpreter ends; the engine's work is done by then.
    os._exit(0)
