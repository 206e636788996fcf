"""Packages that have to come from one index, even if only other packages require them.

uv ties an index to requirements of the project, never to those of packages (``--torch-backend`` does, but only for
PyTorch's own address). So what a resolution turns out to need of a route is required as well, from the route's index,
and it is resolved again until nothing new appears.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508

from interlock.core.pep508 import required_name
from interlock_hooks.types import InterlockError, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

    from interlock_hooks.types import IndexRoute, PyPIRequest, Resolution


def resolve_routed(request: PyPIRequest, resolve: Callable[[PyPIRequest], Resolution]) -> Resolution:
    """Resolve with the routes of ``request``; raises what ``resolve`` raises.

    What conda provides, what is required by URL, and what names an index of its own goes no other way.
    """
    request = _direct(request)
    while True:
        resolution, failure = _attempt(request, resolve)
        added = _transitive(resolution, request)
        if failure is not None and not added:
            raise failure
        if not added:
            return resolution
        request = replace(request, requirements=(*request.requirements, *added))


def _attempt(
    request: PyPIRequest, resolve: Callable[[PyPIRequest], Resolution]
) -> tuple[Resolution, InterlockError | None]:
    """A resolution; where there is none, why, and one that shows what else of the routes is needed.

    A package of a route may need a version of another one that only the route's index has. So, to find these out, the
    routes' indexes serve everything that they have. Without routes, and when that does not help, the failure is raised.
    """
    try:
        return resolve(request), None
    except InterlockError as failure:
        if not request.routes:
            raise
        try:
            return resolve(_from_routes_first(request)), failure
        except InterlockError:
            raise failure from None


def _from_routes_first(request: PyPIRequest) -> PyPIRequest:
    urls = {route.index.url for route in request.routes}
    front = [replace(index, explicit=False) for index in request.options.indexes if index.url in urls]
    rest = [index for index in request.options.indexes if index.url not in urls]
    return replace(request, options=replace(request.options, indexes=(*front, *rest)))


def _direct(request: PyPIRequest) -> PyPIRequest:
    """The request with its own requirements sent along the routes, whose indexes serve nothing else."""
    placed = {each.name for each in request.requirements if each.index is not None}
    routed = {name: route for name, route in _routed(request).items() if name not in placed}
    known = {index.url for index in request.options.indexes}
    indexes = tuple(route.index for route in request.routes if route.index.url not in known)
    return replace(
        request,
        requirements=tuple(_sent(requirement, routed) for requirement in request.requirements),
        options=replace(request.options, indexes=(*request.options.indexes, *indexes)),
    )


def _routed(request: PyPIRequest) -> dict[NormalizedName, IndexRoute]:
    provided = {entry.name for entry in request.provided}
    return {name: route for route in request.routes for name in route.names if name not in provided}


def _sent(requirement: Requirement, routed: dict[NormalizedName, IndexRoute]) -> Requirement:
    route = routed.get(requirement.name)
    if route is None or Pep508(requirement.text).url is not None:
        return requirement
    return replace(requirement, index=route.index.url)


def _transitive(resolution: Resolution, request: PyPIRequest) -> list[Requirement]:
    """Requirements for packages of a route that came along with others.

    Those that only other newcomers require wait for the next round: what these require may be something else when they
    come from the route's index.
    """
    direct = {requirement.name for requirement in request.requirements}
    routed = _routed(request)
    newcomers = {
        package.name for package in resolution.packages if package.name in routed and package.name not in direct
    }
    settled = {
        required_name(text)
        for package in resolution.packages
        if package.name not in newcomers
        for text in package.requires
    }
    # Should newcomers require each other in a circle, all of them are taken at once.
    chosen = newcomers & settled or newcomers
    return [
        Requirement(name=name, text=name, index=routed[name].index.url, origin="index route") for name in sorted(chosen)
    ]
