"""Prebuilt wheels: chosen while locking by what they claim, and audited before one takes the place of a build."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import Version

from interlock.builds.prebuilt import findings
from interlock.builds.prebuilt.choosing import sorted_out
from interlock.builds.prebuilt.errors import UnlistedError, raise_if_not_cached
from interlock.builds.prebuilt.fetching import (
    fetch_wheel,
    hashed,
    named_as_it_says,
    read_metadata,
    require_own_variant,
)
from interlock.builds.prebuilt.listing import Variants, address_of, list_wheels, variants_at
from interlock.builds.prebuilt.provenance import keys_of, require_trusted
from interlock.builds.prebuilt.target import target_of
from interlock.builds.provenance.trust import UntrustedError
from interlock.builds.run.wheelfile import check_wheel, metadata_of
from interlock.core.activity import doing
from interlock.core.codes import WRONG_HASH
from interlock.resolve.agreement import differences
from interlock_hooks.types import (
    Artifact,
    BuildPlan,
    BuiltWheel,
    Finding,
    FindingReported,
    InterlockError,
    Metadata,
    PrebuiltWheel,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interlock.builds.prebuilt.candidate import Candidate
    from interlock.builds.prebuilt.choosing import Fit
    from interlock.builds.prebuilt.target import Target
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import (
        CondaSolution,
        Environment,
        EnvironmentRequest,
        Event,
        PrebuiltSource,
        PyPIPackage,
        Resolution,
    )

# Wheels of which the metadata is read before it is given up: those of one release hardly ever differ in it.
_TRIED = 5
_UNREADABLE = (OSError, ValueError, zipfile.BadZipFile, InterlockError)


class PrebuiltWheels:
    """The prebuilt wheels for the sdists of one environment; what a source offers is asked once."""

    def __init__(self, request: EnvironmentRequest, conda: CondaSolution, emit: Callable[[Event], None]) -> None:
        self._request = request
        self._conda = conda
        self._emit = emit
        self._offered: dict[tuple[PrebuiltSource, str], list[Candidate]] = {}
        self._variants: dict[str, Variants | None] = {}
        self._read: dict[str, Metadata] = {}
        self._unlisted: set[str] = set()

    def choose(self, package: PyPIPackage, resolution: Resolution) -> PrebuiltWheel | None:
        """The wheel that fits a resolution best, with its hash; ``None`` if there is none.

        Its name must contradict nothing in the environment, its metadata must require what the lock has, and one of the
        keys of its source must have signed how it was built, if there are any. Raises
        :class:`InterlockError` (IL434) if there is none and the package may not be built.
        """
        if not self._sources(package):
            return None
        fitting, refused = sorted_out(*self._offers(package, resolution))
        untrusted: dict[str, str] = {}
        for each in fitting[:_TRIED]:
            try:
                artifact, said = self._looked_at(each, package)
            except UntrustedError as error:
                untrusted[each.candidate.filename] = str(error)
                continue
            except _UNREADABLE as error:
                raise_if_not_cached(error, package.name)
                refused[each.candidate.filename] = f"it cannot be read: {_reason(error)}"
                continue
            if lines := differences(said, package, resolution, self._request):
                refused[each.candidate.filename] = f"it requires something else than the lock: {'; '.join(lines)}"
                continue
            return PrebuiltWheel(
                url=artifact.url,
                filename=each.candidate.filename,
                sha256=str(artifact.sha256),
                size=artifact.size,
                why=each.why,
                trust=each.candidate.trust,
            )
        where = self._request.build.package(package.name).where
        if self._request.build.only_prebuilt:
            refused = {**untrusted, **refused}
            raise InterlockError(findings.none_fits(package, refused, where, listed_all=not self._unlisted))
        if untrusted:
            self._emit(FindingReported(finding=findings.untrusted(package, untrusted, where)))
        return None

    def metadata(self, package: PyPIPackage, resolution: Resolution) -> Metadata | None:
        """What the wheel that fits best says of a package; ``None`` if there is none.

        While torch is not in the resolution, perhaps since it is this package that requires it, any wheel for the
        interpreter will do.
        """
        if not self._sources(package):
            return None
        offers, target = self._offers(package, resolution)
        fitting, _ = sorted_out(offers, target)
        if not fitting and target.torch is None:
            fitting, _ = sorted_out([each.without_claims() for each in offers], target)
        for each in fitting[:_TRIED]:
            with suppress(UntrustedError):
                try:
                    return self._looked_at(each, package)[1]
                except _UNREADABLE as error:
                    raise_if_not_cached(error, package.name)
        return None

    def _sources(self, package: PyPIPackage) -> Sequence[PrebuiltSource]:
        """Where to look; nobody can have built a source tree, whose version is another one each day."""
        return () if package.is_source_tree else self._request.build.package(package.name).prebuilt

    def _offers(self, package: PyPIPackage, resolution: Resolution) -> tuple[list[Candidate], Target]:
        target = target_of(resolution, self._conda)
        found: list[Candidate] = []
        version = Version(package.version)
        for source in self._sources(package):
            listed = self._listed(source, package, target)
            found += [self._described(each, source, package) for each in listed if each.is_for(package.name, version)]
        return found, target

    def _listed(self, source: PrebuiltSource, package: PyPIPackage, target: Target) -> list[Candidate]:
        try:
            url = address_of(source, package.name, package.version, target)
        except UnlistedError:
            # There is no torch to name, yet or at all; then nothing there can fit.
            return []
        if (source, url) not in self._offered:
            doing(f"looking for prebuilt wheels of {package}")
            try:
                self._offered[source, url] = [replace(each, trust=source.trust) for each in list_wheels(url)]
            except UnlistedError as error:
                self._emit(FindingReported(finding=findings.unlisted(package, replace(source, url=url), str(error))))
                self._offered[source, url] = []
                self._unlisted.add(source.url)
        return self._offered[source, url]

    def _described(self, wheel: Candidate, source: PrebuiltSource, package: PyPIPackage) -> Candidate:
        """A wheel that knows what its variant label stands for, if that can be read."""
        url = wheel.described
        if url is None or wheel.label is None:
            return wheel
        if url not in self._variants:
            try:
                self._variants[url] = variants_at(url)
            except UnlistedError as error:
                self._emit(FindingReported(finding=findings.undescribed(package, source, str(error))))
                self._variants[url] = None
        return wheel.of_variants(self._variants[url])

    def _looked_at(self, found: Fit, package: PyPIPackage) -> tuple[Artifact, Metadata]:
        """The artifact of a wheel with its hash, and what it says of the package; raises as reading it does."""
        offered = found.candidate
        artifact = Artifact(
            kind="wheel", url=offered.url, filename=offered.filename, sha256=offered.sha256, size=offered.size
        )
        artifact = hashed(artifact, root=self._request.root)
        if offered.trust:
            require_trusted(artifact, offered.trust)
            require_own_variant(artifact, offered.variant, root=self._request.root)
        key = str(artifact.sha256)
        if key not in self._read:
            said = metadata_of(read_metadata(artifact, root=self._request.root), package)
            self._read[key] = replace(said, version=package.version, origin="prebuilt")
        return artifact, self._read[key]


def take_prebuilt(
    plan: BuildPlan, environment: Environment, plugins: Plugins
) -> tuple[BuiltWheel, list[Finding]] | None:
    """The prebuilt wheel of a plan, fetched and audited in the environment that it would be installed in.

    With it comes what the audit has to tell. ``None``, with a warning, if it does not fit. Raises
    :class:`InterlockError`: IL501 if it is not the one that was locked, and IL433 if it does not fit and the package
    may not be built.
    """
    locked = plan.prebuilt
    assert locked is not None  # noqa: S101 - only such plans are given
    where = environment.request.build.package(plan.name).where
    name = locked.filename
    doing(f"checking {name}")
    try:
        if keys := keys_of(locked, environment.request.build.package(plan.name).prebuilt):
            # Whoever can change the lock could name another wheel.
            require_trusted(locked.artifact, keys)
        wheel = _fetched(plan, locked, environment)
        told = plugins.check_wheel(wheel, environment.locked.resolution, environment)
        errors = [finding for finding in told if finding.severity is Severity.ERROR]
    except UntrustedError as error:
        errors = [findings.not_trusted(plan, name, str(error))]
    except InterlockError as error:
        if any(finding.code == WRONG_HASH for finding in error.findings):
            raise
        errors = list(error.findings)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        errors = [findings.unreadable(plan, name, _reason(error))]
    if not errors:
        return wheel, told
    refusal = findings.unfit(plan, name, errors[0], where)
    if refusal.severity is Severity.ERROR:
        raise InterlockError(refusal)
    # At once: the build may take an hour, or fail.
    plugins.event(FindingReported(finding=refusal))
    return None


def _fetched(plan: BuildPlan, locked: PrebuiltWheel, environment: Environment) -> BuiltWheel:
    path = named_as_it_says(fetch_wheel(locked.artifact, root=environment.request.root), locked.sha256)
    identity = check_wheel(path, plan.package)
    return BuiltWheel(
        name=identity.name,
        version=identity.version,
        path=path,
        sha256=locked.sha256,
        mode=plan.mode,
        seconds=0,
        source=locked.artifact,
        prebuilt=True,
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, InterlockError):
        return error.findings[0].why or error.findings[0].what
    return str(error) or type(error).__name__
