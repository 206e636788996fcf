"""Where the files of a project are: beside its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.core.names import DEFAULT_FOLDER, LOCK_NAME

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one project.

    ``root`` is the directory of the manifest; ``folder`` is ``.interlock``, or ``.pixi`` when run as ``pixi env``.
    ``elsewhere`` are the prefixes of environments for which a host such as conda has chosen another place.
    """

    root: Path
    folder: str = DEFAULT_FOLDER
    elsewhere: Mapping[str, Path] = field(default_factory=dict)

    def prefix(self, name: str) -> Path:
        """The prefix of the environment ``name``."""
        return self.elsewhere.get(name) or self.root / self.folder / "envs" / name

    @property
    def own(self) -> Path:
        """The directory of what is made of the project."""
        return self.root / self.folder

    @property
    def logs(self) -> Path:
        """The directory of build logs."""
        return self.root / self.folder / "logs"

    @property
    def own_channel(self) -> Path:
        """The directory of conda packages that are built from recipes of the project."""
        return self.root / self.folder / "channel"

    @property
    def lock_file(self) -> Path:
        """The project's lock."""
        return self.root / LOCK_NAME
