"""The conda side of the joint solve: the hooks, with everything that plugins add."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from interlock.pipeline.asked_digest import asked_digest
from interlock.pipeline.naming import declared_suppliers, names_without_files
from interlock.pipeline.ruled_out import ruled_out
from interlock.pipeline.steps import place_of, stage, tally
from interlock.resolve.joint.nogoods import PYTHON, Nogood
from interlock.resolve.uv.pins import pin_version
from interlock.solve.from_pypi import without_supplied
from interlock.solve.names import conda_names
from interlock.solve.near import solved_near
from interlock.solve.offers import Offers
from interlock.solve.request import make_conda_request, with_built_from
from interlock.solve.virtual import merge_virtual_packages
from interlock_hooks.types import (
    CondaRecord,
    CondaRequest,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    LockedEnvironment,
    ProvidedDistribution,
    VirtualPackage,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.plugins.manager import Plugins

# What conda records supply, see interlock.pipeline.naming.
Supplied = Callable[["Sequence[CondaRecord]", EnvironmentRequest, "Plugins"], "tuple[ProvidedDistribution, ...]"]


def suppliers_of(request: EnvironmentRequest) -> Callable[[NormalizedName], list[str]]:
    """Which conda packages may supply a PyPI name, as the manifest and the published map have it."""
    return lambda name: conda_names(name, request)


class CondaSide:
    """conda's side of one request. Versions of ``previous`` are kept where they fit.

    ``supplied`` tells what records supply; ``solve`` is the solver.
    """

    def __init__(
        self,
        request: EnvironmentRequest,
        plugins: Plugins,
        previous: LockedEnvironment | None,
        supplied: Supplied,
        solve: Callable[[CondaRequest], CondaSolution],
    ) -> None:
        self._request = request
        self._plugins = plugins
        self._previous = previous
        self._supplied = supplied
        self._solve = solve
        self.suppliers = suppliers_of(request)
        # By identity: to compare thousands of records takes longer than what is remembered here.
        self._provided: dict[int, tuple[CondaSolution, tuple[ProvidedDistribution, ...]]] = {}

    def solve(
        self, nogoods: Sequence[Nogood], near: CondaSolution | None, also: Collection[NormalizedName] = ()
    ) -> CondaSolution:
        """See :class:`interlock.resolve.joint.protocol.Conda`."""
        where = place_of(self._request)
        with stage(self._plugins, "conda-solve", where, target=where) as done:
            plain = self._conda_request(near)
            added = tuple(spec for name in sorted(also) for spec in self._offers.asking_for(name))
            request = self._without(nogoods, replace(plain, specs=(*plain.specs, *added)))
            moving = {spec.name for spec in request.constraints} - {spec.name for spec in plain.constraints}
            conda = solved_near(self._solve, request, near, moving)
            conda = without_supplied(conda, self._request, self.suppliers, self._supplied_by)
            conda = with_built_from(conda, self._request.conda_specs)
            conda = replace(conda, asked=None if added else asked_digest(plain, conda.records, self._request))
            done(tally(len(conda.records), "package", where))
        return conda

    def kept(self) -> CondaSolution | None:
        """The earlier solution, if nothing else is asked of conda than what it answers; no channel is read for it.

        A solve would prefer all of its records, and find that they still fit.
        """
        if self._previous is None:
            return None
        earlier, asked = self._previous.conda, self._conda_request(None)
        if earlier.asked is None or earlier.asked != asked_digest(asked, asked.preferred, self._request):
            return None
        where = place_of(self._request)
        with stage(self._plugins, "conda-solve", where, target=where) as done:
            done(f"{tally(len(earlier.records), 'package', where)}, as locked")
        return earlier

    @property
    def _never(self) -> tuple[NormalizedName, ...]:
        """What conda does not supply, whatever depends on it."""
        return self._request.solve.only_from_pypi

    def _supplied_by(self, record: CondaRecord) -> list[NormalizedName]:
        return [each.name for each in self._supplied([record], self._request, self._plugins)]

    def pins(self, conda: CondaSolution) -> dict[NormalizedName, str]:
        """See :class:`interlock.resolve.joint.protocol.Conda`."""
        python = conda.get("python")
        interpreter = {PYTHON: python.version} if python else {}
        return {entry.name: entry.version for entry in self.provided(conda)} | interpreter

    def versions(self, names: Iterable[NormalizedName]) -> Mapping[NormalizedName, Sequence[str]]:
        """See :class:`interlock.resolve.joint.protocol.Conda`."""
        wanted = list(names)
        self._offers.prepare(wanted)
        return {name: () if name in self._never else self._offers.versions(name) for name in wanted}

    def look_for(self, names: Iterable[NormalizedName]) -> None:
        """See :class:`interlock.resolve.joint.protocol.Conda`."""
        channels = self._conda_request(None).channels
        for name, package in declared_suppliers(frozenset(names), channels, self._request.platform):
            self._offers.add_suppliers(name, [package])

    def supplier(self, name: NormalizedName, version: str) -> CondaRecord | None:
        """A record of the channels that supplies a distribution in a version, as PEP 440 says it."""
        same = (known for known in self._offers.versions(name) if pin_version(known) == version)
        return next((self._offers.supplier(name, known) for known in same), None)

    def asked(self, name: NormalizedName) -> bool:
        """See :class:`interlock.resolve.joint.protocol.Conda`."""
        packages = set(self.suppliers(name))
        return any(spec.name in packages for spec in self._request.conda_specs)

    def provided(self, conda: CondaSolution) -> tuple[ProvidedDistribution, ...]:
        """The distributions that a conda solution supplies, those included that only its files tell of."""
        if id(conda) not in self._provided:
            found = self._supplied(conda.records, self._request, self._plugins)
            self._provided[id(conda)] = conda, found
            self._offers.learn(conda.records, found)
        return self._provided[id(conda)][1]

    def known(self, *, urls: bool = True) -> tuple[Nogood, ...]:
        """What the project's own PyPI requirements rule out on conda's side, before anything is solved.

        A requirement with a URL rules out that conda supplies the name at all, and where it is a wheel, interpreters
        that cannot use it; not if ``urls`` is false.
        """
        return tuple(ruled_out(self._request, self.versions, urls=urls))

    def _conda_request(self, near: CondaSolution | None) -> CondaRequest:
        preferred = near.records if near else self._previous.conda.records if self._previous else ()
        additions = self._plugins.conda_request(self._request)
        return make_conda_request(self._request, additions, self._virtual_packages, preferred=preferred)

    def _without(self, nogoods: Sequence[Nogood], request: CondaRequest) -> CondaRequest:
        self._offers.prepare(name for nogood in nogoods for name, _ in nogood.versions)
        groups: list[tuple[CondaSpec, ...]] = []
        for nogood in nogoods:
            if len(nogood.versions) == 1:
                specs = self._offers.without(nogood.name, nogood.excluded, nogood.origin, nogood.where)
                groups += [(spec,) for spec in specs]
            else:
                groups += self._offers.without_all(nogood.versions, nogood.origin)
        constraints = (spec for group in groups if len(group) == 1 for spec in group)
        return replace(
            request,
            constraints=tuple(dict.fromkeys((*request.constraints, *constraints))),
            alternatives=tuple(group for group in groups if len(group) > 1),
        )

    @cached_property
    def _virtual_packages(self) -> tuple[VirtualPackage, ...]:
        return merge_virtual_packages(self._request, self._plugins.virtual_packages(self._request))

    @cached_property
    def _offers(self) -> Offers:
        request = self._request

        def records(names: Sequence[str]) -> list[CondaRecord]:
            from interlock.engines.rattler.candidates import query

            conda = self._conda_request(None)
            # A spec that names a channel takes its package from there, whatever comes first.
            named = [channel for spec in conda.specs for channel, _, _ in [spec.spec.rpartition("::")] if channel]
            priority = "disabled" if named else request.channel_priority
            channels = dict.fromkeys((*conda.channels, *named))
            return query(channels, request.platform, names, channel_priority=priority)

        def supplied(record: CondaRecord) -> Sequence[ProvidedDistribution] | None:
            return names_without_files(record, request, self._plugins)

        return Offers(records, supplied, self.suppliers)
