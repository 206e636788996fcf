"""The interpreter that uv gets while it resolves: it assumes metadata instead of building anything."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from interlock.core.paths import cache_dir
from interlock.engines.uv import create_venv
from interlock.resolve.uv import metadata_stub_backend as stub_backend

_START_FILE = "interlock_metadata_stub.pth"
_START = "import interlock_metadata_stub; interlock_metadata_stub.install(free_threaded={})\n"


def stub_key() -> str:
    """Changes when what the metadata stub answers may change; uv's cache of its answers is kept apart by it."""
    return hashlib.sha256(_source()).hexdigest()[:16]


def stub_python(*, free_threaded: bool = False) -> Path:
    """The interpreter of a virtual environment in the cache whose only module is the metadata stub.

    It tells uv that it is ``free_threaded`` or not, whatever the running interpreter is. Made when it is missing or its
    base interpreter is gone. Raises :class:`~interlock_hooks.types.InterlockError` (IL391) when no virtual environment
    can be made over the running interpreter.
    """
    base = hashlib.sha256(f"{sys.executable} {sys.version}".encode()).hexdigest()[:16]
    # uv remembers what an interpreter says of itself, so that each kind has a place of its own.
    folder = cache_dir() / "resolve" / f"metadata-stub-{stub_key()}-{base}{'-t' if free_threaded else ''}"
    python = folder / "bin" / "python"
    if python.exists() and any(folder.glob(f"lib/*/site-packages/{_START_FILE}")):
        return python
    from filelock import FileLock  # only needed once

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        create_venv(Path(sys.executable), folder, system_site_packages=False)
        site = next(folder.glob("lib/*/site-packages"))
        (site / "interlock_metadata_stub.py").write_bytes(_source())
        # Last, because its presence says that the rest is complete.
        (site / _START_FILE).write_text(_START.format(free_threaded), encoding="utf-8")
    return python


def _source() -> bytes:
    return Path(stub_backend.__file__).read_bytes()
