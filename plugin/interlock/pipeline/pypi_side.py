"""The PyPI side of the joint solve: the hooks, with everything that plugins add and repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from interlock.pipeline.conda_side import CondaSide, suppliers_of
from interlock.pipeline.extras import WithExtras
from interlock.pipeline.pypi_request import Repairing, Resolve, for_target, verifying, with_additions
from interlock.pipeline.steps import place_of, stage, tally
from interlock.resolve.dynamic import resolve_fixpoint
from interlock.resolve.findings import wheel_unreached
from interlock.resolve.joint.protocol import Resolved
from interlock.resolve.unreached_wheels import unreached_wheels
from interlock.resolve.uv.pins import pin_version
from interlock.solve.from_pypi import conda_limits, requirements_of_dependents
from interlock.solve.request import is_free_threaded, python_target
from interlock_hooks.types import (
    CondaSolution,
    EnvironmentRequest,
    Finding,
    LockedEnvironment,
    Metadata,
    OfferedDistribution,
    PyPIPackage,
    PyPIRequest,
    PythonTarget,
    Repair,
    Resolution,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.plugins.manager import Plugins
    from interlock.resolve.uv.errors import Known


class Sdists(Protocol):
    """What is known of the metadata of sdists on a conda solution."""

    def metadata(self, package: PyPIPackage, resolution: Resolution) -> Metadata:
        """That of a package in a resolution."""

    def doubted(self, package: PyPIPackage, resolution: Resolution) -> bool:
        """Whether what the files of a package state is known to be wrong."""


MetadataSource = Callable[[CondaSolution], Sdists]


class PyPISide:
    """PyPI's side of one request, on solutions of ``conda``. Versions of ``previous`` are kept where they fit.

    ``metadata`` gives, on a conda solution, what is known of sdists. ``from_pypi`` are names that PyPI is to supply
    although the manifest asks conda for them; ``resolve`` is the resolver.
    """

    def __init__(
        self,
        request: EnvironmentRequest,
        plugins: Plugins,
        previous: LockedEnvironment | None,
        conda: CondaSide,
        metadata: MetadataSource,
        from_pypi: frozenset[NormalizedName],
        resolve: Resolve,
    ) -> None:
        self._request = request
        self._plugins = plugins
        self._previous = previous
        self._conda = conda
        self._metadata_on = metadata
        self._from_pypi = from_pypi
        self._resolve = resolve

    def resolve(self, conda: CondaSolution) -> Resolved:
        """See :class:`interlock.resolve.joint.protocol.PyPI`."""
        where = place_of(self._request)
        with stage(self._plugins, "pypi-resolve", where, target=where) as done:
            request = self.asked(conda)
            if not request.requirements:
                done(tally(0, "package", where))
                return Resolved(request, Resolution(python=request.python, provided=request.provided))
            repairing = Repairing(
                WithExtras(verifying(self._resolve), conda),
                lambda resolution, failure: self._plugins.repair_resolution(resolution, conda, self._request, failure),
            )
            sdists = self._metadata_on(conda)
            resolution = resolve_fixpoint(request, repairing, sdists.metadata, sdists.doubted)
            unreached = tuple(unreached_wheels(request, resolution, self._plugins.pypi_resolve))
            done(tally(len(resolution.packages), "package", where))
        notes = (wheel_unreached(each.package, each.why, f'`{each.key} = "{each.floor}"`') for each in unreached)
        passed_over = (*resolution.passed_over, *(each.passed_over for each in unreached))
        return Resolved(request, replace(resolution, passed_over=passed_over), (*repairing.findings, *notes))

    def attempt(
        self,
        conda: CondaSolution,
        pins: frozenset[NormalizedName],
        offered: Sequence[OfferedDistribution],
        known: Known,
        python: str | None = None,
    ) -> Resolved:
        """See :class:`interlock.resolve.joint.protocol.PyPI`."""
        request = self.asked(conda, python)
        # What conda has now is as good as anything newer, where both would do.
        near = tuple((entry.name, pin_version(entry.version)) for entry in request.provided if entry.name not in pins)
        asked = replace(
            request,
            provided=tuple(entry for entry in request.provided if entry.name in pins),
            offered=tuple(offered),
            metadata=known.metadata or request.metadata,
            excluded=known.excluded,
            preferred=(*request.preferred, *near),
        )
        repairing = Repairing(WithExtras(self._resolve, conda, self._conda.supplier), partial(self._rescues, conda))
        return Resolved(asked, repairing(asked))

    def _rescues(self, conda: CondaSolution, resolution: Resolution, failure: Finding | None) -> Sequence[Repair]:
        """Repairs where there is no resolution otherwise: whether another one would fit better is no question yet."""
        return self._plugins.repair_resolution(resolution, conda, self._request, failure) if failure else ()

    def asked(self, conda: CondaSolution, patch_release: str | None = None) -> PyPIRequest:
        """What the PyPI resolver is asked on a conda solution, perhaps with another patch release of its interpreter.

        Raises :class:`~interlock_hooks.types.InterlockError` (IL211) when there are requirements but no interpreter.
        """
        request, previous = self._request, self._previous
        additions = self._plugins.pypi_request(request, conda)
        suppliers = suppliers_of(request)
        limits = conda_limits(self._from_pypi, conda, request.conda_constraints, suppliers)
        dependents = requirements_of_dependents(request, conda, suppliers)
        wanted = request.requirements or dependents or any(added.requirements for added in additions)
        python = python_target(request, conda) if wanted else self._any_python(conda)
        own = PyPIRequest(
            environment=request.name,
            python=replace(python, version=patch_release) if patch_release else python,
            root=str(request.root),
            requirements=(*request.requirements, *dependents),
            constraints=(*request.constraints, *limits),
            overrides=request.overrides,
            scoped_overrides=request.scoped_overrides,
            provided=self._conda.provided(conda),
            options=request.pypi,
            metadata=request.build.metadata,
            preferred=tuple((p.name, p.version) for p in previous.resolution.packages) if previous else (),
        )
        return for_target(with_additions(own, additions))

    def _any_python(self, conda: CondaSolution) -> PythonTarget:
        python = conda.get("python")
        return PythonTarget(
            version=python.version if python else "0",
            platform=self._request.platform,
            free_threaded=is_free_threaded(conda),
        )
