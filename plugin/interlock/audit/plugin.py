"""The built-in plugin that audits wheels before they are installed."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock_hooks import hookimpl
from interlock_hooks.types import BuildMode, BuiltWheel, Severity

if TYPE_CHECKING:
    from interlock_hooks.types import Environment, Finding, WheelFile


class AuditPlugin:
    """Implements the hook for wheels."""

    @hookimpl
    def interlock_check_wheel(self, wheel: WheelFile, environment: Environment) -> list[Finding]:
        """What does not fit the environment; errors about packages that are trusted become warnings."""
        options = environment.request.audit
        if options.wheels == "none" or sys.platform != "linux":
            return []
        # Imported here: most installs have nothing to audit.
        from interlock.audit.declared import declared_glibc
        from interlock.audit.interpreter import ask_interpreter
        from interlock.audit.unpack import has_libraries
        from interlock.audit.wheel import audit_wheel
        from interlock.audit.world import World

        if not has_libraries(wheel.path):
            return []
        world = World(environment.prefix, ask_interpreter(environment.prefix))
        declared = declared_glibc(environment.locked.conda)
        found = audit_wheel(
            wheel.path, world, declared_glibc=declared, remedy=_remedy(wheel), matching=_matching(wheel)
        )
        tell = _mildly if wheel.name in options.trust else _with_way_out
        return [tell(finding, wheel) if finding.severity is Severity.ERROR else finding for finding in found]


def _mildly(finding: Finding, _wheel: WheelFile) -> Finding:
    return replace(finding, severity=Severity.WARNING)


def _with_way_out(finding: Finding, wheel: WheelFile) -> Finding:
    """The same; whoever knows better must not be stuck."""
    fix = f'{finding.fix}; if it is known to work: `trust = ["{wheel.name}"]` in [tool.interlock.audit]'
    return replace(finding, fix=fix)


def _matching(wheel: WheelFile) -> str:
    if not isinstance(wheel, BuiltWheel) or wheel.mode is not BuildMode.ISOLATED:
        return ""
    line = f'{wheel.name} = [{{ requirement = "{{package}}", match-runtime = true }}]'
    return f"have it built against what is installed: `{line}` in [tool.uv.extra-build-dependencies]"


def _remedy(wheel: WheelFile) -> str:
    if isinstance(wheel, BuiltWheel):
        return "its build took something else than the environment has: look for fixed versions and paths in its setup"
    return "name a wheel that was made for what is installed, or have it built from source here"
