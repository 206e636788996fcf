"""With the network switched off: all that an install needs and no cache has, before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from interlock.builds.sources.download import kept_at
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.urls import redacted
from interlock.pipeline.wheels import checked_wheels
from interlock_hooks.types import InterlockError, Missing

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.install.transaction import Transaction
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import Environment, PyPIPackage


def require_cached(environment: Environment, transaction: Transaction, plugins: Plugins) -> None:
    """Raise :class:`InterlockError` (IL650) for what the steps of an install would have to fetch."""
    if not is_offline():
        return
    from interlock.engines.rattler.uncached import not_unpacked

    locked = environment.locked
    unlinked = transaction.missing_conda()
    missing = not_unpacked(unlinked)
    linkable = not missing

    @cache
    def prefix() -> Path | None:
        """A prefix with the packages from conda, perhaps one that stands in for the environment's own."""
        if unlinked and linkable:
            from interlock.engines.rattler.cached_prefix import linked_prefix

            return linked_prefix(locked.conda.records)
        return environment.prefix if linkable else None

    missing += absent_wheels(transaction.missing_wheels(), environment)
    if locked.plans:
        # Imported here: most environments have nothing to build.
        from interlock.pipeline.cached_builds import lacks_of_builds

        missing += lacks_of_builds(environment, prefix, plugins)
    if missing:
        raise InterlockError(not_cached(missing))


def absent_wheels(
    packages: Sequence[PyPIPackage], environment: Environment, needed_by: str | None = None
) -> list[Missing]:
    """The wheels among packages that would have to be downloaded."""
    from interlock.engines.uv_cache import not_in_cache

    kept = {each.name for each in checked_wheels(packages, environment) if kept_at(each.artifact).is_file()}
    asked = [each for each in packages if each.name not in kept and not each.needs_build]
    python = environment.locked.resolution.python.version
    return [
        Missing(
            kind="wheel",
            name=package.name,
            version=package.known_version,
            url=redacted(package.artifact.url),
            needed_by=needed_by,
        )
        for package in not_in_cache(asked, python=python, root=environment.root)
    ]
