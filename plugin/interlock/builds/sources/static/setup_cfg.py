"""``setup.cfg`` as setuptools reads it."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from typing import TYPE_CHECKING

from interlock.builds.sources.static.attributes import read_attribute
from interlock.builds.sources.static.declared import Declared, Extras
from interlock.builds.sources.static.facts import Fact, Known, NotProvable
from interlock.builds.sources.static.requirement_texts import NotARequirementError, read_requirements
from interlock.builds.sources.static.setup_py.files import SourceFiles

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "setup.cfg"
Section = Mapping[str, str]


class _Parser(configparser.ConfigParser):
    def optionxform(self, optionstr: str) -> str:
        """Names of extras keep their case."""
        return optionstr


def read_setup_cfg(tree: Path) -> Declared | NotProvable:
    """What the ``setup.cfg`` of a tree declares; nothing if there is none."""
    files = SourceFiles(tree)
    if not (tree / _FILE).exists():
        return Declared()
    text = files.read(_FILE)
    parser = _Parser()
    try:
        if text is None:
            return NotProvable("setup.cfg cannot be read")
        parser.read_string(text)
        metadata, options, egg_info = (_section(parser, name) for name in ("metadata", "options", "egg_info"))
        extras = _items(parser, "options.extras_require")
    except configparser.Error as error:
        return NotProvable(f"setup.cfg is not valid: {str(error).splitlines()[0]}")
    reader = _Reader(files)
    return Declared(
        name=reader.text(metadata, "name"),
        version=reader.version(metadata),
        requires_python=reader.text(options, "python_requires"),
        install=reader.requirements(options, "install_requires"),
        extras=reader.extras(extras),
        plugins=reader.requirements(options, "setup_requires"),
        is_tagged=_is_tagged(egg_info),
    )


def _is_tagged(egg_info: Section) -> bool:
    nothing = ("", "0", "false", "no", "off")
    return any(
        egg_info.get(key, "").strip().lower() not in nothing for key in ("tag_build", "tag_date", "tag_svn_revision")
    )


def _section(parser: configparser.ConfigParser, name: str) -> Section:
    # Both were allowed for years: dashes, and capital letters.
    return {key.replace("-", "_").lower(): value for key, value in _items(parser, name).items()}


def _items(parser: configparser.ConfigParser, name: str) -> Section:
    return dict(parser.items(name)) if parser.has_section(name) else {}


class _Reader:
    """Reads options, with the directives ``file:`` and ``attr:`` in them."""

    def __init__(self, files: SourceFiles) -> None:
        self._files = files

    def text(self, section: Section, key: str) -> Fact[str] | None:
        value = section.get(key, "").strip()
        if not value:
            return None
        if value.startswith(("file:", "attr:")):
            return NotProvable(f"{key} of setup.cfg is {value!r}")
        return Known(value, _FILE)

    def version(self, metadata: Section) -> Fact[str] | None:
        value = metadata.get("version", "").strip()
        if value.startswith("attr:"):
            found = read_attribute(self._files, value.removeprefix("attr:").strip())
            return found if isinstance(found, NotProvable) else Known(found.value, f"{_FILE}, {found.source}")
        if value.startswith("file:"):
            text = self._files.read(value.removeprefix("file:").strip())
            return NotProvable(f"version of setup.cfg is {value!r}") if text is None else Known(text.strip(), _FILE)
        return Known(value, _FILE) if value else None

    def requirements(self, section: Section, key: str) -> Fact[tuple[str, ...]] | None:
        value = section.get(key, "")
        return self._requirements(value, key) if value.strip() else None

    def extras(self, section: Section) -> Fact[Extras] | None:
        found: dict[str, tuple[str, ...]] = {}
        for key, value in section.items():
            fact = self._requirements(value, f"the extra {key}")
            if isinstance(fact, NotProvable):
                return fact
            found[key] = fact.value
        return Known(found, _FILE) if found else None

    def _requirements(self, value: str, what: str) -> Fact[tuple[str, ...]]:
        if value.startswith("file:"):
            return read_files(self._files, value.removeprefix("file:").split(","), f"{what} of {_FILE}")
        if value.startswith("attr:"):
            return NotProvable(f"{what} of setup.cfg is {value!r}")
        # A value on the line of its key is a list with semicolons: markers need lines of their own.
        items = value.splitlines() if "\n" in value else value.split(";")
        lines = [item.strip() for item in items]
        try:
            return Known(read_requirements([line for line in lines if not line.startswith("#")]), _FILE)
        except NotARequirementError as error:
            return NotProvable(f"{what} of setup.cfg: {error}")


def read_files(files: SourceFiles, paths: list[str], what: str) -> Fact[tuple[str, ...]]:
    """The requirements in files that a directive of setuptools names."""
    names = [path.strip() for path in paths]
    texts = [files.read(name) for name in names]
    try:
        if any(text is None for text in texts):
            return NotProvable(f"{what} names a file that cannot be read: {', '.join(names)}")
        return Known(read_requirements([text for text in texts if text is not None]), ", ".join(names))
    except NotARequirementError as error:
        return NotProvable(f"{what}: {error}")
