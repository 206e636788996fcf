"""uv's failures as findings: uv's message, the conda packages in it, and the line of the manifest to blame."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from interlock.core.findings import not_cached
from interlock.core.offline import is_offline, switched_off
from interlock.core.urls import is_remote, without_password
from interlock.resolve.uv import findings
from interlock.resolve.uv.failures import fetch_failure
from interlock.resolve.uv.lacks import read_lacks
from interlock.resolve.uv.log import messages, read_edges
from interlock.resolve.uv.metadata_stub_backend import ASSUMED_MARK, REFUSAL, REQUEST
from interlock.resolve.uv.pins import is_from_conda, limits_of, pin_version
from interlock.resolve.uv.settings import all_indexes
from interlock.resolve.uv.uncached import lacking
from interlock.resolve.uv.unreadable import unreadable_requirements
from interlock_hooks.types import Finding, InterlockError, ProvidedDistribution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from interlock.engines.process import Completed
    from interlock.resolve.uv.lacks import Lack
    from interlock.resolve.uv.log import Node
    from interlock_hooks.types import Location, Metadata, PassedOver, PyPIRequest

_USAGE = 2
_NO_SOLUTION = "No solution found"


@dataclass(frozen=True, slots=True)
class Known:
    """What a resolver was told of packages: their metadata, and versions that it must not choose."""

    metadata: tuple[Metadata, ...] = ()
    excluded: tuple[PassedOver, ...] = ()


class NoResolutionError(InterlockError):
    """No set of versions fits (IL310).

    ``mentioned`` are the distributions of conda's that the resolver blames, ``wanted`` all names that it came across.
    ``read`` are the requirements of the packages that it looked at, by name and version, and ``known`` is what it had
    been told of packages. ``lacks`` are packages of which it could use no version. ``unusable`` is the failure for
    which a version was excluded beforehand.
    """

    def __init__(
        self,
        finding: Finding,
        mentioned: tuple[ProvidedDistribution, ...] = (),
        wanted: frozenset[NormalizedName] = frozenset(),
        read: Mapping[Node, tuple[str, ...]] | None = None,
        known: Known | None = None,
        lacks: tuple[Lack, ...] = (),
        unusable: InterlockError | None = None,
    ) -> None:
        super().__init__(finding)
        self.unusable = unusable
        self.mentioned = mentioned
        self.wanted = wanted
        self.read = read or {}
        self.known = known or Known()
        self.lacks = lacks

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._parts(self.unusable)

    def after(self, unusable: InterlockError) -> NoResolutionError:
        """The same refusal, of a request from which an unusable version was excluded."""
        return type(self)(*self._parts(unusable))

    def _parts(self, unusable: InterlockError | None) -> tuple[Any, ...]:
        return self.findings[0], self.mentioned, self.wanted, self.read, self.known, self.lacks, unusable

    def because(self, reasons: Sequence[str], request: PyPIRequest) -> NoResolutionError:
        """The refusal of ``request``, from which versions were excluded for reasons that another interpreter lacks."""
        finding = replace(self.findings[0], details=(*reasons, *self.findings[0].details))
        known = Known(request.metadata, request.excluded)
        return type(self)(finding, self.mentioned, self.wanted, self.read, known, self.lacks, self.unusable)


def resolution_error(
    done: Completed, request: PyPIRequest, again: Callable[[Sequence[str]], Completed]
) -> InterlockError:
    """The error for a run of uv that failed; ``again`` runs it with overrides.

    IL301 for requirements that uv cannot read, IL303 for addresses that do not give what they should, IL310 when no set
    of versions fits, IL650 for what is in no cache while the network is switched off, IL311 for everything else.
    """
    if missing := lacking(done, again):
        return InterlockError(not_cached(missing))
    if REFUSAL in done.stderr and (unreadable := unreadable_requirements(request)):
        return InterlockError(*unreadable)
    text = _explanation(done)
    silent = unreachable_indexes(request) if done.returncode == _USAGE and not is_offline() else []
    if silent:
        return InterlockError(*(findings.index_unreachable(url, reason, text) for url, reason in silent))
    # The wording only selects how the failure is introduced; nothing else depends on it.
    if any(_NO_SOLUTION in line for line in text):
        mentioned = _mentioned(text, request)
        lacks = read_lacks(text, done.stderr, request)
        finding = _no_solution(text, request, mentioned, lacks)
        edges = read_edges(done.stderr, limits_of(request))
        read = {
            node: tuple(str(entry) for entry in required if entry.name != ASSUMED_MARK)
            for node, required in edges.requires.items()
        }
        known = Known(request.metadata, request.excluded)
        return NoResolutionError(finding, tuple(mentioned), edges.names, read, known, lacks)
    where = _blamed(text, request)
    if (failure := fetch_failure(text, where)) is not None:
        return InterlockError(failure)
    return InterlockError(findings.not_resolved(request.environment, _reason(text), where=where, text=text))


def unreachable_indexes(request: PyPIRequest) -> list[tuple[str, str]]:
    """Indexes of the request that do not respond over HTTP, each with the reason."""
    from interlock.engines.http import answers

    failures: list[tuple[str, str]] = []
    for index in all_indexes(request):
        if not is_remote(index.url):
            continue
        why = answers(index.url)
        if why is not None:
            failures.append((without_password(index.url), why))
    return failures


def _no_solution(
    text: Sequence[str], request: PyPIRequest, mentioned: Sequence[ProvidedDistribution], lacks: Sequence[Lack]
) -> Finding:
    why, fix = _reason(text), "relax one of the requirements in the explanation"
    if lacks and not mentioned:
        why, fix = lacks[0].why, lacks[0].fix or fix
    elif mentioned:
        names = ", ".join(entry.name for entry in mentioned)
        # For the environment of a build, packages of the resolution are fixed as well.
        place = "the conda dependencies" if any(map(is_from_conda, mentioned)) else "the environment"
        fix = f"allow another version of {names} in {place}, or relax the requirement on it"
    elif is_offline() or os.environ.get("UV_OFFLINE"):
        said = switched_off() if is_offline() else "UV_OFFLINE is set"
        fix = f"{said}, so only packages in uv's cache were considered: use the network, or {fix}"
    where, details = _blamed(text, request), (*text, *map(_provider, mentioned))
    return findings.no_solution(request.environment, why, where=where, fix=fix, details=details)


def _provider(entry: ProvidedDistribution) -> str:
    kind = "the conda package" if is_from_conda(entry) else "the resolved package"
    return f"{entry.name} {entry.version} is provided by {kind} {entry.record}"


def _explanation(done: Completed) -> list[str]:
    """The explanation of uv, from its first error on, without what only belongs to how it was called."""
    lines = messages(done.stderr)
    start = next((i for i, line in enumerate(lines) if line.startswith("error:")), 0)
    told = [line.rstrip().replace(f"{REQUEST} depends on", "you require") for line in lines[start:]]
    kept = [line for line in told if line and ASSUMED_MARK not in line]
    return [re.sub(r"^error: ", "", kept[0]), *kept[1:]] if kept else ["uv gave no reason"]


def _reason(text: Sequence[str]) -> str:
    """The reason in one line: the outermost cause, which names the thing, and the innermost, which says what it met."""
    causes = [line.strip().removeprefix("cause: ") for line in text if line.strip().startswith("cause: ")]
    return ": ".join(dict.fromkeys([causes[0], causes[-1]])) if causes else text[0]


def is_named(name: str, text: str) -> bool:
    """Whether uv's words are about a package, and not only about one whose name begins or ends with that name."""
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None


def _mentioned(text: Sequence[str], request: PyPIRequest) -> list[ProvidedDistribution]:
    """The provided distributions whose pins the explanation speaks of."""
    whole = "\n".join(text)
    pins = ((entry, f"{entry.name}=={pin_version(entry.version)}") for entry in request.provided)
    # Most of them are nowhere in it, and a pattern for each takes longer than to see that.
    likely = ((entry, pin) for entry, pin in pins if pin in whole)
    return [entry for entry, pin in likely if re.search(rf"(?<![\w.-]){re.escape(pin)}(?![\w.+]*\d)", whole)]


def _blamed(text: Sequence[str], request: PyPIRequest) -> Location | None:
    """The place of the first requirement that the explanation names."""
    whole = "\n".join(text)
    for requirement in request.requirements:
        if requirement.where is not None and is_named(requirement.name, whole):
            return requirement.where
    return None
