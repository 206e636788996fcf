"""Attestations of the files that a lock has from indexes, in all environments and on all platforms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interlock.core.urls import is_remote
from interlock.project.locking import LockMode, lock_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from interlock.audit.attestations import Publisher
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding, LockedEnvironment, PyPIPackage

_AT_ONCE = 8  # packages whose pages are asked for
State = Literal["verified", "none", "invalid", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What is known of a locked file; ``why`` says it of one that is ``invalid`` or ``unknown``."""

    package: PyPIPackage
    environments: tuple[str, ...]
    state: State
    publishers: tuple[Publisher, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestations:
    """What is known of the files of a lock.

    ``unchecked`` are packages that come from no index on a server, and prebuilt wheels by their file names.
    """

    files: tuple[Attested, ...]
    unchecked: tuple[str, ...]
    findings: tuple[Finding, ...]

    def number(self, state: State) -> int:
        """How many files there are of which this is known."""
        return sum(each.state == state for each in self.files)


def check_attestations(project: Project) -> Attestations:
    """Ask the indexes of what is locked for attestations, and verify those that there are.

    Raises :class:`InterlockError`: IL587 without the library, IL605 and IL606 where the lock is out of date.
    """
    # Imported here: they bring an HTTP client.
    from interlock.audit.attestations import refresh_trust, require_library
    from interlock.audit.findings.attestations import attestation_invalid, attestations_unknown, trust_not_refreshed
    from interlock.engines.logins import logged_in
    from interlock.engines.threads import in_order

    require_library()
    answers = lock_for(project, LockMode.LOCKED).lock.answers
    uses, unchecked = _uses(answers)
    by_page: dict[tuple[str, str], list[PyPIPackage]] = defaultdict(list)
    for package in uses:
        by_page[package.index or "", package.name].append(package)
    requests = (project.workspace.request(each.name, each.platform) for each in answers)
    with logged_in([index for each in requests for index in each.pypi.indexes]):
        asked = in_order(_asked, list(by_page.items()), workers=_AT_ONCE)
        found = {package: answer for each in asked for package, answer in each}
    stale = refresh_trust() if any(isinstance(answer, dict) for answer in found.values()) else None
    files = tuple(_attested(package, tuple(uses[package]), found[package]) for package in uses)
    findings = [attestation_invalid(each.package, each.why) for each in files if each.state == "invalid"]
    unknown = [each for each in files if each.state == "unknown"]
    if unknown:
        findings.append(attestations_unknown([(str(each.package), each.why) for each in unknown]))
    if stale is not None:
        findings.append(trust_not_refreshed(stale))
    return Attestations(files=files, unchecked=tuple(unchecked), findings=tuple(findings))


def _asked(page: tuple[tuple[str, str], list[PyPIPackage]]) -> list[tuple[PyPIPackage, Any]]:
    """What an index has of files of one package: provenance, ``None``, or as text why that is not known."""
    from interlock.audit.attestations import provenance_addresses, provenance_at
    from interlock.core.activity import doing
    from interlock.engines.http import RequestFailedError

    (index, name), packages = page
    doing(f"asking for the attestations of {name}")
    answers: list[tuple[PyPIPackage, Any]] = []
    try:
        known = provenance_addresses(index, name)
    except RequestFailedError as error:
        return [(package, str(error)) for package in packages]
    for package in packages:
        file = package.artifact.filename or ""
        try:
            address = known[file]
            answers.append((package, None if address is None else provenance_at(address)))
        except KeyError:
            answers.append((package, f"its index does not list {file} any more"))
        except RequestFailedError as error:
            answers.append((package, str(error)))
    return answers


def _attested(package: PyPIPackage, environments: tuple[str, ...], answer: Any) -> Attested:
    from interlock.audit.attestations import InvalidAttestationError, verified_publishers

    state: State = "verified"
    publishers: tuple[Publisher, ...] = ()
    why = ""
    if answer is None:
        state = "none"
    elif isinstance(answer, str):
        state, why = "unknown", answer
    else:
        artifact = package.artifact
        try:
            publishers = verified_publishers(answer, artifact.filename or "", artifact.sha256 or "")
        except InvalidAttestationError as error:
            state, why = "invalid", str(error)
    return Attested(package=package, environments=environments, state=state, publishers=publishers, why=why)


def _uses(answers: Sequence[LockedEnvironment]) -> tuple[dict[PyPIPackage, dict[str, None]], list[str]]:
    """The files that are locked from indexes with what they are locked for, and what comes from elsewhere."""
    uses: dict[PyPIPackage, dict[str, None]] = {}
    same: dict[tuple[object, ...], PyPIPackage] = {}
    unchecked: dict[str, None] = {}
    for locked in answers:
        for package in _packages(locked):
            artifact = package.artifact
            if not (package.index and is_remote(package.index) and artifact.filename and artifact.sha256):
                unchecked[package.name] = None
                continue
            # What else is known of a package differs from environment to environment.
            first = same.setdefault((package.index, artifact.filename, artifact.sha256), package)
            uses.setdefault(first, {})[f"{locked.name} ({locked.platform})"] = None
        # Installed in the place of what is built from an sdist, whose attestation says nothing about it.
        unchecked |= {plan.prebuilt.filename: None for plan in locked.plans if plan.prebuilt is not None}
    return uses, sorted(unchecked)


def _packages(locked: LockedEnvironment) -> Iterator[PyPIPackage]:
    yield from locked.resolution.packages
    for plan in locked.plans:
        yield from plan.overlay
