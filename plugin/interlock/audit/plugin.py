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
        """Findings about a wheel; errors about trusted packages become warnings."""
        options = environment.request.audit
        if options.wheels == "none" or sys.platform != "linux":
            return []
        # Imported here: most installs have nothing to audit, and many wheels no compiled code.
        from interlock.audit.unpack import has_libraries

        if not has_libraries(wheel.path):
            return []
        from interlock.audit.declared import declared_glibc
        from interlock.audit.interpreter import ask_interpreter
        from interlock.audit.wheel import audit_wheel
        from interlock.audit.world import World

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
    """The same, with the setting that lets the wheel through: the audit may be wrong."""
    fix = f'{finding.fix}; if you know that it works: `trust = ["{wheel.name}"]` in [tool.interlock.audit]'
    return replace(finding, fix=fix)


def _matching(wheel: WheelFile) -> str:
    if not isinstance(wheel, BuiltWheel) or wheel.mode is not BuildMode.ISOLATED:
        return ""
    line = 'requirements = [{ requirement = "{package}", match-runtime = true }]'
    return f"build it against the installed version: `{line}` in [tool.interlock.build.packages.{wheel.name}]"


def _remedy(wheel: WheelFile) -> str:
    if isinstance(wheel, BuiltWheel):
        return "its build used libraries from outside the environment: look for fixed versions and paths in its setup"
    return "name a wheel that was built for the installed packages, or build it from source"
