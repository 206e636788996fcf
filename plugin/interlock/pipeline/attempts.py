"""Solves of changed requests, to find out why one has no solution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.core.codes import GAVE_UP, NO_CONDA_SOLUTION, NO_JOINT_SOLUTION, NO_PYPI_SOLUTION
from interlock.engines.process import ProcessTimeout
from interlock.engines.uv import uv_in_haste
from interlock.explain.oracle import Lacking, Solved
from interlock.pipeline.naming import known_distributions, provided_distributions
from interlock.pipeline.solving import Solvers, solve_both
from interlock.plugins.shared_answers import Shared
from interlock.resolve.joint.search import UnsolvableError, refusal_in
from interlock.resolve.recalling import Recalling
from interlock_hooks.types import (
    CondaRecord,
    EnvironmentRequest,
    InterlockError,
    Metadata,
    ProvidedDistribution,
    PyPIPackage,
    Resolution,
)

if TYPE_CHECKING:
    from interlock.plugins.manager import Plugins

# Conda, PyPI, both; and where no solution was found, though nobody knows that there is none.
_UNSATISFIABLE = (NO_CONDA_SOLUTION, NO_PYPI_SOLUTION, NO_JOINT_SOLUTION, GAVE_UP)


def is_unsatisfiable(error: InterlockError) -> bool:
    """Whether a solve ended for lack of a solution, or because none was found."""
    return error.findings[0].code in _UNSATISFIABLE


class Attempts:
    """Solves changed requests, and remembers what the PyPI resolver read of packages whenever it failed.

    ``error`` is how the request itself ended. PyPI resolutions end at the moment ``deadline``, wherever they are.
    """

    def __init__(self, plugins: Plugins, error: InterlockError, deadline: float) -> None:
        self._plugins = plugins
        self._deadline = deadline
        self._read: dict[str, dict[str, Sequence[str]]] = {}
        self._lacks: dict[str, Lacking] = {}
        # What has no solution has none, whether servers are asked or not.
        refusals = error.refusals if isinstance(error, UnsolvableError) else {}
        conda = Shared(plugins.conda_solve)
        self._best, self._quick = (Solvers(conda, Recalling(plugins.pypi_resolve, refusals)) for _ in range(2))
        self._note(error)

    def attempt(self, request: EnvironmentRequest, *, cached: bool = False) -> Solved | None:
        """The solution of a request, ``None`` if it has none. Raises as an :class:`Oracle`'s does.

        With ``cached``, one that needs no server is as good as the best.
        """
        try:
            with self._plugins.muted(), uv_in_haste(self._deadline, cached=cached):
                solvers = self._quick if cached else self._best
                joint, _ = solve_both(request, self._plugins, lambda _: _Nothing(), supplied=_supplied, solvers=solvers)
        except ProcessTimeout as error:
            raise TimeoutError(str(error)) from error
        except InterlockError as error:
            if not is_unsatisfiable(error):
                raise
            self._note(error)
            return None
        return Solved(conda=joint.conda, resolution=joint.resolution)

    def _note(self, error: InterlockError) -> None:
        refusal = refusal_in(error)
        if refusal is not None:
            for (name, version), requires in refusal.read.items():
                self._read.setdefault(name, {})[version] = requires
            for lack in refusal.lacks:
                self._lacks.setdefault(lack.name, Lacking(why=lack.why, fix=lack.fix))

    def lacking(self, name: str) -> Lacking | None:
        """Why the resolver could use no version of a PyPI package."""
        return self._lacks.get(canonicalize_name(name))

    def tried(self, name: str) -> Mapping[str, Sequence[str]]:
        """The requirements of a PyPI package by its version, newest first."""
        known = self._read.get(name, {})
        return {version: known[version] for version in sorted(known, key=Version, reverse=True)}


class _Nothing:
    """Sdists of which only a build knows more are taken to require nothing: a trial must be quick."""

    def metadata(self, package: PyPIPackage, _: Resolution) -> Metadata:
        return Metadata(name=package.name, version=package.version)

    def doubted(self, *_: object) -> bool:
        return False


def _supplied(
    records: Sequence[CondaRecord], request: EnvironmentRequest, plugins: Plugins
) -> tuple[ProvidedDistribution, ...]:
    """What records supply; packages are only looked into where PyPI packages could care, and if they can be had."""
    if request.requirements:
        with suppress(InterlockError):
            return provided_distributions(records, request, plugins)
    return known_distributions(records, request, plugins)
