"""The health check in ``conda doctor``: the examination of ``interlock env doctor``."""

from __future__ import annotations

from conda.base.constants import OK_MARK, X_MARK

from interlock.hosts.conda.errors import as_text
from interlock.install.fresh import read_state
from interlock.project.examining import examine_environment, find_target
from interlock_hooks.types import Severity


def examine(prefix: str, *, verbose: bool) -> None:
    """Print what does not fit in a prefix that Interlock has made, with ``verbose`` warnings as well; else nothing."""
    if read_state(prefix) is None:
        return
    found = examine_environment(find_target(prefix, ""), emit=lambda _: None)
    shown = [finding for finding in found.findings if verbose or finding.severity is Severity.ERROR]
    if shown:
        print(f"{X_MARK} Interlock found:\n\n{as_text(shown)}\n")  # noqa: T201 - conda's health checks print
        return
    looked = ", ".join(f"{number} {kind}" for kind, number in found.checked.items())
    print(f"{OK_MARK} Compiled code and requirements fit (Interlock: {looked}).\n")  # noqa: T201
