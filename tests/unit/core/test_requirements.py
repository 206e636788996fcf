"""Which requirements are not met among what is there."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from interlock.core.markers import marker_environment
from interlock.core.pep508 import NEVER
from interlock.core.requirements import Present, admits, unmet_requirements
from interlock_hooks.types import PythonTarget, ScopedOverride

LINUX = marker_environment(PythonTarget(version="3.12.7", platform="linux-64"))


def unmet(
    *project: str,
    overrides: tuple[str, ...] = (),
    scoped: tuple[ScopedOverride, ...] = (),
    **present: str | tuple[str, ...],
) -> list[str]:
    """What is not met; each distribution is there in a version, or with a version and what it requires."""
    there = {}
    for key, value in present.items():
        name = canonicalize_name(key)
        version, *requires = (value,) if isinstance(value, str) else value
        there[name] = Present(name, version or None, tuple(requires))
    found = unmet_requirements(there, project, LINUX, overrides, scoped)
    return [f"{each.by or 'project'}: {each}, {each.found or 'missing'}" for each in found]


def test_those_of_the_project_and_of_everything_that_is_there() -> None:
    assert unmet("app>=2", "Lib.X", app=("1.0", "lib-x<3", "gone"), lib_x="2.0") == [
        "project: app>=2, 1.0",
        "app: gone, missing",
    ]


def test_markers_decide() -> None:
    assert unmet("never; sys_platform == 'win32'", "gone; python_version < '3.13'", "bad req") == [
        "project: gone, missing"
    ]


def test_extras_count_where_they_are_asked_for_and_through_others() -> None:
    lib = ("1.0", "fast>=1; extra == 'speed'", "other; extra == 'slow'")
    assert unmet("lib", lib=lib) == []
    assert unmet("lib[Speed]", lib=lib) == ["lib: fast>=1, missing"]
    assert unmet("app", app=("1.0", "lib[speed]"), lib=lib, fast="0.9") == ["lib: fast>=1, 0.9"]


def test_an_override_replaces_what_everybody_asks_of_a_name() -> None:
    app = ("1.0", "lib<2", "gone")
    assert unmet(app=app, lib="2.0", overrides=("lib>=2",)) == ["app: gone, missing"]
    assert unmet(app=app, lib="2.0", overrides=("lib<2", "gone; sys_platform == 'win32'")) == ["app: lib<2, 2.0"]


def override(version: str | None, *requirements: str) -> ScopedOverride:
    return ScopedOverride(package=canonicalize_name("app"), version=version, requirements=requirements)


def test_an_override_for_one_package_replaces_and_adds_there_alone() -> None:
    app, other = ("1.0.0", "lib<2", "gone"), ("1.0", "lib<2")
    scoped = (override("1.0", "lib>=2", f"gone ; {NEVER}", "new"), override(None, "lib>9"))
    assert unmet(app=app, lib="2.0", scoped=scoped) == ["app: new, missing"]
    assert unmet(app=app, other=other, lib="2.0", new="1", scoped=scoped) == ["other: lib<2, 2.0"]
    assert unmet(app=("1.1", "lib<2"), lib="2.0", scoped=scoped) == ["app: lib>9, 2.0"]


def test_overrides_for_one_version_that_is_written_in_two_ways_count_together() -> None:
    scoped = (override("1.0", "lib>=2"), override("1.0.0", "new"))
    assert unmet(app=("1", "lib<2"), lib="2.0", scoped=scoped) == ["app: new, missing"]


def test_an_override_for_one_package_counts_more_than_one_for_all() -> None:
    assert unmet(app=("1.0", "lib<2"), lib="2.0", overrides=("lib<1",), scoped=(override(None, "lib>=2"),)) == []


def test_a_version_that_is_not_known_meets_everything() -> None:
    assert unmet("lib>=2", lib="") == []


@pytest.mark.parametrize(
    ("specifiers", "version", "met"),
    [
        (">=2", "2.1rc1", True),
        (">=2", "2.0rc1", False),
        ("==2.6.0", "2.6.0+cu124", True),
        ("==2.6.0+cpu", "2.6.0+cu124", False),
        ("===1.0", "1.0.0", True),
        ("===1.0", "1.1", False),
        ("~=1.4", "1.9", True),
        ("!=1.*", "1.9", False),
        (">=1", "2024b_1", True),
    ],
)
def test_versions(specifiers: str, version: str, met: bool) -> None:
    assert admits(SpecifierSet(specifiers), version) is met
