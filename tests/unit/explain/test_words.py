"""File names of wheels, what uv says, ranges around versions, and lines of manifests."""

from __future__ import annotations

import pytest

from interlock.explain.lines import line, pypi_range, range_of, table, with_range
from interlock.explain.members import conda_members, requirement_members
from interlock.explain.requires_python import read_python_requirements
from interlock.explain.spans import span
from interlock.explain.wheels import wheel_limits
from interlock_hooks.types import CondaSpec, Location, Requirement


@pytest.mark.parametrize(
    ("tags", "limits"),
    [
        ("py3-none-any", []),
        ("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", [("python", "==3.12.*")]),
        ("cp39-abi3-manylinux_2_34_x86_64", [("python", ">=3.9"), ("__glibc", " >=2.34")]),
        ("cp310.cp311-none-any", [("python", "==3.10.*")]),
        ("cp312-cp312-macosx_14_0_arm64", [("python", "==3.12.*"), ("__osx", " >=14.0")]),
    ],
)
def test_where_a_wheel_can_be_installed(tags: str, limits: list[tuple[str, str]]) -> None:
    assert [(name, clause) for name, clause, _ in wheel_limits(f"foo-1.0-{tags}.whl")] == limits


def test_what_is_no_wheel_says_nothing() -> None:
    assert list(wheel_limits("foo-1.0.tar.gz")) == []


def test_python_requirements_in_the_words_of_uv() -> None:
    said = """\
    Because foo==2.0 requires Python >=3.12 and only foo<=2.0 is available, we can conclude that foo>=2.0 cannot be
    used. And because bar>=1.0,<=1.3 requires Python
    >=3.13,<4, and all versions of baz require Python <3.9, no.
    """
    pythons = read_python_requirements(said)
    assert pythons.python("foo", "2.0") == ">=3.12"
    assert pythons.python("foo", "1.0") is None
    assert pythons.python("bar", "1.2") == ">=3.13,<4"
    assert pythons.python("baz", "7") == "<3.9"
    assert pythons.python("foo", "not a version") is None
    assert read_python_requirements("foo===1 requires Python >=x").python("foo", "1") is None


@pytest.mark.parametrize(
    ("old", "version", "new"),
    [
        (">=2", "1.26.4", ">=1.26,<2"),
        (">=1,<2", "0.5.3", ">=0.5,<0.6"),
        ("3.13.*", "3.12.7", "3.12.*"),
        ("==2.*", "1.26.4", "==1.*"),
        ("==1.0", "2.1.3", "==2.1.3"),
        ("=1.2", "2.1.3", "=2.1"),
        ("~=1.4.2", "2.0.1", "~=2.0.1"),
        ("<1", "2.0rc1", ">=2.0rc1,<3"),
        ("<1", "1!2.0.1", ">=1!2.0,<1!3"),
        (">=1.1", "1.0.2p", "1.0.*"),
        (">=9f", "e9", "==e9"),
    ],
)
def test_a_range_around_a_version(old: str, version: str, new: str) -> None:
    assert span(old, version) == new


@pytest.mark.parametrize(
    ("spec", "said", "with_two"),
    [
        ("numpy >=3", 'numpy = ">=3"', "numpy ==2"),
        ("numpy", 'numpy = "*"', "numpy ==2"),
        (
            "conda-forge::numpy[version='>=3',build='*mkl*']",
            'numpy = ">=3"',
            "conda-forge::numpy[version='==2',build='*mkl*']",
        ),
    ],
)
def test_conda_specs_as_lines(spec: str, said: str, with_two: str) -> None:
    (member,) = conda_members([CondaSpec(spec=spec)])
    assert line(member, spec) == said
    assert with_range(member, "==2") == with_two


def test_requirements_as_lines() -> None:
    listed, tabled = requirement_members(
        Requirement(name="app", text=text, where=Location(file="f", line=1, key=key))  # type: ignore[arg-type]
        for text, key in (
            ("app[x]<3,>=1 ; python_version > '3'", "project.dependencies[0]"),
            ("app<3,>=1", "tool.pixi.pypi-dependencies.app"),
        )
    )
    assert listed.steps[1:] == ('app[x] ; python_version > "3"', None)
    assert with_range(listed, "==2") == 'app[x]==2 ; python_version > "3"'
    assert line(tabled, tabled.text) == 'app = ">=1,<3"'
    assert range_of(tabled) == ">=1,<3"
    assert table(tabled, "dependencies") == "[tool.pixi.dependencies]"
    assert table(listed, "dependencies") == "[tool.pixi.dependencies]"


def test_a_url_has_no_range_to_give_up() -> None:
    (member,) = requirement_members([Requirement(name="app", text="app @ file:///app")])  # type: ignore[arg-type]
    assert member.steps == ("app @ file:///app", None)
    assert range_of(member) == ""


@pytest.mark.parametrize(
    ("key", "header"),
    [
        ("dependencies.x", "[pypi-dependencies]"),
        ("feature.gpu.dependencies.x", "[feature.gpu.pypi-dependencies]"),
        ("tool.pixi.target.linux.dependencies.x", "[tool.pixi.target.linux.pypi-dependencies]"),
    ],
)
def test_the_table_beside_another(key: str, header: str) -> None:
    (member,) = conda_members([CondaSpec(spec="x", where=Location(file="f", line=1, key=key))])
    assert table(member, "pypi-dependencies") == header


@pytest.mark.parametrize(("conda", "pypi"), [("2.*", "==2.*"), (">=2,<3", ">=2,<3"), ("", ""), (">=2|<1", None)])
def test_conda_ranges_that_pypi_can_say(conda: str, pypi: str | None) -> None:
    assert pypi_range(conda) == pypi
