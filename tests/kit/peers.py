"""What other tools make of the files that Interlock exports."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from rattler import LockFile, install
from uv import find_uv_bin

from kit.project import Project


def installed_by_uv(project: Project, folder: Path, file: str) -> dict[str, str]:
    """What uv installs from a file into an empty environment that has what conda supplies."""
    uv = [find_uv_bin()]
    # Where uv finds what the build of an sdist requires.
    settings = {"UV_DEFAULT_INDEX": project.index.url, "UV_CACHE_DIR": str(folder / "cache"), "UV_NO_CONFIG": "1"}
    environment = project.environment(settings)
    run = {"cwd": project.root, "env": environment, "check": True, "capture_output": True, "text": True}
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv")], **run)
    target = ["--python", str(folder / "venv")]
    subprocess.run([*uv, "pip", "install", "--quiet", *target, "--no-deps", "-r", file], **run)
    listed = subprocess.run([*uv, "pip", "list", *target, "--format", "json"], **run).stdout
    return {package["name"]: package["version"] for package in json.loads(listed)}


def linked_by_rattler(lock: Path, prefix: Path) -> dict[str, str]:
    """What py-rattler links into a new prefix from the default environment of a ``pixi.lock``."""
    environment = LockFile.from_path(lock).default_environment()
    assert environment is not None
    (platform,) = environment.platforms()
    records = environment.conda_repodata_records_for_platform(platform)
    assert records is not None
    asyncio.run(install(records, target_prefix=prefix, cache_dir=prefix.with_name("packages"), show_progress=False))
    return {record.name.normalized: str(record.version) for record in records}
