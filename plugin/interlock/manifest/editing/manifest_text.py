"""The text of a manifest: its words, its dependencies, and how another text differs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interlock.manifest.discovery import is_environment_yml
from interlock.manifest.document import Document
from interlock.manifest.editing.dialects import Dialect, Entry, dialect_of, entries
from interlock.manifest.editing.differences import Written, differences
from interlock.manifest.editing.toml_file import TomlFile
from interlock.manifest.text_document import TextDocument
from interlock.manifest.yaml_document import YamlDocument

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ManifestText:
    """The text of a manifest in the file ``path``, which can be read without an error."""

    path: Path
    text: str

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
            return differences(self.document, new.document, lambda _: False)
        files = TomlFile(self.text), TomlFile(new.text)
        return differences(self.document, new.document, lambda path: any(file.is_written(path) for file in files))
