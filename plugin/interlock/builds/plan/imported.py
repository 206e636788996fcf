"""The build requirement that brings a module which a build imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from interlock.builds.plan.requirements import is_met, is_resolved, name_of
from interlock.builds.plan.tools import build_tools
from interlock.core.pep508 import required_name
from interlock_hooks.types import BuildRequirement

if TYPE_CHECKING:
    from interlock_hooks.types import BuildPlan, Resolution

Provider = Callable[[str], NormalizedName | None]


def provided_by(module: str, provider: Provider, origin: str) -> BuildRequirement | None:
    """The requirement that brings a module: a build tool, or the package of the environment that has it.

    ``provider`` names that package. ``None`` if nothing is known to bring it.
    """
    tools = build_tools()
    tool = tools.modules.get(module.split(".")[0])
    # A tool that leaves no trace need not be the environment's own version; asking for that could only conflict.
    if tool is not None and required_name(tool) in tools.traceless:
        return BuildRequirement(requirement=tool, origin=origin)
    name = provider(module)
    if name is not None:
        return BuildRequirement(requirement=name, match_runtime=True, origin=origin)
    return None if tool is None else BuildRequirement(requirement=tool, origin=origin)


def undeclared_imports(
    plan: BuildPlan, uses: Mapping[str, str], versions: Mapping[NormalizedName, str], resolution: Resolution
) -> Iterator[BuildRequirement]:
    """What the build of a plan surely imports although its environment, with these ``versions``, does not hold it.

    ``uses`` are the modules, with the lines that import them. Packages of the resolution are known by their names here;
    what only the contents of wheels could tell is left to discovery. What the plan has already is not added again.
    """
    planned = {entry.requirement for entry in plan.requirements}
    explicit = {name_of(entry) for entry in plan.requirements if entry.origin == "manifest"} | {plan.name}
    found: set[NormalizedName] = set()
    for module, line in uses.items():
        entry = provided_by(module, lambda module: _named_like(module, resolution), "imports")
        if entry is None or name_of(entry) in explicit | found or is_met(Requirement(entry.requirement), versions):
            continue
        found.add(name_of(entry))
        if entry.requirement not in planned:
            yield BuildRequirement(
                requirement=entry.requirement, match_runtime=entry.match_runtime, origin="imports", seen=line
            )


def _named_like(module: str, resolution: Resolution) -> NormalizedName | None:
    top = module.split(".")[0]
    tool = build_tools().modules.get(top)
    name = canonicalize_name(top if tool is None else Requirement(tool).name)
    return name if is_resolved(name, resolution) else None
