"""A derivation in words, each fact once: from the lines of the manifest through packages to the clash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from interlock.explain.facts import Need, root_need
from interlock.explain.members import Member, Texts
from interlock_hooks.types import DerivationStep, Location, VirtualPackage

if TYPE_CHECKING:
    from interlock.explain.clash import Clash
    from interlock.explain.other_versions import OtherVersions

_ORIGINS = {"default": "the minimum of the platform", "override": "from a CONDA_OVERRIDE variable"}

# The properties of the target, by name.
Target = Mapping[str, VirtualPackage]


def clash_steps(clashes: Sequence[Clash], target: Target, others: OtherVersions) -> list[DerivationStep]:
    """The chains of each clash, each ending in the clash."""
    steps: dict[tuple[str, Location | None], DerivationStep] = {}
    for clash in clashes:
        for chain, opposite in ((clash.one, clash.there), (clash.other, clash.here)):
            *before, last = (need_step(need, target) for need in chain)
            last = replace(last, text=last.text + others.remark(chain, opposite))
            for step in (*before, last):
                steps.setdefault((step.text, step.where), step)
        text = f"{clash.name}: {contradiction(clash)}"
        # The same clash again, reached in another way, is told once, at the end.
        steps.pop((text, None), None)
        steps[text, None] = DerivationStep(kind="clash", side=_common_side(clash), text=text)
    return list(steps.values())


def lone_steps(members: Iterable[Member], texts: Texts, target: Target) -> Iterator[DerivationStep]:
    """Members of a core with which no chain begins."""
    for member in members:
        need = root_need(member, texts[member], {})
        if need is not None:
            yield need_step(need, target)
        elif member.kind == "channel-priority":
            text = "channel priority is strict: each package comes from the first channel that has it"
            yield DerivationStep(kind="asks", side="conda", text=text, where=member.where)
        elif member.kind == "no-build":
            yield DerivationStep(kind="asks", side="PyPI", text="no-build admits only wheels", where=member.where)
        elif member.kind == "no-binary":
            text = "no-binary admits only source distributions"
            yield DerivationStep(kind="asks", side="PyPI", text=text, where=member.where)
        else:
            text = f"exclude-newer hides packages published after {member.text}"
            yield DerivationStep(kind="asks", side="both", text=text, where=member.where)


def need_step(need: Need, target: Target) -> DerivationStep:
    """A requirement as a step."""
    member = need.source if isinstance(need.source, Member) else None
    kind: Literal["asks", "needs", "limits"] = "needs" if need.brings else "limits"
    if member is not None and not member.behind:
        kind = "asks"
    where = member.where if member is not None else None
    return DerivationStep(kind=kind, side=_side(need), text=sentence(need, target), where=where)


def sentence(need: Need, target: Target) -> str:
    """A requirement in words."""
    spec = f"{need.name} {need.range}".strip()
    if not isinstance(need.source, Member):
        return need.says or f"{need.source} {'needs' if need.brings else 'is only compatible with'} {spec}"
    member = need.source
    if member.behind and member.entry is not None:
        return f"{member.entry.origin} needs {spec}"
    if member.kind == "system":
        return _has(need, target)
    said = {
        "conda-constraint": f"the manifest limits {need.name} to {need.range}",
        "constraint": f"the manifest limits {need.name} to {need.range}",
        "override": f"the manifest overrides the requirements of other packages: {spec}",
        "requires-python": f"requires-python asks for {spec}",
    }
    return said.get(member.kind, f"{_asker(member)} asks for {spec}")


def _asker(member: Member) -> str:
    """The manifest, or what asks for a package of which the manifest has no line."""
    return "the manifest" if member.entry is None or member.entry.origin == "manifest" else member.entry.origin


def contradiction(clash: Clash) -> str:
    """The ranges that exclude each other."""
    first, second = clash.one[-1], clash.other[-1]
    sides = [(first, clash.here, second.range.strip()), (second, clash.there, first.range.strip())]
    for need, package, other in sides:
        if need.side == "target" and package is None:
            return f"the target has none, but {other or 'one'} is needed"
    for need, package, other in sides:
        if package is not None and (need.side == "target" or not need.range):
            return (
                f"{'the target' if need.side == 'target' else package.side} has {package.version}, which is not {other}"
            )
    return f"no version is both {first.range} and {second.range}"


def reason(clash: Clash, target: Target) -> str:
    """A clash in one sentence, with the ecosystem of each side."""
    return ", but ".join(_with_side(chain[-1], target) for chain in (clash.one, clash.other))


def _with_side(need: Need, target: Target) -> str:
    side = _side(need)
    return sentence(need, target) + (f" ({side})" if side in ("conda", "PyPI") else "")


def _side(need: Need) -> Literal["conda", "PyPI", "target", "both"]:
    """Whose requirement it is; the project's own python is that of both ecosystems."""
    of_project = isinstance(need.source, Member) and need.source.kind == "requires-python"
    return "both" if of_project else need.side


def _common_side(clash: Clash) -> Literal["conda", "PyPI", "target", "both"]:
    sides = {_side(clash.one[-1]), _side(clash.other[-1])} - {"target", "both"}
    if {clash.one[-1].side, clash.other[-1].side} == {"conda", "PyPI"} and len(sides) > 1:
        return "both"
    return sides.pop() if sides else "both"


def _has(need: Need, target: Target) -> str:
    known = target.get(need.name)
    if known is None:
        return f"the target has no {need.name}: nothing declares it"
    return f"the target has {need.name} {known.version} ({_ORIGINS.get(known.origin, known.origin)})"
