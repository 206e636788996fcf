"""Collects the findings about a manifest, so that all are reported together and not only the first."""

from __future__ import annotations

from collections.abc import Iterable

from interlock_hooks.types.findings import Finding, InterlockError, Location, Severity


class Report:
    """The findings about one manifest, in the order in which they were met."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that do not stop anything."""
        return tuple(found for found in self._findings if found.severity is not Severity.ERROR)

    def error(self, code: str, what: str, where: Location | None, *, why: str = "", fix: str = "") -> None:
        """Note a finding that stops the command once reading is complete."""
        self._add(Finding(code=code, what=what, why=why, where=where, fix=fix))

    def warning(self, code: str, what: str, where: Location | None, *, why: str = "", fix: str = "") -> None:
        """Note a finding that is shown and does not stop the command."""
        self._add(Finding(code=code, what=what, why=why, where=where, fix=fix, severity=Severity.WARNING))

    def _add(self, finding: Finding) -> None:
        if finding not in self._findings:  # a table that two readers share is read twice
            self._findings.append(finding)

    def raise_errors(self) -> None:
        """Raise one :class:`InterlockError` with all findings, errors first in order of lines, if any is an error."""
        errors = [found for found in self._findings if found.severity is Severity.ERROR]
        if errors:
            raise InterlockError(*_by_line(errors), *_by_line(self.warnings))


def _by_line(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda found: (found.where.line or 0) if found.where else 0)


def failure(code: str, what: str, where: Location | None, *, why: str = "", fix: str = "") -> InterlockError:
    """An error after which reading cannot go on."""
    return InterlockError(Finding(code=code, what=what, why=why, where=where, fix=fix))


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that a mistyped one was probably meant to be."""
    import difflib

    lowered = {name.lower().replace("_", "-"): name for name in known}
    found = difflib.get_close_matches(word.lower().replace("_", "-"), lowered, n=1, cutoff=cutoff)
    return lowered[found[0]] if found else None
