"""Derivations and edits of small universes, as lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from interlock.explain.explain import explain
from interlock.explain.oracle import Budget
from interlock_hooks.types import (
    CondaSpec,
    EnvironmentRequest,
    Finding,
    InterlockError,
    Location,
    PyPIOptions,
    SystemRequirement,
)

from .universe import Universe, request

NUMPY = {"1": [], "2": []}


def conflicts(universe: Universe, asked: EnvironmentRequest, *said: str) -> tuple[Finding, ...]:
    failure = universe.failure(asked)
    if said:
        failure = InterlockError(Finding(code="IL310", what="no", why="as it is", details=said))
    return explain(asked, failure, universe.oracle)


def conflict(universe: Universe, asked: EnvironmentRequest, *said: str) -> Finding:
    (finding,) = conflicts(universe, asked, *said)
    return finding


def derived(finding: Finding) -> list[str]:
    return [f"{step.side}{_at(step.where)}: {step.text}" for step in finding.derivation]


def edited(finding: Finding) -> list[str]:
    return [f"{edit.old or 'nothing'} -> {edit.new or 'nothing'}{_at(edit.where)}" for edit in finding.edits]


def _at(where: Location | None) -> str:
    return "" if where is None else f" @{where.line}"


def test_a_line_of_conda_against_a_chain_of_pypi_packages() -> None:
    universe = Universe(
        conda={"numpy": NUMPY, "zlib": {"1": []}},
        pypi={"numpy": NUMPY, "app": {"1": ["lib"]}, "lib": {"1": ["numpy<2"]}, "other": {"1": []}},
    )
    finding = conflict(universe, request("zlib", "numpy >=2", pypi=["other", "app"]))
    assert finding.code == "IL230"
    assert finding.why == "the manifest asks for numpy >=2 (conda), but lib 1 needs numpy <2 (PyPI)"
    assert finding.where is not None
    assert finding.where.line == 11
    assert derived(finding) == [
        "conda @11: the manifest asks for numpy >=2",
        "PyPI @21: the manifest asks for app",
        "PyPI: app 1 needs lib",
        "PyPI: lib 1 needs numpy <2",
        "both: numpy: no version is both >=2 and <2",
    ]
    assert edited(finding) == [
        'numpy = ">=2" -> numpy = ">=1,<2" @11',
        'numpy = ">=2" -> nothing @11',
        'app = "*" -> nothing @21',
    ]
    assert finding.details == universe.failure(request("zlib", "numpy >=2", pypi=["other", "app"])).findings[0].details


def test_what_no_line_asks_for_cannot_be_removed() -> None:
    universe = Universe(conda={"python": {"3": []}, "pip": {"1": ["python <3"]}})
    asked = request("python >=3")
    unwritten = CondaSpec(spec="pip", origin="the pip section")
    finding = conflict(universe, replace(asked, conda_specs=(*asked.conda_specs, unwritten)))
    assert derived(finding)[0] == "conda: the pip section asks for pip"
    assert edited(finding) == []


def test_a_package_that_no_channel_has_needs_a_channel() -> None:
    universe = Universe(conda={"python": {"3": []}})
    asked = request("python >=3")
    unwritten = CondaSpec(spec="pip", origin="the pip section")
    finding = conflict(universe, replace(asked, conda_specs=(*asked.conda_specs, unwritten)))
    assert derived(finding) == ["conda: the pip section asks for pip", "conda: no channel has a package named pip"]
    assert finding.fix == "add the channel that has pip"


def test_two_packages_of_which_no_line_speaks() -> None:
    universe = Universe(
        conda={"numpy": NUMPY, "tool": {"1": ["numpy >=2"]}},
        pypi={"numpy": NUMPY, "app": {"1": ["numpy<2"], "2": ["numpy<2"]}},
    )
    finding = conflict(universe, request("tool", pypi=["app"]))
    assert finding.code == "IL230"
    assert "PyPI: app 2 needs numpy <2; no other app that fits is compatible with numpy 2" in derived(finding)


def test_conda_alone_and_what_other_versions_need() -> None:
    universe = Universe(
        conda={
            "numpy": NUMPY,
            "scipy": {"1": ["numpy <2"], "2": ["numpy <2"]},
            "pandas": {"1": ["numpy <2"], "2": ["numpy >=2"]},
        }
    )
    finding = conflict(universe, request("scipy", "pandas >=2"))
    assert finding.code == "IL210"
    assert derived(finding) == [
        "conda @11: the manifest asks for pandas >=2",
        "conda: pandas 2 needs numpy >=2",
        "conda @10: the manifest asks for scipy",
        "conda: scipy 2 needs numpy <2; no other scipy that fits is compatible with numpy 2",
        "conda: numpy: no version is both >=2 and <2",
    ]
    assert edited(finding)[0] == 'pandas = ">=2" -> pandas = ">=1,<2" @11'


def test_pypi_alone() -> None:
    universe = Universe(
        pypi={"numpy": NUMPY, "app": {"1": ["lib"]}, "lib": {"1": ["numpy<2"]}, "b": {"1": ["numpy>=2"]}}
    )
    finding = conflict(universe, request(pypi=["app", "b"]))
    assert finding.code == "IL310"
    assert {step.side for step in finding.derivation} == {"PyPI"}


def test_what_only_conda_has_is_not_taken_from_pypi_packages() -> None:
    universe = Universe(
        conda={"gdal": {"1": []}, "numpy": NUMPY},
        pypi={"gdal": {}, "numpy": NUMPY, "app": {"1": ["gdal", "numpy<2"]}},
    )
    finding = conflict(universe, request("gdal", "numpy >=2", pypi=["app"]))
    assert derived(finding) == [
        "conda @11: the manifest asks for numpy >=2",
        "PyPI @20: the manifest asks for app",
        "PyPI: app 1 needs numpy <2",
        "both: numpy: no version is both >=2 and <2",
    ]
    assert edited(finding)[0] == 'numpy = ">=2" -> numpy = ">=1,<2" @11'


def test_an_ecosystem_that_has_only_other_versions() -> None:
    universe = Universe(conda={"numpy": {"1": []}}, pypi={"numpy": NUMPY, "app": {"1": ["numpy>=2"]}})
    assert (
        derived(conflict(universe, request("numpy", pypi=["app"])))[-1] == "both: numpy: conda has 1, which is not >=2"
    )


def test_what_a_package_only_limits() -> None:
    universe = Universe(conda={"numpy": NUMPY, "x": {"1": []}}, constrains={("x", "1"): ["numpy <2"]})
    finding = conflict(universe, request("numpy >=2", "x"))
    assert "conda: x 1 is only compatible with numpy <2" in derived(finding)


def test_each_fact_is_told_once() -> None:
    universe = Universe(
        conda={"foo": {"1": ["bar <2"], "2": ["baz >=3"]}, "bar": {"1": [], "2": []}, "baz": {"2": [], "3": []}}
    )
    lines = derived(conflict(universe, request("foo", "bar >=2", "baz <3")))
    assert len(lines) == len(set(lines))
    assert "conda: bar: no version is both >=2 and <2" in lines
    assert "conda: baz: no version is both <3 and >=3" in lines


# -- a single line at fault ------------------------------------------------------------------------------------------


def test_a_version_that_no_channel_has() -> None:
    finding = conflict(Universe(conda={"numpy": NUMPY}), request("numpy >=3"))
    assert finding.why == "no channel has numpy >=3; available: 2, 1"
    assert edited(finding) == ['numpy = ">=3" -> numpy = ">=2,<3" @10', 'numpy = ">=3" -> nothing @10']


def test_a_misspelt_name() -> None:
    finding = conflict(Universe(conda={"numpy": NUMPY}), request("nunpy >=1"))
    assert finding.why == "no channel has a package named nunpy"
    assert edited(finding)[0] == 'nunpy = ">=1" -> numpy = ">=1" @10'


def test_something_missing_deep_below_a_line() -> None:
    universe = Universe(conda={"numpy": NUMPY, "a": {"1": ["b"]}, "b": {"1": ["numpy >=3"]}})
    assert derived(conflict(universe, request("a"))) == [
        "conda @10: the manifest asks for a",
        "conda: a 1 needs b",
        "conda: b 1 needs numpy >=3",
        "conda: no channel has numpy >=3; available: 2, 1",
    ]
    universe = Universe(pypi={"numpy": NUMPY, "a": {"1": ["b"]}, "b": {"1": ["numpy>=3"]}})
    finding = conflict(universe, request(pypi=["a"]))
    assert derived(finding)[-1] == "PyPI: no index has a usable numpy >=3; available: 2"


def test_a_contradiction_below_a_single_line() -> None:
    universe = Universe(
        conda={"numpy": NUMPY, "a": {"1": ["b", "c"]}, "b": {"1": ["numpy >=2"]}, "c": {"1": ["numpy <2"]}}
    )
    lines = derived(conflict(universe, request("a")))
    assert lines[0] == "conda @10: the manifest asks for a"
    assert lines.count("conda @10: the manifest asks for a") == 1
    assert {"conda: a 1 needs b", "conda: a 1 needs c"} <= set(lines)
    assert lines[-1].startswith("conda: numpy: no version is both")


def test_what_pypi_lacks_is_not_guessed_where_the_resolver_said_nothing() -> None:
    universe = Universe(pypi={"a": {"1": ["nonsuch"]}})
    asked = request(pypi=["a"])
    (finding,) = explain(asked, universe.failure(asked), replace(universe.oracle, tried=None))
    assert derived(finding) == ["PyPI @20: the manifest asks for a"]
    assert finding.why == "as it is"


# -- the target and the interpreter ----------------------------------------------------------------------------------

TORCH = Universe(conda={"torch": {"1": ["__cuda >=11"], "2": ["__cuda >=12.4"]}})


def test_a_target_that_has_too_little() -> None:
    cuda = SystemRequirement(name="__cuda", version="12.2", where=Location(file="pixi.toml", line=3))
    finding = conflict(TORCH, request("torch >=2", system_requirements=(cuda,)))
    assert finding.code == "IL210"
    assert derived(finding) == [
        "conda @10: the manifest asks for torch >=2",
        "conda: torch 2 needs __cuda >=12.4",
        "target @3: the target has __cuda 12.2 (declared)",
        "conda: __cuda: the target has 12.2, which is not >=12.4",
    ]
    assert edited(finding)[:2] == ['cuda = "12.2" -> cuda = "12.4" @3', 'torch = ">=2" -> torch = ">=1,<2" @10']


def test_a_target_of_which_nothing_is_declared() -> None:
    finding = conflict(TORCH, request("torch"), "torch 2 would require __cuda >=12.4")
    assert "target: the target has no __cuda: nothing declares it" in derived(finding)
    assert edited(finding)[0] == 'nothing -> [system-requirements] cuda = "12.4"'
    assert finding.edits[0].note


PYTHONS = {"3.12": [], "3.13": []}


def test_wheels_for_another_python() -> None:
    wheel = "foo-1-cp312-cp312-manylinux_2_17_x86_64.whl"
    universe = Universe(conda={"python": PYTHONS}, pypi={"foo": {"1": []}}, wheels={("foo", "1"): wheel})
    finding = conflict(universe, request("python 3.13", pypi=["foo"]))
    assert finding.why == "the manifest asks for python 3.13 (conda), but foo 1 is a wheel for python 3.12 (PyPI)"
    assert edited(finding)[0] == 'python = "3.13" -> python = "3.12" @10'


def test_a_python_requirement_that_only_the_resolver_spoke_of() -> None:
    wheels = {("foo", "2"): "foo-2-cp313-none-any.whl.metadata", ("foo", "1"): "foo-1-cp312-x"}
    universe = Universe(conda={"python": PYTHONS}, pypi={"foo": {"1": [], "2": []}}, wheels=wheels)
    finding = conflict(universe, request("python 3.12", pypi=["foo>=2"]), "Because foo==2 requires Python >=3.13, no.")
    assert "PyPI: foo 2 needs python >=3.13" in derived(finding)
    assert edited(finding)[:2] == ['python = "3.12" -> python = "3.13" @10', 'foo = ">=2" -> foo = ">=1,<2" @20']


def test_requires_python_is_a_line_like_any_other() -> None:
    universe = Universe(conda={"python": PYTHONS, "tool": {"1": ["python 3.12"]}})
    here = Location(file="pyproject.toml", line=4, key="project.requires-python")
    asked = request("python", "tool", requires_python=">=3.13", requires_python_where=here)
    finding = conflict(universe, asked)
    assert finding.code == "IL210"
    assert "both @4: requires-python asks for python >=3.13" in derived(finding)
    assert 'requires-python = ">=3.13" -> requires-python = ">=3.12,<4" @4' in edited(finding)


def test_a_pinned_python_is_all_that_its_file_has() -> None:
    universe = Universe(conda={"python": PYTHONS, "tool": {"1": ["python 3.12"]}})
    pin = Location(file=".python-version", line=1)
    asked = request("python", "tool", requires_python=">=3.10,==3.13.*", requires_python_where=pin)
    assert ">=3.10,==3.13.* -> >=3.12,<4 @1" in edited(conflict(universe, asked))


def test_a_python_that_no_channel_has() -> None:
    here = Location(file="pyproject.toml", line=4)
    asked = request("python", requires_python=">=3.14", requires_python_where=here)
    finding = conflict(Universe(conda={"python": PYTHONS}), asked)
    assert finding.code == "IL210"
    assert derived(finding) == [
        "conda @10: the manifest asks for python",
        "both @4: requires-python asks for python >=3.14",
        "conda: no channel has python >=3.14; available: 3.13, 3.12",
    ]


# -- what else restricts ---------------------------------------------------------------------------------------------


def test_constraints_are_lines_too() -> None:
    universe = Universe(pypi={"numpy": NUMPY, "app": {"1": ["numpy>=2"]}})
    places = {"constraint numpy": Location(file="pyproject.toml", line=30)}
    finding = conflict(universe, request(pypi=["app"], constraints=("numpy<2",), places=places))
    assert "PyPI @30: the manifest limits numpy to <2" in derived(finding)
    assert edited(finding)[0] == '"numpy<2" -> "numpy>=2,<3" @30'


def test_a_date_that_leaves_out_what_is_needed() -> None:
    class Dated(Universe):
        def attempt(self, request: EnvironmentRequest):  # type: ignore[no-untyped-def]
            return None if request.pypi.exclude_newer else super().attempt(request)

    universe = Dated(pypi={"app": {"1": []}})
    asked = replace(request(pypi=["app"]), pypi=PyPIOptions(exclude_newer="2020-01-01"))
    finding = conflict(universe, asked)
    assert any("published after 2020-01-01" in line for line in derived(finding))
    assert edited(finding) == ['exclude-newer = "2020-01-01" -> nothing']


def test_the_other_ecosystem_can_help() -> None:
    universe = Universe(conda={"numpy": {"1": []}, "app": {"1": []}}, pypi={"numpy": NUMPY, "app": {"1": ["numpy>=2"]}})
    finding = conflict(universe, request("numpy", pypi=["app"]))
    assert 'numpy = "*" -> [pypi-dependencies] numpy = "*" @10' in edited(finding)
    assert 'app = "*" -> [dependencies] app = "*" @20' in edited(finding)


# -- several conflicts, and limits -----------------------------------------------------------------------------------


def test_independent_conflicts_are_told_one_by_one() -> None:
    universe = Universe(conda={"numpy": NUMPY, "bar": NUMPY})
    first, second = conflicts(universe, request("numpy >=3", "bar >=3"))
    assert {first.why, second.why} == {f"no channel has {name} >=3; available: 2, 1" for name in ("numpy", "bar")}
    assert "once the other conflicts are solved" in first.fix
    assert all(edited(finding)[0].endswith(('>=2,<3" @10', '>=2,<3" @11')) for finding in (first, second))


def test_what_can_be_solved_is_not_explained() -> None:
    universe = Universe(conda={"numpy": NUMPY})
    failure = universe.failure(request("numpy"))
    assert explain(request("numpy"), failure, universe.oracle) == failure.findings
    assert len(universe.asked) == 1


def test_what_no_line_is_responsible_for_is_not_explained() -> None:
    class Never(Universe):
        def attempt(self, request: EnvironmentRequest) -> None:
            return None

    failure = Universe().failure(request("numpy"))
    assert explain(request("numpy"), failure, Never(conda={"numpy": NUMPY}).oracle) == failure.findings


@pytest.mark.parametrize("attempts", range(1, 11))
def test_a_spent_budget_leaves_what_is_known_by_then(attempts: int) -> None:
    universe = Universe(conda={"numpy": NUMPY, "scipy": {"1": ["numpy <2"]}, "x": {"1": []}, "y": {"1": []}})
    asked = request("x", "numpy >=2", "scipy", "y")
    findings = explain(asked, universe.failure(asked), universe.oracle, budget=Budget(attempts=attempts))
    assert len(universe.asked) <= attempts
    assert findings
    assert "the search stopped after" in findings[0].why or findings == universe.failure(asked).findings


def test_time_is_limited_too() -> None:
    universe = Universe(conda={"numpy": NUMPY})
    asked = request("numpy >=3")
    hours = iter(range(0, 10_000, 3600))
    findings = explain(asked, universe.failure(asked), universe.oracle, clock=lambda: float(next(hours)))
    assert findings == universe.failure(asked).findings
    assert universe.asked == []


def test_progress_is_told() -> None:
    universe = Universe(conda={"numpy": NUMPY})
    asked = request("numpy >=3")
    counts: list[int] = []
    told: Callable[[int], None] = counts.append
    explain(asked, universe.failure(asked), universe.oracle, told=told)
    assert counts == list(range(len(universe.asked)))


def test_a_trial_that_fails_otherwise_decides_nothing() -> None:
    class Moody(Universe):
        def attempt(self, request: EnvironmentRequest):  # type: ignore[no-untyped-def]
            if not request.requirements:
                raise InterlockError(Finding(code="IL307", what="not on this interpreter"))
            return super().attempt(request)

    universe = Moody(pypi={"numpy": NUMPY})
    finding = conflict(universe, request(pypi=["numpy>=3"]))
    assert edited(finding) == ['numpy = ">=3" -> numpy = ">=2,<3" @20']
