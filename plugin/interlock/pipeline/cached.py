"""With the network switched off: all that an install needs and no cache has, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.builds.sources.download import kept_at
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.urls import redacted, scheme_of
from interlock.engines.python.distributions import site_packages_of
from interlock.pipeline.wheels import checked_wheels
from interlock_hooks.types import InterlockError, Missing

if TYPE_CHECKING:
    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import (
        Artifact,
        BuildPlan,
        BuiltWheel,
        Environment,
        MissingKind,
        PyPIPackage,
    )


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

    if missing := [*conda, *wheels, *_of_builds(environment, stored)]:
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
        if plan.prebuilt is not None:
            if not _is_here(plan.prebuilt.artifact):
                yield _package(replace(plan.package, artifact=plan.prebuilt.artifact), "wheel")
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
    # Imported here: most environments have nothing to build.
    from interlock.builds.run.layers import has_layer

    python = environment.locked.resolution.python
    site = site_packages_of(environment.locked.conda, free_threaded=python.free_threaded)
    if site is None or not has_layer(plan.overlay, site):
        own = {each.name for each in environment.locked.plans}
        yield from _absent_wheels([each for each in plan.overlay if each.name not in own], environment, plan.name)


def _is_here(artifact: Artifact) -> bool:
    if artifact.kind == "git":
        from interlock.engines.git import has_all

        return has_all(artifact.url.removeprefix("git+"), artifact.commit or "HEAD")
    return scheme_of(artifact.url) in (None, "file") or kept_at(artifact).is_file()


def _package(package: PyPIPackage, kind: MissingKind, needed_by: str | None = None) -> Missing:
    artifact = package.artifact
    place = f"{artifact.url}@{artifact.commit}" if artifact.commit else artifact.url
    return Missing(
        kind=kind,
        name=package.name,
        version=package.known_version,
        url=redacted(place),
        needed_by=needed_by,
    )
