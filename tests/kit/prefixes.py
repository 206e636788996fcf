"""Prefixes as an install leaves them, made of their records alone: nothing in them runs but the interpreter."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from interlock.engines.rattler.record_json import record_to_json
from interlock.install.state import State, identity_of, installed_package, save_state
from interlock.lock.model import Lock
from interlock.lock.writer import write
from interlock_hooks.testing.wheels import core_metadata, escaped
from interlock_hooks.types import LockedEnvironment

SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


def lock_in(folder: Path, *environments: LockedEnvironment) -> Path:
    """Write ``interlock.lock``."""
    lock = Lock()
    for environment in environments:
        lock = lock.with_environment(environment, digest="d")
    write(folder / "interlock.lock", lock, root=folder)
    return folder / "interlock.lock"


def write_prefix(
    prefix: Path,
    environment: LockedEnvironment,
    lock_file: Path,
    *,
    files: Mapping[str, Sequence[str]] | None = None,
    compiled: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """A prefix that was made from a lock; ``files`` are those of conda packages, ``compiled`` those of PyPI packages.

    Distributions that conda supplies belong to the records that supply them.
    """
    held: dict[str, list[str]] = {name: list(paths) for name, paths in (files or {}).items()}
    for each in environment.resolution.provided:
        info = _distribution(prefix, each.name, each.version, ())
        held.setdefault(each.record, []).append(f"{info.relative_to(prefix)}/METADATA")
    for record in environment.conda.records:
        path = prefix / "conda-meta" / f"{record.name}-{record.version}-{record.build}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**record_to_json(record), "files": held.get(record.name, [])}))
    installed = {}
    for package in environment.resolution.packages:
        info = _distribution(prefix, package.name, package.version, package.requires)
        (info / "RECORD").write_text("".join(f"{file},,\n" for file in (compiled or {}).get(package.name, ())))
        entry = installed_package(package)
        if package.needs_build:
            entry = type(entry)(version=package.version, identity=f"{identity_of(package)} built 0", built="isolated")
        installed[package.name] = entry
    python = prefix / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.symlink_to(sys.executable)
    state = State(
        environment=environment.name,
        platform=environment.platform,
        complete=True,
        site_packages=SITE,
        pypi=installed,
    )
    save_state(prefix, state, inputs={lock_file.with_name("pixi.toml"): time.time_ns(), lock_file: time.time_ns()})
    return prefix


def _distribution(prefix: Path, name: str, version: str, requires: Sequence[str]) -> Path:
    info = prefix / SITE / f"{escaped(name)}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(core_metadata(name, version, requires=requires))
    return info
