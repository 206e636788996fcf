"""The project's own channel: one folder for each source that was built, named after what made it.

A folder holds all packages of one recipe, is made whole or not at all, and never changes. Another content of the
source, or other channels or limits for what it is built with, make another folder, so that nothing is built twice.
Of each source, older contents are removed, and nothing else: what a run has built for one environment stays until it is
solved, whatever else the run builds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from interlock.core.platforms import current_platform
from interlock.core.recipes import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interlock_hooks.types import CondaSource

# Contents of one source; older ones are removed. What a lock still has can be built again.
_KEPT = 4


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """The packages that are built for the project in ``project``, below ``root``."""

    root: Path
    project: Path

    def folder(self, source: CondaSource, channels: Sequence[str], choice: Sequence[str] = ()) -> Path:
        """Where the packages of a source with a digest are, or will be.

        ``choice`` is what else decides which packages of the channels it is built with.
        """
        # The same in every clone of a project.
        place = os.path.relpath(folder_of(source), self.project)
        places = [each.replace(self.project.as_uri(), ".") for each in channels]
        lasting = _short([place, source.recipe, places, list(choice), current_platform()], 8)
        return self.root / f"{folder_of(source).name}-{lasting}-{_short(source.digest, 16)}"

    def provide(self, folder: Path, make: Callable[[Path], None]) -> bool:
        """Have ``make`` fill a directory that becomes ``folder``, unless it is there; says whether it was made now.

        Waits for another process that makes it. Raises :class:`OSError`, and what ``make`` raises.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / ".lock"):
            if folder.is_dir():
                return False
            with tempfile.TemporaryDirectory(prefix=".new-", dir=self.root, ignore_cleanup_errors=True) as parent:
                fresh = Path(parent, folder.name)
                fresh.mkdir()
                make(fresh)
                fresh.rename(folder)
        self._forget_older(folder)
        return True

    def _forget_older(self, folder: Path) -> None:
        stem = folder.name.rpartition("-")[0]
        with suppress(OSError):
            others = [each for each in self.root.iterdir() if each.is_dir() and each.name.rpartition("-")[0] == stem]
            for old in sorted(others, key=lambda each: each.stat().st_mtime_ns, reverse=True)[_KEPT:]:
                shutil.rmtree(old, ignore_errors=True)


def _short(value: object, length: int) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:length]
