"""What a build saw of the world, recorded into the wheel that it makes."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any


def observe(imports: list[str]) -> dict[str, Any]:
    """Import the modules and describe them, the compiler on PATH, the variables and the distributions in sight."""
    nvcc = shutil.which("nvcc")
    return {
        "imports": {name: getattr(importlib.import_module(name), "__version__", None) for name in imports},
        "nvcc": nvcc,
        "nvcc_says": _output(nvcc),
        "variables": dict(os.environ),
        "distributions": {entry.metadata["Name"]: entry.version for entry in distributions()},
        "executable": sys.executable,
        "path": sys.path,
    }


def write(package: str, imports: list[str]) -> None:
    """Record the observation beside the sources of ``package``, for a ``setup.py`` that packages it as data."""
    Path(package, "built.json").write_text(recorded(observe(imports)), encoding="utf-8")


def recorded(observation: dict[str, Any]) -> str:
    """An observation as text in which ``$PREFIX`` is the environment: a wheel that names it would serve no other."""
    text, prefix = json.dumps(observation), os.environ.get("CONDA_PREFIX")
    return text.replace(prefix, "$PREFIX") if prefix else text


def _output(program: str | None) -> str | None:
    if program is None:
        return None
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
