"""The settings for building source distributions in ``[tool.uv]``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from interlock.manifest import codes
from interlock.manifest.options import merged_packages
from interlock.manifest.requirements import (
    read_name,
    read_names,
    read_requirement,
    read_requirements,
    read_specifiers,
)
from interlock_hooks.types.build import BuildOptions, BuildRequirement, PackageBuildOptions
from interlock_hooks.types.pypi import Metadata
from interlock_hooks.types.requirements import NameSelection

if TYPE_CHECKING:
    from interlock.manifest.table import Table

ConfigSettings = tuple[tuple[str, "str | tuple[str, ...]"], ...]


def read_build(table: Table) -> tuple[BuildOptions, NameSelection]:
    """The build options, and the packages that are built without isolation."""
    packages: tuple[PackageBuildOptions, ...] = ()
    for reader in (_dependencies, _variables, _settings):
        packages = merged_packages(packages, reader(table))
    options = BuildOptions(
        packages=packages,
        config_settings=read_config_settings(table.table("config-settings")),
        metadata=tuple(metadata for entry in table.tables("dependency-metadata") if (metadata := _metadata(entry))),
    )
    return options, read_selection(table, "no-build-isolation")


def read_selection(table: Table, key: str) -> NameSelection:
    """All packages, or some by their names; uv says in two keys what pixi says in one."""
    return NameSelection(everything=bool(table.boolean(key)), names=frozenset(read_names(table, f"{key}-package")))


def _per_package(table: Table, key: str) -> Iterator[tuple[Table, str, NormalizedName]]:
    """The entries of a table by package: the table, the key as written, and the name that it means."""
    packages = table.table(key)
    for written in packages.entries() if packages else ():
        name = read_name(packages, written, written) if packages else None
        if packages and name:
            yield packages, written, name


def _dependencies(table: Table) -> list[PackageBuildOptions]:
    return [
        PackageBuildOptions(name=name, requirements=read_build_requirements(packages, key), where=packages.where(key))
        for packages, key, name in _per_package(table, "extra-build-dependencies")
    ]


def read_build_requirements(table: Table, key: str) -> tuple[BuildRequirement, ...]:
    """An array of requirements, or of tables ``{ requirement, match-runtime }``."""
    found = []
    text: str | None
    for index, value in table.elements(key, "an array of requirements"):
        if isinstance(value, str):
            text, match_runtime = value, False
        elif isinstance(value, dict):
            entry = table.at(value, key, index)
            text = entry.required("requirement")
            match_runtime = bool(entry.boolean("match-runtime"))
            entry.close()
        else:
            table.wrong_type("an array of requirements or tables", value, key, index)
            continue
        place = (key, index)
        parsed = None if text is None else read_requirement(table, text, *place)
        if parsed is None:
            continue
        if match_runtime and (parsed.specifiers or parsed.url):
            table.error(
                codes.MATCH_RUNTIME_VERSION,
                f"{parsed.name!r} has both match-runtime and a version",
                *place,
                why=f"match-runtime uses exactly the version in the environment, but {text!r} names another",
                fix=f'write {{ requirement = "{parsed.name}", match-runtime = true }}; constrain it in dependencies',
            )
            continue
        where = table.where(*place)
        found.append(BuildRequirement(requirement=str(parsed), match_runtime=match_runtime, where=where))
    return tuple(found)


def _variables(table: Table) -> list[PackageBuildOptions]:
    return [
        PackageBuildOptions(name=name, variables=packages.variables(key), where=packages.where(key))
        for packages, key, name in _per_package(table, "extra-build-variables")
    ]


def _settings(table: Table) -> list[PackageBuildOptions]:
    return [
        PackageBuildOptions(
            name=name, config_settings=read_config_settings(packages.table(key)), where=packages.where(key)
        )
        for packages, key, name in _per_package(table, "config-settings-package")
    ]


def read_config_settings(table: Table | None) -> ConfigSettings:
    """Settings for build backends (PEP 517): strings, booleans, or arrays of strings."""
    if table is None:
        return ()
    found: list[tuple[str, str | tuple[str, ...]]] = []
    for key in table.entries():
        value = table.raw(key)
        if isinstance(value, bool):
            found.append((key, "true" if value else "false"))
        elif isinstance(value, str):
            found.append((key, value))
        elif isinstance(value, list):
            found.append((key, table.strings(key)))
        else:
            table.wrong_type("a string or an array of strings", value, key)
    return tuple(found)


def _metadata(entry: Table) -> Metadata | None:
    text = entry.required("name")
    name = read_name(entry, text, "name") if text else None
    version = entry.string("version")
    python = entry.string("requires-python")
    metadata = Metadata(
        name=name or NormalizedName(""),
        version=version,
        requires_dist=read_requirements(entry, "requires-dist"),
        requires_python=(read_specifiers(entry, python, "requires-python") or None) if python else None,
        provides_extra=(*entry.strings("provides-extra"), *entry.strings("provides-extras")),
    )
    entry.close()
    return metadata if name else None
