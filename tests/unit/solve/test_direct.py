from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName

from interlock.solve.direct import direct_requirements, is_wheel, unfit_pythons
from interlock_hooks.types import EnvironmentRequest, Location, Requirement
from solve.conftest import Ask

LINUX = {"sys_platform": "linux", "platform_machine": "x86_64"}
HERE = Location(file="pyproject.toml", line=3)


def asked(*texts: str) -> tuple[Requirement, ...]:
    return tuple(Requirement(name=NormalizedName(text.split()[0]), text=text, where=HERE) for text in texts)


def told(request: EnvironmentRequest) -> list[str]:
    return [f"{parsed.name}{parsed.specifier}" for _, parsed in direct_requirements(request, LINUX)]


def test_requirements_and_constraints_that_hold_whatever_is_solved(ask: Ask) -> None:
    texts = (
        "a <2",
        "b >1 ; sys_platform == 'linux'",
        "c >1 ; sys_platform == 'win32'",
        "d >1 ; python_version < '3.12'",
        "not a requirement >",
    )
    assert told(ask(asked=asked(*texts), constraints=("E_e>=3",))) == ["a<2", "b>1", "e-e>=3"]


def test_pythons_that_cannot_use_a_wheel() -> None:
    versions = ("3.11.9", "3.12.1", "3.12.7", "3.13.1")

    def unfit(tag: str) -> set[str]:
        parsed = Pep508(f"native @ https://example.org/native-1.0%2Bcu1-{tag}.whl#sha256=1")
        assert is_wheel(parsed)
        return set(unfit_pythons(parsed, versions, "linux-64"))

    assert unfit("cp312-cp312-linux_x86_64") == {"3.11.9", "3.13.1"}
    assert unfit("cp313-cp313t-linux_x86_64") == {"3.11.9", "3.12.1", "3.12.7"}
    assert unfit("cp312-abi3-manylinux_2_99_x86_64") == {"3.11.9"}
    assert unfit("py3-none-any") == set()
    assert not is_wheel(Pep508("native @ https://example.org/native-1.0.tar.gz"))
    assert unfit_pythons(Pep508("native @ https://example.org/native.whl"), versions, "linux-64") == set()


def test_an_override_counts_instead_of_what_it_overrides(ask: Ask) -> None:
    request = ask(asked=asked("a <2"), constraints=("a>1",), overrides=("A==3",))
    assert told(request) == ["a==3"]


def test_a_directory_tells_what_it_requires(ask: Ask, tmp_path: Path) -> None:
    project = """[project]
name = "ours"
dependencies = ["a<2"]
optional-dependencies = { more = ["b<2"], other = ["c<2"] }
"""
    (tmp_path / "pyproject.toml").write_text(project)
    request = ask(asked=asked(f"ours[more] @ {tmp_path.as_uri()}"))
    found = [(requirement.name, requirement.where) for requirement, _ in direct_requirements(request, LINUX)]
    assert found == [("ours[more]", HERE), ("a", HERE), ("b", HERE)]


def test_a_directory_that_decides_later_tells_nothing(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "ours"\ndynamic = ["dependencies"]\n')
    assert told(ask(asked=asked(f"ours @ {tmp_path.as_uri()}"))) == ["ours"]


@pytest.mark.parametrize(
    "project",
    [
        "project = 1",
        "[[project]]",
        "[project]\ndependencies = 1\ndynamic = 2\noptional-dependencies = []",
        "[project]\ndependencies = [1, {}]\noptional-dependencies = { more = 3 }",
        '[project]\ndependencies = ["a @ https://[x.whl"]',
        "a = " + "[" * 3000,
    ],
)
def test_a_directory_whose_project_is_malformed_tells_little(ask: Ask, tmp_path: Path, project: str) -> None:
    (tmp_path / "pyproject.toml").write_text(project)
    found = list(direct_requirements(ask(asked=asked(f"ours[more] @ {tmp_path.as_uri()}")), LINUX))
    assert found[0][0].name == "ours[more]"
    assert [is_wheel(parsed) for _, parsed in found[1:]] == [True] * (len(found) - 1)
