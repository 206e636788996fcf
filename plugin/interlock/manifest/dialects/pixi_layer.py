"""What a feature, or one of its ``target`` tables, asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.conda_specs import read_specs
from interlock.manifest.dialects.pixi_context import PIXI_BUILD, Context
from interlock.manifest.dialects.pixi_dev import read_dev
from interlock.manifest.dialects.pypi_dependencies import read_pypi_dependencies
from interlock.manifest.model import Layer

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.requirements import Index

# pixi installs build and host dependencies as well; where a package is in several tables, the last of these counts.
_DEPENDENCY_TABLES = ("dependencies", "host-dependencies", "build-dependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """A layer, and the indexes that its requirements name."""

    layer: Layer
    indexes: tuple[Index, ...] = ()


def read_layer(table: Table, context: Context) -> Layered:
    """Read the tables of dependencies and of activation; the caller closes the table."""
    dependencies = read_pypi_dependencies(table.table("pypi-dependencies"))
    specs = {
        name: spec for key in _DEPENDENCY_TABLES for name, spec in read_specs(table.table(key), context.pool).items()
    }
    activation = table.table("activation")
    scripts, variables = (activation.strings("scripts"), activation.variables("env")) if activation else ((), ())
    if activation:
        activation.close()
    if context.builds:
        _refuse_builds(table)
    layer = Layer(
        specs=specs,
        constraints=read_specs(table.table("constraints"), context.pool),
        dev=read_dev(table.table("dev"), context.pool),
        requirements=dependencies.requirements,
        scripts=scripts,
        variables=variables,
    )
    return Layered(layer=layer, indexes=dependencies.indexes)


def _refuse_builds(table: Table) -> None:
    """With pixi-build, what a build uses belongs to the package that is built."""
    for key in ("host-dependencies", "build-dependencies"):
        if key in table:
            what = f"{key!r} belong to a package, since the workspace enables the preview {PIXI_BUILD!r}"
            fix = f"move it to [package.{key}], or to [dependencies] to have it in the environment"
            table.error(codes.CONFLICT, what, key, fix=fix)
