"""Whether other versions of a package would conflict as well; if not, the requirement of this one explains little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from interlock.explain.facts import Need, Package, conda_need, pypi_need

if TYPE_CHECKING:
    from interlock.explain.oracle import Oracle


@dataclass(frozen=True, slots=True)
class OtherVersions:
    """Looks at the other versions and builds that the requirement before the last one of a chain allows.

    Many chains lead through the same packages, so that what those need is read once.
    """

    oracle: Oracle
    _conda: dict[str, list[tuple[Package, list[Need]]]] = field(default_factory=dict, compare=False)

    def any_fits(self, chain: Sequence[Need], opposite: Package | None) -> bool:
        """Whether another one goes with the package ``opposite``; false where nothing is known of others."""
        if chain[-1].says:
            # A package can have a wheel for each interpreter; what the others are is not known.
            return True
        return any(goes for _, goes in self._others(chain, opposite))

    def remark(self, chain: Sequence[Need], opposite: Package | None) -> str:
        """That no other version goes with ``opposite`` either, if that is known and there are any."""
        found = list(self._others(chain, opposite))
        versions = {version for version, _ in found}
        if opposite is None or len(versions) < 2 or any(goes for _, goes in found):
            return ""
        return f"; no other {chain[-2].name} that fits is compatible with {opposite.name} {opposite.version}"

    def _others(self, chain: Sequence[Need], opposite: Package | None) -> Iterator[tuple[str, bool]]:
        """Every version, by build, that fits the requirement before the last, and whether it goes with ``opposite``."""
        if len(chain) < 2 or opposite is None:
            return
        last, before = chain[-1], chain[-2]
        for package, needs in self._versions(before, last):
            if before.admits(package, self.oracle.admits):
                excludes = (need.key == last.key and not need.admits(opposite, self.oracle.admits) for need in needs)
                yield package.version, not any(excludes)

    def _versions(self, before: Need, last: Need) -> Iterator[tuple[Package, list[Need]]]:
        if last.side == "conda":
            if before.name not in self._conda:
                self._conda[before.name] = list(self._records(before.name))
            yield from self._conda[before.name]
        else:
            tried = {} if self.oracle.tried is None else self.oracle.tried(before.name)
            for version, requires in tried.items():
                package = Package(side="PyPI", key=before.key, name=before.name, version=version, pypi_version=version)
                # Of one name, the key is the one under which the clash is about it.
                needs = [pypi_need(package, text, {}) for text in requires]
                yield package, [replace(need, key=last.key) if need.name == last.name else need for need in needs]

    def _records(self, name: str) -> Iterator[tuple[Package, list[Need]]]:
        for record in self.oracle.candidates([name]):
            package = Package(side="conda", key=record.name, name=record.name, version=record.version, record=record)
            yield package, [conda_need(package, spec) for spec in (*record.depends, *record.constrains)]
