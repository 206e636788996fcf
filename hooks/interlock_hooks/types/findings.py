"""Errors, warnings and notes, in one form for the terminal, for ``--json`` and for plugins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, Literal


class Severity(str, Enum):
    """The severity of a finding: an error stops the command, a warning is shown and kept, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    UNSATISFIABLE = 1
    USAGE = 2
    BUILD_FAILED = 3
    VERIFICATION_FAILED = 4
    INTERRUPTED = 130


# The first digit of a code stands for a part of the work, and selects the exit code. Where nothing could be built, no
# build failed: the request or the manifest is wrong.
_EXIT_CODES = {
    "1": ExitCode.USAGE,  # manifest and command line
    "2": ExitCode.UNSATISFIABLE,  # conda request, solve, channels
    "3": ExitCode.UNSATISFIABLE,  # PyPI resolution, indexes
    "4": ExitCode.BUILD_FAILED,  # planning and building of sdists
    "5": ExitCode.VERIFICATION_FAILED,  # hashes, audits, coherence
    "6": ExitCode.UNSATISFIABLE,  # lock and prefix
    "7": ExitCode.UNSATISFIABLE,  # embedded channel
    "8": ExitCode.UNSATISFIABLE,  # plugins
    **dict.fromkeys(("410", "412", "417", "434", "582", "586", "587"), ExitCode.UNSATISFIABLE),
    **dict.fromkeys(("411", "415", "416"), ExitCode.USAGE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The place in a user's file that a finding is about.

    ``line`` counts from 1; ``key`` is the dotted TOML key, for example ``tool.pixi.dependencies.python``.
    """

    file: str
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return place if self.key is None else f"{place} ({self.key})"


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationStep:
    """One step of the explanation why a request has no solution.

    ``side`` is the ecosystem of the fact, or the machine that is locked for. ``kind`` is ``asks`` for a line of the
    manifest, ``needs`` and ``limits`` for requirements and constraints of a package, ``lacks`` for something that does
    not exist, and ``clash`` for the contradiction that follows from the steps before it.
    """

    kind: Literal["asks", "needs", "limits", "lacks", "clash"]
    side: Literal["conda", "PyPI", "target", "both"]
    text: str
    where: Location | None = None

    def as_dict(self) -> dict[str, Any]:
        """The step as JSON-ready data."""
        return {"kind": self.kind, "side": self.side, "text": self.text, "where": _place(self.where)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change to the manifest that was tested and gives a solution.

    ``old`` is the current line and ``new`` its replacement, empty to remove the line; ``note`` is a remark. Without
    ``where``, ``old`` is empty and ``new`` is a line to add.
    """

    old: str
    new: str
    where: Location | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The edit as JSON-ready data."""
        return {"old": self.old, "new": self.new, "where": _place(self.where), "note": self.note}


MissingKind = Literal[
    "conda-package", "repodata", "wheel", "sdist", "repository", "index-page", "metadata", "name-map", "file"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something that no cache has while the network is switched off.

    ``name`` is that of a package, of which ``version`` and ``build`` may be known, or the address of a channel or a
    map. ``url`` is where it could be had, without credentials, and ``needed_by`` what cannot be built without it.
    """

    kind: MissingKind
    name: str
    version: str | None = None
    build: str | None = None
    url: str | None = None
    needed_by: str | None = None

    def __str__(self) -> str:
        named = " ".join(filter(None, (self.kind.replace("-", " "), self.name, self.version, self.build)))
        place = f" ({self.url})" if self.url else ""
        return f"{named}{place}{f', to build {self.needed_by}' if self.needed_by else ''}"

    def as_dict(self) -> dict[str, Any]:
        """The thing as JSON-ready data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "version": self.version,
            "build": self.build,
            "url": self.url,
            "needed_by": self.needed_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem or a remark for the user: what happened, why, where, and what to change.

    ``code`` is stable (``IL204``); it selects the exit code, see :attr:`exit_code`. ``details``
    has further lines, such as the message of an engine or the compiler's first error; ``log`` is a file with all
    output. A request without a solution has a ``derivation``, and ``edits`` each of which gives a solution. ``missing``
    is what no cache has while the network is switched off.
    """

    code: str
    what: str
    why: str = ""
    where: Location | None = None
    fix: str = ""
    severity: Severity = Severity.ERROR
    details: tuple[str, ...] = ()
    log: str | None = None
    derivation: tuple[DerivationStep, ...] = ()
    edits: tuple[Edit, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a command that this finding stops: the first digit of its code selects it, in most cases."""
        number = self.code.removeprefix("IL")
        return _EXIT_CODES.get(number) or _EXIT_CODES.get(number[:1], ExitCode.UNSATISFIABLE)

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready data; the keys are part of the ``--json`` contract."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "what": self.what,
            "why": self.why,
            "where": _place(self.where),
            "fix": self.fix,
            "details": list(self.details),
            "log": self.log,
            "derivation": [step.as_dict() for step in self.derivation],
            "edits": [edit.as_dict() for edit in self.edits],
            "missing": [each.as_dict() for each in self.missing],
        }


def _place(where: Location | None) -> dict[str, Any] | None:
    return None if where is None else {"file": where.file, "line": where.line, "key": where.key}


class InterlockError(Exception):
    """A failure that a user can understand and act on, with one or more findings, the most severe first.

    It is the only exception that the packages of Interlock raise for the command line to report.
    """

    def __init__(self, *findings: Finding) -> None:
        if not findings:
            raise ValueError("an InterlockError needs at least one finding")
        self.findings = findings
        super().__init__("; ".join(finding.what for finding in findings))

    def __reduce__(self) -> tuple[Any, ...]:
        # Made again from its findings, so that it arrives whole in another process; subclasses with more say so.
        return type(self), self.findings

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the first error among the findings."""
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        return (errors or list(self.findings))[0].exit_code
