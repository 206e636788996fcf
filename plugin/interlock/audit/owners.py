"""The owner of a file: a distribution, a conda package, the interpreter, or the machine."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from interlock.engines.python.distributions import SiteDistribution, distributions_in
from interlock.engines.rattler.prefix_records import installed_records, record_files

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.world import World


class Owners:
    """Looks up owners in one environment; what it reads for that, it reads once."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, place: Path) -> str:
        """Name and version of what brought the file at ``place``."""
        distribution = self.distribution(place)
        if distribution is not None:
            return distribution.label
        record = self._records.get(self._relative(place))
        if record is not None:
            return f"{record} from conda"
        if place == self._world.interpreter.executable or place.name.startswith("libpython"):
            return f"Python {self._world.interpreter.markers['python_full_version']}"
        package = self._world.package_of(place)
        return "this machine" if package is None else package.name

    def distribution(self, place: Path) -> SiteDistribution | None:
        """The distribution that brought a file in site-packages."""
        for site in self._world.interpreter.sites:
            if place.is_relative_to(site):
                found = self._recorded(site).get(str(place))
                if found is not None:
                    return found
        return None

    def shown(self, place: Path) -> str:
        """A path as people know it: from the prefix on, if it is in there."""
        return self._relative(place) if place.is_relative_to(self._world.prefix) else str(place)

    def _relative(self, place: Path) -> str:
        return os.path.relpath(place, self._world.prefix)

    def _recorded(self, site: Path) -> dict[str, SiteDistribution]:
        if site not in self._known:
            self._known[site] = {str(each.locate(file)): each for each in distributions_in(site) for file in each.files}
        return self._known[site]

    @cached_property
    def _known(self) -> dict[Path, dict[str, SiteDistribution]]:
        return {}

    @cached_property
    def _records(self) -> dict[str, str]:
        names = {record.name: f"{record.name} {record.version}" for record in installed_records(self._world.prefix)}
        return {path: names[name] for name, paths in record_files(self._world.prefix).items() for path in paths}
