"""Interpreters of this machine other than the one that runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def find_interpreter(minor: str) -> Path | None:
    """A working interpreter of version ``minor`` (``3.12``) on this machine, ``None`` if there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    candidates = [shutil.which(f"python{minor}"), *sorted(pyenv.glob(f"{minor}.*/bin/python{minor}"))]
    return next((Path(candidate) for candidate in candidates if candidate and _works(candidate, minor)), None)


def _works(candidate: str | Path, minor: str) -> bool:
    # A pyenv shim is there for every version that was ever installed, and fails for those that are not selected.
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == minor
