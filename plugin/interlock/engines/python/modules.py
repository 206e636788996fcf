"""Which distribution an importable module belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from interlock.engines.python.distributions import SiteDistribution, visible_distributions

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName


def module_owners(sites: Iterable[Path]) -> dict[str, NormalizedName]:
    """Which distribution brings a module, in directories that are on the path in this order.

    Keys are top-level modules, and second-level ones where several distributions share a namespace
    (``google.protobuf``).
    """
    owners: dict[str, set[NormalizedName]] = {}
    for name, distribution in visible_distributions(sites).items():
        for module in modules_of(distribution):
            owners.setdefault(module, set()).add(name)
    return {module: min(names) for module, names in owners.items() if len(names) == 1 or "." in module}


def owner_of(module: str, owners: Mapping[str, NormalizedName]) -> NormalizedName | None:
    """The distribution of an imported module, by its longest known prefix of at most two levels."""
    parts = module.split(".")
    return owners.get(".".join(parts[:2])) or owners.get(parts[0])


def modules_of(distribution: SiteDistribution) -> frozenset[str]:
    """The modules of an installed distribution, down to the second level, from its list of files if it has one."""
    files = distribution.files
    return modules_in(files) if files else frozenset(distribution.top_level)


def modules_in(files: Iterable[str]) -> frozenset[str]:
    """The importable modules among the files of a wheel or of a RECORD, down to the second level."""
    modules: set[str] = set()
    for file in files:
        path = PurePosixPath(file)
        if path.suffix not in {".py", ".so", ".pyd"} or ".." in path.parts or _is_metadata(path.parts[0]):
            continue
        parts = [*path.parts[:-1], path.name.split(".")[0]]
        if parts[-1] == "__init__":
            parts.pop()
        if all(part.isidentifier() for part in parts[:2]):
            modules |= {".".join(parts[:level]) for level in (1, 2)} if parts else set()
    return frozenset(modules)


def _is_metadata(folder: str) -> bool:
    return folder.endswith((".dist-info", ".data", ".egg-info"))
