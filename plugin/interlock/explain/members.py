"""The parts of a request that can be relaxed, each in steps: first its version range goes, then the package itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from interlock.core.pep508 import required_name
from interlock_hooks.types import (
    UNLIMITED,
    CondaSpec,
    EnvironmentRequest,
    Location,
    NameSelection,
    Requirement,
    SystemRequirement,
)

if TYPE_CHECKING:
    from interlock.explain.facts import Need

Kind = Literal[
    "channel-priority",
    "conda",
    "conda-constraint",
    "constraint",
    "exclude-newer",
    "exemption",
    "no-binary",
    "no-build",
    "override",
    "requirement",
    "requires-python",
    "system",
]

# Versions of virtual packages that satisfy whatever asks for them; uv knows glibc 2 only.
_UNLIMITED = {"__cuda": "99.0", "__glibc": "2.99", "__linux": "99.0", "__osx": "99.0"}
_VIRTUAL = re.compile(r"__[a-z0-9_]+")
_WHEEL_TAGS = {"manylinux": "__glibc", "macosx": "__osx"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """One thing that the request says, as text in steps from what it says to nothing.

    ``name`` is that of the package, conda's or PyPI's. ``entry`` is the part of the request, whose other properties
    are kept. ``behind`` is what leads to it, when it is a requirement of a package and not the manifest's.
    """

    kind: Kind
    name: str
    steps: tuple[str | None, ...]
    where: Location | None = None
    entry: CondaSpec | Requirement | None = None
    behind: tuple[Need, ...] = ()

    @property
    def text(self) -> str | None:
        """What the request says."""
        return self.steps[0]


Texts = Mapping[Member, str | None]


def read_members(request: EnvironmentRequest, said: str) -> list[Member]:
    """What can be relaxed in a request; ``said`` is what the engines said, which may speak of virtual packages."""
    constraints = (replace_steps(member, member.text, None) for member in conda_members(request.conda_constraints))
    return [
        *_general(request),
        *_system(request, said),
        *(_text_member("override", text, request) for text in request.overrides),
        *(_text_member("constraint", text, request) for text in request.constraints),
        *(replace(member, kind="conda-constraint") for member in constraints),
        *requirement_members(request.requirements),
        *conda_members(spec for spec in request.conda_specs if _is_own(spec)),
    ]


def conda_members(specs: Iterable[CondaSpec], behind: tuple[Need, ...] = ()) -> list[Member]:
    """Members for conda specs."""
    return [
        Member(
            kind="conda",
            name=spec.name,
            steps=_steps(spec.spec, _any_version(spec), None),
            where=spec.where,
            entry=spec,
            behind=behind,
        )
        for spec in specs
    ]


def requirement_members(requirements: Iterable[Requirement], behind: tuple[Need, ...] = ()) -> list[Member]:
    """Members for PyPI requirements; one with a URL has no version that could be given up."""
    return [
        Member(
            kind="requirement",
            name=each.name,
            steps=_steps(each.text, each.text if Pep508(each.text).url else ranged(each.text, ""), None),
            where=each.where,
            entry=each,
            behind=behind,
        )
        for each in requirements
    ]


def replace_steps(member: Member, *steps: str | None) -> Member:
    """The same member with other steps."""
    return replace(member, steps=_steps(*steps))


def ranged(requirement: str, specifier: str) -> str:
    """A PEP 508 requirement with another version specifier."""
    parsed = Pep508(requirement)
    extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
    return f"{parsed.name}{extras}{specifier}{f' ; {parsed.marker}' if parsed.marker else ''}"


def compose(request: EnvironmentRequest, texts: Texts) -> EnvironmentRequest:
    """The request with these members instead of its own, each saying what its text is; ``None`` leaves it out."""
    said: dict[Kind, list[tuple[Member, str]]] = {}
    for member, text in texts.items():
        if text is not None:
            said.setdefault(member.kind, []).append((member, text))

    def plain(kind: Kind) -> tuple[str, ...]:
        return tuple(text for _, text in said.get(kind, ()))

    request = request if plain("exclude-newer") else _undated(request)
    request = _with_exemptions(request, [(member.name, side) for member, side in said.get("exemption", ())])
    pypi = request.pypi
    return replace(
        request,
        channel_priority="disabled" if "disabled" in plain("channel-priority") else request.channel_priority,
        conda_specs=(
            *(spec for spec in request.conda_specs if not _is_own(spec)),
            *(_spec(member, text) for member, text in said.get("conda", ())),
        ),
        conda_constraints=tuple(_spec(member, text) for member, text in said.get("conda-constraint", ())),
        system_requirements=tuple(
            SystemRequirement(name=member.name, version=text, where=member.where)
            for member, text in said.get("system", ())
        ),
        requires_python=next(iter(plain("requires-python")), None),
        requirements=tuple(_requirement(member, text) for member, text in said.get("requirement", ())),
        constraints=plain("constraint"),
        overrides=plain("override"),
        pypi=replace(
            pypi,
            no_build=pypi.no_build if plain("no-build") else NameSelection(),
            no_binary=pypi.no_binary if plain("no-binary") else NameSelection(),
        ),
    )


def _undated(request: EnvironmentRequest) -> EnvironmentRequest:
    """The request without any time limit."""
    indexes = tuple(replace(index, exclude_newer=None) for index in request.pypi.indexes)
    return replace(
        request,
        conda_exclude_newer=None,
        conda_exclude_newer_channel=(),
        conda_exclude_newer_package=(),
        pypi=replace(request.pypi, exclude_newer=None, exclude_newer_package=(), indexes=indexes),
    )


def _with_exemptions(request: EnvironmentRequest, exempt: Sequence[tuple[str, str]]) -> EnvironmentRequest:
    """The request without time limits for some packages, each with its ecosystem."""
    conda = {name: UNLIMITED for name, side in exempt if side == "conda"}
    pypi = {canonicalize_name(name): UNLIMITED for name, side in exempt if side == "PyPI"}
    if not exempt:
        return request
    return replace(
        request,
        conda_exclude_newer_package=tuple({**dict(request.conda_exclude_newer_package), **conda}.items()),
        pypi=replace(
            request.pypi,
            exclude_newer_package=tuple({**dict(request.pypi.exclude_newer_package), **pypi}.items()),
        ),
    )


def _general(request: EnvironmentRequest) -> Iterator[Member]:
    newest = request.conda_exclude_newer or request.pypi.exclude_newer
    if newest:
        where = request.places.get("exclude-newer") or request.pypi.exclude_newer_where
        yield Member(kind="exclude-newer", name="", steps=(newest, None), where=where)
    yield from _artifacts("no-build", request.pypi.no_build, request)
    yield from _artifacts("no-binary", request.pypi.no_binary, request)
    if request.channel_priority == "strict" and len(request.channels) > 1:
        where = request.places.get("channel-priority")
        yield Member(kind="channel-priority", name="", steps=("strict", "disabled"), where=where)
    if request.requires_python:
        steps = (request.requires_python, None)
        yield Member(kind="requires-python", name="python", steps=steps, where=request.requires_python_where)


def _artifacts(kind: Kind, selection: NameSelection, request: EnvironmentRequest) -> Iterator[Member]:
    """The packages of which one kind of artifact is not used, as TOML has it."""
    if selection:
        where = request.places.get(kind) or request.places.get(f"{kind}-package")
        text = "true" if selection.everything else json.dumps(sorted(selection.names))
        yield Member(kind=kind, name="", steps=(text, None), where=where)


def _system(request: EnvironmentRequest, said: str) -> Iterator[Member]:
    """What is declared of the target, and what is not declared but spoken of; relaxed, the target has all of it."""
    declared = {requirement.name: requirement for requirement in request.system_requirements}
    spoken = {*_VIRTUAL.findall(said), *(name for tag, name in _WHEEL_TAGS.items() if tag in said)}
    for name in dict.fromkeys([*declared, *sorted(spoken & _UNLIMITED.keys())]):
        requirement = declared.get(name)
        version, where = (requirement.version, requirement.where) if requirement else (None, None)
        yield Member(kind="system", name=name, steps=_steps(version, _UNLIMITED.get(name)), where=where)


def _text_member(kind: Kind, text: str, request: EnvironmentRequest) -> Member:
    name = required_name(text)
    return Member(kind=kind, name=name, steps=(text, None), where=request.places.get(f"{kind} {name}"))


def _steps(*texts: str | None) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(texts))


def _is_own(spec: CondaSpec) -> bool:
    """Whether somebody wrote this spec; python is also there because PyPI packages need one."""
    return spec.where is not None or spec.name != "python" or spec.spec != "python"


def _any_version(spec: CondaSpec) -> str:
    channel, found, _ = spec.spec.rpartition("::")
    return f"{channel}{found}{spec.name}"


def _spec(member: Member, text: str) -> CondaSpec:
    if isinstance(member.entry, CondaSpec):
        return replace(member.entry, spec=text)
    return CondaSpec(spec=text, where=member.where)


def _requirement(member: Member, text: str) -> Requirement:
    if isinstance(member.entry, Requirement):
        return replace(member.entry, text=text)
    return Requirement(name=canonicalize_name(member.name), text=text, where=member.where)
