"""Known vulnerabilities of the packages that a lock has from PyPI, in all environments and on all platforms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

from interlock.core.pep508 import required_name
from interlock.project.locking import LockMode, lock_for
from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName

    from interlock.audit.osv import Advisory
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding, IgnoredAdvisory, LockedEnvironment, PyPIPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """An advisory on a locked package, who requires that, and for which environments and platforms it is locked."""

    advisory: Advisory
    required_by: tuple[str, ...]
    environments: tuple[str, ...]
    ignored: IgnoredAdvisory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """What a database knows of a lock. ``unchecked`` are packages from directories, which nobody published."""

    database: str
    checked: int
    unchecked: tuple[str, ...]
    concerns: tuple[Concern, ...]
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is known that the manifest does not ignore."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


@dataclass(slots=True)
class _Use:
    required_by: dict[str, None]
    environments: dict[str, None]


def check_advisories(project: Project, *, database: str | None = None, today: date | None = None) -> Advised:
    """Compare what is locked with a database: the given one, that of the manifest, or the public one.

    Raises :class:`InterlockError`: IL605 and IL606 where the lock is out of date, IL582 where the database cannot be
    asked.
    """
    # Imported here: it brings an HTTP client.
    from interlock.audit.advisory_database import PUBLIC, advisories

    options = project.workspace.shared.audit
    place = database or options.advisories or PUBLIC
    uses, unchecked = _uses(lock_for(project, LockMode.LOCKED).lock.answers)
    day = (today or datetime.now(timezone.utc).date()).isoformat()
    valid = [each for each in options.ignore if each.until is None or each.until >= day]
    concerns = tuple(
        Concern(
            advisory=each,
            required_by=tuple(uses[each.name, each.version].required_by),
            environments=tuple(uses[each.name, each.version].environments),
            ignored=next((entry for entry in valid if entry.id in each.ids), None),
        )
        for each in advisories(sorted(uses), place)
    )
    return Advised(
        database=place,
        checked=len(uses),
        unchecked=tuple(unchecked),
        concerns=concerns,
        findings=tuple(_findings(concerns, options.ignore, day)),
    )


def _findings(concerns: Sequence[Concern], entries: Sequence[IgnoredAdvisory], day: str) -> Iterator[Finding]:
    from interlock.audit.findings.advisories import ignored_advisory, useless_ignore, vulnerable

    for each in concerns:
        if each.ignored is None:
            yield vulnerable(each.advisory, each.required_by, each.environments)
        else:
            yield ignored_advisory(each.advisory, each.ignored)
    for entry in entries:
        if entry.until is not None and entry.until < day:
            yield useless_ignore(entry, f"its last day was {entry.until}")
        elif not any(entry.id in each.advisory.ids for each in concerns):
            yield useless_ignore(entry, "no locked package has this advisory")


def _uses(answers: Sequence[LockedEnvironment]) -> tuple[dict[tuple[NormalizedName, str], _Use], list[str]]:
    """The releases that are locked and how each is used, and what cannot be checked; build requirements included."""
    uses: dict[tuple[NormalizedName, str], _Use] = defaultdict(lambda: _Use({}, {}))
    unchecked: dict[str, None] = {}
    for locked in answers:
        for package, by in _packages(locked):
            if package.artifact.kind == "directory" or package.known_version is None:
                unchecked[package.name] = None
                continue
            use = uses[package.name, package.version]
            use.required_by.update(dict.fromkeys(by))
            use.environments[f"{locked.name} ({locked.platform})"] = None
    return dict(uses), sorted(unchecked)


def _packages(locked: LockedEnvironment) -> Iterator[tuple[PyPIPackage, tuple[str, ...]]]:
    needed_by: dict[str, list[str]] = defaultdict(list)
    for package in locked.resolution.packages:
        for text in package.requires:
            needed_by[required_name(text)].append(str(package))
    for package in locked.resolution.packages:
        yield package, tuple(needed_by[package.name]) or ("the project",)
    for plan in locked.plans:
        yield from ((package, (f"the build of {plan.name}",)) for package in plan.overlay)
