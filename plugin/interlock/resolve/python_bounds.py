"""Releases that do not admit the interpreter (``Requires-Python``) are left out.

uv reads ``Requires-Python`` as a lower bound only: of ``>=3.9,<3.12`` it honours ``>=3.9``. So each of its resolutions
is looked through, and resolved again without the releases that have another bound.

Releases before such a one often lack the bound only because nobody knew of the next Python. So they are taken to have
it as well, unless there is no other way: an older interpreter with the newest release comes before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from interlock.core.pep508 import mended_specifiers
from interlock.core.requirements import admits
from interlock.resolve.stated import is_required_by_url, stated_metadata
from interlock.resolve.uv.errors import NoResolutionError
from interlock.resolve.uv.findings import python_excluded
from interlock_hooks.types import PassedOver

if TYPE_CHECKING:
    from interlock_hooks.types import Artifact, PyPIPackage, PyPIRequest, PythonTarget, Resolution

# How often it is resolved again before older releases are taken to have the bound in any case.
ROUND_LIMIT = 20

# What artifacts say themselves; ``None`` for those that have no such field, or cannot be read.
RequiredPythons = Callable[["Sequence[Artifact]"], "Sequence[str | None]"]


def admits_python(required: str | None, python: PythonTarget) -> bool:
    """Whether a ``Requires-Python`` admits an interpreter; text that is not valid admits all.

    Pre-releases of an interpreter count as the release, as for uv.
    """
    specifiers = mended_specifiers(required) if required else None
    return not specifiers or admits(SpecifierSet(specifiers), Version(python.version).base_version)


@dataclass(slots=True)
class Bounds:
    """Whether older releases inherit the bounds of newer ones, and whether that ever made a difference."""

    inherited: bool
    met: bool = False


class WithinBounds:
    """A resolver whose resolutions have only releases that admit the interpreter.

    ``required`` reads artifacts; what the manifest declares of a package, or its backend says, comes first.
    """

    def __init__(self, resolve: Callable[[PyPIRequest], Resolution], required: RequiredPythons, bounds: Bounds) -> None:
        self._resolve = resolve
        self._required = required
        self._bounds = bounds

    def __call__(self, request: PyPIRequest) -> Resolution:
        """Resolve ``request``; raises what the resolver raises, and :class:`NoResolutionError` for sources."""
        unfit: dict[PassedOver, str] = {}
        rounds = 0
        while True:
            try:
                resolution = self._resolve(replace(request, excluded=(*request.excluded, *unfit)))
            except NoResolutionError as refusal:
                raise (refusal.because(tuple(unfit.values()), request) if unfit else refusal) from refusal.__cause__
            asked = replace(request, excluded=(*request.excluded, *unfit))
            found = dict(self._unfit(asked, resolution, always_older=rounds >= ROUND_LIMIT))
            if not found:
                return replace(resolution, passed_over=(*resolution.passed_over, *_newest(unfit, resolution)))
            unfit |= found
            rounds += 1

    def _unfit(
        self, request: PyPIRequest, resolution: Resolution, *, always_older: bool
    ) -> Iterator[tuple[PassedOver, str]]:
        """What is to be left out as well, each with the reason as uv would put it."""
        python = resolution.python
        for package, required in self._bounded(request, resolution):
            if admits_python(required, python):
                continue
            why = f"requires Python {required}, and the interpreter is Python {python.version}"
            older = self._bounds.inherited or always_older
            entry = PassedOver(name=package.name, version=package.version, why=f"it {why}", older=older)
            # A package that comes from a URL, because the project or another package says so, has no other releases.
            by_url = package.is_source_tree or is_required_by_url(package.name, request.requirements)
            if package.known_version is None or by_url or entry in request.excluded:
                names = {each.name for each in resolution.packages} | {each.name for each in resolution.provided}
                raise NoResolutionError(python_excluded(package, str(required), request), wanted=frozenset(names))
            self._bounds.met |= self._bounds.inherited
            yield entry, f"{package.name}=={package.version} {why}"

    def _bounded(self, request: PyPIRequest, resolution: Resolution) -> Iterator[tuple[PyPIPackage, str | None]]:
        silent: list[PyPIPackage] = []
        for package in resolution.packages:
            said = stated_metadata(package, request, resolution)
            # The manifest may say of a package that it has no bound.
            if said is not None and (said.requires_python or said.origin == "manifest"):
                yield package, said.requires_python
            else:
                silent.append(package)
        yield from zip(silent, self._required([each.artifact for each in silent]), strict=True)


def _newest(unfit: Iterable[PassedOver], resolution: Resolution) -> Iterator[PassedOver]:
    """Of what was left out, the newest release of each package, if it is newer than the one that is used."""
    newest: dict[str, PassedOver] = {}
    for entry in sorted(unfit, key=lambda entry: Version(entry.version)):
        chosen = resolution.get(entry.name)
        if chosen is not None and Version(entry.version) > Version(chosen.version):
            newest[entry.name] = entry
    yield from newest.values()
