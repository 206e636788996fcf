"""Findings as conda's errors, which it shows in its own way, as text or JSON."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from conda import CondaError

from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from interlock_hooks.types import Finding


class InterlockCondaError(CondaError):
    """What Interlock found wrong: conda ends with its exit code, and with ``--json`` shows its findings as data."""

    def __init__(self, error: InterlockError) -> None:
        super().__init__(as_text(error.findings))
        self.return_code = int(error.exit_code)
        self.findings = [finding.as_dict() for finding in error.findings]

    def __str__(self) -> str:
        # conda fills in what follows a percent sign.
        return str(self.message)

    def __repr__(self) -> str:
        # conda shows this, by default with the name of the class in front.
        return str(self)


@contextmanager
def condas_errors() -> Iterator[None]:
    """Turn errors of Interlock into those of conda."""
    try:
        yield
    except InterlockError as error:
        raise InterlockCondaError(error) from error


def as_text(findings: Iterable[Finding]) -> str:
    """Findings as they look in a terminal, without colours."""
    # Imported here: most commands of conda show none.
    from rich.console import Console

    from interlock.cli.render import render_finding

    console = Console(width=100, color_system=None, highlight=False)
    with console.capture() as captured:
        for finding in findings:
            console.print(render_finding(finding))
    return captured.get().rstrip()
