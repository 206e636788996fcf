"""Lines as pip's requirements files have them: in the ``pip`` section of an ``environment.yml``, and in files.

See "Requirements File Format" in pip's documentation. pip asks all indexes for each package and takes the best version,
wherever it is, and so it is done here.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

from interlock.core.files import is_file
from interlock.manifest import codes
from interlock.manifest.dialects.indexes import read_address, read_location
from interlock.manifest.dialects.pip_requirements import PipLine, read_editable, read_pip_requirement
from interlock.manifest.document import read_text
from interlock.manifest.requirements import read_name
from interlock.manifest.table import Table
from interlock.manifest.text_document import LINES, TextDocument, lines_of
from interlock.manifest.urls import absolute, is_url
from interlock_hooks.types.build import PackageBuildOptions
from interlock_hooks.types.requirements import Index, NameSelection, PyPIOptions, Requirement

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.positions import Key

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_SHA256 = re.compile(r"sha256:([0-9a-fA-F]{64})\Z")
_NO_EFFECT = {
    "require_hashes": "the lock records the hashes that the index states, and every install is held to those",
    "prefer_binary": "",
    "trusted_host": "",
    "use_feature": "",
    "global_option": "",
    "install_option": "",
}


class PipLines:
    """Reads lines and gathers what they ask for; ``files`` are the files that they name.

    ``texts`` stand in for the content of such files.
    """

    def __init__(self, texts: Mapping[Path, str] = MappingProxyType({})) -> None:
        self._texts = texts
        self.requirements: list[Requirement] = []
        self.constraints: list[str] = []
        self.packages: list[PackageBuildOptions] = []
        self.files: dict[Path, None] = {}
        self._extra: list[Index] = []
        self._default: Index | None = None
        self._find_links: list[str] = []
        self._prereleases = self._no_index = False
        self._told: set[str] = set()
        self._read: set[tuple[Path, bool]] = set()  # files, and whether as constraints
        self._no_binary, self._no_build = NameSelection(), NameSelection()

    @property
    def options(self) -> PyPIOptions:
        """Where packages come from, and which may be used."""
        return PyPIOptions(
            indexes=(*self._extra, *([self._default] if self._default else [])),
            find_links=tuple(dict.fromkeys(self._find_links)),
            index_strategy="unsafe-best-match" if self._extra else None,
            prerelease="allow" if self._prereleases else None,
            no_index=self._no_index,
            no_binary=self._no_binary,
            no_build=self._no_build,
        )

    def read(self, table: Table, lines: Iterable[tuple[Key, str]], *, constrains: bool = False) -> None:
        """Read lines, each of which stands at a path of a table; ``constrains``: they only restrict versions."""
        for place, line in lines:
            said = PipLine.of(_with_variables(line))
            text = said.requirement.strip()
            try:
                options = _options_of(said.options)
            except ValueError as error:
                table.error(codes.WRONG_VALUE, f"pip could not read {line!r}", *place, why=str(error))
                continue
            self._requirement(table, text, options, place, constrains=constrains)
            self._options(table, options, place)

    def _requirement(
        self, table: Table, text: str, options: argparse.Namespace, place: Key, *, constrains: bool
    ) -> None:
        hashes = _read_hashes(table, options.hash, place, constrains=constrains)
        found = [read_pip_requirement(table, text, *place)] if text else []
        found += [read_editable(table, each, *place) for each in options.editable]
        for requirement in found:
            if requirement is None:
                continue
            if constrains:
                self.constraints.append(requirement.text)
                continue
            self.requirements.append(replace(requirement, hashes=hashes))
            settings = [each.partition("=") for each in options.config_settings]
            if settings:
                given = tuple((name, value) for name, _, value in settings)
                self.packages.append(
                    PackageBuildOptions(name=requirement.name, config_settings=given, where=table.where(*place))
                )

    def _options(self, table: Table, options: argparse.Namespace, place: Key) -> None:
        for path in options.requirement:
            self._file(table, path, place, constrains=False)
        for path in options.constraint:
            self._file(table, path, place, constrains=True)
        if options.index_url and (url := read_address(table, options.index_url, *place)):
            self._default = Index(url=url, default=True, where=table.where(*place))
        for text in options.extra_index_url:
            if url := read_address(table, text, *place):
                self._extra.append(Index(url=url, where=table.where(*place)))
        self._find_links += [found for text in options.find_links if (found := read_location(table, text, *place))]
        self._prereleases |= options.pre
        self._no_index |= options.no_index
        self._no_binary = _selected(table, self._no_binary, options.no_binary, place)
        self._no_build = _selected(table, self._no_build, options.only_binary, place)
        _tell_of_others(table, options, place, self._told)

    def _file(self, table: Table, text: str, place: Key, *, constrains: bool) -> None:
        if is_url(text):
            fix = "save it beside the environment file, and name that file"
            table.error(codes.UNSUPPORTED, f"{text!r} is not a file of this machine", *place, fix=fix)
            return
        path = absolute(text, table.document.path.parent)
        if not is_file(path):
            why = f"the full path is {path}"
            table.error(codes.MISSING_PATH, f"{text!r} does not exist", *place, why=why, fix="write an existing path")
            return
        if (path, constrains) in self._read:
            return
        self._read.add((path, constrains))
        self.files[path] = None
        inner = Table.of(requirements_document(path, self._texts.get(path), table.root), table.report)
        lines = [((LINES, index), line) for index, line in inner.numbered_strings(LINES)]
        self.read(inner, lines, constrains=constrains)


def requirements_document(path: Path, text: str | None, root: Path) -> TextDocument:
    """A requirements file with what is in it, or another text; ``root`` is where relative paths start from."""
    return TextDocument(path, read_text(path) if text is None else text, root=root, joined=True)


def lines_of_entry(path: Key, entry: str) -> Iterator[tuple[Key, str]]:
    """The lines of an entry of the ``pip`` section, each with its path.

    conda writes the entries into a file for pip, so that an entry can be several lines.
    """
    lines = lines_of(entry, joined=True)
    for index, line in enumerate(lines):
        yield (*path, index) if len(lines) > 1 else path, line.text


def named_files(line: str, folder: Path) -> list[Path]:
    """The requirements files that a line names with ``-r``; ``folder`` is that of the file with the line."""
    try:
        options = _options_of(PipLine.of(_with_variables(line)).options)
    except ValueError:
        return []
    # pip starts from the file that names it, and everything else from the working directory.
    return [absolute(text, folder) for text in options.requirement if not is_url(text)]


def _with_variables(text: str) -> str:
    return _VARIABLE.sub(lambda name: os.environ.get(name[1], name[0]), text)


def _options_of(text: str) -> argparse.Namespace:
    """The options of a line. Raises :class:`ValueError` for one that pip does not have."""
    return _parser().parse_args(shlex.split(text))


def _selected(table: Table, known: NameSelection, values: list[str], place: Key) -> NameSelection:
    """The values ``:all:``, ``:none:`` and names; a later value adds to earlier ones, and ``:none:`` empties them."""
    for text in (part.strip() for value in values for part in value.split(",")):
        if text == ":all:":
            known = NameSelection(everything=True)
        elif text == ":none:":
            known = NameSelection()
        elif text and (name := read_name(table, text, *place)):
            known = NameSelection(everything=known.everything, names=known.names | {name})
    return known


def _read_hashes(table: Table, values: list[str], place: Key, *, constrains: bool) -> tuple[str, ...]:
    """The SHA-256 hashes, one of which a file must have; reports IL114 for those that cannot be compared."""
    found = [_SHA256.match(value) for value in values]
    other = next((value for value, match in zip(values, found, strict=True) if match is None), None)
    if other is not None:
        why = "it compares sha256, which the lock has of each file"
        fix = "write it as --hash=sha256:DIGEST with 64 hexadecimal digits"
        table.error(codes.UNSUPPORTED, f"Interlock cannot compare the hash {other!r}", *place, why=why, fix=fix)
    elif values and constrains:
        fix = "write the hash beside the requirement, or remove it"
        table.error(codes.UNSUPPORTED, "Interlock does not compare the hash of a constraint", *place, fix=fix)
    return tuple(match[1].lower() for match in found if match)


def _tell_of_others(table: Table, options: argparse.Namespace, place: Key, told: set[str]) -> None:
    """Tell of what has no effect, once."""
    for name in (name for name in _NO_EFFECT if getattr(options, name) and name not in told):
        told.add(name)
        option = f"--{name.replace('_', '-')}"
        table.warning(
            codes.UNSUPPORTED, f"Interlock does not use pip's option {option!r}", *place, why=_NO_EFFECT[name]
        )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


@cache
def _parser() -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False)
    for names in (("-r", "--requirement"), ("-c", "--constraint"), ("-e", "--editable"), ("-f", "--find-links")):
        parser.add_argument(*names, action="append", default=[], dest=names[1][2:].replace("-", "_"))
    for name in ("--extra-index-url", "--no-binary", "--only-binary", "--trusted-host", "--use-feature", "--hash"):
        parser.add_argument(name, action="append", default=[])
    for name in ("--global-option", "--install-option"):
        parser.add_argument(name, action="append", default=[])
    settings = ("-C", "--config-settings", "--config-setting")
    parser.add_argument(*settings, action="append", default=[], dest="config_settings")
    parser.add_argument("-i", "--index-url", "--pypi-url", dest="index_url")
    for name in ("--no-index", "--pre", "--prefer-binary", "--require-hashes"):
        parser.add_argument(name, action="store_true")
    return parser
