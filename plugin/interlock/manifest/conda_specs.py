"""Conda dependencies of a pixi manifest as match specs (CEP 29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.channels import read_channel
from interlock.manifest.conda_conditions import read_condition
from interlock.manifest.conda_locations import read_location
from interlock.manifest.conda_matching import in_brackets, read_conda_name, read_fields, read_version
from interlock.manifest.conda_pool import NO_POOL, Pool, inherited
from interlock.manifest.refused import RefusedSpec
from interlock_hooks.types.conda import CondaSource, CondaSpec
from interlock_hooks.types.findings import Finding

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Location


def read_specs(table: Table | None, pool: Pool = NO_POOL) -> dict[str, CondaSpec]:
    """The match spec of each package that a dependency table names; ``pool`` is what its entries can inherit."""
    if table is None:
        return {}
    specs: dict[str, CondaSpec] = {}
    for key in table.entries():
        name = key.lower()
        spec = _read_spec(table, key, pool)
        if spec and name in specs:
            table.error(codes.CONFLICT, f"{name!r} is listed twice in one table", key, fix="keep one of the two")
        elif spec:
            specs[name] = spec
    return specs


def _read_spec(table: Table, key: str, pool: Pool) -> CondaSpec | None:
    """The match spec, a refused one if the package cannot be had; ``None`` if it is wrong."""
    name = read_conda_name(table, key)
    if name is None:
        return None
    value = table.raw(key)
    if isinstance(value, dict):
        entry = inherited(table.at(value, key), name, pool)
        return _from_table(entry, name, table.where(key)) if entry else None
    if not isinstance(value, str):
        table.wrong_type("a version string or a table", value, key)
        return None
    version = read_version(table, value, key)
    if version is None:
        return None
    return CondaSpec(spec=f"{name} {version}" if version != "*" else name, where=table.where(key))


def _from_table(table: Table, name: str, where: Location) -> CondaSpec:
    location = read_location(table, name)
    if isinstance(location, Finding):
        return RefusedSpec(spec=name, where=where, finding=location)
    source = location if isinstance(location, CondaSource) else None
    brackets = {"url": location} if isinstance(location, str) else {}
    brackets |= read_fields(table)
    named = table.string("channel")
    channel = read_channel(table, named, "channel") if named else None
    if condition := read_condition(table, table.raw("when"), "when"):
        brackets["when"] = condition
    table.close()
    if not table.data:
        table.error(codes.MISSING_KEY, f"nothing is said of {name!r}", fix='write "*" for any version')
    prefix = f"{channel}::" if channel else ""
    return CondaSpec(spec=f"{prefix}{name}{in_brackets(brackets)}", where=where, built_from=source)
