"""Whose code may run: with ``allow = "listed"``, sdists that the manifest does not name are left out.

uv must be told of each package for which only wheels count, and "all but these" is nothing that it can be told. So each
of its resolutions is looked through, and resolved again without the sdists of the packages that it took one of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.pep508 import required_name
from interlock.resolve.findings import may_not_run
from interlock.resolve.stated import is_required_by_url
from interlock_hooks.types import InterlockError, PassedOver

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.resolve.uv.errors import NoResolutionError
    from interlock_hooks.types import (
        BuildOptions,
        Finding,
        LockedEnvironment,
        PyPIPackage,
        PyPIRequest,
        Requirement,
        Resolution,
    )

_Resolve = Callable[["PyPIRequest"], "Resolution"]
_WHY = 'only its source fits, whose code may not run (`allow = "listed"`)'


class Consenting:
    """A resolver whose resolutions have no source that may not run its code.

    A local directory that the project requires by its path may: the manifest names the code itself.
    """

    def __init__(self, resolve: _Resolve, build: BuildOptions) -> None:
        self._resolve = resolve
        self._build = build

    def __call__(self, request: PyPIRequest) -> Resolution:
        """Resolve ``request``.

        Raises what the resolver raises, a refusal with IL322 as its cause (:attr:`NoResolutionError.unusable`) where
        there is no solution without a source, and IL322 itself for one that is required by its URL.
        """
        # Imported here: an install only looks at what is locked.
        from interlock.resolve.uv.errors import NoResolutionError

        denied: dict[NormalizedName, Finding] = {}
        passed_over: list[PassedOver] = []
        while True:
            try:
                resolution = self._resolve(_wheels_only(request, denied))
            except NoResolutionError as refusal:
                if not denied:
                    raise
                raise refusal.after(InterlockError(*_blamed(refusal, denied))) from refusal
            found = [each for each in resolution.packages if not may_run(each, self._build, request.requirements)]
            if not found:
                return replace(resolution, passed_over=(*resolution.passed_over, *_other(passed_over, resolution)))
            said = {
                each.name: may_not_run(each, _naming(each.name, resolution.packages, request.requirements))
                for each in found
            }
            if any(each.name in denied or _is_direct(each, resolution.packages, request) for each in found):
                raise InterlockError(*said.values())
            denied |= said
            passed_over += [PassedOver(name=each.name, version=each.version, why=_WHY) for each in found]


def may_run(package: PyPIPackage, build: BuildOptions, requirements: Iterable[Requirement]) -> bool:
    """Whether a package is a wheel, or one whose code the manifest allows to run when it is built."""
    if not package.needs_build or build.allows(package.name):
        return True
    # As uv's `sources`, a directory among the requirements is no request for just any code.
    return package.artifact.kind == "directory" and is_required_by_url(package.name, requirements)


def check_consent(locked: LockedEnvironment, build: BuildOptions, requirements: Sequence[Requirement]) -> None:
    """Raise :class:`InterlockError` (IL322) if a lock builds what may not run its code, whoever wrote the lock."""
    packages = locked.resolution.packages
    refused = [
        may_not_run(package, _naming(package.name, packages, requirements))
        for package in packages
        if not may_run(package, build, requirements)
    ]
    refused += [
        may_not_run(package, (f"build of {plan.name}",))
        for plan in locked.plans
        for package in plan.overlay
        if not may_run(package, build, requirements)
    ]
    if refused:
        raise InterlockError(*dict.fromkeys(refused))


def _wheels_only(request: PyPIRequest, names: Iterable[NormalizedName]) -> PyPIRequest:
    selection = request.options.no_build
    no_build = replace(selection, names=selection.names | frozenset(names))
    return replace(request, options=replace(request.options, no_build=no_build))


def _blamed(refusal: NoResolutionError, denied: dict[NormalizedName, Finding]) -> list[Finding]:
    """Of what was left out, what the resolver lacks; all of it where it does not say."""
    lacking = {lack.name for lack in refusal.lacks}
    return [finding for name, finding in denied.items() if name in lacking] or list(denied.values())


def _naming(
    name: NormalizedName, packages: Sequence[PyPIPackage], requirements: Iterable[Requirement]
) -> tuple[str, ...]:
    """Who requires a package: ``the project``, a plugin or a build by its name, packages."""
    own = (_asker(each) for each in requirements if each.name == name)
    others = (str(each) for each in packages if any(required_name(text) == name for text in each.requires))
    return tuple(dict.fromkeys((*own, *others)))


def _asker(requirement: Requirement) -> str:
    return "the project" if requirement.origin == "manifest" else requirement.origin


def _is_direct(package: PyPIPackage, packages: Sequence[PyPIPackage], request: PyPIRequest) -> bool:
    """Whether somebody takes a package from a URL, a repository or a directory: there is nothing else to choose."""
    texts = [each.text for each in request.requirements if each.name == package.name]
    texts += [text for each in packages for text in each.requires if required_name(text) == package.name]
    return package.is_source_tree or any("@" in text for text in texts)


def _other(passed_over: Iterable[PassedOver], resolution: Resolution) -> Iterator[PassedOver]:
    """What is used in another version now; of a wheel of the same version there is nothing to tell."""
    for entry in passed_over:
        taken = resolution.get(entry.name)
        if taken is not None and taken.version != entry.version:
            yield entry
