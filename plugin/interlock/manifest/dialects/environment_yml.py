"""conda's ``environment.yml`` (CEP 24), with the ``pip`` section as pip reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.core.platforms import COMMON, SUBDIRS, current_platform
from interlock.manifest import codes
from interlock.manifest.dialects.conda_file import CondaFile, add_spec, conda_manifest
from interlock.manifest.dialects.conda_lines import read_channel_list, read_match_spec
from interlock.manifest.dialects.pip_lines import PipLines, lines_of_entry
from interlock.manifest.dialects.uv import UvOptions
from interlock.manifest.dialects.yml_selectors import has_selectors, key_holds, lines_for
from interlock.manifest.model import EVERYWHERE, Layer, Platform, Shared
from interlock.manifest.options import merged, merged_packages, unique
from interlock.manifest.report import nearest
from interlock.manifest.table import Table
from interlock.manifest.yaml_document import YamlDocument
from interlock_hooks.types import BuildOptions, CondaSpec, PyPIOptions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from interlock.manifest.positions import Key
    from interlock.manifest.report import Report

_KEYS = ("name", "channels", "dependencies", "variables", "platforms", "prefix", "category")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dependencies:
    """The dependencies of one platform."""

    layer: Layer
    pip: PipLines


def read_environment_yml(path: Path, text: str, report: Report, texts: Mapping[Path, str]) -> CondaFile:
    """Read the file; where it has selectors, what it asks for is read once for each platform.

    ``texts`` stand in for the content of files that it names.
    """
    selective = has_selectors(text)
    top = _table(path, lines_for(text, current_platform()) if selective else text, report)
    platforms = _platforms(top)
    if selective:
        read = {
            each.subdir: _dependencies(_table(path, lines_for(text, each.subdir), report), each.subdir, texts)
            for each in platforms
        }
    else:
        read = {EVERYWHERE: _dependencies(top, current_platform(), texts)}
    layers = {key: each.layer for key, each in read.items()}
    manifest = conda_manifest(layers, read_channel_list(top, "channels"), platforms, top.string("name"))
    _close(top)
    pips = [each.pip for each in read.values()]
    files = unique(file for each in pips for file in each.files)
    return CondaFile(top=top, manifest=manifest, options=_pip_options(pips), files=files)


def _table(path: Path, text: str, report: Report) -> Table:
    return Table.of(YamlDocument(path, text), report)


def _pip_options(pips: list[PipLines]) -> UvOptions:
    pypi = PyPIOptions()
    packages: tuple[Any, ...] = ()
    for each in pips:
        pypi, packages = merged(pypi, each.options), merged_packages(packages, each.packages)
    constraints = unique(text for each in pips for text in each.constraints)
    return UvOptions(shared=Shared(pypi=pypi, constraints=constraints, build=BuildOptions(packages=packages)))


def _platforms(top: Table) -> tuple[Platform, ...]:
    found = []
    for index, name in top.numbered_strings("platforms"):
        where = top.where("platforms", index)
        if name in SUBDIRS:
            found.append(Platform(name=name, subdir=name, where=where))
            continue
        guess = nearest(name, SUBDIRS)
        fix = f"did you mean {guess!r}?" if guess else f"use platforms such as {', '.join(COMMON[:3])}"
        top.error(codes.UNKNOWN_PLATFORM, f"{name!r} is not a platform of conda's", "platforms", index, fix=fix)
    own = current_platform()
    return tuple({each.name: each for each in found}.values()) or (Platform(name=own, subdir=own),)


def _dependencies(table: Table, subdir: str, texts: Mapping[Path, str]) -> _Dependencies:
    pip = PipLines(texts)
    specs: dict[str, CondaSpec] = {}
    if "dependencies" not in table:
        fix = "list packages in it; an environment without any is 'dependencies: []'"
        table.error(codes.MISSING_KEY, f"{table.document.path.name} has no 'dependencies'", fix=fix)
    for index, value in table.elements("dependencies", "a list of packages"):
        place = ("dependencies", index)
        text = value
        if isinstance(value, dict):
            text = _section(table.at(value, *place), subdir, pip)
        if isinstance(text, str):
            spec = read_match_spec(table, text.strip(), *place)
            if spec is not None:
                add_spec(specs, spec)
        elif not isinstance(value, dict):
            table.error(codes.WRONG_TYPE, "a dependency must be a text or a section such as 'pip:'", *place)
    if pip.requirements and "pip" not in specs:
        # conda adds it as well.
        specs["pip"] = CondaSpec(spec="pip", origin="the pip section")
    layer = Layer(specs=specs, requirements=tuple(pip.requirements), preset=_variables(table))
    return _Dependencies(layer=layer, pip=pip)


def _section(entry: Table, subdir: str, pip: PipLines) -> str | None:
    """Read a section of the dependencies; the match spec that it stands for if it is a selector that holds."""
    chosen = None
    for key in entry.entries():
        if key == "pip":
            _read_pip(entry, pip)
            continue
        try:
            holds = key_holds(key, subdir)
        except ValueError as error:
            entry.error(codes.WRONG_VALUE, f"{key!r} is not a selector", key, why=str(error))
            continue
        value = entry.raw(key)
        if holds is None:
            _unknown_section(entry, key, value)
        elif not isinstance(value, str):
            entry.error(codes.WRONG_TYPE, f"{key!r} must be followed by one package", key)
        elif holds:
            chosen = value
    return chosen


def _read_pip(entry: Table, pip: PipLines) -> None:
    value = entry.raw("pip")
    if value is None:
        return
    if not isinstance(value, list):
        entry.error(codes.WRONG_TYPE, "'pip' must be a list of requirements", "pip", fix="write each below it: - NAME")
        return
    lines: list[tuple[Key, str]] = []
    for index, line in enumerate(value):
        if isinstance(line, str):
            lines += lines_of_entry(("pip", index), line)
        elif line is not None:
            entry.error(codes.WRONG_TYPE, "a requirement must be a text", "pip", index, fix='put it in quotes: "…"')
    pip.read(entry, lines)


def _unknown_section(entry: Table, key: str, value: object) -> None:
    is_version = isinstance(value, str)
    entry.error(
        codes.UNSUPPORTED,
        f"the dependencies have the section {key!r}, which Interlock does not know",
        key,
        why="the only section is 'pip'",
        fix=f"write '- {key}={value}'" if is_version else "remove it, or list its packages below 'pip'",
    )


def _variables(table: Table) -> tuple[tuple[str, str], ...]:
    variables = table.table("variables")
    if variables is None:
        return ()
    found = []
    for name in variables.entries():
        value = variables.raw(name)
        if not name or "=" in name:
            variables.error(codes.WRONG_VALUE, f"{name!r} cannot be the name of a variable", name)
        elif value is None or isinstance(value, str):
            found.append((name, value or ""))
        else:
            variables.error(codes.WRONG_TYPE, f"the variable {name!r} must be a text", name)
    return tuple(found)


def _close(top: Table) -> None:
    if top.data.get("prefix") is not None:
        why = "Interlock keeps the environments of a project beside its manifest"
        top.note(codes.MISPLACED, "'prefix' has no effect", "prefix", why=why)
    for key in top.data:
        if key not in _KEYS:
            guess = nearest(key, _KEYS)
            fix = f"did you mean {guess!r}?" if guess else ""
            top.warning(codes.UNKNOWN_KEY, f"unknown key {key!r} is ignored", key, fix=fix)
