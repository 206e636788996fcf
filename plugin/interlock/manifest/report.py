"""Collects what is wrong with a manifest, so that all of it is reported together and not only the first."""

from __future__ import annotations

from collections.abc import Iterable

from interlock_hooks.types.findings import Finding, InterlockError, Location, Severity

NOT_FOUND = "IL101"  # no manifest where one was looked for
UNREADABLE = "IL102"  # the manifest is there but is no readable text file of a known kind
MALFORMED = "IL103"  # not valid TOML
WRONG_TYPE = "IL104"  # a value of another type than the key takes
WRONG_VALUE = "IL105"  # a value of the right type that means nothing here
UNKNOWN_KEY = "IL106"  # a key that no known table has
MISPLACED = "IL107"  # a known key or table in a place where nobody reads it
UNKNOWN_PLATFORM = "IL108"  # not a conda subdir, nor the name of a declared platform
BAD_REQUIREMENT = "IL109"  # not a PEP 508 requirement
BAD_SPEC = "IL110"  # not a conda package specification
MATCH_RUNTIME_VERSION = "IL111"  # match-runtime together with a version
UNKNOWN_ENVIRONMENT = "IL112"  # an environment that the manifest does not declare
UNKNOWN_FEATURE = "IL113"  # a feature, group or extra that the manifest does not declare
UNSUPPORTED = "IL114"  # valid for its own tool, but Interlock cannot do it
PLATFORM_NOT_DECLARED = "IL115"  # the environment does not support the platform that was asked for
CONFLICT = "IL116"  # two statements of the manifest that cannot both hold
CYCLE = "IL117"  # groups or extras that include themselves
NO_WORKSPACE = "IL118"  # a readable manifest that declares nothing to install
MISSING_KEY = "IL119"  # a key that the table must have
MISSING_PATH = "IL120"  # a local path that does not exist
BAD_MAP = "IL121"  # a conda-pypi-map, or an entry of it, that cannot be read
BAD_NAMES = "IL122"  # an entry of a map that is not one or more PyPI names
MAPPED_TWICE = "IL123"  # two entries of the map for one channel
MAPPED_CHANNEL = "IL124"  # a map for a channel that is not used
PLAIN_HTTP = "IL125"  # a map that is fetched without encryption
EMPTY_MAP = "IL126"  # a map without entries


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
