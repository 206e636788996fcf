"""The packages of an environment, for people and other commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import shown
from interlock.engines.python.distributions import site_distributions
from interlock.engines.rattler.prefix_records import installed_records
from interlock.install.listed import ListedPackage, PackageKind, listing_record
from interlock.install.state import load_state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.install.state import State
    from interlock_hooks.types import CondaRecord, LockedEnvironment


def installed_packages(prefix: Path) -> list[ListedPackage] | None:
    """What a prefix holds by name; ``None`` if there is no environment. Distributions of conda packages count once."""
    if not (prefix / "conda-meta").is_dir():
        return None
    return packages_of(prefix, load_state(prefix))


def packages_of(prefix: Path, state: State | None) -> list[ListedPackage]:
    """The same for a prefix that is there and in this state."""
    records = installed_records(prefix)
    listed = [ListedPackage(record.name, record.version, "conda", record.channel) for record in records]
    known = state.pypi if state else {}
    if state is not None and state.site_packages:
        for name, found in site_distributions(prefix / state.site_packages).items():
            if name in known or found.installer in ("uv", "pip"):
                package = known.get(name)
                built = package.built if package else None
                source = built or (package.source if package else f"by {found.installer}, not by Interlock")
                listed.append(ListedPackage(name, found.version, "built" if built else "pypi", source))
    return sorted(listed, key=_order)


def locked_packages(locked: LockedEnvironment) -> list[ListedPackage]:
    """What a lock wants in an environment, by name."""
    listed = [ListedPackage(r.name, r.version, "conda", _origin(r)) for r in locked.conda.records]
    modes: dict[NormalizedName, str] = {plan.name: plan.how for plan in locked.plans}
    for package in locked.resolution.packages:
        kind: PackageKind = "built" if package.needs_build else "pypi"
        source = modes.get(package.name, package.artifact.kind)
        listed.append(ListedPackage(package.name, package.version, kind, source))
    return sorted(listed, key=_order)


def with_sources(listed: Iterable[ListedPackage], locked: LockedEnvironment) -> list[ListedPackage]:
    """Installed packages, those that were built from sources with these in place of the channel that they went into."""
    built = {record.name: _origin(record) for record in locked.conda.records if record.built_from}
    return [
        each._replace(source=built[each.name]) if each.kind == "conda" and each.name in built else each
        for each in listed
    ]


def installed_record(prefix: Path, state: State, locked: LockedEnvironment) -> list[dict[str, str]]:
    """The list of a prefix that was just installed from ``locked``, as JSON."""
    return listing_record(with_sources(packages_of(prefix, state), locked))


def _origin(record: CondaRecord) -> str:
    return f"built from {shown(record.built_from.url)}" if record.built_from else record.channel


def _order(package: ListedPackage) -> tuple[str, str]:
    return package.name, package.kind
