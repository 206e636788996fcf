"""Environments that belong to no project: each is in the user's cache, by what was asked for."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.core.files import write_atomic
from interlock.core.idle import hold, idle_folders, remove_at_once
from interlock.core.names import LOCK_NAME
from interlock.core.paths import cache_dir
from interlock.core.pep508 import NAME
from interlock.core.platforms import current_platform
from interlock.core.urls import scheme_of

if TYPE_CHECKING:
    from pathlib import Path

_MANIFEST = "environment.yml"
_USED = "used"
# What a path or a URL follows in a line of pip's: an option, or the name of the package there.
_BEFORE_PATH = re.compile(
    r"(?P<before>(?:^|\s)(?:-[ercf]|--(?:editable|requirement|constraint|find-links))(?:\s+|=)"
    rf"|^{NAME}\s*(?:\[[^\]]*\])?\s*@\s*)(?P<path>[^\s;]+)"
)
_TITLE = "# Written by `interlock env exec`, which keeps this environment for the next time.\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a throw-away environment contains: conda specs, PyPI requirements, and where they come from.

    Paths are relative to the working directory. Without ``channels`` it is conda-forge, also inside of a project.
    """

    specs: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    index_url: str | None = None

    def manifest(self) -> str:
        """The same as an ``environment.yml``, in which paths are absolute."""
        import yaml

        channels = [_absolute(channel) for channel in self.channels] or [DEFAULT_CHANNEL]
        dependencies: list[Any] = list(dict.fromkeys(self.specs))
        if self.requirements:
            index = [f"--index-url {self.index_url}"] if self.index_url else []
            dependencies.append({"pip": [*index, *map(_absolute_requirement, dict.fromkeys(self.requirements))]})
        data = {
            "name": "exec",
            "channels": [*channels, "nodefaults"],
            "platforms": [current_platform()],
            "dependencies": dependencies,
        }
        text: str = yaml.safe_dump(data, sort_keys=False)
        return _TITLE + text


def guessed_spec(program: str) -> str | None:
    """The conda package that probably has the name of a program; ``None`` for the path of one."""
    return None if "/" in program else re.sub(r"[^A-Za-z0-9._-]", "-", program)


def throwaway_manifest(wanted: Wanted, *, anew: bool = False) -> Path:
    """The manifest of the environment, written if it is new; it is not pruned while this process and its heirs run.

    With ``anew`` its lock is forgotten, so that it gets the newest packages.
    """
    text = wanted.manifest()
    folder = _parent() / hashlib.sha256(text.encode()).hexdigest()[:32]
    folder.parent.mkdir(parents=True, exist_ok=True)
    hold(folder)
    folder.mkdir(exist_ok=True)
    manifest = folder / _MANIFEST
    if not manifest.exists():
        write_atomic(manifest, text)
    (folder / _USED).touch()
    if anew:
        (folder / LOCK_NAME).unlink(missing_ok=True)
    return manifest


def prune_throwaways(*, unused_for: float) -> list[Path]:
    """Remove the environments that were not used for so many seconds and that no program uses now; which these were."""
    removed = []
    for folder in idle_folders(_parent(), _last_use, unused_for=unused_for):
        remove_at_once(folder)
        removed.append(folder)
    return removed


def _parent() -> Path:
    return cache_dir() / "exec"


def _last_use(folder: Path) -> float:
    try:
        return (folder / _USED).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _absolute_requirement(text: str) -> str:
    """A requirement as it is read from anywhere: as for pip, ``libs/mine`` is a path."""
    # Imported here: most commands have none.
    from interlock.manifest.dialects.pip_requirements import is_only_path

    text = os.path.expanduser(text)  # noqa: PTH111 - a requirement may be anything
    if is_only_path(text):
        return os.path.abspath(text)  # noqa: PTH100 - resolves no links
    return _BEFORE_PATH.sub(lambda found: f"{found['before']}{_full(found['path'])}", text)


def _full(path: str) -> str:
    return path if scheme_of(path) else os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - as above


def _absolute(text: str) -> str:
    """A path as it is from anywhere; anything else unchanged."""
    return os.path.abspath(text) if text.startswith((".", "/")) else text  # noqa: PTH100 - resolves no links
