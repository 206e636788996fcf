"""What is believed of the metadata of an sdist, in which order.

What the manifest declares and what files of an index state (PEP 643, PEP 658) comes first, and the resolver knows it.
Of the rest, what the source proves is believed, then what a prebuilt wheel says that fits, then what the build backend
says. Where the backend cannot run, and the
manifest allows it, the ``PKG-INFO`` of the sdist is assumed to be right. The wheel is compared with all of it when it
is built, and an origin that was wrong is not believed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from interlock.builds.run.errors import BuildFailedError
from interlock.builds.store.refuted import Refuted, find_refuted
from interlock.core.codes import INDEX_UNREACHABLE
from interlock.core.platforms import current_platform
from interlock.lock.moves import STILL, Moves
from interlock.pipeline.findings import metadata_assumed, metadata_elsewhere, metadata_read, or_assume
from interlock.resolve.exclusions import UnusableSourceError
from interlock_hooks.types import (
    Artifact,
    EnvironmentRequest,
    Event,
    Finding,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    Metadata,
    PyPIPackage,
    PythonTarget,
    Resolution,
)

if TYPE_CHECKING:
    from interlock.builds.plan.planner import Planner

Ask = Callable[[PyPIPackage, Resolution, str], Metadata]
Offered = Callable[[PyPIPackage, Resolution], "Metadata | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Earlier locks: ``previous`` is the earlier answer to the request; ``siblings`` gives those for other platforms.

    A backend runs on its own platform only, so that what it said there stands in for what cannot be asked here. These
    answers may have to be waited for, and few requests want them.
    """

    previous: LockedEnvironment | None = None
    siblings: Callable[[], Sequence[LockedEnvironment]] = tuple
    moves: Moves = STILL

    @property
    def near(self) -> LockedEnvironment | None:
        """What to keep where it fits: ``previous``, without what ``moves``."""
        return self.previous and self.moves.kept_of(self.previous)


class Beliefs:
    """The metadata of one environment's sdists.

    ``ask`` runs a build backend, which only its own platform can, and is told why; ``planner`` gives what reads
    sources, and ``offered`` what a prebuilt wheel says.
    """

    def __init__(
        self,
        request: EnvironmentRequest,
        planner: Callable[[], Planner],
        ask: Ask,
        earlier: Earlier,
        *,
        offered: Offered,
        emit: Callable[[Event], None],
    ) -> None:
        self._request = request
        self._planner = planner
        self._ask = ask
        self._earlier = earlier
        self._offered = offered
        self._foreign = request.platform != current_platform()
        self._emit = emit
        self._proofs: dict[Artifact, Metadata | None] = {}
        self._refutations: dict[Artifact, Refuted] = {}
        # Whether the backend is asked must not change from round to round, or the rounds have no end.
        self._asked: dict[Artifact, str] = {}
        self._obstacles: dict[Artifact, str] = {}
        self._standing_in: dict[Artifact, Metadata] = {}

    def doubted(self, package: PyPIPackage, resolution: Resolution) -> bool:
        """Whether a build has refuted what the files of an index state of a package."""
        return self._refuted(package, resolution.python).is_wrong("sdist")

    def metadata(self, package: PyPIPackage, resolution: Resolution) -> Metadata:
        """What is believed of a package in a resolution.

        Raises :class:`UnusableSourceError` when its backend is asked, and fails for another reason than the want of a
        program: for that, other versions would fail as well, and an ancient one that needs less is not what anybody
        wants. That, and all others, is an :class:`InterlockError` at once.
        """
        refuted = self._refuted(package, resolution.python)
        found = (
            self._read_first(package, resolution, refuted)
            or self._of_prebuilt(package, resolution, refuted)
            or self._from_backend(package, resolution, refuted)
        )
        return replace(found, refuted=tuple(sorted(refuted.origins)))

    def _read_first(self, package: PyPIPackage, resolution: Resolution, refuted: Refuted) -> Metadata | None:
        """What is believed before the backend is asked."""
        if package.artifact in self._standing_in:
            return self._standing_in[package.artifact]
        if package.artifact in self._asked:
            return None
        if refuted.is_wrong("backend") and refuted.metadata is not None:
            return refuted.metadata
        if self._request.build.belief_of(package.name) == "backend" or _walked_back_to(package, resolution):
            return None
        return self._proof(package, refuted)

    def _of_prebuilt(self, package: PyPIPackage, resolution: Resolution, refuted: Refuted) -> Metadata | None:
        """What a prebuilt wheel says that fits: the version that the resolver wants has one, and need not be built."""
        build = self._request.build
        if package.artifact in self._asked or refuted.is_wrong("prebuilt"):
            return None
        if build.belief_of(package.name) == "backend" and not build.only_prebuilt:
            return None
        return self._offered(package, resolution)

    def _from_backend(self, package: PyPIPackage, resolution: Resolution, refuted: Refuted) -> Metadata:
        if self._foreign:
            elsewhere = metadata_elsewhere(package.name, self._request.platform)
            return self._stand_in(package, refuted, InterlockError(elsewhere))
        why = self._why_to_ask(package, resolution, refuted)
        try:
            answer = self._ask(package, resolution, why)
        except BuildFailedError as error:
            if not error.lacking.programs and not self._may_assume(package):
                raise UnusableSourceError(*error.findings) from error
            return self._stand_in(package, refuted, error)
        except InterlockError as error:
            if error.findings[0].code != INDEX_UNREACHABLE:
                raise
            return self._stand_in(package, refuted, error)
        self._asked[package.artifact] = why
        return answer

    def _why_to_ask(self, package: PyPIPackage, resolution: Resolution, refuted: Refuted) -> str:
        """Why nothing is believed of a package but what its backend says, as a clause."""
        if package.artifact in self._asked:
            return self._asked[package.artifact]
        if self._request.build.belief_of(package.name) == "backend":
            return 'the manifest says `metadata = "backend"`'
        if _walked_back_to(package, resolution):
            return "it is an older version than the newest one, whose source may lack limits that newer ones have"
        if refuted.is_wrong("static"):
            return "a build has shown that what its source says is wrong"
        return self._obstacles[package.artifact]

    def _stand_in(self, package: PyPIPackage, refuted: Refuted, error: InterlockError) -> Metadata:
        """What is believed where the backend cannot run; it would fail again in every round."""
        self._standing_in[package.artifact] = found = self._without_backend(package, refuted, error)
        return found

    def _without_backend(self, package: PyPIPackage, refuted: Refuted, error: InterlockError) -> Metadata:
        """What is believed where the backend cannot run, which ``error`` says why; raises that if nothing is."""
        if (proof := self._proof(package, refuted)) is not None:
            if isinstance(error, BuildFailedError):
                self._tell(metadata_read(package, error.findings[0], error.lacking.programs, proof.place))
            return proof
        known = next((each for each in (refuted.metadata, *self._of_siblings(package)) if each is not None), None)
        if known is not None:
            return known
        assumed = self._unpromised(package)
        if assumed is None:
            raise error
        if not self._may_assume(package):
            raise InterlockError(or_assume(error.findings[0], assumed), *error.findings[1:]) from error
        self._tell(metadata_assumed(package, error.findings[0], assumed))
        return assumed

    def _may_assume(self, package: PyPIPackage) -> bool:
        return self._request.build.belief_of(package.name) == "assume"

    def _proof(self, package: PyPIPackage, refuted: Refuted) -> Metadata | None:
        from interlock.builds.sources.static.proof import proven_metadata

        if refuted.is_wrong("static"):
            return None
        if package.artifact not in self._proofs:
            found = self._planner().static_metadata(package)
            self._proofs[package.artifact] = proven_metadata(found, package)
            self._obstacles[package.artifact] = found.obstacle or "its source does not prove which version it is"
        return self._proofs[package.artifact]

    def _unpromised(self, package: PyPIPackage) -> Metadata | None:
        from interlock.builds.sources.package_info import unpromised_metadata

        return self._planner().read(package, partial(unpromised_metadata, package=package))

    def _of_siblings(self, package: PyPIPackage) -> Iterator[Metadata]:
        if not self._foreign:
            return
        for sibling in self._earlier.siblings():
            for answer in sibling.resolution.metadata:
                same = answer.name == package.name and package.known_version in (answer.version, None)
                if same and answer.is_learned:
                    yield answer

    def _refuted(self, package: PyPIPackage, python: PythonTarget) -> Refuted:
        """What builds have refuted of a package, on this machine or on the one that wrote the earlier lock."""
        if package.artifact not in self._refutations:
            here = find_refuted(package.artifact, python, self._request.root)
            there = self._locked(package)
            self._refutations[package.artifact] = Refuted(
                origins=here.origins | frozenset(there.refuted if there else ()),
                metadata=here.metadata or (replace(there, refuted=()) if there and there.origin == "build" else None),
            )
        return self._refutations[package.artifact]

    def _locked(self, package: PyPIPackage) -> Metadata | None:
        """What the earlier lock holds of the same source."""
        previous = self._earlier.previous
        before = previous.resolution.get(package.name) if previous else None
        if previous is None or before is None or before.artifact != package.artifact:
            return None
        return previous.resolution.metadata_of(before)

    def _tell(self, finding: Finding) -> None:
        self._emit(FindingReported(finding=finding))


def _walked_back_to(package: PyPIPackage, resolution: Resolution) -> bool:
    """Whether the resolver took a version because newer ones do not fit, or cannot be used.

    Such a version can be years old, and lack the limits that the newer ones have, and no longer build. What its source
    proves would make it the answer, and so its backend has to run.
    """
    try:
        known = Version(package.version)
        return any(Version(e.version) > known for e in resolution.passed_over if e.name == package.name)
    except InvalidVersion:
        return False
