"""The formats by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.export.model import Exported, Subject


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the module that writes it, and whether one file holds all environments and platforms."""

    module: str
    whole: bool = False

    def export(self, subjects: Sequence[Subject]) -> Exported:
        """The text of the file: of all subjects if it is whole, else of the only one."""
        # Imported here: each format has libraries of its own.
        writer = import_module(f"interlock.export.{self.module}").export
        exported: Exported = writer(subjects) if self.whole else writer(*subjects)
        return exported


FORMATS = {
    "pixi-lock": Format("pixi_lock", whole=True),
    "pylock": Format("pylock"),
    "conda-explicit": Format("conda_explicit"),
    "environment-yml": Format("environment_yml"),
    "requirements": Format("requirements"),
    "cyclonedx": Format("cyclonedx"),
    "dockerfile": Format("dockerfile"),
}
