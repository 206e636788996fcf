"""uv's ``override-dependencies`` and ``exclude-dependencies``: what other packages require, replaced or left out.

Both can be limited to the requirements of one package, in all versions or in one. An exclusion is kept as an override
whose marker never holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from interlock.core.pep508 import NEVER
from interlock.manifest import codes
from interlock.manifest.dialects.uv_sources import Sources, directed
from interlock.manifest.requirements import Parsed, read_name, read_requirement
from interlock_hooks.types.requirements import ScopedOverride

if TYPE_CHECKING:
    from interlock.manifest.table import Table

# A package, and one of its versions unless all are meant.
_Scope = tuple[NormalizedName, "str | None"]
_Overrides = dict["_Scope | None", list[Parsed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """Overrides for all packages as PEP 508 text, and those for single packages."""

    everywhere: tuple[str, ...] = ()
    scoped: tuple[ScopedOverride, ...] = ()


def read_overrides(table: Table, sources: Sources) -> Replaced:
    """Read both settings; what is excluded is excluded, whatever an override says of it.

    Overrides for all packages may have a source.
    """
    overrides = _by_scope(table, "override-dependencies", _override)
    exclusions = _by_scope(table, "exclude-dependencies", _exclusion)
    everywhere = {each.name for each in exclusions.get(None, ())}
    scopes = [scope for scope in dict.fromkeys((*overrides, *exclusions)) if scope is not None]
    scoped = (
        ScopedOverride(
            package=scope[0],
            version=scope[1],
            requirements=_joined(_for(scope, overrides), _for(scope, exclusions), everywhere),
        )
        for scope in scopes
    )
    return Replaced(
        everywhere=_joined(directed(overrides.get(None, ()), sources), exclusions.get(None, ())),
        scoped=tuple(entry for entry in scoped if entry.requirements),
    )


def _for(scope: _Scope, found: _Overrides) -> list[Parsed]:
    """What holds for a version of a package: what is said of just that version, else of all."""
    return found.get(scope) or found.get((scope[0], None), [])


def _joined(
    overrides: Iterable[Parsed], exclusions: Iterable[Parsed], elsewhere: Collection[NormalizedName] = ()
) -> tuple[str, ...]:
    names = dict.fromkeys(each.name for each in exclusions if each.name not in elsewhere)
    kept = (str(each) for each in overrides if each.name not in names and each.name not in elsewhere)
    return (*kept, *(f"{name} ; {NEVER}" for name in names))


def _by_scope(table: Table, key: str, read: Callable[[Table, str, tuple[str | int, ...]], Parsed | None]) -> _Overrides:
    found: _Overrides = {}
    for index, value in table.elements(key, "an array of strings or tables"):
        if isinstance(value, str):
            parsed = read(table, value, (key, index))
            found.setdefault(None, []).extend([parsed] if parsed else [])
        elif isinstance(value, dict):
            entry = table.at(value, key, index)
            scope = _scope(entry)
            entries = [read(entry, text, ("dependencies", n)) for n, text in entry.numbered_strings("dependencies")]
            entry.close()
            if scope:
                found.setdefault(scope, []).extend(each for each in entries if each)
        else:
            table.wrong_type("an array of strings or tables", value, key, index)
    return found


def _scope(entry: Table) -> _Scope | None:
    for key in ("package", "dependencies"):
        if key not in entry:
            missing = (*entry.path, key)
            entry.error(codes.MISSING_KEY, f"it lacks the required key {key!r}", about=missing, absent=[missing])
    package = entry.table("package")
    text = package.required("name") if package else None
    name = read_name(package, text, "name") if package and text else None
    version = _version(package) if package else None
    if package:
        package.close()
    return (name, version) if name else None


def _version(package: Table) -> str | None:
    from packaging.version import Version

    text = package.string("version")
    try:
        return str(Version(text)) if text else None
    except ValueError:
        package.error(codes.WRONG_VALUE, f"{text!r} is not a version (PEP 440)", "version", fix="write it like '3.0.0'")
        return None


def _override(table: Table, text: str, keys: tuple[str | int, ...]) -> Parsed | None:
    parsed = read_requirement(table, text, *keys)
    if parsed and parsed.url and keys[0] == "dependencies":
        what = "an override for one package can only change versions, not where a package comes from"
        table.error(codes.UNSUPPORTED, what, *keys, fix=f"override {parsed.name!r} for all packages")
        return None
    return parsed


def _exclusion(table: Table, text: str, keys: tuple[str | int, ...]) -> Parsed | None:
    name = read_name(table, text, *keys)
    return Parsed(name=name) if name else None
