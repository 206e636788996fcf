"""Which packages from PyPI may be installed into a prefix: none that conda supplies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interlock.core.channels import channel_address
from interlock.install import findings
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.install.guard import Guard
    from interlock_hooks.types import Finding, LockedEnvironment, PyPIPackage


def check_allowed(packages: Sequence[PyPIPackage], locked: LockedEnvironment, guard: Guard) -> None:
    """Raise :class:`InterlockError` (IL615) for a package that conda supplies, by the lock or by its files."""
    for package in packages:
        provided = locked.resolution.get_provided(package.name)
        if provided is not None:
            raise InterlockError(findings.provided_by_conda(package.name, provided.record))
    check_ecosystems(packages, locked, guard)


def check_ecosystems(packages: Sequence[PyPIPackage], locked: LockedEnvironment, guard: Guard) -> None:
    """Raise (IL615) if a conda package holds a distribution that the lock has from PyPI, though no rule said so."""
    wanted = {package.name: package for package in packages}
    twice = [(name, held) for name, held in guard.held_by_conda() if held.keys() & wanted.keys()]
    if twice:
        raise InterlockError(*(_supplied_twice(name, held, wanted, locked) for name, held in twice))


def _supplied_twice(
    conda: str,
    held: Mapping[NormalizedName, str],
    wanted: Mapping[NormalizedName, PyPIPackage],
    locked: LockedEnvironment,
) -> Finding:
    record = locked.conda.get(conda)
    both = [wanted[name] for name in held if name in wanted]
    return findings.supplied_twice(both, held, conda, channel_address(record.channel) if record else "")
