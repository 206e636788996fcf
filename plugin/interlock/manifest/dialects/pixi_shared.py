"""What pixi's workspace table says of every environment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.manifest import codes
from interlock.manifest.conda_matching import read_conda_name
from interlock.manifest.dialects.build_variants import read_variants
from interlock.manifest.dialects.channels import read_channels
from interlock.manifest.dialects.exclude_newer import read_exclude_newer, read_limits
from interlock.manifest.dialects.name_map import NameMap, read_name_map
from interlock.manifest.dialects.pypi_options import read_pypi_options
from interlock.manifest.model import Channel, Shared
from interlock.manifest.requirements import read_name

if TYPE_CHECKING:
    from interlock.manifest.table import Table


def read_shared(workspace: Table) -> tuple[Shared, NameMap]:
    """Read it from the workspace table, which the caller closes."""
    options = read_pypi_options(workspace.table("pypi-options"))
    name_map = read_name_map(workspace)
    pypi_limit = read_exclude_newer(workspace, "pypi-exclude-newer")
    shared = Shared(
        channels=_channels(workspace),
        exclude_newer=read_exclude_newer(workspace),
        exclude_newer_where=workspace.where("exclude-newer"),
        pypi=replace(options.pypi, exclude_newer=pypi_limit, exclude_newer_where=workspace.where("pypi-exclude-newer")),
        no_isolation=options.no_isolation,
        overrides=options.overrides,
        pypi_names=name_map.channels,
        variants=read_variants(workspace),
    )
    return shared, name_map


def with_limits(shared: Shared, table: Table) -> Shared:
    """With the time limits of single packages, conda's and PyPI's, which have tables of their own."""
    pypi = read_limits(table, "pypi-exclude-newer", lambda each, key: read_name(each, key, key))
    return replace(
        shared,
        exclude_newer_package=read_limits(table, "exclude-newer", read_conda_name),
        pypi=replace(shared.pypi, exclude_newer_package=pypi),
    )


def _channels(workspace: Table) -> tuple[Channel, ...]:
    found = read_channels(workspace)
    if found is None:
        missing = (*workspace.path, "channels")
        what = "the workspace lacks the required key 'channels'"
        fix = f'add channels = ["{DEFAULT_CHANNEL}"]'
        workspace.error(codes.MISSING_KEY, what, fix=fix, about=missing, absent=[missing])
    return found or ()
