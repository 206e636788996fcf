"""``audit``: whether wheels fit an environment, before they are installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.audit.interpreter import ask_interpreter
from interlock.audit.wheel import audit_wheel
from interlock.audit.world import World
from interlock.cli.target import choose_target
from interlock_hooks.types import ExitCode, Severity

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock_hooks.types import Finding


def run(args: argparse.Namespace, output: Output) -> int:
    """Audit each wheel as if it were about to be installed."""
    target = choose_target(args)
    world = World(target.prefix, ask_interpreter(target.prefix))
    found: dict[str, list[Finding]] = {
        name: audit_wheel(Path(name), world, declared_glibc=target.declared_glibc) for name in args.wheel
    }
    findings = [finding for each in found.values() for finding in each]
    bad = any(finding.severity is Severity.ERROR for finding in findings)
    wheels = [{"wheel": name, "fits": _fits(each)} for name, each in found.items()]
    status = ExitCode.VERIFICATION_FAILED if bad else ExitCode.DONE
    output.verdict({"prefix": str(target.prefix), "wheels": wheels}, findings, status)
    for name, each in found.items():
        if _fits(each):
            output.line(f"{Path(name).name} fits {target.prefix}")
    return status


def _fits(findings: list[Finding]) -> bool:
    return all(finding.severity is not Severity.ERROR for finding in findings)
