"""Collects the findings about a manifest, so that all are reported together and not only the first.

Some say that something is not there. That may only follow from another error: where a table cannot be read, nobody
knows what it declares. Such findings are left out, since correcting the other error may be all that is needed.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock_hooks.types.findings import Finding, InterlockError, Location, Severity

if TYPE_CHECKING:
    from interlock.manifest.positions import Key


@dataclass(frozen=True, slots=True)
class _Entry:
    """A finding, the key that it is about, and the keys of what it says is not there."""

    finding: Finding
    about: Key | None
    absent: tuple[Key, ...]
    is_refusal: bool = False

    @property
    def is_error(self) -> bool:
        return self.finding.severity is Severity.ERROR

    def follows_from(self, other: _Entry) -> bool:
        """Whether what is missing may be missing because of the other error: at, above or below its key."""
        about = other.about
        if about is None or other is self or not other.is_error:
            return False
        return any(missing[: len(about)] == about or about[: len(missing)] == missing for missing in self.absent)


class Report:
    """The findings about one manifest, in the order in which they were met."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far."""
        return tuple(entry.finding for entry in self._entries)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that do not stop anything."""
        return tuple(entry.finding for entry in self._entries if not entry.is_error)

    def error(
        self,
        code: str,
        what: str,
        where: Location | None,
        *,
        why: str = "",
        fix: str = "",
        about: Key | None = None,
        absent: Iterable[Key] = (),
    ) -> None:
        """Note a finding that stops the command once reading is complete.

        ``about`` is the key that it is about, also where that is not the one at ``where``; ``absent`` are the keys of
        what it says is not there.
        """
        self._add(Finding(code=code, what=what, why=why, where=where, fix=fix), about, absent)

    def warning(
        self,
        code: str,
        what: str,
        where: Location | None,
        *,
        why: str = "",
        fix: str = "",
        about: Key | None = None,
        absent: Iterable[Key] = (),
    ) -> None:
        """Note a finding that is shown and does not stop the command; otherwise as :meth:`error`."""
        finding = Finding(code=code, what=what, why=why, where=where, fix=fix, severity=Severity.WARNING)
        self._add(finding, about, absent)

    def note(self, code: str, what: str, where: Location | None, *, why: str = "") -> None:
        """Note a finding that informs."""
        self._add(Finding(code=code, what=what, why=why, where=where, severity=Severity.NOTE), None, ())

    def refusal(self, code: str, what: str, where: Location, *, why: str, fix: str, about: Key) -> Finding:
        """Note an error that stops only what contains its dependency, as long as nothing else stops the command."""
        finding = Finding(code=code, what=what, why=why, where=where, fix=fix)
        self._add(finding, about, (), is_refusal=True)
        return finding

    def forgive(self, findings: Container[Finding]) -> None:
        """Forget refusals of what turned out not to be used."""
        self._entries = [entry for entry in self._entries if not (entry.is_refusal and entry.finding in findings)]

    def _add(self, finding: Finding, about: Key | None, absent: Iterable[Key], *, is_refusal: bool = False) -> None:
        if all(finding != entry.finding for entry in self._entries):  # a table that two readers share is read twice
            self._entries.append(_Entry(finding, about, tuple(absent), is_refusal))

    def raise_errors(self, refusals: Container[Finding] = ()) -> None:
        """Raise one :class:`InterlockError` with all findings, errors first in order of lines, if any is an error.

        Those of ``refusals`` do not count: environments raise them.
        """
        entries = (entry for entry in self._entries if entry.is_error)
        if all(entry.is_refusal and entry.finding in refusals for entry in entries):
            return
        told = [entry for entry in self._entries if not any(map(entry.follows_from, self._entries))]
        errors, warnings = ([entry.finding for entry in told if entry.is_error is error] for error in (True, False))
        raise InterlockError(*_by_line(errors), *_by_line(warnings))


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
