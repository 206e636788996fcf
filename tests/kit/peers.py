"""What other tools make of the files that Interlock exports."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rattler import LockFile, install
from uv import find_uv_bin

from kit.project import Project


def installed_by_uv(project: Project, folder: Path, file: str) -> dict[str, str]:
    """What uv installs from a file into an empty environment that has what conda supplies."""
    # Where uv finds what the build of an sdist requires.
    settings = {"UV_DEFAULT_INDEX": project.index.url, "UV_CACHE_DIR": str(folder / "cache")}
    return UvVenv(folder / "venv", project.root, project.environment(settings)).install("--no-deps", "-r", file)


class UvVenv:
    """A virtual environment that uv makes and installs into; its commands run in ``cwd`` with these ``variables``."""

    def __init__(self, folder: Path, cwd: Path, variables: Mapping[str, str], python: str = sys.executable) -> None:
        self.python = folder / "bin" / "python"
        self._cwd = cwd
        self._variables = {**variables, "UV_NO_CONFIG": "1"}
        self._uv("venv", "--python", python, str(folder))

    def install(self, *arguments: str) -> dict[str, str]:
        """The versions that are installed after ``uv pip install`` of these arguments."""
        target = ["--python", str(self.python)]
        self._uv("pip", "install", *target, *arguments)
        listed = self._uv("pip", "list", *target, "--format", "json")
        return {package["name"]: package["version"] for package in json.loads(listed)}

    def _uv(self, *arguments: str) -> str:
        command = [find_uv_bin(), *arguments, "--quiet"]
        done = subprocess.run(command, cwd=self._cwd, env=self._variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command} → {done.returncode}\n{done.stderr}"
        return done.stdout


def linked_by_rattler(lock: Path, prefix: Path) -> dict[str, str]:
    """What py-rattler links into a new prefix from the default environment of a ``pixi.lock``."""
    environment = LockFile.from_path(lock).default_environment()
    assert environment is not None
    (platform,) = environment.platforms()
    records = environment.conda_repodata_records_for_platform(platform)
    assert records is not None
    asyncio.run(install(records, target_prefix=prefix, cache_dir=prefix.with_name("packages"), show_progress=False))
    return {record.name.normalized: str(record.version) for record in records}
