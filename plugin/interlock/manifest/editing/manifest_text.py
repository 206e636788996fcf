"""The text of a manifest: its words, its dependencies, and how another text differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interlock.core.files import is_file
from interlock.manifest.discovery import PYPROJECT, is_conda_file, is_environment_yml
from interlock.manifest.document import Document, read_text
from interlock.manifest.editing.dialects import Dialect, Entry, dialect_of, entries
from interlock.manifest.editing.differences import Written, differences
from interlock.manifest.editing.toml_file import TomlFile
from interlock.manifest.text_document import TextDocument
from interlock.manifest.yaml_document import YamlDocument

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ManifestText:
    """The text of a manifest in the file ``path``, which can be read without an error.

    ``builds`` is the ``pyproject.toml`` beside one of conda's files, which says how packages are built; ``None`` or
    without text if there is none.
    """

    path: Path
    text: str
    builds: ManifestText | None = None

    @classmethod
    def read(cls, path: Path) -> ManifestText:
        """The manifest in a file. Raises :class:`InterlockError` (IL101 or IL102) if it cannot be read."""
        beside = path.with_name(PYPROJECT)
        builds = cls(beside, read_text(beside) if is_file(beside) else "") if is_conda_file(path) else None
        return cls(path, read_text(path), builds)

    @property
    def files(self) -> tuple[ManifestText, ...]:
        """All files that it consists of."""
        return (self, self.builds) if self.builds else (self,)

    @property
    def modes(self) -> ManifestText:
        """The file that says how packages are built."""
        return (self.builds or ManifestText(self.path.with_name(PYPROJECT), "")) if is_conda_file(self.path) else self

    def with_modes(self, text: str) -> ManifestText:
        """With another text of that file."""
        new = replace(self.modes, text=text)
        return replace(self, builds=new) if is_conda_file(self.path) else new

    @cached_property
    def document(self) -> Document:
        """Its data, and where everything is."""
        if is_environment_yml(self.path):
            return YamlDocument(self.path, self.text)
        return (TextDocument if self.path.suffix == ".txt" else Document)(self.path, self.text)

    @property
    def data(self) -> dict[str, Any]:
        """Its data."""
        return self.document.data

    @property
    def dialect(self) -> Dialect:
        """Its words."""
        return dialect_of(self.path, self.data)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The dependencies that it lists."""
        return entries(self.dialect, self.data, self.document.root)

    @property
    def features(self) -> frozenset[str]:
        """The features that it has as tables of pixi's; their reader tells which of them no environment uses."""
        table = self.data.get("tool", {}).get("pixi", {}) if self.dialect is Dialect.PYPROJECT else self.data
        return frozenset(table.get("feature", ())) if self.dialect.has_pixi else frozenset()

    def use_of(self, feature: str) -> str:
        """What to write so that the default environment has a group or an extra."""
        if self.dialect is Dialect.PROJECT:
            return f'list it in [tool.uv] default-groups = ["dev", "{feature}"], if it is to be installed always'
        return f'list it in an environment: [tool.pixi.environments] {feature} = ["{feature}"]'

    def changes(self, new: ManifestText) -> tuple[Written, ...]:
        """What another text of it changes, key by key."""
        if is_environment_yml(self.path):
            beside = self.modes.changes(new.builds) if new.builds else ()
            return (*differences(self.document, new.document, lambda _: False), *beside)
        files = TomlFile(self.text), TomlFile(new.text)
        return differences(self.document, new.document, lambda path: any(file.is_written(path) for file in files))
