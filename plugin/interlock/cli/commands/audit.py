"""``audit``: check whether wheels fit an environment, before they are installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.json.audit import audit_document
from interlock.project.examining import audit_wheels, find_target
from interlock_hooks.types import ExitCode

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Audit each wheel as if it were about to be installed."""
    target = find_target(args.prefix, args.environment, manifest_path=args.manifest_path, folder=args.folder)
    wheels = audit_wheels(args.wheel, target)
    status = ExitCode.DONE if all(wheel.fits for wheel in wheels) else ExitCode.VERIFICATION_FAILED
    findings = [finding for wheel in wheels for finding in wheel.findings]
    output.verdict(audit_document(target.prefix, wheels), findings, status)
    for wheel in wheels:
        if wheel.fits:
            output.line(f"{Path(wheel.name).name} fits {target.prefix}")
    return status
