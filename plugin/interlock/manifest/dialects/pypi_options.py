"""pixi's ``pypi-options`` table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from interlock.manifest import codes
from interlock.manifest.dialects.indexes import read_default_index, read_indexes, read_location
from interlock.manifest.dialects.pypi_dependencies import read_pypi_dependencies
from interlock.manifest.requirements import read_names
from interlock_hooks.types.requirements import IndexStrategy, NameSelection, Prerelease, PyPIOptions

if TYPE_CHECKING:
    from interlock.manifest.table import Table

INDEX_STRATEGIES = ("first-index", "unsafe-first-match", "unsafe-best-match")
PRERELEASES = ("disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit")


@dataclass(frozen=True, slots=True, kw_only=True)
class PixiPyPIOptions:
    """The table's content; overrides are PEP 508 text."""

    pypi: PyPIOptions = PyPIOptions()
    no_isolation: NameSelection = NameSelection()
    overrides: tuple[str, ...] = ()


def read_pypi_options(table: Table | None) -> PixiPyPIOptions:
    """Read the table; extra indexes come before the default one, as pixi asks them."""
    if table is None:
        return PixiPyPIOptions()
    found = PixiPyPIOptions(
        pypi=PyPIOptions(
            indexes=(*read_indexes(table, "extra-index-urls"), *read_default_index(table)),
            find_links=_find_links(table),
            index_strategy=cast("IndexStrategy | None", table.choice("index-strategy", INDEX_STRATEGIES)),
            prerelease=cast("Prerelease | None", table.choice("prerelease-mode", PRERELEASES)),
            no_build=read_selection(table, "no-build"),
            no_binary=read_selection(table, "no-binary"),
        ),
        no_isolation=read_selection(table, "no-build-isolation"),
        overrides=tuple(item.text for item in read_pypi_dependencies(table.table("dependency-overrides")).requirements),
    )
    table.boolean("skip-wheel-filename-check")
    table.close()
    return found


def _find_links(table: Table) -> tuple[str, ...]:
    found = []
    for entry in table.tables("find-links"):
        given = [(text, key) for key in ("path", "url") if (text := entry.string(key))]
        if len(given) != 1:
            absent = [(*entry.path, key) for key in ("path", "url")]
            entry.error(codes.MISSING_KEY, "a find-links entry needs either 'path' or 'url'", absent=absent)
        elif place := read_location(entry, *given[0]):
            found.append(place)
        entry.close()
    return tuple(found)


def read_selection(table: Table, key: str) -> NameSelection:
    """A boolean for all packages, or an array of package names."""
    value = table.raw(key)
    if value is None or isinstance(value, bool):
        return NameSelection(everything=bool(value))
    if not isinstance(value, list):
        table.wrong_type("a boolean or an array of package names", value, key)
        return NameSelection()
    return NameSelection(names=frozenset(read_names(table, key)))
