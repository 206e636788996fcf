"""Merging PyPI and build options from several sources; earlier ones take precedence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from interlock_hooks.types.pypi import NameSelection, PyPIOptions

if TYPE_CHECKING:
    from interlock_hooks.types.build import PackageBuildOptions

_Item = TypeVar("_Item")


def unique(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """The items without repetitions, in order."""
    return tuple(dict.fromkeys(items))


def union(first: NameSelection, second: NameSelection) -> NameSelection:
    """The names that either selects."""
    return NameSelection(everything=first.everything or second.everything, names=first.names | second.names)


def merged(first: PyPIOptions, second: PyPIOptions) -> PyPIOptions:
    """Lists joined, single values from the first that gives them; only one index can be the default."""
    has_default = any(index.default for index in first.indexes)
    known = {(index.url, index.name) for index in first.indexes}
    new = (index for index in second.indexes if (index.url, index.name) not in known)
    return PyPIOptions(
        indexes=(*first.indexes, *(index for index in new if not (index.default and has_default))),
        find_links=unique((*first.find_links, *second.find_links)),
        index_strategy=first.index_strategy or second.index_strategy,
        prerelease=first.prerelease or second.prerelease,
        exclude_newer=first.exclude_newer or second.exclude_newer,
        exclude_newer_package=tuple(
            {**dict(second.exclude_newer_package), **dict(first.exclude_newer_package)}.items()
        ),
        exclude_newer_where=(first if first.exclude_newer else second).exclude_newer_where,
        no_build=union(first.no_build, second.no_build),
        no_binary=union(first.no_binary, second.no_binary),
    )


def merged_packages(
    first: Iterable[PackageBuildOptions], second: Iterable[PackageBuildOptions]
) -> tuple[PackageBuildOptions, ...]:
    """Build options by package: requirements joined, of variables and settings of one name the first."""
    packages = {options.name: options for options in first}
    for options in second:
        known = packages.get(options.name)
        packages[options.name] = options if known is None else _joined(known, options)
    return tuple(packages.values())


def _joined(first: PackageBuildOptions, second: PackageBuildOptions) -> PackageBuildOptions:
    return replace(
        first,
        mode=first.mode or second.mode,
        requirements=unique((*first.requirements, *second.requirements)),
        variables=tuple({**dict(second.variables), **dict(first.variables)}.items()),
        config_settings=tuple({**dict(second.config_settings), **dict(first.config_settings)}.items()),
    )
