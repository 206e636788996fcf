"""What the workspace table says that the tables of features are read with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.manifest.conda_pool import NO_POOL, Pool
from interlock.manifest.conda_specs import read_specs

if TYPE_CHECKING:
    from interlock.manifest.model import Platform
    from interlock.manifest.table import Table

_SOURCES = ("path", "git", "url", "workspace")
PIXI_BUILD = "pixi-build"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """``platforms`` are the names that the workspace declares, ``pool`` is what conda dependencies can inherit.

    ``rich`` tells whether one of the platforms has a name of its own or promises virtual packages, ``builds`` whether
    the preview ``pixi-build`` is on: dependencies of builds are then those of a package.
    """

    platforms: tuple[str, ...] = ()
    pool: Pool = NO_POOL
    rich: bool = False
    builds: bool = False


def read_context(workspace: Table | None, platforms: Sequence[Platform]) -> Context:
    """Read it from the workspace table, which the caller closes."""
    if workspace is None:
        return Context()
    return Context(
        platforms=tuple(platform.name for platform in platforms),
        pool=_pool(workspace),
        rich=any(platform.name != platform.subdir or platform.system_requirements for platform in platforms),
        builds=_has_preview(workspace, PIXI_BUILD),
    )


def _pool(workspace: Table) -> Pool:
    table = workspace.table("dependencies")
    if table is None:
        return NO_POOL
    # What an entry asks for is only known, and told, where it is inherited; mistakes are told in any case.
    plain = {key: value for key, value in table.data.items() if not (isinstance(value, dict) and _is_source(value))}
    read_specs(table.at(plain))
    return Pool(table)


def _is_source(entry: dict[str, object]) -> bool:
    return any(key in entry for key in _SOURCES)


def _has_preview(workspace: Table, name: str) -> bool:
    value = workspace.raw("preview")
    if isinstance(value, bool):
        return value
    return name in workspace.strings("preview")
