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
    """A nogood that excludes a conda solution, and as many like it as can be shown to be no better.

    It holds for the interpreters that count as like this one.
    """
    core = questions.culprits(conda, failure) & questions.reach(conda)
    if questions.fitting(conda, core) is not None:
        core = questions.reach(conda)
    core, freed = _minimal(questions, conda, core)
    interpreter = questions.against_interpreter(conda)
    if not core:
        return interpreter
    versions = _general(questions, conda, core, freed)
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
        fixed = frozenset(entry for entry, among in tried.items() if len(among) == 1)
        offered = [
            OfferedDistribution(name=entry, versions=tuple(sorted(among)))
            for entry, among in sorted(tried.items())
            if len(among) > 1
        ]
        if questions.fitting(conda, fixed, offered) is None:
            versions = tried
    return versions
