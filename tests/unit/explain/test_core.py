"""Properties of what is found in random universes: cores are minimal, edits work, nothing is told twice."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.explain.conflicts import find_conflicts
from interlock.explain.core import Problem, smallest_core
from interlock.explain.explain import explain
from interlock.explain.members import compose, read_members
from interlock.explain.oracle import Budget, Trials
from interlock_hooks.types import CondaSpec, Edit, EnvironmentRequest, Requirement

from .universe import Universe, named, request

BUDGET = Budget(attempts=10_000, seconds=1000)
CONDA, PYPI, BOTH = ("c1", "c2", "c3"), ("p1", "p2", "p3"), ("b1", "b2")
RANGES = st.sampled_from(["", ">=2", "<2", ">=1", "==1", "==2", ">=3"])


def _packages(names: tuple[str, ...], space: str) -> st.SearchStrategy[dict[str, dict[str, list[str]]]]:
    """Packages in up to two versions, which need such as come later, so that there are no circles."""
    needs = {
        name: st.lists(st.tuples(st.sampled_from(names[i + 1 :]), RANGES), max_size=2, unique_by=lambda need: need[0])
        if names[i + 1 :]
        else st.just([])
        for i, name in enumerate(names)
    }
    written = {
        name: found.map(lambda needs: [f"{name}{space if clause else ''}{clause}" for name, clause in needs])
        for name, found in needs.items()
    }
    return st.fixed_dictionaries(
        {name: st.fixed_dictionaries({"1": each, "2": each}) for name, each in written.items()}
    )


def _asked(names: tuple[str, ...], space: str) -> st.SearchStrategy[list[str]]:
    pairs = st.lists(st.tuples(st.sampled_from(names), RANGES), max_size=3, unique_by=lambda pair: pair[0])
    return pairs.map(lambda pairs: [f"{name}{space if clause else ''}{clause}" for name, clause in pairs])


UNIVERSES = st.builds(Universe, conda=_packages(CONDA + BOTH, " "), pypi=_packages(PYPI + BOTH, ""))
REQUESTS = st.builds(lambda conda, pypi: request(*conda, pypi=pypi), _asked(CONDA + BOTH, " "), _asked(PYPI + BOTH, ""))


@settings(max_examples=60, deadline=None)
@given(UNIVERSES, REQUESTS)
def test_a_core_fails_and_no_part_of_it_does(universe: Universe, asked: EnvironmentRequest) -> None:
    if universe.attempt(asked) is not None:
        return
    members = read_members(asked, "")
    problem = Problem(asked, Trials(universe.oracle, BUDGET))
    core = smallest_core(problem, dict.fromkeys(members, 0), members[1:])
    assert core.complete
    assert core.members
    assert universe.attempt(compose(asked, core.texts())) is None
    for member in core.members:
        assert universe.attempt(compose(asked, core.texts(member))) is not None


@settings(max_examples=60, deadline=None)
@given(UNIVERSES, REQUESTS)
def test_edits_work_and_facts_are_told_once(universe: Universe, asked: EnvironmentRequest) -> None:
    if universe.attempt(asked) is not None:
        return
    findings = explain(asked, universe.failure(asked), universe.oracle, budget=BUDGET)
    for finding in findings:
        texts = [(step.text, step.where) for step in finding.derivation]
        assert len(texts) == len(set(texts))
        assert any(step.where is not None for step in finding.derivation)
        assert len(finding.edits) <= 3
    if len(findings) == 1:
        # Whatever the conflict is, doing without one of the packages that are asked for ends it.
        assert findings[0].edits
        for edit in findings[0].edits:
            assert universe.attempt(edited(asked, edit)) is not None, edit


@settings(max_examples=30, deadline=None)
@given(UNIVERSES, REQUESTS)
def test_with_every_conflict_out_of_the_way_there_is_a_solution(universe: Universe, asked: EnvironmentRequest) -> None:
    members = read_members(asked, "")
    problem = Problem(asked, Trials(universe.oracle, BUDGET))
    if universe.attempt(asked) is not None:
        return
    conflicts = find_conflicts(problem, members, members)
    levels = dict.fromkeys(members, 0)
    for conflict in conflicts:
        levels |= conflict.way_out
    solved = universe.attempt(compose(asked, {member: member.steps[level] for member, level in levels.items()}))
    assert solved is not None or len(conflicts) == 3


def edited(asked: EnvironmentRequest, edit: Edit) -> EnvironmentRequest:
    """A request with a line of its manifest edited, read from the edit's text alone."""
    assert edit.where is not None
    conda = [spec for spec in asked.conda_specs if spec.where != edit.where]
    pypi = [each for each in asked.requirements if each.where != edit.where]
    assert len(conda) + len(pypi) == len(asked.conda_specs) + len(asked.requirements) - 1
    if edit.new:
        found = re.fullmatch(r'(?:\[(?P<table>.+)\] )?(?P<name>\w+) = "(?P<range>.+)"', edit.new)
        assert found is not None, edit.new
        clause = found["range"].replace("*", "")
        home = found["table"] or (edit.where.key or "").rpartition(".")[0]
        if home == "dependencies":
            conda.append(CondaSpec(spec=f"{found['name']} {clause}".strip(), where=edit.where))
        else:
            assert home == "pypi-dependencies"
            pypi.append(Requirement(name=found["name"], text=found["name"] + clause, where=edit.where))  # type: ignore[arg-type]
    assert {named(spec.spec) for spec in conda} <= set(CONDA + BOTH + PYPI)
    return replace(asked, conda_specs=tuple(conda), requirements=tuple(pypi))
