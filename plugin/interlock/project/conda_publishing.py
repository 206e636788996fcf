"""Wheels that were built for an environment, published as conda packages in a channel."""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.publishing import findings
from interlock.builds.publishing.conda_channel import add_packages, listed
from interlock.builds.publishing.index import Added
from interlock.builds.store.storage import open_storage
from interlock.core.activity import doing
from interlock.core.scratch import temporary_directory
from interlock.engines.python.interpreter import python_of
from interlock.project.built_wheels import BuiltWheels, built_wheels
from interlock.project.conda_packages import conda_packages
from interlock.project.publishing import Publication
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.builds.publishing.conda_package import CondaPackage
    from interlock.project.opening import Project
    from interlock_hooks.types import BuildPlan, Finding, LockedEnvironment

_UNREADABLE = (OSError, ValueError, zipfile.BadZipFile)


def publish_conda(project: Project, name: str, place: str, only: Sequence[str] = ()) -> Publication:
    """Publish the wheels that were built for an environment as conda packages, those of ``only`` if any are named.

    The channel at ``place``, a directory or a URL that fsspec knows, is made if it is not there. Raises
    :class:`InterlockError` as :func:`built_wheels` does and as channels are read, IL678 when a package requires what
    no conda package supplies, IL679 without py-rattler-build, and IL677 when the place cannot be written. Nothing is
    written then.
    """
    if importlib.util.find_spec("rattler_build") is None:
        raise InterlockError(findings.no_packing_tool())
    built = built_wheels(project, name, only)
    subdir = built.locked.resolution.python.platform
    try:
        storage = open_storage(place)
        known = listed(storage, subdir)
    except Exception as error:  # Every file system raises exceptions of its own.
        raise InterlockError(findings.not_published(place, f"{type(error).__name__}: {error}")) from error
    there = {str(record.get("name")) for record in known.values()}
    packages = conda_packages(project, built, there)
    with temporary_directory() as folder:
        archives = {
            package.filename: _archive(package, wheel, plan, built, folder)
            for plan, wheel, package in packages
            if package.filename not in known
        }
        doing(f"publishing {', '.join(package.filename for _, _, package in packages)}")
        try:
            if archives:
                add_packages(storage, subdir, archives.values(), folder)
            known = listed(storage, subdir)
        except Exception as error:  # As above.
            raise InterlockError(findings.not_published(place, f"{type(error).__name__}: {error}")) from error
    files = []
    for _, _, package in packages:
        sha256 = str(known[package.filename].get("sha256", ""))
        files.append(Added(Path(package.filename), sha256, None if package.filename in archives else sha256))
    told = torch_from_elsewhere([package for _, _, package in packages], built.locked)
    return Publication(place, tuple(files), (*built.findings, *told))


def torch_from_elsewhere(packages: Sequence[CondaPackage], locked: LockedEnvironment) -> list[Finding]:
    """A warning (IL687) for each package that was built against a torch which is not conda's."""
    if not any(package.name == "torch" for package in locked.resolution.packages):
        return []
    return [findings.other_torch(package.filename) for package in packages if package.constrains]


def _archive(package: CondaPackage, wheel: Path, plan: BuildPlan, built: BuiltWheels, folder: Path) -> Path:
    # Imported here: it brings rattler-build.
    from interlock.builds.publishing.conda_files import packed

    doing(f"packing {package.filename}")
    try:
        return packed(package, wheel, plan.package, python_of(built.prefix), folder)
    except _UNREADABLE as error:
        raise InterlockError(findings.not_packed(package.filename, str(error))) from error
