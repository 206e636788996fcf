"""``env doctor``: check an existing environment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from interlock.cli.json.audit import doctor_document
from interlock.cli.listener import showing_progress
from interlock.core.counting import counted
from interlock.core.durations import duration_text
from interlock.project.examining import examine_environment, find_target
from interlock_hooks.types import ExitCode, Severity

if TYPE_CHECKING:
    import argparse

    from interlock.audit.doctor import Examination
    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Examine the environment and report all that is wrong."""
    with showing_progress(output) as listener:
        target = find_target(args.prefix, args.environment, manifest_path=args.manifest_path, folder=args.folder)
        found = examine_environment(target, emit=listener.interlock_event)
    errors, warnings = found.count(Severity.ERROR), found.count(Severity.WARNING)
    status = ExitCode.VERIFICATION_FAILED if errors else ExitCode.DONE
    output.verdict(doctor_document(found), found.findings, status)
    output.line(_summary(found, errors, warnings, time.monotonic() - args.started))
    return status


def _summary(found: Examination, errors: int, warnings: int, seconds: float) -> str:
    looked = ", ".join(counted(number, kind.removesuffix("s")) for kind, number in found.checked.items())
    counts = [counted(number, word) for number, word in ((errors, "error"), (warnings, "warning"))]
    result = ", ".join(counts) if errors or warnings else "no problems found"
    return f"{found.prefix}: {result} ({looked}; {duration_text(seconds)})"
