"""``env doctor``: what is wrong with an environment that exists."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from interlock.audit.doctor import examine
from interlock.cli.listener import showing_progress
from interlock.cli.render import render_time
from interlock.cli.target import choose_target
from interlock_hooks.types import ExitCode, Severity

if TYPE_CHECKING:
    import argparse

    from interlock.audit.doctor import Examination
    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Examine the environment and report all that is wrong."""
    with showing_progress(output) as listener:
        target = choose_target(args)
        found = examine(target.prefix, declared_glibc=target.declared_glibc, emit=listener.interlock_event)
    errors, warnings = found.count(Severity.ERROR), found.count(Severity.WARNING)
    status = ExitCode.VERIFICATION_FAILED if errors else ExitCode.DONE
    output.verdict(
        {
            "prefix": str(found.prefix),
            "python": found.python,
            "checked": found.checked,
            "errors": errors,
            "warnings": warnings,
        },
        found.findings,
        status,
    )
    output.line(_summary(found, errors, warnings, time.monotonic() - args.started))
    return status


def _summary(found: Examination, errors: int, warnings: int, seconds: float) -> str:
    looked = ", ".join(f"{number} {kind if number != 1 else kind[:-1]}" for kind, number in found.checked.items())
    counts = [f"{number} {word}{'s' * (number != 1)}" for number, word in ((errors, "error"), (warnings, "warning"))]
    result = ", ".join(counts) if errors or warnings else "all is well"
    return f"{found.prefix}: {result} ({looked}; {render_time(seconds)})"
