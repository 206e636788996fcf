"""Merging PyPI and build options from several sources; earlier ones take precedence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from interlock_hooks.types.requirements import Index, NameSelection, PyPIOptions

if TYPE_CHECKING:
    from interlock_hooks.types.build import PackageBuildOptions

_Item = TypeVar("_Item")


def unique(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """The items without repetitions, in order."""
    return tuple(dict.fromkeys(items))


def first_of_each(items: Iterable[_Item], key: Callable[[_Item], Hashable]) -> tuple[_Item, ...]:
    """Of the items with one key only the first, in order."""
    found: dict[Hashable, _Item] = {}
    for item in items:
        found.setdefault(key(item), item)
    return tuple(found.values())


def union(first: NameSelection, second: NameSelection) -> NameSelection:
    """The names that either selects."""
    return NameSelection(everything=first.everything or second.everything, names=first.names | second.names)


def overlaid(base: PyPIOptions, above: PyPIOptions) -> PyPIOptions:
    """Lists joined, those of the base first; single values from above where it gives them."""
    return replace(
        merged(above, base),
        indexes=_indexes((*base.indexes, *above.indexes), default_index((*above.indexes, *base.indexes))),
        find_links=unique((*base.find_links, *above.find_links)),
    )


def merged(first: PyPIOptions, second: PyPIOptions) -> PyPIOptions:
    """Lists joined, single values from the first that gives them; only one index can be the default."""
    return PyPIOptions(
        indexes=_indexes((*first.indexes, *second.indexes), default_index((*first.indexes, *second.indexes))),
        find_links=unique((*first.find_links, *second.find_links)),
        index_strategy=first.index_strategy or second.index_strategy,
        no_index=first.no_index or second.no_index,
        resolution=first.resolution or second.resolution,
        prerelease=first.prerelease or second.prerelease,
        prerelease_package=tuple({**dict(second.prerelease_package), **dict(first.prerelease_package)}.items()),
        exclude_newer=first.exclude_newer or second.exclude_newer,
        exclude_newer_package=tuple(
            {**dict(second.exclude_newer_package), **dict(first.exclude_newer_package)}.items()
        ),
        exclude_newer_where=(first if first.exclude_newer else second).exclude_newer_where,
        no_build=union(first.no_build, second.no_build),
        no_binary=union(first.no_binary, second.no_binary),
    )


def _indexes(listed: Iterable[Index], default: Index | None) -> tuple[Index, ...]:
    """Each index once, and of those that replace the default one only the given one."""
    kept = (index for index in listed if not index.default or index is default)
    return first_of_each(kept, lambda index: (index.url, index.name, index.default))


def default_index(indexes: Iterable[Index]) -> Index | None:
    """The index that replaces the default one, if one does."""
    return next((index for index in indexes if index.default), None)


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
        belief=first.belief or second.belief,
        requirements=unique((*first.requirements, *second.requirements)),
        prebuilt=unique((*first.prebuilt, *second.prebuilt)),
        variables=tuple({**dict(second.variables), **dict(first.variables)}.items()),
        config_settings=tuple({**dict(second.config_settings), **dict(first.config_settings)}.items()),
    )
