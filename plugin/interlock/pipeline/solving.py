"""The joint solve of one request: every choice that the manifest leaves between conda and PyPI, in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from interlock.builds.sources.requires_python import required_pythons
from interlock.core.codes import URL_OF_PROVIDED
from interlock.pipeline.conda_side import CondaSide, Supplied, suppliers_of
from interlock.pipeline.naming import provided_distributions
from interlock.pipeline.pypi_side import MetadataSource, PyPISide
from interlock.resolve.consent import Consenting
from interlock.resolve.joint.protocol import Sides
from interlock.resolve.joint.search import Joint, UnsolvableError, solve_jointly
from interlock.resolve.python_bounds import Bounds, WithinBounds
from interlock.resolve.recalling import Recalling
from interlock.resolve.uv.errors import NoResolutionError
from interlock.solve.from_pypi import asked_of_pypi, choices
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interlock.plugins.manager import Plugins
    from interlock.resolve.joint.nogoods import Nogood
    from interlock_hooks.types import CondaRequest, CondaSolution, EnvironmentRequest, LockedEnvironment


@dataclass(frozen=True, slots=True)
class Solvers:
    """The solvers of both ecosystems."""

    conda: Callable[[CondaRequest], CondaSolution]
    pypi: Recalling


def solve_both(
    request: EnvironmentRequest,
    plugins: Plugins,
    metadata: MetadataSource,
    *,
    previous: LockedEnvironment | None = None,
    supplied: Supplied = provided_distributions,
    solvers: Solvers | None = None,
) -> tuple[Joint, CondaSide]:
    """Packages of both ecosystems that fit together, and conda's side, which knows what its solutions supply.

    ``metadata`` gives that of sdists on a conda solution, and ``supplied`` tells what records supply; versions of
    ``previous`` are kept where they fit. ``solvers`` are those of the plugins, if they know of other solves. Raises
    :class:`UnsolvableError` when there is no solution, IL306 where conda has to supply what a requirement has by URL,
    what the two sides raise, and the failure of a backend without whose package there is no solution.
    """
    failures: list[InterlockError] = []
    required = partial(required_pythons, root=request.root)
    solvers = solvers or Solvers(plugins.conda_solve, Recalling(plugins.pypi_resolve))
    for bounds in (Bounds(inherited=True), Bounds(inherited=False)):
        resolve = WithinBounds(Consenting(solvers.pypi, request.build), required, bounds)
        failures = []
        for names in choices(request, suppliers_of(request)):
            asked = asked_of_pypi(request, names, suppliers_of(request)) if names else request
            conda = CondaSide(asked, plugins, previous, supplied, solvers.conda)
            pypi = PyPISide(asked, plugins, previous, conda, metadata, names, resolve)
            try:
                return _on_kept(conda, pypi) or _solve(conda, pypi, conda.known()), conda
            except InterlockError as error:
                if not isinstance(error, UnsolvableError) and not _is_supplied_twice(error):
                    raise
                failures.append(error)
        if not bounds.met:
            break
    first = failures[0]
    refusal = None
    if isinstance(first, UnsolvableError):
        refusal, first.refusals = first.pypi, solvers.pypi.refusals
    # What was left out because its backend failed would have fitted: that failure is what has to be mended.
    raise (refusal and refusal.unusable) or first


def _on_kept(conda: CondaSide, pypi: PyPISide) -> Joint | None:
    """The answer on conda's half of the earlier one, if that still counts and PyPI fits on it."""
    kept = conda.kept()
    if kept is None:
        return None
    try:
        found = pypi.resolve(kept)
    except InterlockError as error:
        if not isinstance(error, NoResolutionError) and not _is_supplied_twice(error):
            raise
        return None  # conda has to give way, if it can
    return Joint(kept, found.resolution, kept, (), findings=found.findings)


def _solve(conda: CondaSide, pypi: PyPISide, known: Sequence[Nogood]) -> Joint:
    sides = Sides(conda, pypi)
    try:
        return solve_jointly(sides, known)
    except UnsolvableError as error:
        without_urls = conda.known(urls=False)
        if error.pypi is not None or without_urls == known:
            raise
        # conda cannot do without a package that a requirement has by URL: the resolver says which record it is.
        return solve_jointly(sides, without_urls)
    except InterlockError as error:
        # A solution may have shown that a package supplies what a requirement has by URL.
        more = conda.known()
        if not _is_supplied_twice(error) or more == known:
            raise
    return _solve(conda, pypi, more)


def _is_supplied_twice(error: InterlockError) -> bool:
    return error.findings[0].code == URL_OF_PROVIDED
