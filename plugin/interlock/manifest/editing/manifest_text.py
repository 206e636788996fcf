"""The text of a manifest: its words, its dependencies, and how another text differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interlock.core.files import is_file
from interlock.manifest.discovery import PYPROJECT, is_conda_file, is_environment_yml
from interlock.manifest.document import Document, read_text
from interlock.manifest.editing.dialects import Dialect, Entry, dialect_of, entries, pip_lines
from interlock.manifest.editing.differences import Written, differences
from interlock.manifest.editing.pip_text import PipFile, named_by
from interlock.manifest.editing.toml_file import TomlFile
from interlock.manifest.text_document import TextDocument
from interlock.manifest.yaml_document import YamlDocument

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import Location


@dataclass(frozen=True)
class ManifestText:
    """The text of a manifest in the file ``path``, which can be read without an error.

    ``builds`` is the ``pyproject.toml`` beside one of conda's files, which says how packages are built; ``None`` or
    without text if there is none. ``lists`` are the requirements files that an ``environment.yml`` names.
    """

    path: Path
    text: str
    builds: ManifestText | None = None
    lists: tuple[PipFile, ...] = ()

    @classmethod
    def read(cls, path: Path) -> ManifestText:
        """The manifest in a file. Raises :class:`InterlockError` (IL101 or IL102) if it cannot be read."""
        beside = path.with_name(PYPROJECT)
        builds = cls(beside, read_text(beside) if is_file(beside) else "") if is_conda_file(path) else None
        found = cls(path, read_text(path), builds)
        if not is_environment_yml(path):
            return found
        lines = (line for _, line in pip_lines(found.data))
        return replace(found, lists=tuple(named_by(lines, path.parent, path.parent)))

    @property
    def files(self) -> tuple[ManifestText | PipFile, ...]:
        """All files that it consists of."""
        return (self, *((self.builds,) if self.builds else ()), *self.lists)

    @property
    def others(self) -> dict[Path, str]:
        """The text of the files other than its own."""
        return {each.path: each.text for each in self.files[1:]}

    @property
    def modes(self) -> ManifestText:
        """The file that says how packages are built."""
        return (self.builds or ManifestText(self.path.with_name(PYPROJECT), "")) if is_conda_file(self.path) else self

    def with_modes(self, text: str) -> ManifestText:
        """With another text of that file."""
        new = replace(self.modes, text=text)
        return replace(self, builds=new) if is_conda_file(self.path) else new

    def list_at(self, path: Path) -> PipFile:
        """One of the requirements files."""
        return next(each for each in self.lists if each.path == path)

    def with_list(self, new: PipFile) -> ManifestText:
        """With another text of a requirements file."""
        return replace(self, lists=tuple(new if each.path == new.path else each for each in self.lists))

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
        """The dependencies that it lists, those of requirements files included."""
        inner = (entry for each in self.lists for entry in each.entries)
        return (*entries(self.dialect, self.data, self.document.root), *inner)

    def where(self, entry: Entry) -> Location:
        """Where it lists a dependency."""
        document = self.list_at(entry.file).document if entry.file else self.document
        return document.where(entry.path)

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
            lists = zip(self.lists, new.lists, strict=True)
            pairs = [(self.document, new.document), *((old.document, other.document) for old, other in lists)]
            return (*(each for pair in pairs for each in differences(*pair, lambda _: False)), *beside)
        files = TomlFile(self.text), TomlFile(new.text)
        return differences(self.document, new.document, lambda path: any(file.is_written(path) for file in files))
