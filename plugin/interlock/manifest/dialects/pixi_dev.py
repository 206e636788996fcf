"""pixi's ``dev`` table, and the ``package`` table of the packages that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import exists, is_file
from interlock.core.toml import value_at
from interlock.manifest import codes
from interlock.manifest.conda_locations import check_location
from interlock.manifest.conda_matching import read_conda_name
from interlock.manifest.conda_specs import read_specs
from interlock.manifest.document import Document
from interlock.manifest.model import EVERYWHERE, DevPackage
from interlock.manifest.table import Table
from interlock.manifest.urls import absolute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from interlock.manifest.conda_pool import Pool
    from interlock_hooks.types.conda import CondaSpec
    from interlock_hooks.types.findings import Finding

_MANIFESTS = ("pixi.toml", "pyproject.toml")
_KINDS = ("build-dependencies", "host-dependencies", "run-dependencies")
_PINS = ("pin-compatible", "pin-subpackage")


def read_dev(table: Table | None, pool: Pool) -> dict[str, DevPackage]:
    """The packages by name, with their dependencies; ``pool`` is what these can inherit."""
    if table is None:
        return {}
    found = {}
    for key in table.entries():
        name, entry = read_conda_name(table, key), table.table(key)
        if name and entry is not None:
            found[name] = _package(entry, name, pool)
    return found


def _package(entry: Table, name: str, pool: Pool) -> DevPackage:
    kinds = check_location(entry)
    if not kinds:
        absent = [(*entry.path, kind) for kind in ("path", "git", "url")]
        entry.error(codes.MISSING_KEY, f"{name!r} needs a 'path'", fix='write { path = "." }', absent=absent)
        return DevPackage()
    path = entry.string("path")
    if kinds[0] != "path" or path is None:
        return DevPackage(refusal=_unknown(entry, name, kinds[0], "it reads those of directories only"))
    entry.close()
    place = absolute(path, entry.root)
    if not exists(place):
        return DevPackage(refusal=entry.missing_path(path, place, "path"))
    return _read(entry, name, place, pool)


def _read(entry: Table, name: str, place: Path, pool: Pool) -> DevPackage:
    files = [place] if is_file(place) else [place / each for each in _MANIFESTS]
    for file in (file for file in files if file.name in _MANIFESTS and is_file(file)):
        document = entry.document if file == entry.document.path else Document.read(file)
        above = () if file.name == "pixi.toml" else ("tool", "pixi")
        package = Table.of(document, entry.report).table(*above, "package")
        if package is not None:
            return _of_package(entry, name, package, pool)
    return DevPackage(refusal=_unknown(entry, name, "path", f"no {' or '.join(_MANIFESTS)} there has a [package]"))


def _of_package(entry: Table, name: str, package: Table, pool: Pool) -> DevPackage:
    manifest = package.document.path
    targets = {EVERYWHERE: package, **dict(package.children("target"))}
    tables = []
    for kind in _KINDS:
        by_selector = {selector: table for selector, each in targets.items() if (table := each.table(kind))}
        if any("(" in key for table in by_selector.values() for key in table.data):
            return DevPackage(
                manifest=manifest, refusal=_unknown(entry, name, "path", f"its {kind} have conditions: if(…)")
            )
        tables.append({selector: _specs(table, pool) for selector, table in by_selector.items()})
    _tell_of_backend(entry, name, package)
    return DevPackage(tables=tuple(tables), manifest=manifest)


def _specs(table: Table, pool: Pool) -> Mapping[str, CondaSpec]:
    """Dependencies; one that follows what the build had can be any version here."""
    plain = {key: "*" if _is_pin(value) else value for key, value in table.data.items()}
    return read_specs(table.at(plain), pool)


def _is_pin(value: object) -> bool:
    return isinstance(value, dict) and any(key in value for key in _PINS)


def _tell_of_backend(entry: Table, name: str, package: Table) -> None:
    named = value_at(package.data, ("build", "backend", "name"))
    if named:
        entry.warning(
            codes.UNSUPPORTED,
            f"what {named!r} adds to the dependencies of {name!r} is not installed",
            "path",
            why="Interlock does not run the build backends of conda packages, which may add compilers and others",
            fix="add what is missing to [dependencies]",
        )


def _unknown(entry: Table, name: str, key: str, why: str) -> Finding:
    return entry.refusal(
        codes.UNSUPPORTED,
        f"Interlock cannot read the dependencies of the source package {name!r}",
        key,
        why=why,
        fix="list them in [dependencies]",
    )
