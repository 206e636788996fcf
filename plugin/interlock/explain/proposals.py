"""Changes to a request that might solve it, and the manifest lines for them; this module does not test them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.version import Version

from interlock.explain.facts import conda_aliases, view
from interlock.explain.lines import exempted, line, pypi_range, range_of, table, with_range
from interlock.explain.members import Member, Texts
from interlock.explain.spans import span
from interlock_hooks.types import Edit

if TYPE_CHECKING:
    from interlock.explain.oracle import Oracle, Solved

_BOUND = re.compile(r"(?:>=|==|=|>|~=)\s*(\d+(?:\.\d+)*)")
_MACHINE = "if the machines that run this support it"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit, and what the members say that it is about."""

    edit: Edit
    texts: Texts


def another_range(member: Member, relaxed: Solved, texts: Texts) -> Iterator[Proposal]:
    """The range, or version of the target, that the solution with ``texts``, where the member is relaxed, needs."""
    if member.kind == "system":
        version = _needed(member.name, relaxed, texts)
    else:
        found = _version(member, relaxed)
        old = range_of(member)
        version = span(old, found) if found and old else None
    if version is None:
        return
    if member.kind == "system" and member.where is None:
        beside = next((each for each in texts if each.kind == "conda" and each.where), member)
        new = f"{table(beside, 'system-requirements')} {line(member, version)}"
        yield Proposal(Edit(old="", new=new, note=_MACHINE), {member: version})
    else:
        yield from _replaced(member, version if member.kind == "system" else with_range(member, version))


def setting_off(member: Member) -> Iterator[Proposal]:
    """Without what restricts packages but asks for none: a constraint, an override, a setting."""
    if member.kind == "channel-priority":
        yield from _replaced(member, "disabled")
    elif member.kind in ("conda-constraint", "constraint", "override", "exclude-newer", "no-build", "no-binary"):
        yield from _replaced(member, None)


def exemption(member: Member, core: Sequence[Member]) -> Iterator[Proposal]:
    """No time limit for one of the packages that take part in a conflict."""
    if member.kind != "exclude-newer":
        return
    for other in core:
        side = {"conda": "conda", "requirement": "PyPI"}.get(other.kind)
        if side is not None:
            exempt = Member(kind="exemption", name=other.name, steps=(side, None))
            yield Proposal(Edit(old="", new=exempted(member, exempt)), {exempt: side})


def other_name(member: Member, oracle: Oracle) -> Iterator[Proposal]:
    """The package of a similar name, where no channel has the one that is asked for."""
    if member.kind != "conda" or oracle.candidates([member.name]):
        return
    for name in difflib.get_close_matches(member.name, oracle.names(), n=2, cutoff=0.75):
        yield from _replaced(member, (member.text or "").replace(member.name, name, 1))


def other_ecosystem(member: Member, oracle: Oracle) -> Iterator[Proposal]:
    """The same package from the other ecosystem."""
    if member.kind == "conda" and member.name != "python" and "[" not in (member.text or ""):
        specifier = pypi_range(range_of(member))
        if specifier is not None:
            text = f"{member.name}{specifier}"
            moved = Member(kind="requirement", name=member.name, steps=(text, None))
            new = f'{table(member, "pypi-dependencies")} {member.name} = "{specifier or "*"}"'
            yield _moved(member, moved, new, "from PyPI instead of conda")
    elif member.kind == "requirement" and _is_plain(member.text or "") and oracle.candidates([member.name]):
        text = f"{member.name} {range_of(member)}".rstrip()
        moved = Member(kind="conda", name=member.name, steps=(text, None))
        yield _moved(
            member, moved, f"{table(member, 'dependencies')} {line(moved, text)}", "from conda instead of PyPI"
        )


def removal(member: Member) -> Iterator[Proposal]:
    """Without the package."""
    if member.kind in ("conda", "requirement") and member.name != "python":
        yield from _replaced(member, None)


def _replaced(member: Member, text: str | None) -> Iterator[Proposal]:
    if text == member.text:
        return
    note = _MACHINE if member.kind == "system" else "" if text is not None else "remove the line"
    edit = Edit(old=line(member, member.text), new=line(member, text), where=member.where, note=note)
    yield Proposal(edit, {member: text})


def _moved(member: Member, moved: Member, new: str, note: str) -> Proposal:
    edit = Edit(old=line(member, member.text), new=new, where=member.where, note=note)
    return Proposal(edit, {member: None, moved: moved.text})


def _version(member: Member, relaxed: Solved) -> str | None:
    """The version of what a member is about."""
    if member.kind in ("conda", "conda-constraint", "requires-python"):
        record = relaxed.conda.get(member.name)
        return None if record is None else record.version
    found = relaxed.resolution.get(member.name) or relaxed.resolution.get_provided(member.name)
    return None if found is None else found.version


def _needed(name: str, relaxed: Solved, texts: Texts) -> str | None:
    """The least version of a virtual package that the packages of a solution ask for."""
    needs = view(relaxed, texts, conda_aliases([relaxed])).needs.get(name, ())
    bounds = [bound for need in needs if need.side != "target" for bound in _BOUND.findall(need.spec)]
    return max(bounds, key=Version, default=None)


def _is_plain(requirement: str) -> bool:
    parsed = Pep508(requirement)
    return not (parsed.url or parsed.marker or parsed.extras or "===" in str(parsed.specifier))
