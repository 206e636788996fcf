"""The built-in plugins: each room's implementation of its hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.audit.plugin import AuditPlugin
from interlock.builds.plugin import BuildPlugin
from interlock.cuda.plugin import CudaPlugin
from interlock.resolve.plugin import ResolvePlugin
from interlock.solve.plugin import SolvePlugin

if TYPE_CHECKING:
    from interlock.plugins.manager import Plugins


def register_builtins(plugins: Plugins) -> None:
    """Register the built-in stages; third-party plugins registered later are asked before them."""
    plugins.register_builtin("solve", SolvePlugin())
    plugins.register_builtin("resolve", ResolvePlugin())
    plugins.register_builtin("build", BuildPlugin(plugins.builds))
    plugins.register_builtin("cuda", CudaPlugin())
    plugins.register_builtin("audit", AuditPlugin())
