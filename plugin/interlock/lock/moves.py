"""Which packages may leave the versions of a lock, and what is kept of it then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock_hooks.types import CondaRecord, CondaSolution, LockedEnvironment, Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Packages whose locked versions are not preferred: ``everything``, or those of ``names``, in normal form.

    A name means a package of either ecosystem, and a conda package also by what it supplies: ``torch`` is conda-forge's
    ``pytorch``.
    """

    names: frozenset[str] = frozenset()
    everything: bool = False

    def concern(self, locked: LockedEnvironment) -> bool:
        """Whether an environment has one of them, tools of builds included."""
        return self.everything or not self.names.isdisjoint(known_names(locked))

    def kept_of(self, locked: LockedEnvironment) -> LockedEnvironment:
        """An environment without them: what is to stay as it is, where it can."""
        supplied: dict[str, set[str]] = {}
        for entry in locked.resolution.provided:
            supplied.setdefault(entry.record, set()).add(entry.name)
        resolution = locked.resolution
        return replace(
            locked,
            conda=replace(
                locked.conda,
                records=tuple(
                    each for each in locked.conda.records if self._keep((each.name, *supplied.get(each.name, ())))
                ),
            ),
            resolution=replace(
                resolution, packages=tuple(each for each in resolution.packages if self._keep((each.name,)))
            ),
            plans=tuple(
                replace(plan, overlay=tuple(each for each in plan.overlay if self._keep((each.name,))))
                for plan in locked.plans
            ),
        )

    def _keep(self, names: Iterable[str]) -> bool:
        return not self.everything and self.names.isdisjoint(map(canonicalize_name, names))


STILL = Moves()


def records_named(name: str, conda: CondaSolution, resolution: Resolution) -> list[CondaRecord]:
    """The conda packages that have a name, or supply the PyPI package of that name, which is in normal form."""
    supplied = {entry.record for entry in resolution.provided if entry.name == name}
    return [each for each in conda.records if each.name in supplied or canonicalize_name(each.name) == name]


def known_names(locked: LockedEnvironment) -> set[str]:
    """The names, in normal form, of all packages of an environment, of what conda supplies, and of tools of builds."""
    found = [record.name for record in locked.conda.records]
    found += [entry.name for entry in locked.resolution.provided]
    found += [package.name for package in locked.resolution.packages]
    found += [package.name for plan in locked.plans for package in plan.overlay]
    return {str(canonicalize_name(name)) for name in found}
