"""Combinations of conda's versions that provably have no resolution, as general as a few questions allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.resolve.joint.needs import needs_of, versions_outside
from interlock.resolve.joint.nogoods import Nogood
from interlock_hooks.types import CondaSolution, OfferedDistribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from interlock.resolve.joint.protocol import Names, Resolved
    from interlock.resolve.joint.questions import Questions
    from interlock.resolve.uv.errors import NoResolutionError


def prove(questions: Questions, conda: CondaSolution, failure: NoResolutionError) -> Nogood:
    """A nogood that excludes a conda solution, and as many like it as can be shown to be no better."""
    core = questions.culprits(conda, failure) & questions.reach(conda)
    if questions.fitting(conda, core) is not None:
        core = questions.reach(conda)
    core, freed = _minimal(questions, conda, core)
    if not core:
        return questions.against_interpreter(conda)
    versions = _general(questions, conda, core, freed)
    interpreter = questions.against_interpreter(conda, *_held(versions))
    # Whatever the manifest does not ask for gives way first, the interpreter last.
    ordered = sorted(versions.items(), key=lambda item: (questions.sides.conda.asked(item[0]), item[0]))
    return Nogood((*ordered, *interpreter.versions), "no PyPI packages fit them")


def _minimal(questions: Questions, conda: CondaSolution, core: Names) -> tuple[Names, dict[NormalizedName, Resolved]]:
    """The pins without each of which there would be a resolution, and that resolution."""
    freed: dict[NormalizedName, Resolved] = {}
    for name in sorted(core):
        resolved = questions.fitting(conda, core - {name})
        if resolved is None:
            core -= {name}
        else:
            freed[name] = resolved
    return core, freed


def _general(
    questions: Questions, conda: CondaSolution, core: Names, freed: Mapping[NormalizedName, Resolved]
) -> dict[NormalizedName, frozenset[str]]:
    """For each pin of a core all versions that can be shown to be as bad."""
    pins, known = questions.sides.conda.pins(conda), questions.sides.conda.versions(core)
    versions = {name: frozenset({pins[name]}) for name in core}
    for name in sorted(core):
        every = frozenset(known.get(name, ()))
        # Those that the packages of the other resolution would not take are the likely ones.
        unlikely = versions_outside(needs_of(name, freed[name]), every) or every
        tried = {**versions, name: versions[name] | unlikely}
        if questions.fitting(conda, *_held(tried)) is None:
            versions = tried
    return versions


def _held(versions: Mapping[NormalizedName, frozenset[str]]) -> tuple[Names, list[OfferedDistribution]]:
    """The pins and offers that hold names to these versions; of one alone it is that of the solution."""
    fixed = frozenset(name for name, among in versions.items() if len(among) == 1)
    offered = [
        OfferedDistribution(name=name, versions=tuple(sorted(among)))
        for name, among in sorted(versions.items())
        if len(among) > 1
    ]
    return fixed, offered
