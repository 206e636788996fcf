"""With the network switched off: all that a lock or an install needs and no cache has, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.builds.sources.download import kept_at
from interlock.core.channels import channel_address
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.urls import is_remote, redacted
from interlock.pipeline.findings import from_caches
from interlock.pipeline.wheels import checked_wheels
from interlock.solve.names import absent_maps
from interlock.solve.request import DEFAULT_CHANNELS
from interlock_hooks.types import FindingReported, InterlockError, Missing

if TYPE_CHECKING:
    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import (
        Artifact,
        BuildPlan,
        BuiltWheel,
        Environment,
        EnvironmentRequest,
        MissingKind,
        PyPIPackage,
    )


def require_indexed(requests: Sequence[EnvironmentRequest], plugins: Plugins) -> None:
    """Raise :class:`InterlockError` (IL650) for channels and name maps that no cache has; say if caches are used."""
    if not is_offline():
        return
    from interlock.engines.rattler.uncached import not_indexed

    places = dict.fromkeys((request.channels or DEFAULT_CHANNELS, request.platform) for request in requests)
    indexes = [lack for channels, platform in places for lack in not_indexed(channels, platform)]
    _stop([*indexes, *(lack for request in requests for lack in absent_maps(request))])
    channels = dict.fromkeys(channel_address(channel) for channels, _ in places for channel in channels)
    remote = [redacted(channel) for channel in channels if is_remote(channel)]
    if remote or any(map(_asks_an_index, requests)):
        plugins.event(FindingReported(finding=from_caches(remote)))


def _asks_an_index(request: EnvironmentRequest) -> bool:
    """Whether a request could ask a package index on a server, PyPI by default."""
    indexes, places = request.pypi.indexes, request.pypi.find_links
    servers = not any(index.default for index in indexes) or any(is_remote(each.url) for each in indexes)
    return bool(request.requirements) and ((servers and not request.pypi.no_index) or any(map(is_remote, places)))


def require_cached(environment: Environment, transaction: Transaction, plugins: Plugins) -> None:
    """Raise :class:`InterlockError` (IL650) for what the steps of an install would have to fetch.

    What is built is looked for in the store of built wheels, and else the source and the build requirements. What build
    requirements without a wheel require in turn is not known.
    """
    if not is_offline():
        return
    from interlock.engines.rattler.uncached import not_unpacked

    unlinked = transaction.missing_conda()
    conda = not_unpacked(unlinked)
    wheels = _absent_wheels(transaction.missing_wheels(), environment)

    def stored(plan: BuildPlan, environment: Environment) -> BuiltWheel | None:
        if conda:
            return None
        if unlinked:
            # Imported here: mostly, sources and build requirements are there.
            from interlock.engines.rattler.cached_prefix import linked_prefix

            environment = replace(environment, prefix=linked_prefix(environment.locked.conda.records))
        return plugins.builds.using(environment.request.build.store).stored_wheel(plan, environment)

    _stop([*conda, *wheels, *_of_builds(environment, stored)])


def _stop(missing: Sequence[Missing]) -> None:
    if missing:
        raise InterlockError(not_cached(missing))


def _absent_wheels(
    packages: Sequence[PyPIPackage], environment: Environment, needed_by: str | None = None
) -> Iterator[Missing]:
    from interlock.engines.uv_cache import not_in_cache

    own = {each.name for each in checked_wheels(packages, environment) if kept_at(each.artifact).is_file()}
    asked = [each for each in packages if each.name not in own and not each.needs_build]
    python = environment.locked.resolution.python.version
    for package in not_in_cache(asked, python=python, root=environment.root):
        yield _package(package, "wheel", needed_by)


def _of_builds(
    environment: Environment, stored: Callable[[BuildPlan, Environment], BuiltWheel | None]
) -> Iterator[Missing]:
    """What the builds of a lock lack whose wheels are not ``stored``."""
    built: list[BuiltWheel] = []
    for plan in environment.locked.plans:
        here = replace(environment, built=tuple(built))
        if plan.prebuilt is not None and _is_here(plan.prebuilt.artifact):
            continue
        lacks = list(_lacks(plan, here))
        if lacks and (wheel := stored(plan, here)) is not None:
            built.append(wheel)
        else:
            yield from lacks


def _lacks(plan: BuildPlan, environment: Environment) -> Iterator[Missing]:
    package = plan.package
    if not _is_here(package.artifact):
        yield _package(package, "repository" if package.artifact.kind == "git" else "sdist")
    own = {each.name for each in environment.locked.plans}
    yield from _absent_wheels([each for each in plan.overlay if each.name not in own], environment, plan.name)


def _is_here(artifact: Artifact) -> bool:
    address = artifact.url.removeprefix("git+")
    if artifact.kind == "git":
        from interlock.engines.git import has_all

        return has_all(address, artifact.commit or "HEAD")
    return not is_remote(address) or kept_at(artifact).is_file()


def _package(package: PyPIPackage, kind: MissingKind, needed_by: str | None = None) -> Missing:
    return Missing(
        kind=kind,
        name=package.name,
        version=package.known_version,
        url=redacted(package.artifact.url),
        needed_by=needed_by,
    )
