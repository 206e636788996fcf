"""``audit``: check wheels before they are installed, or the lock for known vulnerabilities or attestations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.json.audit import audit_document
from interlock.project.examining import audit_wheels, find_target
from interlock_hooks.types import ExitCode, Severity

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Audit each wheel as if it were about to be installed, or with one of the options what is locked."""
    if args.advisories:
        return _advisories(args, output)
    if args.attestations:
        return _attestations(args, output)
    target = find_target(args.prefix, args.environment, manifest_path=args.manifest_path, folder=args.folder)
    wheels = audit_wheels(args.wheel, target)
    status = ExitCode.DONE if all(wheel.fits for wheel in wheels) else ExitCode.VERIFICATION_FAILED
    findings = [finding for wheel in wheels for finding in wheel.findings]
    output.verdict(audit_document(target.prefix, wheels), findings, status)
    for wheel in wheels:
        if wheel.fits:
            output.line(f"{Path(wheel.name).name} fits {target.prefix}")
    return status


def _advisories(args: argparse.Namespace, output: Output) -> int:
    # Imported here: wheels are audited without them.
    from interlock.cli.json.audit import advisories_document
    from interlock.core.counting import counted
    from interlock.project.advisories import check_advisories
    from interlock.project.opening import open_project

    project = open_project(args.manifest_path, folder=args.folder)
    found = check_advisories(project, database=args.database)
    status = ExitCode.DONE if found.clean else ExitCode.VERIFICATION_FAILED
    output.verdict(advisories_document(found), found.findings, status)
    if found.clean:
        output.line(f"no advisory is known on {counted(found.checked, 'release')} in the lock")
    if found.unchecked:
        output.line(f"not published, so not checked: {', '.join(found.unchecked)}")
    return status


def _attestations(args: argparse.Namespace, output: Output) -> int:
    # Imported here as in `_advisories`.
    from interlock.cli.json.audit import attestations_document
    from interlock.core.counting import counted
    from interlock.project.attestations import check_attestations
    from interlock.project.opening import open_project

    found = check_attestations(open_project(args.manifest_path, folder=args.folder))
    errors = [finding for finding in found.findings if finding.severity is Severity.ERROR]
    status = errors[0].exit_code if errors else ExitCode.DONE
    output.verdict(attestations_document(found), found.findings, status)
    for each in found.files:
        if each.state == "verified":
            output.line(f"{each.package}: signed by {', '.join(map(str, each.publishers))}")
    output.line(f"{counted(found.number('verified'), 'file')} attested, {found.number('none')} without attestations")
    if found.unchecked:
        output.line(f"from no index, so not checked: {', '.join(found.unchecked)}")
    return status
