"""The finding about a conda request without a solution: the solver's derivation, the cause, and a way out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engines.rattler.findings import no_solution

if TYPE_CHECKING:
    from interlock_hooks.types import CondaRequest, CondaSpec, Finding

_PREFACE = "Cannot solve the request because of: "
_HEADLINE = "The following packages are incompatible"
_ROOT = re.compile(r"^(?:[├└]─ )?(?:the constraint )?([^\s├└│]\S*)")
_MISSING = (
    re.compile(r"No candidates were found for (\S+) (.+?)\.?$"),
    re.compile(r"[├└]─ (\S+) (.+?), for which no candidates were found"),
)
_TOO_NEW = re.compile(r"[├└]─ (\S+) .+ is excluded because the package is uploaded after the cutoff date")
_UNMET_VIRTUAL = re.compile(r"[├└]─ (__\S+) (.+?), which conflicts with any installable")
_TABLE_KEYS = {"__cuda": "cuda", "__glibc": "libc", "__linux": "linux", "__osx": "macos", "__archspec": "archspec"}
_SHOWN_VERSIONS = 8


@dataclass(frozen=True, slots=True)
class _Cause:
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Market:
    """What the channels offer: the versions of a package, newest first, and the names of all packages.

    ``too_new`` tells whether only a time limit keeps the solver from what a spec admits, given its name and range.
    """

    versions: Callable[[str], Sequence[str]]
    names: Callable[[], Sequence[str]]
    too_new: Callable[[str, str], bool]


def unsolvable(text: str, request: CondaRequest, market: Market) -> Finding:
    """The finding (IL210) for the solver's message ``text``; the message stays complete in its details."""
    lines = [line for line in text.removeprefix(_PREFACE).splitlines() if line.strip()]
    blamed = _blamed_specs(lines, request)
    places = [spec.where for spec in blamed if spec.where is not None]
    cause = _cause(lines, request, market)
    where = places[0] if len(blamed) == 1 and places else None
    return no_solution(request, cause.why, where=where, fix=cause.fix, details=(*lines, *_origins(blamed)))


def _blamed_specs(lines: Sequence[str], request: CondaRequest) -> list[CondaSpec]:
    missing = [match.groups() for match in (_MISSING[0].search(line) for line in lines) if match]
    roots = [match.group(1) for match in map(_ROOT.match, lines) if match]
    names = {name.lower() for name in ([name for name, _ in missing] or roots)}
    specs = [spec for spec in (*request.specs, *request.constraints) if spec.name in names]
    # Of several specs for a package, the solver says which one nothing fits.
    exact = [spec for spec in specs if any(spec.spec.endswith(wanted) for _, wanted in missing)]
    return exact or specs


def _origins(specs: Sequence[CondaSpec]) -> list[str]:
    if not specs:
        return []
    return [
        "asked for:",
        *(
            f"  {spec.spec}  ({spec.origin if spec.where is None else f'{spec.origin}, {spec.where}'})"
            for spec in specs
        ),
    ]


def _cause(lines: Sequence[str], request: CondaRequest, market: Market) -> _Cause:
    for line in lines:
        if found := _TOO_NEW.search(line):
            return _age_cause(found[1], request)
        for pattern in (_UNMET_VIRTUAL, *_MISSING):
            found = pattern.search(line)
            if found:
                name, wanted = found.groups()
                if name.startswith("__"):
                    return _virtual_cause(name, wanted, request)
                if market.too_new(name, wanted):
                    return _age_cause(name, request)
                return _missing_cause(name, wanted, market)
    roots = [match.group(1) for match in map(_ROOT.match, lines) if match and not lines[0].startswith(match.group(1))]
    names = list(dict.fromkeys(name for name in roots if not name.startswith("__")))
    if names and lines[0].startswith(_HEADLINE):
        why = f"{', '.join(names)} conflict with each other" if len(names) > 1 else _unmet(names[0], request, market)
        return _Cause(why, "widen one of the version ranges in the details")
    return _Cause("no set of packages satisfies every range", "widen one of the version ranges in the details")


def _unmet(name: str, request: CondaRequest, market: Market) -> str:
    """That no version of a package is in all ranges that are asked for."""
    asked = " and ".join(spec.spec for spec in (*request.specs, *request.constraints) if spec.name == name)
    return f"nothing meets {asked or name}; available: {_shown(market.versions(name))}"


def _shown(versions: Sequence[str]) -> str:
    return ", ".join(versions[:_SHOWN_VERSIONS]) + (", …" if len(versions) > _SHOWN_VERSIONS else "")


def _virtual_cause(name: str, wanted: str, request: CondaRequest) -> _Cause:
    present = next((package for package in request.virtual_packages if package.name == name), None)
    have = "the target has none" if present is None else f"the target has {present.version} ({present.origin})"
    key = _TABLE_KEYS.get(name)
    if key is None:
        return _Cause(f"a package needs {name} {wanted}; {have}", "")
    return _Cause(
        f"a package needs {name} {wanted}; {have}",
        f"if the machines that run this support it, set `{key}` in the system-requirements table (or"
        f" CONDA_OVERRIDE_{name.strip('_').upper()}); else ask for an older version of the package",
    )


def _age_cause(name: str, request: CondaRequest) -> _Cause:
    limit = dict(request.exclude_newer_package).get(name) or request.exclude_newer
    after = f"after {limit}" if limit else "after the time limit of their channel"
    return _Cause(
        f"all versions of {name} that fit were published {after} (`exclude-newer`)",
        f'exempt the package: `{name} = "0d"` in the table `exclude-newer`; or allow newer packages',
    )


def _missing_cause(name: str, wanted: str, market: Market) -> _Cause:
    versions = market.versions(name)
    if versions:
        shown = _shown(versions)
        if wanted == "*":
            return _Cause(
                f"no build of {name} fits; available: {shown}",
                f"use another version of the package that needs {name}",
            )
        return _Cause(f"no channel has {name} {wanted}; available: {shown}", f"ask for an available version of {name}")
    close = difflib.get_close_matches(name, market.names(), n=3, cutoff=0.75)
    hint = f"did you mean {' or '.join(close)}?" if close else f"add the channel that has {name}, or correct the name"
    return _Cause(f"no channel has a package named {name}", hint)
